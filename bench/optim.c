/* A step of each optimizer, and what clips gradients: GB/s beside a copy; in the second cache on one thread, and
   beyond the caches on all. Arguments: bench/measure.h. */
#include "measure.h"

#include "kernels/optim.h"

enum { CACHED = 1 << 14 /* one piece of work */, LARGE = 1 << 24, REAL = sizeof(eg_real) };

typedef struct parameter {
  int64_t n;
  eg_real *p, *g, *m, *v, *b;
  double *sums;
  eg_sgd sgd, nesterov;
  eg_adam adam;
  eg_rmsprop rmsprop;
} parameter;

/* clang-format off: a table */
BENCH_WORK(sgd, parameter, eg_k_sgd(d->p, d->g, NULL, d->n, &d->sgd))
BENCH_WORK(sgd_momentum, parameter, eg_k_sgd(d->p, d->g, d->m, d->n, &d->sgd))
BENCH_WORK(sgd_nesterov, parameter, eg_k_sgd(d->p, d->g, d->m, d->n, &d->nesterov))
BENCH_WORK(adam, parameter, eg_k_adam(d->p, d->g, d->m, d->v, d->n, &d->adam))
BENCH_WORK(rmsprop, parameter, eg_k_rmsprop(d->p, d->g, d->v, NULL, NULL, d->n, &d->rmsprop))
BENCH_WORK(rmsprop_all, parameter, eg_k_rmsprop(d->p, d->g, d->v, d->m, d->b, d->n, &d->rmsprop))
BENCH_WORK(square_sums, parameter, eg_k_square_sums(d->sums, d->g, d->n))
BENCH_WORK(limit, parameter, eg_k_limit(d->g, 1, d->n))
/* clang-format on */

static void measure(int64_t n, const char *shape, int threads) {
  static const struct {
    const char *name;
    int moved; /* arrays read or written */
    bench_work *fast;
  } rows[] = {{"sgd", 3, sgd},
              {"sgd, momentum", 5, sgd_momentum},
              {"sgd, nesterov", 5, sgd_nesterov},
              {"adam", 7, adam},
              {"rmsprop", 5, rmsprop},
              {"rmsprop, all its state", 9, rmsprop_all},
              {"sums of squares", 1, square_sums},
              {"limit", 2, limit}};
  parameter t = {.n = n,
                 .p = bench_numbers(n, 1),
                 .g = bench_numbers(n, 2),
                 .m = bench_zeros(n),
                 .v = bench_zeros(n),
                 .b = bench_zeros(n),
                 .sums = bench_room((size_t)eg_k_square_sums_count(n) * sizeof(double)),
                 .sgd = {.lr = 1e-3, .momentum = 0.9, .weight_decay = 1e-4},
                 .adam = {1e-3, 0.9, 0.999, 1e-8, 0.7, 1e-4, 1},
                 .rmsprop = {1e-3, 0.99, 1e-8, 1e-4, 0.9}};
  t.nesterov = t.sgd;
  t.nesterov.nesterov = true;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    bench_show(&(bench_row){.name = rows[i].name,
                            .shape = shape,
                            .unit = BENCH_BYTES,
                            .amount = (double)(rows[i].moved * n * REAL),
                            .fast = rows[i].fast,
                            .data = &t,
                            .threads = threads});
  eg_real *arrays[] = {t.p, t.g, t.m, t.v, t.b};
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
    eg_free(arrays[i]);
  eg_free(t.sums);
}

int main(int argc, char **argv) {
  bench_start(argc, argv, "optimizers");
  measure(CACHED, "16384, 1 thread", 1);
  measure(LARGE, "16777216", 0);
  return 0;
}
