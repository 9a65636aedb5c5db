/* Measures that look at probabilities: LEEP and MELEP. Those of features are in feature_measures.c. */
#include "ecgraft/transferability.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>

#include "ecgraft/memory.h"

static eg_status check_sizes(const char *name, int64_t n, int64_t sources, int64_t targets) {
  if (n < 1 || sources < 1 || targets < 1)
    return eg_fail(EG_USAGE,
                   "%s: expected at least one record, source and target class, got %" PRId64 ", %" PRId64 ", %" PRId64,
                   name, n, sources, targets);
  return EG_OK;
}

/* The sum of a record's theta; its rows are divided by it. */
static double row_sum(const double *theta, int64_t sources) {
  double sum = 0;
  for (int64_t z = 0; z < sources; z++)
    sum += theta[z];
  return sum;
}

/* joint (targets, sources) and marginal (sources) of theta and y. */
static eg_status count(double *joint, double *marginal, const double *theta, const int64_t *y, int64_t n,
                       int64_t sources, int64_t targets) {
  for (int64_t i = 0; i < n; i++) {
    const double *row = theta + i * sources;
    double sum = row_sum(row, sources);
    if (y[i] < 0 || y[i] >= targets)
      return eg_fail(EG_USAGE, "leep: record %" PRId64 " has the class %" PRId64 " of %" PRId64, i + 1, y[i] + 1,
                     targets);
    if (!(sum > 0) || !isfinite(sum))
      return eg_fail(EG_NUMERIC, "leep: the source probabilities of record %" PRId64 " sum to %g", i + 1, sum);
    for (int64_t z = 0; z < sources; z++) {
      joint[y[i] * sources + z] += row[z] / sum / (double)n;
      marginal[z] += row[z] / sum / (double)n;
    }
  }
  return EG_OK;
}

eg_status eg_leep(double *score, const double *theta, const int64_t *y, int64_t n, int64_t sources, int64_t targets) {
  EG_TRY(check_sizes("leep", n, sources, targets));
  double *joint = eg_alloc_zero((size_t)sources, ((size_t)targets + 1) * sizeof *joint);
  if (!joint)
    return EG_NOMEM;
  double *marginal = joint + targets * sources, total = 0;
  eg_status status = count(joint, marginal, theta, y, n, sources, targets);
  for (int64_t i = 0; i < n && status == EG_OK; i++) {
    const double *row = theta + i * sources;
    double sum = row_sum(row, sources), expected = 0;
    for (int64_t z = 0; z < sources; z++)
      if (marginal[z] > 0)
        expected += joint[y[i] * sources + z] / marginal[z] * row[z] / sum;
    total += log(fmax(expected, DBL_MIN)); /* 0 only by underflow */
  }
  eg_free(joint);
  *score = total / (double)n;
  return status;
}

/* The LEEP of one source label and one target label, both yes or no, in one pass over sums: with theta = (1 - p, p). */
static double pair_leep(const double *p, int64_t p_step, const double *label, int64_t label_step, int64_t n) {
  double joint[2][2] = {{0}}, marginal[2], total = 0;
  for (int64_t i = 0; i < n; i++) {
    double q = p[i * p_step];
    double *of = joint[label[i * label_step] > 0.5];
    of[0] += 1 - q;
    of[1] += q;
  }
  for (int z = 0; z < 2; z++)
    marginal[z] = joint[0][z] + joint[1][z];
  for (int64_t i = 0; i < n; i++) {
    double q[2] = {1 - p[i * p_step], p[i * p_step]}, expected = 0;
    const double *of = joint[label[i * label_step] > 0.5];
    for (int z = 0; z < 2; z++)
      if (marginal[z] > 0) /* a source label that is never, or always, given */
        expected += of[z] / marginal[z] * q[z];
    total += log(fmax(expected, DBL_MIN)); /* 0 only by underflow */
  }
  return total / (double)n;
}

eg_status eg_melep(double *score, const double *p, const double *labels, int64_t n, int64_t sources, int64_t targets) {
  EG_TRY(check_sizes("melep", n, sources, targets));
  for (int64_t i = 0; i < n * sources; i++)
    if (!(p[i] >= 0 && p[i] <= 1))
      return eg_fail(EG_NUMERIC, "melep: record %" PRId64 " has the source probability %g", i / sources + 1, p[i]);
  double weighted = 0, weights = 0;
  for (int64_t y = 0; y < targets; y++) {
    double positives = 0, mean = 0;
    for (int64_t i = 0; i < n; i++)
      positives += labels[i * targets + y] > 0.5;
    for (int64_t z = 0; z < sources && positives > 0; z++)
      mean -= pair_leep(p + z, sources, labels + y, targets, n) / (double)sources;
    weighted += positives * mean;
    weights += positives;
  }
  if (!(weights > 0))
    return eg_fail(EG_NUMERIC, "melep: no record has a target label");
  *score = weighted / weights;
  return EG_OK;
}
