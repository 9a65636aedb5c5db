/* Batch normalisation, pooling and dropout, as in the ResNets at 32 records of 10 s at 100 Hz: GB/s beside a copy.
   Arguments: bench/measure.h. kernels/ref has twins of batch normalisation's statistics, of forward, and of backward as
   a whole; backward's two passes by themselves stand against the plain instruction set. */
#include "measure.h"

#include "kernels/batch_norm.h"
#include "kernels/dropout.h"
#include "kernels/pool.h"
#include "kernels/ref/batch_norm.h"
#include "kernels/ref/dropout.h"

enum { RECORDS = 32, REAL = sizeof(eg_real) };

/* Batch normalisation with ReLU; the arrays are of x's size. */
typedef struct norm {
  eg_k_batch_norm b;
  eg_real *y, *residual, *dy, *dx, *d_residual;
  eg_real *channels[7]; /* mean, inverse, gamma, beta, k0, k1, k2 */
  double *sums;         /* (2, channels) */
  eg_real *scratch;
} norm;

/* clang-format off: a table */
BENCH_WORK(statistics, norm,
           eg_k_batch_norm_statistics(d->sums, d->sums + d->b.channels, d->b.x, d->b.rows, d->b.channels, d->scratch))
BENCH_WORK(statistics_twin, norm,
           eg_ref_batch_norm_statistics(d->sums, d->sums + d->b.channels, d->b.x, d->b.rows, d->b.channels))
BENCH_WORK(apply, norm, eg_k_batch_norm_apply(&d->b, d->y, NULL))
BENCH_WORK(apply_twin, norm, eg_ref_batch_norm_apply(&d->b, d->y, NULL))
BENCH_WORK(apply_residual, norm, eg_k_batch_norm_apply(&d->b, d->y, d->residual))
BENCH_WORK(apply_residual_twin, norm, eg_ref_batch_norm_apply(&d->b, d->y, d->residual))
BENCH_WORK(sums, norm,
           eg_k_batch_norm_backward_sums(&d->b, d->sums, d->sums + d->b.channels, d->dy, NULL, NULL, 0, d->scratch))
BENCH_WORK(sums_residual, norm,
           eg_k_batch_norm_backward_sums(&d->b, d->sums, d->sums + d->b.channels, d->dy, d->y, d->d_residual, 0,
                                         d->scratch))
BENCH_WORK(input, norm,
           eg_k_batch_norm_backward_input(&d->b, d->dx, 0, d->dy, NULL, d->channels[4], d->channels[5], d->channels[6]))
BENCH_WORK(input_residual, norm,
           eg_k_batch_norm_backward_input(&d->b, d->dx, 0, d->dy, d->y, d->channels[4], d->channels[5], d->channels[6]))
BENCH_WORK(backward, norm, sums(d); input(d))
BENCH_WORK(backward_twin, norm,
           eg_ref_batch_norm_backward(&d->b, true, d->dy, d->y, d->dx, NULL, d->sums, d->sums + d->b.channels))
BENCH_WORK(backward_residual, norm, sums_residual(d); input_residual(d))
BENCH_WORK(backward_residual_twin, norm,
           eg_ref_batch_norm_backward(&d->b, true, d->dy, d->y, d->dx, d->d_residual, d->sums, d->sums + d->b.channels))
/* clang-format on */

/* How many arrays of x's size each reads and writes; backward reads x and dy twice. */
static const struct pass {
  const char *name;
  int arrays;
  bench_work *fast, *twin;
} passes[] = {
    {"norm statistics", 1, statistics, statistics_twin},
    {"norm apply", 2, apply, apply_twin},
    {"norm apply, residual", 3, apply_residual, apply_residual_twin},
    {"norm sums", 2, sums, NULL},
    {"norm sums, residual", 4, sums_residual, NULL},
    {"norm input", 3, input, NULL},
    {"norm input, residual", 4, input_residual, NULL},
    {"norm backward", 5, backward, backward_twin},
    {"norm backward, residual", 8, backward_residual, backward_residual_twin},
};

