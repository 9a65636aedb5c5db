/* Convolution by our own microkernel on views of the input: forward, data (a forward for each phase of the stride) and
   weight (products of packed rows). float, one group, no dilation. */
#include <string.h>

#include "ecgraft/parallel.h"
#include "kernels/conv1d_algorithm.h"
#include "kernels/conv1d_view.h"
#include "kernels/cpu.h"
#include "kernels/integers.h"

#ifdef EG_DOUBLE

static bool fits(const eg_conv1d_shape *s, eg_conv1d_direction direction, bool forced) {
  (void)s, (void)direction, (void)forced;
  return false;
}

const eg_conv1d_algorithm eg_conv1d_direct = {.name = "direct", .text = "own microkernel, float only", .fits = fits};

#else

/* Worth it from eight channels on, and with vector instructions of our own: otherwise BLAS does as well or better. */
static bool fits(const eg_conv1d_shape *s, eg_conv1d_direction direction, bool forced) {
  (void)direction;
  bool can = s->groups == 1 && (s->dilation == 1 || s->k == 1);
  return can && (forced || (s->co >= 8 && s->k * s->ci >= 8 && eg_cpu_in_use() != EG_CPU_PLAIN));
}

/* One tap and rows that lie evenly through the whole batch: the batch is one long sample. */
static bool flat(const eg_conv1d_shape *s) {
  return s->k == 1 && s->padding == 0 && s->l % s->stride == 0;
}

/* Forward. The matrix is w transposed: element (i, o) at w + o K Ci + i. */

static size_t packed_size(const eg_conv1d_shape *s) {
  return eg_panel_size(eg_panel_now(), s->k * s->ci, s->co);
}

static void pack(const eg_conv1d_shape *s, float *packed, const float *w, float *scratch) {
  (void)scratch;
  const eg_panel_kernels *p = eg_panel_now();
  int64_t k = s->k * s->ci;
  EG_PARALLEL_FOR_IF(k * s->co > 16384)
  for (int64_t first = 0; first < s->co; first += p->columns)
    eg_panel_pack(p, packed + first * k, w, k, s->co, first, 1, k);
}

/* The rows at the ends, where taps are missing, are done for many samples at once; a few samples would read all weights
   again for each such row, so they are copied between rows of zeros instead. */
enum { FEW_SAMPLES = 4 };

static bool padded(const eg_conv1d_shape *s) {
  return s->padding > 0 && s->n < FEW_SAMPLES;
}

static int64_t padded_size(const eg_conv1d_shape *s) {
  return padded(s) ? s->n * (s->l + 2 * s->padding) * s->ci : 0;
}

static void copy_padded(const eg_conv1d_shape *s, float *to, const float *x) {
  size_t ends = (size_t)(s->padding * s->ci), rows = (size_t)(s->l * s->ci);
  for (int64_t n = 0; n < s->n; n++, to += 2 * ends + rows) {
    memset(to, 0, ends * sizeof *to);
    memcpy(to + ends, x + (size_t)n * rows, rows * sizeof *to);
    memset(to + ends + rows, 0, ends * sizeof *to);
  }
}

static void forward(const eg_conv1d_shape *s, float *y, const float *x, const float *packed, const eg_conv1d_ends *ends,
                    float *scratch) {
  eg_conv1d_view v = {.n = s->n,
                      .in_rows = s->l,
                      .in_channels = s->ci,
                      .step = s->stride,
                      .offset = -s->padding,
                      .taps = s->k,
                      .out_rows = s->lo,
                      .out_channels = s->co,
                      .out_pitch = s->co,
                      .out_sample = s->lo * s->co};
  if (flat(s)) {
    v.in_rows *= v.n;
    v.out_rows *= v.n;
    v.n = s->n > 0 ? 1 : 0;
  } else if (padded(s)) {
    copy_padded(s, scratch, x);
    x = scratch;
    v.in_rows += 2 * s->padding;
    v.offset = 0;
  }
  eg_conv1d_job job = {
      .out = y, .in = x, .packed = packed, .start = ends->residual, .bias = ends->bias, .relu = ends->relu};
  eg_conv1d_view_run(&v, &job);
}

