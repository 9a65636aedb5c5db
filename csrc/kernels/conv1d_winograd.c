/* Convolution of three taps and stride 1 by Winograd's F(4, 3): half the products of the direct way, in all three
   directions. Rounding errors are about four times those of the direct way. float, one group, no dilation. */
#include <string.h>

#include "ecgraft/parallel.h"
#include "kernels/conv1d_algorithm.h"
#include "kernels/cpu.h"
#include "kernels/integers.h"
#include "kernels/panel.h"
#include "kernels/winograd.h"

enum { T = EG_WINOGRAD_TILE, P = EG_WINOGRAD_POINTS };

#ifdef EG_DOUBLE

static bool fits(const eg_conv1d_shape *s, eg_conv1d_direction direction, bool forced) {
  (void)s, (void)direction, (void)forced;
  return false;
}

const eg_conv1d_algorithm eg_conv1d_winograd = {.name = "winograd", .text = "F(4, 3), float only", .fits = fits};

#else

/* Transformed elements at once: forward and data take a quarter as many as there are filter elements, so that filters
   are not read more often than rows, but stay in the second cache; weight twice as many, since its sums are as large as
   the filters. */
enum {
  BLOCK_LEAST = 98304,
  BLOCK_MOST = 262144,
  CHUNK_LEAST = 131072,
  CHUNK_MOST = 1572864,
  ROWS_AT_ONCE = 128,
  LEAST_ROWS = 24,
  LEAST_ROWS_PACKED = 8,
  MOST_PIECES = 8,
  SUMS_MOST = 524288 /* elements of the sums of all pieces */
};

static int64_t tiles_of(int64_t rows) {
  return (rows + T - 1) / T;
}

static bool fits(const eg_conv1d_shape *s, eg_conv1d_direction direction, bool forced) {
  bool can = s->groups == 1 && s->k == 3 && s->stride == 1 && s->dilation == 1 && s->padding <= 2;
  /* Filters are twice as large as the weights: making them is not worth it for a few rows, nor, for even fewer, is
     reading them. Without vector instructions of our own BLAS, which may have some, is the faster. */
  int64_t least = direction == EG_CONV1D_PACKED ? LEAST_ROWS_PACKED : LEAST_ROWS;
  bool worth = s->ci >= 32 && s->co >= 32 && s->lo >= 2 * T && s->n * tiles_of(s->lo) >= least;
  return can && (forced || (worth && eg_cpu_in_use() != EG_CPU_PLAIN));
}

/* Forward and data are the same: a convolution of `in` with offset, by weights whose element (tap k, input channel i,
   output channel o) is at w + k tap + i row + o column. */
typedef struct problem {
  int64_t n, in_rows, in_channels, out_rows, out_channels, offset;
  int64_t tap, row, column;
  int64_t samples; /* in a block */
} problem;

static problem problem_of(const eg_conv1d_shape *s, eg_conv1d_direction direction) {
  int64_t k = s->k * s->ci;
  problem p = direction == EG_CONV1D_FORWARD
                  ? (problem){s->n, s->l, s->ci, s->lo, s->co, -s->padding, s->ci, 1, k, 0}
                  : (problem){s->n, s->lo, s->co, s->l, s->ci, s->padding - 2, -s->ci, k, 1, 0};
  int64_t elements = P * tiles_of(p.out_rows) * larger(1, p.in_channels);
  int64_t wanted = larger(BLOCK_LEAST, smaller(BLOCK_MOST, P * s->ci * s->co / 4)) / larger(1, elements);
  /* Blocks of about the same size, as many for each thread. That changes no bit of the result. */
  int64_t share = larger(1, (p.n + eg_num_threads() - 1) / eg_num_threads());
  int64_t blocks = (share + larger(1, wanted) - 1) / larger(1, wanted);
  p.samples = (share + blocks - 1) / blocks;
  return p;
}

/* Filters: for each panel of output channels (6, in_channels, width). */
static size_t filters_size(const problem *p, const eg_panel_kernels *k) {
  return eg_panel_size(k, P * p->in_channels, p->out_channels);
}

