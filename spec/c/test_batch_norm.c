/* Batch normalisation against its plain twin. */
#include "kernels/ref/batch_norm.h"
#include "support_layers.h"

typedef struct trial {
  eg_k_batch_norm b;
  eg_real *x, *residual, *dy, *mean, *inverse, *gamma, *beta;
  double *exact_mean, *exact_variance;
} trial;

static trial trial_of(int64_t rows, int64_t channels, bool relu, bool affine) {
  trial t = {.x = numbers(rows * channels, -1, 3, 1),
             .residual = numbers(rows * channels, -1, 1, 2),
             .dy = numbers(rows * channels, -1, 1, 3),
             .mean = numbers(channels, 0, 1, 4),
             .inverse = numbers(channels, 0, 1, 5),
             .gamma = numbers(channels, -1, 1, 6),
             .beta = numbers(channels, -1, 1, 7),
             .exact_mean = doubles(channels),
             .exact_variance = doubles(channels)};
  eg_ref_batch_norm_statistics(t.exact_mean, t.exact_variance, t.x, rows, channels);
  for (int64_t c = 0; c < channels; c++) {
    t.mean[c] = (eg_real)t.exact_mean[c];
    t.inverse[c] = (eg_real)(1 / sqrt(t.exact_variance[c] + 1e-5));
  }
  t.b =
      (eg_k_batch_norm){rows, channels, relu, t.x, t.mean, t.inverse, affine ? t.gamma : NULL, affine ? t.beta : NULL};
  return t;
}

static void trial_end(trial *t) {
  free(t->x), free(t->residual), free(t->dy), free(t->mean), free(t->inverse), free(t->gamma), free(t->beta);
  free(t->exact_mean), free(t->exact_variance);
}

static void check_statistics(const trial *t) {
  int64_t c = t->b.channels;
  double *mean = doubles(c), *variance = doubles(c);
  eg_real *scratch = scratch_of(eg_k_batch_norm_scratch(t->b.rows, c));
  eg_k_batch_norm_statistics(mean, variance, t->x, t->b.rows, c, scratch);
  CHECK_ARRAY_NEAR(mean, t->exact_mean, c, TIGHT);
  CHECK_ARRAY_NEAR(variance, t->exact_variance, c, TIGHT * 3);
  free(mean), free(variance), free(scratch);
}

/* k0, k1, k2 as the op makes them, from the twin's sums */
static void check_backward(const trial *t, const eg_real *y, bool residual, bool training, eg_real beta) {
  int64_t c = t->b.channels, n = t->b.rows * c;
  eg_real *dx = nans(n), *dr = nans(n), *k = numbers(3 * c, 0, 1, 9);
  eg_real *dx_out = beta == 0 ? nans(n) : numbers(n, -1, 1, 8), *dr_out = copied(dx_out, n),
          *before = copied(dx_out, n);
  double *d_gamma = doubles(c), *d_beta = doubles(c), *sum = doubles(c), *sum_x = doubles(c);
  eg_ref_batch_norm_backward(&t->b, training, t->dy, y, dx, dr, d_gamma, d_beta);
  eg_real *scratch = scratch_of(eg_k_batch_norm_scratch(t->b.rows, c));
  const eg_real *kept = residual && t->b.relu ? y : NULL;
  eg_k_batch_norm_backward_sums(&t->b, sum, sum_x, t->dy, kept, dr_out, beta, scratch);
  CHECK_ARRAY_NEAR(sum, d_beta, c, TIGHT * (3 + (double)t->b.rows));
  CHECK_ARRAY_NEAR(sum_x, d_gamma, c, TIGHT * (3 + (double)t->b.rows));
  for (int64_t j = 0; j < c; j++) {
    double k0 = (t->b.gamma ? t->b.gamma[j] : 1) * t->inverse[j], rows = (double)t->b.rows;
    k[j] = (eg_real)k0;
    k[c + j] = (eg_real)(training ? -k0 * t->inverse[j] * d_gamma[j] / rows : 0);
    k[2 * c + j] = (eg_real)(training ? -k0 * d_beta[j] / rows : 0);
  }
  eg_k_batch_norm_backward_input(&t->b, dx_out, beta, t->dy, kept, k, k + c, k + 2 * c);
  for (int64_t i = 0; i < n && beta != 0; i++) {
    dx[i] += before[i];
    dr[i] += before[i];
  }
  CHECK_ARRAY_NEAR(dx_out, dx, n,
                   TIGHT * 4 * (1 + largest(k, c))); /* its three terms nearly cancel where rows are few */
  CHECK_TWIN(dr_out, dr, n, 4);
  free(dx), free(dr), free(k), free(dx_out), free(dr_out), free(before), free(d_gamma), free(d_beta), free(sum);
  free(sum_x), free(scratch);
}