/* Data. The inputs at = r + stride u of a phase r are reached by the taps k = first + stride j from the output base + u
   - j, that is by Kr taps in falling order: a convolution of dy without stride. */

typedef struct phase {
  int64_t first, taps, base;
} phase;

static phase phase_of(const eg_conv1d_shape *s, int64_t r) {
  int64_t first = (r + s->padding) % s->stride;
  return (phase){first, first < s->k ? (s->k - first + s->stride - 1) / s->stride : 0,
                 (r + s->padding - first) / s->stride};
}

static void pack_phase(const eg_conv1d_shape *s, const phase *f, float *packed, const float *w) {
  const eg_panel_kernels *p = eg_panel_now();
  int64_t rows = f->taps * s->co;
  EG_PARALLEL_FOR_IF(rows * s->ci > 16384)
  for (int64_t first = 0; first < s->ci; first += p->columns)
    for (int64_t z = 0; z < f->taps; z++) {
      int64_t tap = f->first + (f->taps - 1 - z) * s->stride;
      eg_panel_pack(p, packed + first * rows + z * s->co * eg_panel_width(p, s->ci, first), w + tap * s->ci, s->co,
                    s->ci, first, s->k * s->ci, 1);
    }
}

static void scale(float *x, int64_t n, float beta) {
  if (beta == 0)
    memset(x, 0, (size_t)n * sizeof *x);
  else if (beta != 1)
    for (int64_t i = 0; i < n; i++)
      x[i] *= beta;
}

/* dx is made ready to be added to, or, where every phase writes all it has, left as it is. */
static bool prepare(const eg_conv1d_shape *s, float *dx, float beta) {
  bool add = beta != 0 || s->k < s->stride;
  if (add && beta != 1) {
    EG_PARALLEL_FOR
    for (int64_t n = 0; n < s->n; n++)
      scale(dx + n * s->l * s->ci, s->l * s->ci, beta);
  }
  return add;
}

static void backward_data(const eg_conv1d_shape *s, float *dx, float beta, const float *dy, const float *w,
                          float *scratch) {
  bool add = prepare(s, dx, beta);
  for (int64_t r = 0; r < s->stride && r < s->l; r++) {
    phase f = phase_of(s, r);
    if (f.taps == 0)
      continue;
    pack_phase(s, &f, scratch, w);
    eg_conv1d_view v = {.n = s->n,
                        .in_rows = s->lo,
                        .in_channels = s->co,
                        .step = 1,
                        .offset = f.base - (f.taps - 1),
                        .taps = f.taps,
                        .out_rows = (s->l - r + s->stride - 1) / s->stride,
                        .out_channels = s->ci,
                        .out_pitch = s->stride * s->ci,
                        .out_sample = s->l * s->ci};
    if (flat(s)) {
      v.in_rows *= v.n;
      v.out_rows *= v.n;
      v.n = s->n > 0 ? 1 : 0;
    }
    float *out = dx + r * s->ci;
    eg_conv1d_view_run(&v, &(eg_conv1d_job){.out = out, .in = dy, .packed = scratch, .start = add ? out : NULL});
  }
}

/* Weight: dw (Co, K Ci) = sum over rows r = (n, t) of dy[r]^T view(x)[r]. dw is cut into blocks, as large as fits into
   the second cache; a task goes through all rows for its block and waits for nobody. It takes a few rows at a time,
   packs what it needs of dy (unless its rows lie so close together that the first cache holds them as they are), then
   panel after panel of the view, with zeros beyond the ends. Each entry is one sum in a fixed order, whatever the
   blocks. */
enum { ROWS_AT_ONCE = 96, MOST_OUTPUTS = 256, MOST_COLUMNS = 256 /* of a block */, LEAST_APART = 256 };

typedef struct blocks {
  int64_t outputs, columns;           /* of a block: output channels, columns of the view; whole panels */
  int64_t output_blocks, view_blocks; /* how many */
  bool packed;                        /* dy */
} blocks;

static int64_t whole_panels(int64_t n, int64_t columns) {
  return larger(1, (n + columns - 1) / columns) * columns;
}

