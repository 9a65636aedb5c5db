/* Convolution by our own microkernel on views of the input: forward, data (a forward for each phase of the stride) and
   weight (products of packed rows). float, one group, no dilation. */
#include <string.h>

#include "ecgraft/parallel.h"
#include "kernels/conv1d_algorithm.h"
#include "kernels/conv1d_view.h"
#include "kernels/cpu.h"

#ifdef EG_DOUBLE

static bool fits(const eg_conv1d_shape *s, eg_conv1d_direction direction, bool forced) {
  (void)s, (void)direction, (void)forced;
  return false;
}

const eg_conv1d_algorithm eg_conv1d_direct = {.name = "direct", .text = "own microkernel, float only", .fits = fits};

#else

static int64_t smaller(int64_t a, int64_t b) {
  return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b) {
  return a > b ? a : b;
}

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

static void forward(const eg_conv1d_shape *s, float *y, const float *x, const float *packed, const eg_conv1d_ends *ends,
                    float *scratch) {
  (void)scratch;
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

/* Weight: dw (Co, K Ci) = sum over rows r = (n, t) of dy[r]^T view(x)[r]. Rows come in chunks that stay in the second
   cache; each task packs a panel of the view, with zeros beyond the ends, a few rows at a time, and multiplies it with
   all (or, for many threads, some) columns of dy, which are read where they are. The task's columns of dw are summed
   over the chunk side by side and then added. How many tasks there are changes no bit. */
enum { CHUNK_ELEMENTS = 65536, CHUNK_LEAST_ROWS = 512, ROWS_AT_ONCE = 96 };

static size_t scratch_of_thread(const eg_conv1d_shape *s, const eg_panel_kernels *p) {
  return (size_t)((ROWS_AT_ONCE + s->co) * p->columns);
}

static int64_t chunk_rows(const eg_conv1d_shape *s) {
  int64_t rows = larger(CHUNK_LEAST_ROWS, CHUNK_ELEMENTS / larger(1, s->co));
  return larger(1, smaller(rows, s->n * s->lo));
}

static size_t scratch_size(const eg_conv1d_shape *s, eg_conv1d_direction direction) {
  const eg_panel_kernels *p = eg_panel_now();
  switch (direction) {
  case EG_CONV1D_FORWARD:
    return 0;
  case EG_CONV1D_DATA:
    return eg_panel_size(p, (s->k + s->stride - 1) / s->stride * s->co, s->ci);
  default:
    return (size_t)eg_num_threads() * scratch_of_thread(s, p);
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
    /* Whole vectors may reach into the row behind, whose numbers go into columns that nobody looks at; not beyond the
       end of x. */
    if (valid < width && n == s->n - 1)
      last = larger(first, smaller(last, (s->l * s->ci - kk - width + s->padding * s->ci) / (s->stride * s->ci) + 1));
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

typedef struct weight_chunk {
  const eg_conv1d_shape *s;
  const eg_panel_kernels *kernels;
  const float *x, *dy;
  float *dw;
  int64_t row, rows;
} weight_chunk;

/* The columns [kk, ...) of one panel of the view, the output channels [from, to). */
static void weight_task(const weight_chunk *c, int64_t kk, int64_t from, int64_t to, float *scratch) {
  const eg_conv1d_shape *s = c->s;
  int64_t k = s->k * s->ci, width = eg_panel_width(c->kernels, k, kk), valid = smaller(width, k - kk);
  float *view = scratch, *sum = scratch + ROWS_AT_ONCE * c->kernels->columns; /* sum (to - from, width) */
  memset(sum, 0, (size_t)((to - from) * width) * sizeof *sum);
  for (int64_t row = 0; row < c->rows; row += ROWS_AT_ONCE) {
    int64_t rows = smaller(ROWS_AT_ONCE, c->rows - row);
    pack_view(s, c->kernels, view, c->x, c->row + row, rows, kk, width);
    c->kernels->columns_sum(to - from, width, rows, c->dy + (c->row + row) * s->co + from, s->co, view, width, sum,
                            width);
  }
  for (int64_t o = from; o < to; o++)
    for (int64_t j = 0; j < valid; j++)
      c->dw[o * k + kk + j] += sum[(o - from) * width + j];
}

static void backward_weight(const eg_conv1d_shape *s, float *dw, float beta, const float *dy, const float *x,
                            float *scratch) {
  const eg_panel_kernels *p = eg_panel_now();
  int64_t rows = s->n * s->lo, k = s->k * s->ci, most = chunk_rows(s), threads = eg_num_threads();
  int64_t view_panels = (k + p->columns - 1) / p->columns, dy_panels = (s->co + p->columns - 1) / p->columns;
  int64_t wanted = threads > 1 ? 3 * threads : 1; /* tasks */
  int64_t groups = larger(1, smaller(dy_panels, (wanted + view_panels - 1) / larger(1, view_panels)));
  scale(dw, s->co * k, beta);
  for (int64_t row = 0; row < rows; row += most) {
    weight_chunk c = {s, p, x, dy, dw, row, smaller(most, rows - row)};
    EG_PARALLEL_FOR_DYNAMIC
    for (int64_t task = 0; task < view_panels * groups; task++) {
      int64_t from = dy_panels * (task % groups) / groups * p->columns;
      int64_t to = smaller(s->co, dy_panels * (task % groups + 1) / groups * p->columns);
      weight_task(&c, task / groups * p->columns, from, to,
                  scratch + (size_t)eg_thread_index() * scratch_of_thread(s, p));
    }
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
