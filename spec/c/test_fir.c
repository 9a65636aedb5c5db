/* The filter that resampling is made of, against its definition in double. */
#include "kernels/fir.h"
#include "support_layers.h"

/* Around the rows and the leads that are taken together. */
static const int64_t row_counts[] = {1, 7, 8, 9, 16, 31}, lead_counts[] = {1, 2, 3, 4, 8, 11, 12, 15, 33};
static const int32_t at[] = {-3, -2, 0, 1, 5, 6};
enum { TAPS = sizeof at / sizeof *at, BEFORE = 3, BEHIND = 6 };

static void check_one(int64_t rows, int64_t leads, int64_t up, int64_t down) {
  const int64_t n = BEFORE + (rows - 1) * down + 1 + BEHIND, n_out = (rows - 1) * up + 1;
  eg_real *x = numbers(n * leads, -1, 1, 1), *taps = numbers(TAPS, -1, 1, 2);
  eg_real *y = numbers(n_out * leads, 5, 6, 3), *expected = copied(y, n_out * leads);
  for (int64_t i = 0; i < rows; i++)
    for (int64_t c = 0; c < leads; c++) {
      double sum = 0;
      for (int k = 0; k < TAPS; k++)
        sum += (double)taps[k] * (double)x[(BEFORE + i * down + at[k]) * leads + c];
      expected[i * up * leads + c] = (eg_real)sum;
    }
  eg_k_fir f = {.taps = taps, .at = at, .n = TAPS, .up = up, .down = down, .leads = leads};
  eg_k_fir_run(&f, y, x + BEFORE * leads, rows);
  CHECK_TWIN(y, expected, n_out * leads, 4);
  free(x), free(taps), free(y), free(expected);
}

static void check_all(void) {
  for (size_t r = 0; r < sizeof row_counts / sizeof *row_counts; r++)
    for (size_t l = 0; l < sizeof lead_counts / sizeof *lead_counts; l++)
      for (int64_t up = 1; up <= 3; up += 2)
        for (int64_t down = 1; down <= 5; down += 2)
          check_one(row_counts[r], lead_counts[l], up, down);
}

static void filters(void) {
  with_each_cpu(check_all);
}

/* No result depends on how many others there are. */
static void rows_alone(void) {
  enum { ROWS = 21, LEADS = 15, DOWN = 2, N = BEFORE + (ROWS - 1) * DOWN + 1 + BEHIND };
  eg_real *x = numbers(N * LEADS, -1, 1, 1), *taps = numbers(TAPS, -1, 1, 2), *y = nans(ROWS * LEADS);
  eg_k_fir f = {.taps = taps, .at = at, .n = TAPS, .up = 1, .down = DOWN, .leads = LEADS};
  eg_k_fir_run(&f, y, x + BEFORE * LEADS, ROWS);
  for (int64_t i = 0; i < ROWS; i++) {
    eg_real one[LEADS];
    eg_k_fir_run(&f, one, x + (BEFORE + i * DOWN) * LEADS, 1);
    CHECK_SAME_BITS(one, y + i * LEADS, sizeof one);
  }
  free(x), free(taps), free(y);
}

static void each_row_alone(void) {
  with_each_cpu(rows_alone);
}

CHECK_MAIN(TEST(filters), TEST(each_row_alone))