static blocks blocks_of(const eg_conv1d_shape *s, const eg_panel_kernels *p) {
  int64_t k = s->k * s->ci, wanted = eg_num_threads() > 1 ? 3 * eg_num_threads() : 1;
  blocks b = {.outputs = smaller(MOST_OUTPUTS, whole_panels(s->co, p->columns)),
              .columns = smaller(MOST_COLUMNS, whole_panels(k, p->columns)),
              .packed = s->co > LEAST_APART};
  for (;;) {
    b.output_blocks = (s->co + b.outputs - 1) / b.outputs;
    b.view_blocks = (k + b.columns - 1) / b.columns;
    bool single = b.outputs <= p->columns && b.columns <= p->columns;
    if (b.output_blocks * b.view_blocks >= wanted || single)
      return b;
    if (b.outputs >= b.columns) /* halve the longer side */
      b.outputs = whole_panels(b.outputs / 2, p->columns);
    else
      b.columns = whole_panels(b.columns / 2, p->columns);
  }
}

/* The rows of dy and of the view that are at work, and the sums. */
static size_t scratch_of_thread(const blocks *b, const eg_panel_kernels *p) {
  return (size_t)((b->packed ? ROWS_AT_ONCE * b->outputs : 0) + ROWS_AT_ONCE * p->columns + b->outputs * b->columns);
}

static size_t scratch_size(const eg_conv1d_shape *s, eg_conv1d_direction direction) {
  const eg_panel_kernels *p = eg_panel_now();
  blocks b;
  switch (direction) {
  case EG_CONV1D_FORWARD:
    return (size_t)padded_size(s);
  case EG_CONV1D_DATA:
    return eg_panel_size(p, (s->k + s->stride - 1) / s->stride * s->co, s->ci);
  default:
    b = blocks_of(s, p);
    return (size_t)eg_num_threads() * scratch_of_thread(&b, p);
  }
}

/* One row of the view, output t of sample n, columns [kk, kk + width) of which `valid` exist: with zeros where it lies
 * beyond the ends. */
static void pack_end(const eg_conv1d_shape *s, float *out, const float *x, int64_t n, int64_t t, int64_t kk,
                     int64_t width, int64_t valid) {
  int64_t at = t * s->stride - s->padding; /* the row that tap 0 reads */
  int64_t from = smaller(larger(kk, -at * s->ci), kk + valid);
  int64_t to = larger(from, smaller(kk + valid, (s->l - at) * s->ci));
  memset(out, 0, (size_t)width * sizeof *out);
  if (from < to)
    memcpy(out + (from - kk), x + (n * s->l + at) * s->ci + from, (size_t)(to - from) * sizeof *out);
}

/* Rows [row, row + count) of the view, columns [kk, kk + width), into out (count, width). */
static void pack_view(const eg_conv1d_shape *s, const eg_panel_kernels *p, float *out, const float *x, int64_t row,
                      int64_t count, int64_t kk, int64_t width) {
  int64_t valid = smaller(width, s->k * s->ci - kk), n = row / s->lo, t = row % s->lo, first = 0, last = 0;
  eg_conv1d_inside(s, kk / s->ci, &first, &(int64_t){0});
  eg_conv1d_inside(s, (kk + valid - 1) / s->ci, &(int64_t){0}, &last);
  while (count > 0) {
    /* Whole vectors may reach into the rows behind, whose numbers go into columns that nobody looks at; not beyond the
       end of x. */
    if (valid < width) {
      int64_t room = ((s->n - n) * s->l + s->padding) * s->ci - kk - width;
      last = larger(first, room < 0 ? 0 : smaller(last, room / (s->stride * s->ci) + 1));
    }
    int64_t run = t >= first && t < last ? smaller(last - t, count) : 1;
    if (t >= first && t < last)
      p->copy(run, width, x + (n * s->l + t * s->stride - s->padding) * s->ci + kk, s->stride * s->ci, out);
    else
      pack_end(s, out, x, n, t, kk, width, valid);
    out += run * width;
    count -= run;
    t += run;
    if (t == s->lo) {
      t = 0;
      n++;
    }
  }
}

