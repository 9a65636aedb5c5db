/* How well probabilities are probabilities: Brier score (Brier 1950, of one class), expected calibration error (Naeini,
   Cooper & Hauskrecht 2015) of the probability of the class over ten bins of equal width, and the reliability curve. */
#include <inttypes.h>
#include <math.h>

#include "ecgraft/metrics.h"

enum { BINS = 10 };

static int64_t bin_of(double score, int64_t bins) {
  int64_t bin = (int64_t)(score * (double)bins);
  return bin < bins ? bin : bins - 1;
}

static double brier(const eg_metric_input *in, int64_t k) {
  const eg_scored *s = in->scored;
  if (s->improbable >= 0)
    return NAN;
  int64_t n = s->records, total = 0;
  double sum = 0;
  for (int64_t i = 0; i < n; i++) {
    double difference = s->scores[k * n + i] - s->labels[k * n + i];
    sum += in->counts[i] * difference * difference;
    total += in->counts[i];
  }
  return total > 0 ? sum / (double)total : NAN;
}

/* sum over bins of (records in it / all records) |share positive - mean score| */
static double ece(const eg_metric_input *in, int64_t k) {
  const eg_scored *s = in->scored;
  if (s->improbable >= 0)
    return NAN;
  int64_t n = s->records, total = 0;
  double excess[BINS] = {0}; /* sum over the bin of label - score */
  for (int64_t i = 0; i < n; i++) {
    double score = s->scores[k * n + i];
    excess[bin_of(score, BINS)] += in->counts[i] * (s->labels[k * n + i] - score);
    total += in->counts[i];
  }
  double sum = 0;
  for (int b = 0; b < BINS; b++)
    sum += fabs(excess[b]);
  return total > 0 ? sum / (double)total : NAN;
}

eg_status eg_curve_calibration(int64_t *count, double *mean_score, double *frequency, int64_t bins,
                               const eg_scored *scored, int64_t k) {
  if (bins < 1)
    return eg_fail(EG_USAGE, "expected at least one bin, got %" PRId64, bins);
  if (scored->improbable >= 0)
    return eg_fail(EG_USAGE, "the score of record %" PRId64 ", class %" PRId64 " must be a probability from 0 to 1",
                   scored->improbable / scored->classes + 1, scored->improbable % scored->classes + 1);
  for (int64_t b = 0; b < bins; b++) {
    count[b] = 0;
    mean_score[b] = frequency[b] = 0;
  }
  for (int64_t i = 0; i < scored->records; i++) {
    double score = scored->scores[k * scored->records + i];
    int64_t b = bin_of(score, bins);
    count[b]++;
    mean_score[b] += score;
    frequency[b] += scored->labels[k * scored->records + i];
  }
  for (int64_t b = 0; b < bins; b++) {
    mean_score[b] = count[b] > 0 ? mean_score[b] / (double)count[b] : NAN;
    frequency[b] = count[b] > 0 ? frequency[b] / (double)count[b] : NAN;
  }
  return EG_OK;
}

const eg_metric eg_metric_brier = {.name = "brier", .of_class = brier};
const eg_metric eg_metric_ece = {.name = "ece", .of_class = ece};
