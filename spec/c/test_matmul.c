/* Matrix products and sums of columns against triple loops in double, with every instruction set. */
#include "kernels/gemm.h"
#include "kernels/matmul.h"
#include "support_layers.h"

/* m, n and k: all of these with each other, and some with more than one block of k in every instruction set. */
static const int64_t sizes[] = {0, 1, 7, 33, 257, 300};
static const int64_t deep[][3] = {{5, 6, 1300}, {1, 40, 1300}, {70, 1, 1025}, {130, 49, 1300}, {257, 34, 520}};
enum { SIZES = sizeof sizes / sizeof *sizes, DEEP = sizeof deep / sizeof *deep };

/* C (m, n) of dense operands */
static eg_real *plain(int64_t m, int64_t n, int64_t k, const eg_real *a, const eg_real *b, double beta,
                      const eg_real *c) {
  eg_real *out = malloc(((size_t)(m * n) + 1) * sizeof *out);
  double *row = doubles(n);
  for (int64_t i = 0; i < m; i++) {
    for (int64_t j = 0; j < n; j++)
      row[j] = beta == 0 ? 0 : beta * c[i * n + j];
    for (int64_t p = 0; p < k; p++)
      for (int64_t j = 0; j < n; j++)
        row[j] += (double)a[i * k + p] * b[p * n + j];
    for (int64_t j = 0; j < n; j++)
      out[i * n + j] = (eg_real)row[j];
  }
  free(row);
  return out;
}

/* A dense matrix x (rows, columns), or its transpose, with rows `gap` longer than they need be, filled with `between`:
   NaN in an operand, where it must have no effect, -0 in a result, where any sum would change it. */
typedef struct matrix {
  int64_t rows, columns, ld;
  eg_real *data;
} matrix;

static matrix stored(const eg_real *x, int64_t rows, int64_t columns, bool transposed, int64_t gap, double between) {
  matrix s = {transposed ? columns : rows, transposed ? rows : columns, 0, NULL};
  s.ld = s.columns + gap > 0 ? s.columns + gap : 1;
  s.data = malloc(((size_t)(s.rows * s.ld) + 1) * sizeof *s.data);
  for (int64_t i = 0; i < s.rows * s.ld; i++)
    s.data[i] = (eg_real)between;
  for (int64_t i = 0; i < rows; i++)
    for (int64_t j = 0; j < columns; j++)
      s.data[transposed ? j * s.ld + i : i * s.ld + j] = x[i * columns + j];
  return s;
}

static void check_result(const matrix *s, const eg_real *expected, double roundings) {
  eg_real *dense = malloc(((size_t)(s->rows * s->columns) + 1) * sizeof *dense);
  bool kept = true;
  for (int64_t i = 0; i < s->rows; i++) {
    memcpy(dense + i * s->columns, s->data + i * s->ld, (size_t)s->columns * sizeof *dense);
    for (int64_t j = s->columns; j < s->ld; j++)
      kept = kept && s->data[i * s->ld + j] == 0 && signbit(s->data[i * s->ld + j]);
  }
  CHECK_TWIN(dense, expected, s->rows * s->columns, roundings);
  CHECK(kept);
  free(dense);
}

typedef struct trial {
  int64_t m, n, k;
  eg_real *a, *b, *c; /* dense, not transposed */
  double roundings;
} trial;

/* C (m, n) as each function makes it from operands that are stored so. beta 0: over NaNs. */
static void check_form(const trial *t, bool at, bool bt, int64_t gap, eg_real beta, const eg_real *expected) {
  int64_t m = t->m, n = t->n, k = t->k;
  matrix a = stored(t->a, m, k, at, gap, NAN), b = stored(t->b, k, n, bt, gap, NAN);
  eg_real *before = beta == 0 ? nans(m * n) : copied(t->c, m * n);
  matrix gemm = stored(before, m, n, false, gap, -0.0), product = stored(before, m, n, false, gap, -0.0);
  eg_k_gemm(at, bt, m, n, k, a.data, a.ld, b.data, b.ld, beta, gemm.data, gemm.ld);
  check_result(&gemm, expected, t->roundings);
  eg_k_product(at, bt, m, n, k, a.data, a.ld, b.data, b.ld, beta, product.data, product.ld);
  check_result(&product, expected, t->roundings);
  if (at && !bt) {
    eg_real *scratch = scratch_of(eg_k_product_over_rows_scratch(k, m, n));
    eg_k_product_over_rows(k, m, n, a.data, a.ld, b.data, b.ld, beta, before, scratch);
    CHECK_TWIN(before, expected, m * n, t->roundings);
    free(scratch);
  }
  free(a.data), free(b.data), free(before), free(gemm.data), free(product.data);
}

