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

/* Mean variance of a seed's resampled gain. */
static double own_of(const double *resampled, int64_t seeds, int64_t resamples) {
  double sum = 0;
  for (int64_t s = 0; s < seeds; s++)
    sum += variance_of(resampled + s * resamples, resamples);
  return sum / (double)seeds;
}

static double half_width(double variance, double df, double confidence) {
  return variance > 0 ? eg_student_t_quantile(confidence, df) * sqrt(variance) : 0;
}

static double p_value(double mean, double variance, double df) {
  if (variance > 0)
    return eg_student_t_two_sided(mean / sqrt(variance), df);
  return mean == 0 ? 1 : 0;
}

eg_status eg_crossed_interval(eg_crossed *out, const double *gains, const double *resampled, const double *pooled,
                              int64_t seeds, int64_t resamples, double confidence) {
  if (!(confidence > 0 && confidence < 1))
    return eg_fail(EG_USAGE, "confidence must lie between 0 and 1, got %g", confidence);
  if (seeds < 2 || resamples < 2)
    return eg_fail(EG_USAGE, "expected at least two seeds and two resamples, got %" PRId64 " and %" PRId64, seeds,
                   resamples);
  double n = (double)seeds, mean = mean_of(gains, seeds);
  double between = variance_of(gains, seeds) / n;
  /* Mean covariance of two seeds' gains: n^2 var(mean) is the sum of all variances and covariances. `pooled` is what
     the gains of all seeds average to. */
  double own = own_of(resampled, seeds, resamples), alone = variance_of(pooled, resamples);
  double records = (n * alone - own) / (n - 1);
  if (!isfinite(between) || !isfinite(records))
    return eg_fail(EG_NUMERIC, "a gain is no finite number");
  double variance = between + fmax(records, 0), df = MOST_DF;
  if (between > 0) /* seeds that agree to the last bit have no spread: the records alone decide */
    df = fmin((n - 1) * (variance / between) * (variance / between), MOST_DF);
  double half = half_width(variance, df, confidence), least = half_width(alone, MOST_DF, confidence);
  double p = p_value(mean, variance, df);
  /* Few seeds may agree by chance; the mean differs at least as much as it does over other records with these seeds. */
  if (least > half) {
    half = least;
    p = fmax(p, p_value(mean, alone, MOST_DF));
  }
  *out = (eg_crossed){
      .interval = {mean, mean - half, mean + half}, .p = p, .df = df, .between = between, .records = records};
  return EG_OK;
}
