/* Intervals of a mean over seeds, and of resampled values. */
#include <inttypes.h>
#include <math.h>

#include "ecgraft/memory.h"
#include "ecgraft/random.h"
#include "ecgraft/stats.h"
#include "stats/sort.h"

static eg_status check_confidence(double confidence) {
  if (!(confidence > 0 && confidence < 1))
    return eg_fail(EG_USAGE, "confidence must lie between 0 and 1, got %g", confidence);
  return EG_OK;
}

/* The share `q` of sorted values (n): between the two neighbours of place q (n + 1), counted from 1. */
static double quantile(const double *sorted, int64_t n, double q) {
  double place = q * (double)(n + 1) - 1;
  if (place <= 0)
    return sorted[0];
  if (place >= (double)(n - 1))
    return sorted[n - 1];
  int64_t below = (int64_t)place;
  double a = sorted[below], b = sorted[below + 1], part = place - (double)below;
  return a == b || part == 0 ? a : a + part * (b - a);
}

eg_status eg_percentile_interval(double *low, double *high, double *values, int64_t n, double confidence) {
  EG_TRY(check_confidence(confidence));
  if (n < 1)
    return eg_fail(EG_USAGE, "expected at least one value, got %" PRId64, n);
  for (int64_t i = 0; i < n; i++)
    if (isnan(values[i]))
      return eg_fail(EG_NUMERIC, "value %" PRId64 " of %" PRId64 " is NaN", i + 1, n);
  eg_sort_doubles(values, n);
  *low = quantile(values, n, (1 - confidence) / 2);
  *high = quantile(values, n, (1 + confidence) / 2);
  return EG_OK;
}

double eg_resampled_p(const double *gains, int64_t n) {
  int64_t not_above = 1, not_below = 1;
  for (int64_t i = 0; i < n; i++) {
    if (isnan(gains[i]))
      return NAN;
    not_above += gains[i] <= 0;
    not_below += gains[i] >= 0;
  }
  int64_t fewer = not_above < not_below ? not_above : not_below;
  return fmin(1, 2.0 * (double)fewer / (double)(n + 1));
}

static eg_status check_values(const double *values, int64_t n, double confidence) {
  EG_TRY(check_confidence(confidence));
  if (n < 2)
    return eg_fail(EG_USAGE, "an interval of a mean needs at least two values, got %" PRId64, n);
  for (int64_t i = 0; i < n; i++)
    if (!isfinite(values[i]))
      return eg_fail(EG_USAGE, "value %" PRId64 " must be a finite number, got %g", i + 1, values[i]);
  return EG_OK;
}

static double mean_of(const double *values, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++)
    sum += values[i];
  return sum / (double)n;
}

eg_status eg_mean_interval_t(eg_interval *out, const double *values, int64_t n, double confidence) {
  EG_TRY(check_values(values, n, confidence));
  double mean = mean_of(values, n), squares = 0;
  for (int64_t i = 0; i < n; i++)
    squares += (values[i] - mean) * (values[i] - mean);
  double error = sqrt(squares / (double)(n - 1) / (double)n);
  double half = eg_student_t_quantile(confidence, (double)(n - 1)) * error;
  *out = (eg_interval){mean, mean - half, mean + half};
  return EG_OK;
}

eg_status eg_mean_interval_bootstrap(eg_interval *out, const double *values, int64_t n, double confidence,
                                     int64_t resamples, uint64_t seed) {
  EG_TRY(check_values(values, n, confidence));
  size_t bytes;
  if (resamples < 1)
    return eg_fail(EG_USAGE, "resamples must be at least 1, got %" PRId64, resamples);
  if (!eg_size_mul(&bytes, (size_t)resamples, sizeof(double)))
    return eg_fail(EG_NOMEM, "%" PRId64 " resamples cannot be addressed", resamples);
  double *means = eg_alloc(bytes);
  if (!means)
    return EG_NOMEM;
  eg_rng parent = eg_rng_seed(seed);
  for (int64_t r = 0; r < resamples; r++) {
    eg_rng rng = eg_rng_at(&parent, (uint64_t)r, 0, 0);
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
      sum += values[eg_rng_below(&rng, (uint64_t)n)];
    means[r] = sum / (double)n;
  }
  out->estimate = mean_of(values, n);
  eg_status status = eg_percentile_interval(&out->low, &out->high, means, resamples, confidence);
  eg_free(means);
  return status;
}