static void check_product(int64_t m, int64_t n, int64_t k) {
  static const double betas[] = {0, 1, 0.5};
  int failures = check_state.failures;
  trial t = {
      m, n, k, numbers(m * k, -1, 1, 1), numbers(k * n, -1, 1, 2), numbers(m * n, -1, 1, 3), 40 + (double)k / 20};
  eg_cpu before = eg_cpu_in_use();
  for (int q = 0; q < 3; q++) {
    eg_real *expected = plain(m, n, k, t.a, t.b, betas[q], t.c);
    for (int cpu = 0; cpu < EG_CPU_COUNT; cpu++)
      for (int form = 0; form < 4 && eg_cpu_force((eg_cpu)cpu); form++)
        check_form(&t, form & 1, form & 2, (form + q) % 3 * 5, (eg_real)betas[q], expected);
    free(expected);
  }
  eg_cpu_force(before);
  if (check_state.failures > failures)
    fprintf(stderr, "  there: m %" PRId64 " n %" PRId64 " k %" PRId64 "\n", m, n, k);
  free(t.a), free(t.b), free(t.c);
}

static void products(void) {
  int threads = eg_num_threads();
  eg_set_num_threads(1); /* more are tried below; here they would mostly wait for each other */
  for (int i = 0; i < SIZES; i++)
    for (int j = 0; j < SIZES; j++)
      for (int k = 0; k < SIZES; k++)
        check_product(sizes[i], sizes[j], sizes[k]);
  for (int i = 0; i < DEEP; i++)
    check_product(deep[i][0], deep[i][1], deep[i][2]);
  check_product(5, 6, 20001); /* several pieces of rows */
  eg_set_num_threads(threads);
}

/* On our own panels an element has the same bits in whatever part of C it is computed: the last rows and columns of a
   product by themselves, from some place on. */
static void check_parts(void) {
  enum { M = 70, N = 100, K = 1300 };
  static const int64_t places[][2] = {{0, 0}, {1, 3}, {13, 32}, {69, 17}, {40, 92}};
  if (eg_cpu_in_use() == EG_CPU_PLAIN)
    return;
  eg_real *a = numbers(M * K, -1, 1, 1), *b = numbers(K * N, -1, 1, 2), whole[M * N], part[M * N];
  for (int form = 0; form < 4; form++)
    for (int q = 0; q < 5; q++) {
      bool at = form & 1, bt = form & 2, same = true;
      int64_t i = places[q][0], j = places[q][1], lda = at ? M : K, ldb = bt ? K : N;
      eg_k_gemm(at, bt, M, N, K, a, lda, b, ldb, 0, whole, N);
      eg_k_gemm(at, bt, M - i, N - j, K, a + i * (at ? 1 : lda), lda, b + j * (bt ? ldb : 1), ldb, 0, part, N);
      for (int64_t row = i; row < M; row++)
        same = same && memcmp(whole + row * N + j, part + (row - i) * N, (size_t)(N - j) * sizeof *part) == 0;
      CHECK(same);
    }
  free(a), free(b);
}

static void parts_of_a_product(void) {
  with_each_cpu(check_parts);
}

