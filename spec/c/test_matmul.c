/* Matrix products and sums of columns against triple loops in double. */
#include "kernels/blas.h"
#include "kernels/matmul.h"
#include "support_layers.h"

static const int64_t sizes[] = {0, 1, 7, 33, 300};
enum { SIZES = sizeof sizes / sizeof *sizes };

/* C (m, n) of dense operands */
static eg_real *plain(bool at, bool bt, int64_t m, int64_t n, int64_t k, const eg_real *a, const eg_real *b,
                      double beta, const eg_real *c) {
  eg_real *out = malloc(((size_t)(m * n) + 1) * sizeof *out);
  for (int64_t i = 0; i < m; i++)
    for (int64_t j = 0; j < n; j++) {
      double sum = beta == 0 ? 0 : beta * c[i * n + j];
      for (int64_t p = 0; p < k; p++)
        sum += (double)(at ? a[p * m + i] : a[i * k + p]) * (bt ? b[j * k + p] : b[p * n + j]);
      out[i * n + j] = (eg_real)sum;
    }
  return out;
}

static void check_product(bool at, bool bt, int64_t m, int64_t n, int64_t k, double beta) {
  eg_real *a = numbers(m * k, -1, 1, 1), *b = numbers(k * n, -1, 1, 2), *c = numbers(m * n, -1, 1, 3);
  eg_real *expected = plain(at, bt, m, n, k, a, b, beta, c);
  eg_real *gemm = beta == 0 ? nans(m * n) : copied(c, m * n), *product = copied(gemm, m * n);
  eg_k_gemm(at, bt, m, n, k, 1, a, at ? m : k, b, bt ? k : n, (eg_real)beta, gemm, n);
  eg_k_product(at, bt, m, n, k, a, at ? m : k, b, bt ? k : n, (eg_real)beta, product, n);
  CHECK_TWIN(gemm, expected, m * n, 40 + (double)k / 20);
  CHECK_TWIN(product, expected, m * n, 40 + (double)k / 20);
  if (at && !bt) {
    eg_real *rows = beta == 0 ? nans(m * n) : copied(c, m * n);
    eg_real *scratch = scratch_of(eg_k_product_over_rows_scratch(k, m, n));
    eg_k_product_over_rows(k, m, n, a, m, b, n, (eg_real)beta, rows, scratch);
    CHECK_TWIN(rows, expected, m * n, 40 + (double)k / 20);
    free(rows);
    free(scratch);
  }
  free(a), free(b), free(c), free(expected), free(gemm), free(product);
}

static void products(void) {
  for (int i = 0; i < SIZES; i++)
    for (int j = 0; j < SIZES; j++)
      for (int k = 0; k < SIZES; k++)
        for (int form = 0; form < 4; form++)
          check_product(form & 1, form & 2, sizes[i], sizes[j], sizes[k], form % 3 ? 0 : 1);
  check_product(true, false, 5, 6, 20001, 1); /* several pieces of rows */
  check_product(true, false, 3, 2, 1025, 0);
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
static void batches(void) {
  enum { P = 2, Q = 3, M = 4, N = 5, K = 6 };
  eg_real *a = numbers(P * M * K, -1, 1, 1), *b = numbers(Q * K * N, -1, 1, 2), *c = numbers(P * M * N, -1, 1, 3);
  eg_real *expected = copied(c, P * M * N);
  for (int p = 0; p < P; p++)
    for (int q = 0; q < Q; q++) {
      eg_real *sum = plain(false, false, M, N, K, a + p * M * K, b + q * K * N, 1, expected + p * M * N);
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

enum { ROWS = 5000, COLUMNS = 70, WIDTH = 300 };

static void make_rows(eg_real *out) {
  eg_real *a = numbers(ROWS * COLUMNS, -1, 1, 1), *b = numbers(ROWS * WIDTH, -1, 1, 2);
  eg_real *scratch = scratch_of(eg_k_product_over_rows_scratch(ROWS, COLUMNS, WIDTH));
  eg_k_product_over_rows(ROWS, COLUMNS, WIDTH, a, COLUMNS, b, WIDTH, 0, out, scratch);
  free(a), free(b), free(scratch);
}

static void make_product(eg_real *out) {
  eg_real *a = numbers(ROWS * COLUMNS, -1, 1, 1), *b = numbers(COLUMNS * WIDTH, -1, 1, 2);
  eg_k_product(false, false, ROWS, WIDTH, COLUMNS, a, COLUMNS, b, WIDTH, 0, out, WIDTH);
  free(a), free(b);
}

static void same_bits_for_any_number_of_threads(void) {
  check_threads(make_rows, COLUMNS * WIDTH);
  check_threads(make_product, ROWS * WIDTH);
}

CHECK_MAIN(TEST(products), TEST(column_sums), TEST(batches), TEST(same_bits_for_any_number_of_threads))