/* A thread's: the taps of a panel, later the transformed rows of a block and the products of one panel. */
static size_t thread_size(const problem *p, const eg_panel_kernels *k) {
  int64_t rows = p->samples * tiles_of(p->out_rows), pitch = (p->in_channels + k->vector - 1) / k->vector * k->vector;
  int64_t block = P * rows * (pitch + k->columns), taps = 3 * p->in_channels * k->columns;
  return (size_t)larger(block, taps);
}

static void make_filters(const problem *p, const eg_panel_kernels *k, float *filters, const float *w, float *scratch) {
  const eg_winograd_kernels *g = eg_winograd_now();
  EG_PARALLEL_FOR
  for (int64_t first = 0; first < p->out_channels; first += k->columns) {
    int64_t width = eg_panel_width(k, p->out_channels, first);
    float *taps = scratch + (size_t)eg_thread_index() * thread_size(p, k);
    for (int64_t tap = 0; tap < 3; tap++)
      eg_panel_pack(k, taps + tap * p->in_channels * width, w + tap * p->tap, p->in_channels, p->out_channels, first,
                    p->row, p->column);
    g->filter(filters + first * P * p->in_channels, taps, p->in_channels * width);
  }
}

/* out = the convolution of `in` + start (laid out like out; NULL: 0) + bias, and ReLU. */
typedef struct job {
  float *out;
  const float *in, *filters, *start, *bias;
  bool relu;
} job;

/* Samples [s, s + samples), the panels [from, to) of output channels. */
static void run_block(const problem *p, const eg_panel_kernels *k, int64_t s, int64_t samples, int64_t from, int64_t to,
                      const job *j, float *scratch) {
  const eg_winograd_kernels *g = eg_winograd_now();
  int64_t tiles = tiles_of(p->out_rows), rows = samples * tiles;
  int64_t pitch = (p->in_channels + k->vector - 1) / k->vector * k->vector;
  eg_winograd_place v = {rows * pitch, pitch, k->columns};
  float *products = scratch + P * rows * pitch;
  for (int64_t i = 0; i < samples; i++)
    g->input(scratch + i * tiles * pitch, &v, j->in + (s + i) * p->in_rows * p->in_channels, p->in_rows, p->in_channels,
             p->offset, tiles);
  for (int64_t first = from * k->columns; first < smaller(to * k->columns, p->out_channels); first += k->columns) {
    int64_t width = eg_panel_width(k, p->out_channels, first), n = smaller(width, p->out_channels - first);
    const float *u = j->filters + first * P * p->in_channels;
    eg_winograd_place m = {rows * width, width, 0};
    for (int64_t t = 0; t < P; t++)
      k->rows(rows, width, p->in_channels, scratch + t * v.plane, pitch, u + t * p->in_channels * width, 0,
              products + t * m.plane, width, NULL);
    for (int64_t i = 0; i < samples; i++) {
      int64_t at = (s + i) * p->out_rows * p->out_channels + first;
      eg_panel_ends ends = {.start = j->start ? j->start + at : NULL,
                            .pitch = p->out_channels,
                            .bias = j->bias ? j->bias + first : NULL,
                            .relu = j->relu};
      g->output(j->out + at, p->out_channels, p->out_rows, n, products + i * tiles * width, &m, &ends);
    }
  }
}

static void run(const problem *p, const job *j, float *scratch) {
  const eg_panel_kernels *k = eg_panel_now();
  int64_t blocks = (p->n + p->samples - 1) / p->samples, panels = (p->out_channels + k->columns - 1) / k->columns;
  /* With fewer blocks than threads, each is done in parts, which changes no bit either. */
  int64_t threads = eg_num_threads(), parts = blocks < threads ? smaller(panels, threads) : 1;
  EG_PARALLEL_FOR_DYNAMIC
  for (int64_t task = 0; task < blocks * parts; task++) {
    int64_t s = task / parts * p->samples, part = task % parts;
    run_block(p, k, s, smaller(p->samples, p->n - s), panels * part / parts, panels * (part + 1) / parts, j,
              scratch + (size_t)eg_thread_index() * thread_size(p, k));
  }
}

