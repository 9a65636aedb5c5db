/* The interval of a gain over other test records and other seeds: the analysis of Obuchowski & Rockette (1995) of
   readers and cases, seeds being the readers, with the degrees of freedom of Hillis (2007). */
#include <inttypes.h>
#include <math.h>

#include "ecgraft/stats.h"

static const double MOST_DF = 1e9; /* the normal distribution, to ten digits */

static double mean_of(const double *values, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++)
    sum += values[i];
  return sum / (double)n;
}

static double variance_of(const double *values, int64_t n) {
  double mean = mean_of(values, n), squares = 0;
  for (int64_t i = 0; i < n; i++)
    squares += (values[i] - mean) * (values[i] - mean);
  return squares / (double)(n - 1);
}

/* Mean covariance of two seeds' resampled gains: n^2 var(mean) is the sum of all variances and covariances. pooled
   (resamples) is what the gains of all seeds average to. */
static double covariance_of(const double *resampled, const double *pooled, int64_t seeds, int64_t resamples) {
  double own = 0, n = (double)seeds;
  for (int64_t s = 0; s < seeds; s++)
    own += variance_of(resampled + s * resamples, resamples);
  return (n * n * variance_of(pooled, resamples) - own) / (n * (n - 1));
}

eg_status eg_crossed_interval(eg_crossed *out, const double *gains, const double *resampled, const double *pooled,
                              int64_t seeds, int64_t resamples, double confidence) {
  if (!(confidence > 0 && confidence < 1))
    return eg_fail(EG_USAGE, "confidence must lie between 0 and 1, got %g", confidence);
  if (seeds < 2 || resamples < 2)
    return eg_fail(EG_USAGE, "expected at least two seeds and two resamples, got %" PRId64 " and %" PRId64, seeds,
                   resamples);
  double n = (double)seeds, mean = mean_of(gains, seeds);
  double between = variance_of(gains, seeds) / n, records = covariance_of(resampled, pooled, seeds, resamples);
  if (!isfinite(between) || !isfinite(records))
    return eg_fail(EG_NUMERIC, "a gain is no finite number");
  double variance = between + fmax(records, 0);
  *out = (eg_crossed){
      .interval = {mean, mean, mean}, .p = mean == 0 ? 1 : 0, .df = MOST_DF, .between = between, .records = records};
  if (between > 0) /* seeds that agree to the last bit have no spread: the records alone decide */
    out->df = fmin((n - 1) * (variance / between) * (variance / between), MOST_DF);
  if (variance > 0) {
    double half = eg_student_t_quantile(confidence, out->df) * sqrt(variance);
    out->interval = (eg_interval){mean, mean - half, mean + half};
    out->p = eg_student_t_two_sided(mean / sqrt(variance), out->df);
  }
  return EG_OK;
}