static void column_sums(void) {
  static const int64_t rows[] = {0, 1, 33, 1000, 20001}, columns[] = {1, 7, 65};
  for (int i = 0; i < 5; i++)
    for (int j = 0; j < 3; j++) {
      int64_t r = rows[i], c = columns[j];
      eg_real *x = numbers(r * c, 0, 1, 1), *sum = numbers(c, -1, 1, 2);
      double *expected = doubles(c);
      for (int64_t q = 0; q < c; q++) {
        expected[q] = 0.5 * sum[q];
        for (int64_t p = 0; p < r; p++)
          expected[q] += x[p * c + q];
      }
      eg_real *scratch = scratch_of(eg_k_column_sums_scratch(r, c));
      eg_k_column_sums(sum, (eg_real)0.5, x, r, c, scratch);
      CHECK_ARRAY_NEAR(sum, expected, c, TIGHT * (1 + (double)r));
      free(x), free(sum), free(expected), free(scratch);
    }
}

/* Entries that share a C are summed; a stretched operand has stride 0. */
static void check_batches(void) {
  enum { P = 2, Q = 3, M = 4, N = 5, K = 6 };
  eg_real *a = numbers(P * M * K, -1, 1, 1), *b = numbers(Q * K * N, -1, 1, 2), *c = numbers(P * M * N, -1, 1, 3);
  eg_real *expected = copied(c, P * M * N);
  for (int p = 0; p < P; p++)
    for (int q = 0; q < Q; q++) {
      eg_real *sum = plain(M, N, K, a + p * M * K, b + q * K * N, 1, expected + p * M * N);
      memcpy(expected + p * M * N, sum, M * N * sizeof *sum);
      free(sum);
    }
  eg_k_batch batch = {.ndim = 2, .dims = {P, Q}, .a = {M * K, 0}, .b = {0, K * N}, .c = {M * N, 0}};
  eg_k_matmul(&batch, false, false, M, N, K, a, b, 1, c);
  CHECK_TWIN(c, expected, P * M * N, 40);
  batch.dims[1] = 0; /* nothing to sum */
  eg_k_matmul(&batch, false, false, M, N, K, a, b, 0, c);
  CHECK(largest(c, P * M * N) == 0);
  free(a), free(b), free(c), free(expected);
}

static void batches(void) {
  with_each_cpu(check_batches);
}

enum { ROWS = 5000, COLUMNS = 70, WIDTH = 300, ENTRIES = 3 };

static void make_rows(eg_real *out) {
  eg_real *a = numbers(ROWS * COLUMNS, -1, 1, 1), *b = numbers(ROWS * WIDTH, -1, 1, 2);
  eg_real *scratch = scratch_of(eg_k_product_over_rows_scratch(ROWS, COLUMNS, WIDTH));
  eg_k_product_over_rows(ROWS, COLUMNS, WIDTH, a, COLUMNS, b, WIDTH, 0, out, scratch);
  free(a), free(b), free(scratch);
}

/* B as it is and transposed */
static void make_products(eg_real *out) {
  eg_real *a = numbers(ROWS * COLUMNS, -1, 1, 1), *b = numbers(COLUMNS * WIDTH, -1, 1, 2);
  eg_k_product(false, false, ROWS, WIDTH, COLUMNS, a, COLUMNS, b, WIDTH, 0, out, WIDTH);
  eg_k_product(false, true, ROWS, WIDTH, COLUMNS, a, COLUMNS, b, COLUMNS, 0, out + ROWS * WIDTH, WIDTH);
  free(a), free(b);
}

static void make_batch(eg_real *out) {
  eg_real *a = numbers(ENTRIES * WIDTH * WIDTH, -1, 1, 1), *b = numbers(WIDTH * COLUMNS, -1, 1, 2);
  eg_k_batch batch = {.ndim = 1, .dims = {ENTRIES}, .a = {WIDTH * WIDTH}, .b = {0}, .c = {WIDTH * COLUMNS}};
  eg_k_matmul(&batch, true, false, WIDTH, COLUMNS, WIDTH, a, b, 0, out);
  free(a), free(b);
}

static void check_same_bits(void) {
  check_threads(make_rows, COLUMNS * WIDTH);
  check_threads(make_products, 2 * ROWS * WIDTH);
  check_threads(make_batch, ENTRIES * WIDTH * COLUMNS);
}

static void same_bits_for_any_number_of_threads(void) {
  with_each_cpu(check_same_bits);
}

CHECK_MAIN(TEST(products), TEST(parts_of_a_product), TEST(column_sums), TEST(batches),
           TEST(same_bits_for_any_number_of_threads))
