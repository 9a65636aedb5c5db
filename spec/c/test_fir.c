/* The filter that resampling is made of, against its definition in double. */
#include "kernels/fir.h"
#include "support_layers.h"

/* Around the rows and the leads that are taken together. */
static const int64_t row_counts[] = {1, 7, 8, 9, 25}, lead_counts[] = {1, 2, 3, 4, 8, 11, 12, 15, 33};
static const int32_t at[] = {-3, -2, 0, 1, 5, 6};
enum { TAPS = sizeof at / sizeof *at };

/* y (rows) of x (n rows) from row `first` on. */
static void check_one(int64_t rows, int64_t first, int64_t n, int64_t leads, int64_t up, int64_t down, bool hold) {
  const int64_t n_out = (rows - 1) * up + 1;
  eg_real *x = numbers(n * leads, -1, 1, 1), *taps = numbers(TAPS, -1, 1, 2);
  eg_real *y = numbers(n_out * leads, 5, 6, 3), *expected = copied(y, n_out * leads);
  for (int64_t i = 0; i < rows; i++)
    for (int64_t c = 0; c < leads; c++) {
      double sum = 0;
      for (int k = 0; k < TAPS; k++) {
        int64_t row = first + i * down + at[k], inside = row < 0 ? 0 : row >= n ? n - 1 : row;
        if (hold || row == inside)
          sum += (double)taps[k] * (double)x[inside * leads + c];
      }
      expected[i * up * leads + c] = (eg_real)sum;
    }
  eg_k_fir f = {taps, at, TAPS, up, down, n, leads, hold};
  eg_k_fir_run(&f, y, x, first, rows);
  CHECK_TWIN(y, expected, n_out * leads, 4);
  free(x), free(taps), free(y), free(expected);
}

static void check_all(void) {
  for (size_t r = 0; r < sizeof row_counts / sizeof *row_counts; r++)
    for (size_t l = 0; l < sizeof lead_counts / sizeof *lead_counts; l++)
      for (int64_t up = 1; up <= 3; up += 2)
        for (int64_t down = 1; down <= 5; down += 2) {
          const int64_t rows = row_counts[r], leads = lead_counts[l], reached = (rows - 1) * down + 1;
          for (int hold = 0; hold < 2; hold++) {
            check_one(rows, 0, reached, leads, up, down, hold);         /* beyond both ends */
            check_one(rows, 3, reached + 3, leads, up, down, hold);     /* beyond the last */
            check_one(rows, 0, 1, leads, up, down, hold);               /* nearly all beyond */
            check_one(rows, 3, reached + 3 + 6, leads, up, down, hold); /* inside */
          }
        }
}

static void filters(void) {
  with_each_cpu(check_all);
}

/* No result depends on how many others there are. */
static void rows_alone(void) {
  enum { SOME = 21, LEADS = 15, DOWN = 2, N = (SOME - 1) * DOWN + 5 };
  eg_real *x = numbers(N * LEADS, -1, 1, 1), *taps = numbers(TAPS, -1, 1, 2), *y = nans(SOME * LEADS);
  eg_k_fir f = {taps, at, TAPS, 1, DOWN, N, LEADS, false};
  eg_k_fir_run(&f, y, x, 2, SOME);
  for (int64_t i = 0; i < SOME; i++) {
    eg_real one[LEADS];
    eg_k_fir_run(&f, one, x, 2 + i * DOWN, 1);
    CHECK_SAME_BITS(one, y + i * LEADS, sizeof one);
  }
  free(x), free(taps), free(y);
}

static void each_row_alone(void) {
  with_each_cpu(rows_alone);
}

CHECK_MAIN(TEST(filters), TEST(each_row_alone))
