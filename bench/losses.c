/* Losses and their gradients, at a batch's size on one thread and for many records on all: GB/s beside a copy.
   Arguments: bench/measure.h. */
#include "measure.h"

#include "kernels/loss.h"

enum { CLASSES = 71, REAL = sizeof(eg_real) };

typedef struct scores {
  int64_t rows, n;          /* n = rows CLASSES */
  eg_real *x, *z, *log_q;   /* (n): logits, targets from 0 to 1, below 0 */
  eg_real *index, *each;    /* (rows): classes, numbers */
  eg_real *weights, *out;   /* (CLASSES), (n) */
  eg_walk forward, to_x;    /* of the binary cross-entropy: x z p w, g x z p w */
  eg_ce_target named, soft; /* targets by their class, by probabilities */
} scores;

/* clang-format off: a table */
BENCH_WORK(squared, scores, eg_k_squared_error(d->out, d->x, d->z, d->n))
BENCH_WORK(squared_grad, scores, eg_k_squared_error_grad(d->out, false, 1, d->each, 0, d->x, d->z, d->n))
BENCH_WORK(bce, scores, eg_k_bce(d->out, &d->forward, d->x, d->z, d->weights, d->weights))
BENCH_WORK(bce_grad, scores, eg_k_bce_grad(d->out, 0, false, 1, &d->to_x, d->each, d->x, d->z, d->weights, d->weights))
BENCH_WORK(named, scores, eg_k_cross_entropy(d->out, d->log_q, &d->named, d->rows))
BENCH_WORK(named_grad, scores, eg_k_cross_entropy_grad(d->out, false, 1, d->each, 1, d->log_q, &d->named, d->rows))
BENCH_WORK(soft, scores, eg_k_cross_entropy(d->out, d->log_q, &d->soft, d->rows))
BENCH_WORK(soft_grad, scores, eg_k_cross_entropy_grad(d->out, false, 1, d->each, 1, d->log_q, &d->soft, d->rows))
BENCH_WORK(soft_grad_target, scores,
           eg_k_cross_entropy_grad_target(d->out, false, 1, d->each, 1, d->log_q, &d->soft, d->rows))
/* clang-format on */

static void measure(int64_t rows, int threads) {
  static const struct {
    const char *name;
    int arrays, columns; /* moved: of n elements, of `rows` elements */
    bench_work *fast;
  } list[] = {{"squared error", 3, 0, squared},
              {"squared error gradient", 3, 0, squared_grad},
              {"bce", 3, 0, bce},
              {"bce gradient", 3, 0, bce_grad},
              {"ce, classes", 1, 2, named},
              {"ce, classes, gradient", 2, 2, named_grad},
              {"ce, shares", 2, 1, soft},
              {"ce, shares, gradient", 3, 1, soft_grad},
              {"ce, shares, to target", 2, 1, soft_grad_target}};
  int64_t n = rows * CLASSES;
  scores t = {.rows = rows,
              .n = n,
              .x = bench_numbers(n, 1),
              .z = bench_numbers(n, 2),
              .log_q = bench_numbers(n, 3),
              .index = bench_zeros(rows),
              .each = bench_numbers(rows, 4),
              .weights = bench_numbers(CLASSES, 5),
              .out = bench_zeros(n)};
  for (int64_t i = 0; i < n; i++) {
    t.z[i] = t.z[i] > 0;
    t.log_q[i] = t.log_q[i] > 0 ? -t.log_q[i] : t.log_q[i];
  }
  for (int64_t i = 0; i < rows; i++)
    t.index[i] = (eg_real)(i * 31 % CLASSES);
  t.named = (eg_ce_target){.index = t.index, .K = CLASSES};
  t.soft = (eg_ce_target){.t = t.z, .smoothing = 0.1, .K = CLASSES};
  const int64_t dims[] = {rows, CLASSES}, whole[] = {CLASSES, 1}, row[] = {0, 1}, number[] = {0, 0};
  eg_walk_make(&t.forward, dims, 2, (const int64_t *const[]){whole, whole, row, row}, 4);
  eg_walk_make(&t.to_x, dims, 2, (const int64_t *const[]){number, whole, whole, row, row}, 5);
  char shape[32];
  snprintf(shape, sizeof shape, threads == 1 ? "%dx%d, 1 thread" : "%dx%d", (int)rows, CLASSES);
  for (size_t i = 0; i < sizeof list / sizeof *list; i++)
    bench_show(&(bench_row){.name = list[i].name,
                            .shape = shape,
                            .unit = BENCH_BYTES,
                            .amount = (double)((list[i].arrays * n + list[i].columns * rows) * REAL),
                            .fast = list[i].fast,
                            .data = &t,
                            .threads = threads});
  eg_real *arrays[] = {t.x, t.z, t.log_q, t.index, t.each, t.weights, t.out};
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
    eg_free(arrays[i]);
}

int main(int argc, char **argv) {
  bench_start(argc, argv, "losses");
  measure(64, 1);
  measure(16384, 0);
  return 0;
}