static void check_all(int64_t rows, int64_t channels, bool relu, bool residual, bool affine) {
  trial t = trial_of(rows, channels, relu, affine);
  int64_t n = rows * channels;
  eg_real *y = nans(n), *expected = nans(n);
  check_statistics(&t);
  eg_ref_batch_norm_apply(&t.b, expected, residual ? t.residual : NULL);
  eg_k_batch_norm_apply(&t.b, y, residual ? t.residual : NULL);
  CHECK_TWIN(y, expected, n, 20);
  /* The mask of the twin comes from y as computed: a z within a rounding of 0 may fall on either side. */
  check_backward(&t, y, residual, true, 0);
  check_backward(&t, y, residual, false, 1);
  free(y), free(expected);
  trial_end(&t);
}

static void check_sizes(void) {
  static const int64_t rows[] = {2, 7, 33, 1000, 3001}, channels[] = {1, 7, 16, 33, 64, 100};
  for (int i = 0; i < 5; i++)
    for (int j = 0; j < 6; j++)
      for (int form = 0; form < 8; form++)
        if (rows[i] < 1000 || form % 3 == 0)
          check_all(rows[i], channels[j], form & 1, form & 2, form & 4);
  check_all(700, 600, true, true, true);
}

static void agrees_with_the_definition(void) {
  with_each_cpu(check_sizes);
}

/* Values far from 0 for their spread: the variance must not drown. */
static void check_large_mean(void) {
  enum { ROWS = 10000, CHANNELS = 3 };
  eg_real *x = numbers(ROWS * CHANNELS, 1000, 1001, 1), *scratch = scratch_of(eg_k_batch_norm_scratch(ROWS, CHANNELS));
  double mean[CHANNELS], variance[CHANNELS], m[CHANNELS], v[CHANNELS];
  eg_ref_batch_norm_statistics(m, v, x, ROWS, CHANNELS);
  eg_k_batch_norm_statistics(mean, variance, x, ROWS, CHANNELS, scratch);
  CHECK_ARRAY_NEAR(mean, m, CHANNELS, 1000 * TIGHT);
  CHECK_ARRAY_NEAR(variance, v, CHANNELS, 1e-6);
  free(x), free(scratch);
}

static void a_large_mean_keeps_the_variance(void) {
  with_each_cpu(check_large_mean);
}

enum { ROWS = 3001, CHANNELS = 33 };

static void make(eg_real *out) {
  trial t = trial_of(ROWS, CHANNELS, true, true);
  int64_t n = ROWS * CHANNELS;
  eg_real *scratch = scratch_of(eg_k_batch_norm_scratch(ROWS, CHANNELS));
  double sums[4 * CHANNELS];
  eg_k_batch_norm_statistics(sums, sums + CHANNELS, t.x, ROWS, CHANNELS, scratch);
  eg_k_batch_norm_apply(&t.b, out, t.residual);
  eg_k_batch_norm_backward_sums(&t.b, sums + 2 * CHANNELS, sums + 3 * CHANNELS, t.dy, out, NULL, 0, scratch);
  for (int i = 0; i < 4 * CHANNELS; i++)
    out[n + i] = (eg_real)sums[i];
  eg_k_batch_norm_backward_input(&t.b, out + n + 4 * CHANNELS, 0, t.dy, out, t.gamma, t.beta, t.mean);
  free(scratch);
  trial_end(&t);
}

static void check_make(void) {
  check_threads(make, 2 * ROWS * CHANNELS + 4 * CHANNELS);
}

static void same_bits_for_any_number_of_threads(void) {
  with_each_cpu(check_make);
}

CHECK_MAIN(TEST(agrees_with_the_definition), TEST(a_large_mean_keeps_the_variance),
           TEST(same_bits_for_any_number_of_threads))
