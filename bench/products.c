/* Matrix products in GFLOP/s (2 M N K operations); what only goes over a matrix, or multiplies it by a few rows, in
   GB/s beside a copy. Arguments: bench/measure.h. */
#include "measure.h"

#include "kernels/blas.h"
#include "kernels/matmul.h"
#include "kernels/skinny.h"

enum { REAL = sizeof(eg_real) };

/* C (m, n) of op(A) (m, k) and op(B) (k, n). */
typedef struct product {
  int64_t m, n, k;
  bool at, bt;
  eg_real *a, *b, *c, *scratch;
  eg_k_batch batch;
} product;

static int64_t lda(const product *p) {
  return p->at ? p->m : p->k;
}

static int64_t ldb(const product *p) {
  return p->bt ? p->k : p->n;
}

/* clang-format off: a table */
BENCH_WORK(whole, product, eg_k_product(d->at, d->bt, d->m, d->n, d->k, d->a, lda(d), d->b, ldb(d), 0, d->c, d->n))
BENCH_WORK(over_rows, product, eg_k_product_over_rows(d->k, d->m, d->n, d->a, d->m, d->b, d->n, 0, d->c, d->scratch))
BENCH_WORK(batched, product, eg_k_matmul(&d->batch, d->at, d->bt, d->m, d->n, d->k, d->a, d->b, 0, d->c))
/* clang-format on */

static void show_product(const char *name, bench_work *fast, product t, int64_t batch) {
  char shape[32];
  snprintf(shape, sizeof shape, batch > 1 ? "%dx%dx%d, %d times" : "%dx%dx%d", (int)t.m, (int)t.n, (int)t.k,
           (int)batch);
  t.a = bench_numbers(batch * t.m * t.k, 1);
  t.b = bench_numbers(batch * t.k * t.n, 2);
  t.c = bench_zeros(batch * t.m * t.n);
  t.scratch = bench_room(fast == over_rows ? eg_k_product_over_rows_scratch(t.k, t.m, t.n) * REAL : 0);
  t.batch = (eg_k_batch){1, {batch}, {t.m * t.k}, {t.k * t.n}, {t.m * t.n}};
  bench_show(&(bench_row){.name = name,
                          .shape = shape,
                          .unit = BENCH_OPERATIONS,
                          .amount = 2.0 * (double)(batch * t.m * t.n * t.k),
                          .fast = fast,
                          .data = &t});
  eg_real *arrays[] = {t.a, t.b, t.c, t.scratch};
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
    eg_free(arrays[i]);
}

static void products(void) {
  static const struct {
    int64_t m, n, k;
  } squares[] = {{128, 128, 128}, {512, 512, 512}, {1024, 1024, 1024}, {500, 300, 700}};
  for (size_t i = 0; i < sizeof squares / sizeof *squares; i++) {
    product t = {.m = squares[i].m, .n = squares[i].n, .k = squares[i].k};
    show_product("A B", whole, t, 1);
    t.bt = true;
    show_product("A B^T", whole, t, 1);
    t.at = true, t.bt = false;
    show_product("A^T B", whole, t, 1);
  }
  /* A head of 71 classes on 512 channels, forward, to its input and to its weight; a thin one; attention's. */
  show_product("head, A B^T", whole, (product){.m = 64, .n = 71, .k = 512, .bt = true}, 1);
  show_product("head to input, A B", whole, (product){.m = 64, .n = 512, .k = 71}, 1);
  show_product("head to weight, A^T B", over_rows, (product){.m = 71, .n = 512, .k = 64, .at = true}, 1);
  show_product("many rows, A B", whole, (product){.m = 8000, .n = 64, .k = 64}, 1);
  show_product("many rows, A^T B", over_rows, (product){.m = 64, .n = 64, .k = 8000, .at = true}, 1);
  show_product("many rows, A^T B", over_rows, (product){.m = 256, .n = 1024, .k = 2016, .at = true}, 1);
  show_product("batched, A B", batched, (product){.m = 125, .n = 64, .k = 125}, 32);
  show_product("batched, A B^T", batched, (product){.m = 125, .n = 125, .k = 64, .bt = true}, 32);
}

typedef struct square {
  int n;
  double *a, *b, *c;
} square;

BENCH_WORK(in_double, square, eg_k_gemm_double(false, false, d->n, d->n, d->n, d->a, d->n, d->b, d->n, d->c, d->n))

