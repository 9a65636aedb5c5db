/* Probabilities from the decisions of a support vector machine. */
#include <inttypes.h>
#include <math.h>

#include "ecgraft/linear_svm.h"

enum { ROUNDS = 100 };

static const double SMALLEST_STEP = 1e-10, RIDGE = 1e-12, CLOSE = 1e-5, SUFFICIENT = 1e-4;

typedef struct sample {
  const eg_real *decisions, *labels;
  int64_t n;
  double high, low; /* the targets of a positive and of a negative record */
} sample;

static double target_of(const sample *s, int64_t i) {
  return s->labels[i] > 0 ? s->high : s->low;
}

/* The negative log-likelihood; log(1 + e^-|z|) keeps it finite. */
static double objective(const sample *s, double slope, double offset) {
  double sum = 0;
  for (int64_t i = 0; i < s->n; i++) {
    double z = slope * (double)s->decisions[i] + offset;
    sum += (1 - target_of(s, i)) * z + log1p(exp(-fabs(z))) + fmax(-z, 0);
  }
  return sum;
}

/* Gradient g (2) and Hessian h (slope slope, slope offset, offset offset). */
static void derivatives(double g[2], double h[3], const sample *s, double slope, double offset) {
  g[0] = g[1] = h[1] = 0;
  h[0] = h[2] = RIDGE;
  for (int64_t i = 0; i < s->n; i++) {
    double f = (double)s->decisions[i], z = slope * f + offset, e = exp(-fabs(z));
    double p = (z >= 0 ? 1 : e) / (1 + e), spread = e / ((1 + e) * (1 + e)), wrong = p - target_of(s, i);
    g[0] += wrong * f;
    g[1] += wrong;
    h[0] += spread * f * f;
    h[1] += spread * f;
    h[2] += spread;
  }
}

eg_status eg_platt(double *slope, double *offset, const eg_real *decisions, const eg_real *labels, int64_t n) {
  double positives = 0;
  for (int64_t i = 0; i < n; i++) {
    if (labels[i] != 0 && labels[i] != 1)
      return eg_fail(EG_USAGE, "the label of record %" PRId64 " must be 0 or 1, got %g", i + 1, (double)labels[i]);
    if (!isfinite(decisions[i]))
      return eg_fail(EG_NUMERIC, "the decision of record %" PRId64 " is not finite", i + 1);
    positives += (double)labels[i];
  }
  if (n < 1)
    return eg_fail(EG_USAGE, "expected at least one record, got none");
  double negatives = (double)n - positives;
  sample s = {decisions, labels, n, (positives + 1) / (positives + 2), 1 / (negatives + 2)};
  double a = 0, b = log((positives + 1) / (negatives + 1)), value = objective(&s, a, b);
  for (int round = 0; round < ROUNDS; round++) {
    double g[2], h[3];
    derivatives(g, h, &s, a, b);
    if (fabs(g[0]) < CLOSE && fabs(g[1]) < CLOSE)
      break;
    double determinant = h[0] * h[2] - h[1] * h[1];
    double da = -(h[2] * g[0] - h[1] * g[1]) / determinant, db = -(h[0] * g[1] - h[1] * g[0]) / determinant;
    double descent = g[0] * da + g[1] * db, step = 1, next = 0;
    for (; step >= SMALLEST_STEP; step /= 2) {
      next = objective(&s, a + step * da, b + step * db);
      if (next < value + SUFFICIENT * step * descent)
        break;
    }
    if (step < SMALLEST_STEP)
      break;
    a += step * da;
    b += step * db;
    value = next;
  }
  *slope = a;
  *offset = b;
  return EG_OK;
}