static void batch_norm(int64_t l, int64_t channels) {
  int64_t rows = RECORDS * l, n = rows * channels;
  char shape[32];
  snprintf(shape, sizeof shape, "%dx%d", (int)rows, (int)channels);
  norm t = {.y = bench_zeros(n),
            .residual = bench_numbers(n, 1),
            .dy = bench_numbers(n, 2),
            .dx = bench_zeros(n),
            .d_residual = bench_zeros(n),
            .sums = bench_room(2 * (size_t)channels * sizeof(double)),
            .scratch = bench_room(eg_k_batch_norm_scratch(rows, channels) * REAL)};
  for (int i = 0; i < 7; i++)
    t.channels[i] = bench_numbers(channels, (uint64_t)i + 10);
  eg_real *x = bench_numbers(n, 3);
  t.b = (eg_k_batch_norm){.rows = rows,
                          .channels = channels,
                          .relu = true,
                          .x = x,
                          .mean = t.channels[0],
                          .inverse = t.channels[1],
                          .gamma = t.channels[2],
                          .beta = t.channels[3]};
  apply_residual(&t);
  for (size_t i = 0; i < sizeof passes / sizeof *passes; i++)
    bench_show(&(bench_row){.name = passes[i].name,
                            .shape = shape,
                            .unit = BENCH_BYTES,
                            .amount = (double)(passes[i].arrays * n * REAL),
                            .fast = passes[i].fast,
                            .twin = passes[i].twin,
                            .data = &t});
  eg_real *arrays[] = {t.y, t.residual, t.dy, t.dx, t.d_residual, t.scratch, x};
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
    eg_free(arrays[i]);
  for (int i = 0; i < 7; i++)
    eg_free(t.channels[i]);
  eg_free(t.sums);
}

typedef struct windows {
  eg_k_pool p;
  eg_real *x, *y, *dx;
  void *index;
} windows;

/* clang-format off: a table */
BENCH_WORK(max_pool, windows, eg_k_max_pool(&d->p, d->y, d->index, d->x))
BENCH_WORK(max_pool_bare, windows, eg_k_max_pool(&d->p, d->y, NULL, d->x))
BENCH_WORK(max_pool_back, windows, eg_k_max_pool_backward(&d->p, d->dx, 0, d->y, d->index))
BENCH_WORK(avg_pool, windows, eg_k_avg_pool(&d->p, d->y, d->x))
BENCH_WORK(avg_pool_back, windows, eg_k_avg_pool_backward(&d->p, d->dx, 0, d->y))
/* clang-format on */

static void pool(const char *window, int64_t l, int64_t c, int64_t kernel, int64_t stride, int64_t padding) {
  eg_k_pool p = {.n = RECORDS, .l = l, .c = c, .kernel = kernel, .stride = stride, .padding = padding};
  p.lo = (l + 2 * padding - kernel) / stride + 1;
  int64_t in = p.n * l * c, out = p.n * p.lo * c, index = out * (int64_t)eg_k_max_pool_index_bytes(kernel);
  char shape[32];
  snprintf(shape, sizeof shape, "%dx%dx%d %s", RECORDS, (int)l, (int)c, window);
  windows t = {p, bench_numbers(in, 1), bench_zeros(out), bench_zeros(in), bench_room((size_t)index)};
  const struct {
    const char *name;
    int64_t index;
    bench_work *fast;
  } rows[] = {{"max pool", index, max_pool},
              {"max pool, no index", 0, max_pool_bare},
              {"max pool backward", index, max_pool_back},
              {"avg pool", 0, avg_pool},
              {"avg pool backward", 0, avg_pool_back}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    bench_show(&(bench_row){.name = rows[i].name,
                            .shape = shape,
                            .unit = BENCH_BYTES,
                            .amount = (double)((in + out) * REAL + rows[i].index),
                            .fast = rows[i].fast,
                            .data = &t});
  eg_free(t.x);
  eg_free(t.y);
  eg_free(t.dx);
  eg_free(t.index);
}

typedef struct drop {
  eg_real *x, *y;
  int64_t n;
  eg_rng rng;
} drop;

BENCH_WORK(dropout, drop, eg_k_dropout(d->y, 0, d->x, d->n, 0.5, &d->rng))
BENCH_WORK(dropout_twin, drop, eg_ref_dropout(d->y, 0, d->x, d->n, 0.5, &d->rng))

static void dropouts(int64_t rows, int64_t width) {
  char shape[32];
  snprintf(shape, sizeof shape, "%dx%d", (int)rows, (int)width);
  drop t = {bench_numbers(rows * width, 1), bench_zeros(rows * width), rows * width, eg_rng_seed(1)};
  bench_show(&(bench_row){.name = "dropout",
                          .shape = shape,
                          .unit = BENCH_BYTES,
                          .amount = (double)(2 * t.n * REAL),
                          .fast = dropout,
                          .twin = dropout_twin,
                          .data = &t});
  eg_free(t.x);
  eg_free(t.y);
}

int main(int argc, char **argv) {
  bench_start(argc, argv, "batch normalisation (with ReLU), pooling, dropout");
  batch_norm(250, 64);
  batch_norm(250, 256);
  batch_norm(32, 512);
  pool("k3 s2", 500, 64, 3, 2, 1);
  pool("k2 s2", 500, 64, 2, 2, 0);
  pool("global", 32, 512, 32, 32, 0);
  dropouts(64, 512);
  dropouts(6400, 100);
  return 0;
}