/* In double, on one thread: half of the peak is what there is to reach. */
static void product_in_double(int n) {
  size_t bytes = (size_t)n * (size_t)n * sizeof(double);
  char shape[32];
  snprintf(shape, sizeof shape, "%dx%dx%d, 1 thread", n, n, n);
  square t = {n, bench_room(bytes), bench_room(bytes), bench_room(bytes)};
  bench_show(&(bench_row){.name = "A B in double",
                          .shape = shape,
                          .unit = BENCH_OPERATIONS,
                          .amount = 2.0 * n * n * n,
                          .fast = in_double,
                          .data = &t,
                          .threads = 1});
  eg_free(t.a);
  eg_free(t.b);
  eg_free(t.c);
}

/* x (rows, n), w (o, n), y (rows, o) and their gradients in the same arrays. */
typedef struct thin {
  int64_t rows, o, n;
  eg_real *x, *w, *y, *sums, *scratch;
} thin;

/* clang-format off: a table */
BENCH_WORK(skinny, thin, eg_k_skinny(d->y, NULL, d->x, d->w, d->rows, d->o, d->n, d->scratch))
BENCH_WORK(skinny_input, thin, eg_k_skinny_to_input(d->x, 0, d->y, d->w, d->rows, d->o, d->n))
BENCH_WORK(skinny_weight, thin, eg_k_skinny_to_weight(d->w, 0, d->y, d->x, d->rows, d->o, d->n))
BENCH_WORK(column_sums, thin, eg_k_column_sums(d->sums, 0, d->x, d->rows, d->n, d->scratch))
BENCH_WORK(fill_rows, thin, eg_k_fill_rows(d->x, d->sums, d->rows, d->n))
BENCH_WORK(add_parts, thin, eg_k_add_parts(d->sums, 0, d->x, d->rows, d->n))
/* clang-format on */

typedef struct thin_row {
  const char *name;
  int64_t moved; /* elements */
  bench_work *fast;
} thin_row;

static void show_thin(const thin *t, const thin_row *rows, int count) {
  char shape[32];
  int at = snprintf(shape, sizeof shape, "%dx%d", (int)t->rows, (int)t->n);
  if (t->o > 0)
    snprintf(shape + at, sizeof shape - (size_t)at, " -> %d", (int)t->o);
  for (int i = 0; i < count; i++)
    bench_show(&(bench_row){.name = rows[i].name,
                            .shape = shape,
                            .unit = BENCH_BYTES,
                            .amount = (double)(rows[i].moved * REAL),
                            .fast = rows[i].fast,
                            .data = (void *)t});
}

static thin open_thin(int64_t rows, int64_t o, int64_t n) {
  size_t of_sums = eg_k_column_sums_scratch(rows, n), of_skinny = eg_k_skinny_scratch(rows, o, n);
  return (thin){rows,
                o,
                n,
                bench_numbers(rows * n, 1),
                bench_numbers(o * n, 2),
                bench_numbers(rows * o, 3),
                bench_zeros(n),
                bench_room((of_sums > of_skinny ? of_sums : of_skinny) * REAL)};
}

static void close_thin(thin *t) {
  eg_real *arrays[] = {t->x, t->w, t->y, t->sums, t->scratch};
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
    eg_free(arrays[i]);
}

/* A head over all outputs of a recurrent network. */
static void heads(int64_t rows, int64_t o, int64_t n) {
  thin t = open_thin(rows, o, n);
  int64_t all = rows * n + o * n + rows * o;
  const thin_row list[] = {
      {"skinny", all, skinny}, {"skinny to input", all, skinny_input}, {"skinny to weight", all, skinny_weight}};
  show_thin(&t, list, 3);
  close_thin(&t);
}

static void over_matrix(int64_t rows, int64_t n) {
  thin t = open_thin(rows, 0, n);
  int64_t all = rows * n + n;
  const thin_row list[] = {{"column sums", all, column_sums}, {"fill rows", all, fill_rows}};
  show_thin(&t, list, 2);
  close_thin(&t);
}

static void parts(int64_t count, int64_t n) {
  thin t = open_thin(count, 0, n);
  show_thin(&t, &(thin_row){"add parts", count * n + n, add_parts}, 1);
  close_thin(&t);
}

int main(int argc, char **argv) {
  bench_start(argc, argv, "matrix products");
  products();
  product_in_double(256);
  heads(64, 5, 100000);
  heads(64, 1, 100000);
  over_matrix(8000, 64);
  over_matrix(1024, 512);
  parts(16, 4096);
  parts(16, 262144);
  return 0;
}