/* One block: the output channels [from, to), the columns [first, last) of the view. */
typedef struct weight_block {
  const eg_conv1d_shape *s;
  const eg_panel_kernels *kernels;
  const float *x, *dy;
  bool packed;
  int64_t from, to, first, last;
} weight_block;

/* sum (to - from, width) of the panel at column kk += its products over `rows` rows; left: dy, packed or as it is. */
static void add_products(const weight_block *w, int64_t rows, const float *left, const float *view, int64_t width,
                         float *sum) {
  int64_t outputs = w->to - w->from, columns = w->kernels->columns;
  if (!w->packed) {
    w->kernels->columns_sum(outputs, width, rows, left, w->s->co, view, width, sum, width);
    return;
  }
  for (int64_t o = 0; o < outputs; o += columns) {
    int64_t each = eg_panel_width(w->kernels, outputs, o);
    w->kernels->columns_sum(smaller(columns, outputs - o), width, rows, left + o * rows, each, view, width,
                            sum + o * width, width);
  }
}

static void sum_block(const weight_block *w, float *sum, float *view, float *packed) {
  const eg_conv1d_shape *s = w->s;
  int64_t all = s->n * s->lo, outputs = w->to - w->from, columns = w->kernels->columns, k = s->k * s->ci;
  memset(sum, 0, (size_t)(outputs * whole_panels(w->last - w->first, columns)) * sizeof *sum);
  for (int64_t row = 0; row < all; row += ROWS_AT_ONCE) {
    int64_t rows = smaller(ROWS_AT_ONCE, all - row);
    const float *left = w->dy + row * s->co + w->from;
    for (int64_t o = 0; o < outputs && w->packed; o += columns)
      eg_panel_pack(w->kernels, packed + o * rows, left, rows, outputs, o, s->co, 1);
    for (int64_t kk = w->first; kk < w->last; kk += columns) {
      int64_t width = eg_panel_width(w->kernels, k, kk);
      pack_view(s, w->kernels, view, w->x, row, rows, kk, width);
      add_products(w, rows, w->packed ? packed : left, view, width, sum + (kk - w->first) * outputs);
    }
  }
}

static void write_block(const weight_block *w, float *dw, float beta, const float *sum) {
  int64_t k = w->s->k * w->s->ci, outputs = w->to - w->from;
  for (int64_t kk = w->first; kk < w->last; kk += w->kernels->columns) {
    int64_t width = eg_panel_width(w->kernels, k, kk), valid = smaller(width, k - kk);
    const float *panel = sum + (kk - w->first) * outputs;
    for (int64_t o = 0; o < outputs; o++) {
      float *to = dw + (w->from + o) * k + kk;
      for (int64_t j = 0; j < valid; j++)
        to[j] = beta == 0 ? panel[o * width + j] : beta * to[j] + panel[o * width + j];
    }
  }
}

static void backward_weight(const eg_conv1d_shape *s, float *dw, float beta, const float *dy, const float *x,
                            float *scratch) {
  const eg_panel_kernels *p = eg_panel_now();
  blocks b = blocks_of(s, p);
  EG_PARALLEL_FOR_DYNAMIC
  for (int64_t task = 0; task < b.output_blocks * b.view_blocks; task++) {
    int64_t from = task % b.output_blocks * b.outputs, first = task / b.output_blocks * b.columns;
    weight_block w = {
        s, p, x, dy, b.packed, from, smaller(s->co, from + b.outputs), first, smaller(s->k * s->ci, first + b.columns)};
    float *sum = scratch + (size_t)eg_thread_index() * scratch_of_thread(&b, p);
    float *view = sum + b.outputs * b.columns, *packed = view + ROWS_AT_ONCE * p->columns;
    sum_block(&w, sum, view, packed);
    write_block(&w, dw, beta, sum);
  }
}

const eg_conv1d_algorithm eg_conv1d_direct = {
    .name = "direct",
    .text = "own microkernel on views",
    .fits = fits,
    .scratch = scratch_size,
    .packed = packed_size,
    .pack = pack,
    .forward = forward,
    .backward_data = backward_data,
    .backward_weight = backward_weight,
};

#endif
