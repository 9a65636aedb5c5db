/* Kernels that go along a dimension of an array (outer, R, inner), and those that only move its elements: GB/s beside
   a copy. Arguments: bench/measure.h. */
#include "measure.h"

#include "kernels/extreme.h"
#include "kernels/gather.h"
#include "kernels/reduce.h"
#include "kernels/softmax.h"
#include "kernels/sort.h"
#include "kernels/strided.h"

enum { REAL = sizeof(eg_real) };

typedef struct array {
  int64_t outer, R, inner;
  eg_real *x, *g, *y;                       /* (outer, R, inner) */
  eg_real *order;                           /* a place along R for each of them */
  eg_real *center, *sum, *high, *low;       /* (outer, inner); the place of an entry, see kernels/extreme.h */
  eg_real *index;                           /* (R): places */
  int64_t *at;                              /* (outer, inner) */
  int64_t dims[3], whole[3], transposed[3]; /* transposed: strides that turn (R, inner) round */
  double *sums;
  void *scratch;
} array;

#define SIZE d->outer, d->R, d->inner

/* clang-format off: a table */
BENCH_WORK(sum, array, eg_k_sum(d->sum, false, 1, d->x, SIZE, d->sums))
BENCH_WORK(sum_squares, array, eg_k_sum_squares(d->sum, 1, d->x, d->center, SIZE, d->sums))
BENCH_WORK(spread, array, eg_k_spread(d->y, false, 1, d->center, SIZE))
BENCH_WORK(spread_deviation, array, eg_k_spread_deviation(d->y, false, 1, d->sum, d->x, d->center, SIZE))
BENCH_WORK(cumsum, array, eg_k_cumsum(d->y, false, false, d->x, SIZE))
BENCH_WORK(extreme, array, eg_k_extreme(d->sum, d->at, true, d->x, SIZE))
BENCH_WORK(extreme_grad, array, eg_k_extreme_grad(d->y, false, d->center, d->high, d->low, SIZE))
BENCH_WORK(sort, array, eg_k_sort(d->y, d->order, false, d->x, SIZE, d->scratch))
BENCH_WORK(unsort, array, eg_k_unsort(d->y, false, d->g, d->order, SIZE))
BENCH_WORK(softmax, array, eg_k_softmax(d->y, false, d->x, SIZE))
BENCH_WORK(softmax_grad, array, eg_k_softmax_grad(d->y, false, false, d->g, d->x, SIZE))
BENCH_WORK(log_softmax, array, eg_k_softmax(d->y, true, d->x, SIZE))
BENCH_WORK(log_softmax_grad, array, eg_k_softmax_grad(d->y, false, true, d->g, d->x, SIZE))
BENCH_WORK(logsumexp, array, eg_k_logsumexp(d->sum, d->x, SIZE))
BENCH_WORK(logsumexp_grad, array, eg_k_logsumexp_grad(d->y, false, d->center, d->x, d->sum, SIZE))
BENCH_WORK(select, array, eg_k_index_select(d->y, d->x, d->index, SIZE, d->R))
BENCH_WORK(index_add, array, eg_k_index_add(d->y, d->g, d->index, SIZE, d->R))
BENCH_WORK(flip, array, eg_k_flip(d->y, false, d->x, SIZE))
BENCH_WORK(copy_rows, array,
           eg_k_copy_rows(d->y, d->R * d->inner, false, d->x, d->R * d->inner, d->outer, d->R * d->inner))
BENCH_WORK(transpose, array, eg_k_strided_copy(d->y, d->whole, d->x, d->transposed, d->dims, 3))
BENCH_WORK(transpose_add, array, eg_k_strided_add(d->y, d->whole, d->x, d->transposed, d->dims, 3, 1))
BENCH_WORK(affine, array, eg_k_strided_affine(d->y, d->transposed, d->dims, 3, (eg_real)0.5, 1))
/* clang-format on */

/* How many arrays of (outer, R, inner) and of (outer, inner) elements each moves. In the order in which they run: sort
   fills what unsort reads, logsumexp what its gradient does. */
static const struct {
  const char *name;
  int whole, reduced;
  bench_work *fast;
} rows[] = {{"sum", 1, 1, sum},
            {"sum of squares", 1, 2, sum_squares},
            {"spread", 1, 1, spread},
            {"spread deviation", 2, 2, spread_deviation},
            {"running sum", 2, 0, cumsum},
            {"largest", 1, 3, extreme},
            {"largest gradient", 1, 3, extreme_grad},
            {"sort", 3, 0, sort},
            {"sort gradient", 3, 0, unsort},
            {"softmax", 2, 0, softmax},
            {"softmax gradient", 3, 0, softmax_grad},
            {"log softmax", 2, 0, log_softmax},
            {"log softmax gradient", 3, 0, log_softmax_grad},
            {"logsumexp", 1, 1, logsumexp},
            {"logsumexp gradient", 2, 2, logsumexp_grad},
            {"index select", 2, 0, select},
            {"index add", 3, 0, index_add},
            {"flip", 2, 0, flip},
            {"copy rows", 2, 0, copy_rows},
            {"transposed copy", 2, 0, transpose},
            {"transposed add", 3, 0, transpose_add},
            {"transposed affine", 2, 0, affine}};

static void measure(int64_t outer, int64_t R, int64_t inner) {
  int64_t n = outer * R * inner, reduced = outer * inner;
  size_t bytes = 0;
  char shape[32];
  snprintf(shape, sizeof shape, "%dx%dx%d", (int)outer, (int)R, (int)inner);
  if (!eg_k_sort_scratch(&bytes, R))
    return;
  array t = {.outer = outer,
             .R = R,
             .inner = inner,
             .x = bench_numbers(n, 1),
             .g = bench_numbers(n, 2),
             .y = bench_zeros(n),
             .order = bench_zeros(n),
             .center = bench_numbers(reduced, 3),
             .sum = bench_zeros(reduced),
             .high = bench_zeros(reduced),
             .low = bench_zeros(reduced),
             .index = bench_zeros(R),
             .at = bench_room((size_t)reduced * sizeof(int64_t)),
             .dims = {outer, inner, R},
             .whole = {inner * R, R, 1},
             .transposed = {R * inner, 1, inner},
             .sums = bench_room(eg_k_sum_scratch(outer, R, inner) * sizeof(double)),
             .scratch = bench_room(bytes)};
  eg_rng g = eg_rng_seed(4);
  for (int64_t i = 0; i < reduced; i++)
    t.low[i] = (eg_real)eg_rng_below(&g, (uint64_t)R);
  for (int64_t i = 0; i < R; i++)
    t.index[i] = (eg_real)eg_rng_below(&g, (uint64_t)R);
  sort(&t);
  logsumexp(&t);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    bench_show(&(bench_row){.name = rows[i].name,
                            .shape = shape,
                            .unit = BENCH_BYTES,
                            .amount = (double)((rows[i].whole * n + rows[i].reduced * reduced) * REAL),
                            .fast = rows[i].fast,
                            .data = &t});
  void *arrays[] = {t.x, t.g, t.y, t.order, t.center, t.sum, t.high, t.low, t.index, t.at, t.sums, t.scratch};
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
    eg_free(arrays[i]);
}

int main(int argc, char **argv) {
  bench_start(argc, argv, "along a dimension");
  measure(16384, 71, 1); /* the last dimension: scores */
  measure(64, 250, 64);  /* time, of what a convolution gives */
  measure(1, 1000000, 1);
  return 0;
}