static size_t packed_size(const eg_conv1d_shape *s) {
  problem p = problem_of(s, EG_CONV1D_FORWARD);
  return filters_size(&p, eg_panel_now());
}

static void pack(const eg_conv1d_shape *s, float *packed, const float *w, float *scratch) {
  problem p = problem_of(s, EG_CONV1D_FORWARD);
  make_filters(&p, eg_panel_now(), packed, w, scratch);
}

static void forward(const eg_conv1d_shape *s, float *y, const float *x, const float *filters,
                    const eg_conv1d_ends *ends, float *scratch) {
  problem p = problem_of(s, EG_CONV1D_FORWARD);
  run(&p, &(job){y, x, filters, ends->residual, ends->bias, ends->relu}, scratch);
}

static void backward_data(const eg_conv1d_shape *s, float *dx, float beta, const float *dy, const float *w,
                          float *scratch) {
  problem p = problem_of(s, EG_CONV1D_DATA);
  const eg_panel_kernels *k = eg_panel_now();
  if (beta != 0 && beta != 1)
    for (int64_t i = 0; i < s->n * s->l * s->ci; i++)
      dx[i] *= beta;
  float *filters = scratch, *own = scratch + filters_size(&p, k);
  make_filters(&p, k, filters, w + 2 * s->ci, own); /* from the last tap to the first */
  run(&p, &(job){.out = dx, .in = dy, .filters = filters, .start = beta != 0 ? dx : NULL}, own);
}

/* Weight: the adjoint, exactly: dg = G^T (sum over tiles of (A dy) (B^T x)^T). A chunk of samples is transformed into
   panels; then one point's panels are multiplied for one panel of input channels after the other, over all rows of the
   chunk. Where the sums are small the samples are cut into pieces with sums of their own, each of which a thread goes
   through alone; otherwise the threads share a chunk. */

typedef struct sums {
  int64_t pieces;             /* of the samples */
  int64_t samples, rows;      /* in a chunk */
  int64_t x_panels, y_panels; /* of input and output channels */
} sums;

static sums sums_of(const eg_conv1d_shape *s, const eg_panel_kernels *k) {
  sums c = {.x_panels = (s->ci + k->columns - 1) / k->columns, .y_panels = (s->co + k->columns - 1) / k->columns};
  int64_t n = larger(1, s->n), tiles = tiles_of(s->lo), elements = P * tiles * (s->ci + s->co);
  c.pieces = larger(1, smaller(smaller(MOST_PIECES, n), SUMS_MOST / larger(1, P * s->ci * s->co)));
  int64_t wanted = larger(CHUNK_LEAST, smaller(CHUNK_MOST, 2 * P * s->ci * s->co)) / larger(1, elements);
  int64_t each = (n + c.pieces - 1) / c.pieces, chunks = (each + larger(1, wanted) - 1) / larger(1, wanted);
  c.samples = (each + chunks - 1) / chunks;
  c.rows = c.samples * tiles;
  return c;
}

/* The transformed rows of a chunk, and the sums of a piece: for each point (x_panels, co, columns). */
static int64_t chunk_size(const sums *c, const eg_panel_kernels *k) {
  return P * c->rows * (c->x_panels + c->y_panels) * k->columns;
}

static int64_t sums_size(const eg_conv1d_shape *s, const sums *c, const eg_panel_kernels *k) {
  return P * c->x_panels * s->co * k->columns;
}

static size_t scratch_size(const eg_conv1d_shape *s, eg_conv1d_direction direction) {
  const eg_panel_kernels *k = eg_panel_now();
  if (direction == EG_CONV1D_WEIGHT) {
    sums c = sums_of(s, k);
    return (size_t)(c.pieces * sums_size(s, &c, k) + (c.pieces > 1 ? eg_num_threads() : 1) * chunk_size(&c, k));
  }
  problem p = problem_of(s, direction);
  size_t filters = direction == EG_CONV1D_DATA ? filters_size(&p, k) : 0;
  return filters + (size_t)eg_num_threads() * thread_size(&p, k);
}

