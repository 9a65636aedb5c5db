/* Temperature scaling of each class (Guo, Pleiss, Sun & Weinberger 2017, for one sigmoid a class):
   p' = sigmoid(logit(p) / T) with the T that makes the labels likeliest. */
#include <inttypes.h>
#include <math.h>

#include "ecgraft/metrics.h"

enum { ROUNDS = 200 };

/* The logit of a probability; those within 2^-24 of 0 or 1, which single precision cannot tell from them, as if there.
 */
static double logit(double p) {
  const double edge = 0x1p-24;
  p = fmin(fmax(p, edge), 1 - edge);
  return log(p) - log1p(-p);
}

/* log(1 + exp(x)) without overflow. */
static double softplus(double x) {
  return fmax(x, 0) + log1p(exp(-fabs(x)));
}

/* Mean negative log-likelihood at inverse temperature b: with m = +-logit, positive where it is on the label's side,
   the mean of log(1 + exp(-b m)); convex in b. */
static double likelihood(const eg_scored *s, int64_t k, double b) {
  double sum = 0;
  for (int64_t i = k * s->records; i < (k + 1) * s->records; i++)
    sum += softplus(s->labels[i] ? -b * logit(s->scores[i]) : b * logit(s->scores[i]));
  return sum / (double)s->records;
}

/* Its derivative, which rises with b. */
static double slope(const eg_scored *s, int64_t k, double b) {
  double sum = 0;
  for (int64_t i = k * s->records; i < (k + 1) * s->records; i++) {
    double m = s->labels[i] ? logit(s->scores[i]) : -logit(s->scores[i]);
    sum -= m / (1 + exp(b * m));
  }
  return sum;
}

/* The inverse temperature at which the slope is 0, by halving in log b between the bounds; the bound beyond which it
 * lies. */
static double best_inverse(const eg_scored *s, int64_t k) {
  double low = log(1 / EG_TEMPERATURE_MOST), high = log(1 / EG_TEMPERATURE_LEAST);
  if (slope(s, k, exp(low)) >= 0)
    return exp(low);
  if (slope(s, k, exp(high)) <= 0)
    return exp(high);
  for (int i = 0; i < ROUNDS && high - low > 1e-13; i++) {
    double middle = low + (high - low) / 2;
    if (slope(s, k, exp(middle)) < 0)
      low = middle;
    else
      high = middle;
  }
  return exp(low + (high - low) / 2);
}

eg_status eg_fit_temperature(eg_temperature *out, const eg_scored *scored, int64_t k, int64_t fewest) {
  if (scored->improbable >= 0)
    return eg_fail(EG_USAGE, "the score of record %" PRId64 ", class %" PRId64 " must be a probability from 0 to 1",
                   scored->improbable / scored->classes + 1, scored->improbable % scored->classes + 1);
  int64_t positive = scored->support[k], negative = scored->records - positive;
  double before = likelihood(scored, k, 1);
  *out = (eg_temperature){.temperature = 1, .before = before, .after = before};
  if (positive < fewest || negative < fewest)
    return EG_OK;
  double inverse = best_inverse(scored, k);
  *out = (eg_temperature){
      .temperature = 1 / inverse, .before = before, .after = likelihood(scored, k, inverse), .fitted = true};
  return EG_OK;
}

double eg_scale_temperature(double p, double temperature) {
  return 1 / (1 + exp(-logit(p) / temperature));
}
