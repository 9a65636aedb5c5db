/* Products with few, long rows against loops in double. */
#include "kernels/skinny.h"
#include "support_layers.h"

/* Around rows taken together, vectors and pieces of columns. */
static const int64_t row_counts[] = {0, 1, 3, 4, 7, 33}, lengths[] = {1, 7, 33, 1024, 4096, 4099, 12300};
enum { ROW_COUNTS = sizeof row_counts / sizeof *row_counts, LENGTHS = sizeof lengths / sizeof *lengths };

/* out (m, n) = sum over k of a (m, k) b (k, n) with any strides, + beta before + start of the column. */
static void plain(eg_real *out, const eg_real *a, int64_t a_row, int64_t a_column, const eg_real *b, int64_t b_row,
                  int64_t b_column, int64_t m, int64_t n, int64_t k, eg_real beta, const eg_real *start) {
  for (int64_t i = 0; i < m; i++)
    for (int64_t j = 0; j < n; j++) {
      double sum = (beta == 0 ? 0 : (double)beta * out[i * n + j]) + (start ? start[j] : 0);
      for (int64_t p = 0; p < k; p++)
        sum += (double)a[i * a_row + p * a_column] * b[p * b_row + j * b_column];
      out[i * n + j] = (eg_real)sum;
    }
}

static void check_sizes(int64_t rows, int64_t o, int64_t n) {
  eg_real *x = numbers(rows * n, -1, 1, 1), *w = numbers(o * n, -1, 1, 2), *dy = numbers(rows * o, -1, 1, 3);
  eg_real *bias = numbers(o, -1, 1, 4), *y = nans(rows * o), *expected = nans(rows * o);
  for (int with = 0; with < 2; with++) {
    eg_real *scratch = scratch_of(eg_k_skinny_scratch(rows, o, n));
    eg_k_skinny(y, with ? bias : NULL, x, w, rows, o, n, scratch);
    plain(expected, x, n, 1, w, 1, n, rows, o, n, 0, with ? bias : NULL);
    CHECK_TWIN(y, expected, rows * o, 40);
    free(scratch);
  }
  for (int beta = 0; beta <= 2; beta += 2) {
    eg_real *dx = beta ? numbers(rows * n, -1, 1, 5) : nans(rows * n), *dx_expected = copied(dx, rows * n);
    eg_real *dw = beta ? numbers(o * n, -1, 1, 6) : nans(o * n), *dw_expected = copied(dw, o * n);
    eg_k_skinny_to_input(dx, (eg_real)beta, dy, w, rows, o, n);
    plain(dx_expected, dy, o, 1, w, n, 1, rows, n, o, (eg_real)beta, NULL);
    CHECK_TWIN(dx, dx_expected, rows * n, 20);
    eg_k_skinny_to_weight(dw, (eg_real)beta, dy, x, rows, o, n);
    plain(dw_expected, dy, 1, o, x, n, 1, o, n, rows, (eg_real)beta, NULL);
    CHECK_TWIN(dw, dw_expected, o * n, 40);
    free(dx), free(dx_expected), free(dw), free(dw_expected);
  }
  free(x), free(w), free(dy), free(bias), free(y), free(expected);
}

static void check_all(void) {
  for (int64_t o = 1; o <= EG_SKINNY_MOST; o++)
    for (int i = 0; i < ROW_COUNTS; i++)
      for (int j = 0; j < LENGTHS; j++)
        if (lengths[j] < 1024 || row_counts[i] == 3 || o == 5)
          check_sizes(row_counts[i], o, lengths[j]);
}

static void products(void) {
  with_each_cpu(check_all);
}

static void make_all(eg_real *out) {
  enum { ROWS = 7, O = 5, N = 12300 };
  eg_real *x = numbers(ROWS * N, -1, 1, 1), *w = numbers(O * N, -1, 1, 2), *dy = numbers(ROWS * O, -1, 1, 3);
  eg_real *scratch = scratch_of(eg_k_skinny_scratch(ROWS, O, N));
  eg_k_skinny(out, NULL, x, w, ROWS, O, N, scratch);
  eg_k_skinny_to_input(out + ROWS * O, 0, dy, w, ROWS, O, N);
  eg_k_skinny_to_weight(out + ROWS * O + ROWS * N, 0, dy, x, ROWS, O, N);
  free(x), free(w), free(dy), free(scratch);
}

static void threads(void) {
  check_threads(make_all, 7 * 5 + 7 * 12300 + 5 * 12300);
}

/* Only sizes for which there are kernels, and which are worth them. */
static void fits(void) {
  CHECK(eg_k_skinny_fits(1, 100000) && eg_k_skinny_fits(EG_SKINNY_MOST, 1024));
  CHECK(!eg_k_skinny_fits(0, 100000) && !eg_k_skinny_fits(EG_SKINNY_MOST + 1, 100000) && !eg_k_skinny_fits(5, 512));
}

CHECK_MAIN(TEST(products), TEST(threads), TEST(fits))