/* One point: du (co, columns) of one panel of input channels += its products over `rows` rows. */
static void add_products(const eg_conv1d_shape *s, const eg_panel_kernels *k, const sums *c, int64_t rows, float *du,
                         const float *m, const float *v) {
  for (int64_t row = 0; row < rows; row += ROWS_AT_ONCE)
    for (int64_t panel = 0; panel < c->y_panels; panel++) {
      int64_t o = panel * k->columns;
      k->columns_sum(smaller(k->columns, s->co - o), k->columns, smaller(ROWS_AT_ONCE, rows - row),
                     m + (panel * c->rows + row) * k->columns, k->columns, v + row * k->columns, k->columns,
                     du + o * k->columns, k->columns);
    }
}

/* du += what the samples [first, last) give, chunk after chunk; `shared`: by all threads. */
static void sum_samples(const eg_conv1d_shape *s, const sums *c, int64_t first, int64_t last, bool shared, float *du,
                        float *chunk, const float *x, const float *dy) {
  const eg_panel_kernels *k = eg_panel_now();
  const eg_winograd_kernels *g = eg_winograd_now();
  int64_t tiles = tiles_of(s->lo), panel = c->rows * k->columns, du_panel = s->co * k->columns;
  float *v = chunk, *m = v + P * c->x_panels * panel;
  eg_winograd_place to_v = {c->x_panels * panel, k->columns, panel}, to_m = {c->y_panels * panel, k->columns, panel};
  for (; first < last; first += c->samples) {
    int64_t samples = smaller(c->samples, last - first);
    EG_PARALLEL_FOR_IF(shared)
    for (int64_t i = 0; i < samples; i++) {
      int64_t n = first + i, row = i * tiles * k->columns;
      g->input(v + row, &to_v, x + n * s->l * s->ci, s->l, s->ci, -s->padding, tiles);
      g->output_adjoint(m + row, &to_m, dy + n * s->lo * s->co, s->lo, s->co, tiles);
    }
    EG_PARALLEL_FOR_IF(shared)
    for (int64_t task = 0; task < P * c->x_panels; task++) {
      int64_t t = task / c->x_panels;
      add_products(s, k, c, samples * tiles, du + task * du_panel, m + t * c->y_panels * panel, v + task * panel);
    }
  }
}

static void backward_weight(const eg_conv1d_shape *s, float *dw, float beta, const float *dy, const float *x,
                            float *scratch) {
  const eg_panel_kernels *k = eg_panel_now();
  const eg_winograd_kernels *g = eg_winograd_now();
  sums c = sums_of(s, k);
  int64_t size = sums_size(s, &c, k), du_panel = s->co * k->columns;
  float *chunks = scratch + c.pieces * size;
  memset(scratch, 0, (size_t)(c.pieces * size) * sizeof *scratch);
  if (c.pieces == 1) { /* with no parallel loop around those inside, even a loop of one: threads are not reused there */
    sum_samples(s, &c, 0, s->n, true, scratch, chunks, x, dy);
  } else {
    EG_PARALLEL_FOR
    for (int64_t piece = 0; piece < c.pieces; piece++)
      sum_samples(s, &c, s->n * piece / c.pieces, s->n * (piece + 1) / c.pieces, false, scratch + piece * size,
                  chunks + eg_thread_index() * chunk_size(&c, k), x, dy);
  }
  EG_PARALLEL_FOR
  for (int64_t o = 0; o < s->co; o++)
    for (int64_t task = 0; task < c.pieces * c.x_panels; task++) {
      int64_t piece = task / c.x_panels, i = task % c.x_panels, channel = i * k->columns;
      g->filter_adjoint(dw + o * 3 * s->ci + channel, s->ci, piece == 0 ? beta : 1,
                        scratch + piece * size + i * du_panel + o * k->columns, c.x_panels * du_panel,
                        smaller(k->columns, s->ci - channel));
    }
}

const eg_conv1d_algorithm eg_conv1d_winograd = {
    .name = "winograd",
    .text = "F(4, 3), half the products",
    .fits = fits,
    .scratch = scratch_size,
    .packed = packed_size,
    .pack = pack,
    .forward = forward,
    .backward_data = backward_data,
    .backward_weight = backward_weight,
};

#endif
