/* The 2 x 2 table of a class at its threshold, and the metrics that are read off it. Precision and F1 are 0 where
   nothing is predicted positive though something is (as scikit-learn's); a rate over no records at all is NaN. */
#include "ecgraft/metrics.h"

#include <math.h>

eg_confusion eg_confusion_count(const eg_metric_input *in, int64_t k) {
  int64_t n = in->scored->records;
  const double *scores = in->scored->scores + k * n;
  const uint8_t *labels = in->scored->labels + k * n;
  double threshold = in->thresholds[k];
  int64_t predicted = 0, positive = 0, both = 0, total = 0;
  for (int64_t i = 0; i < n; i++) {
    int64_t count = in->counts[i], yes = scores[i] >= threshold;
    total += count;
    predicted += yes * count;
    positive += labels[i] * count;
    both += (yes & labels[i]) * count;
  }
  return (eg_confusion){.true_positive = both,
                        .false_positive = predicted - both,
                        .false_negative = positive - both,
                        .true_negative = total - predicted - positive + both};
}

static double ratio(int64_t part, int64_t whole) {
  return whole > 0 ? (double)part / (double)whole : NAN;
}

static double recall_of(eg_confusion c) {
  return ratio(c.true_positive, c.true_positive + c.false_negative);
}

static double specificity_of(eg_confusion c) {
  return ratio(c.true_negative, c.true_negative + c.false_positive);
}

static double f1(const eg_metric_input *in, int64_t k) {
  eg_confusion c = eg_confusion_count(in, k);
  if (c.true_positive + c.false_negative == 0)
    return NAN;
  return ratio(2 * c.true_positive, 2 * c.true_positive + c.false_positive + c.false_negative);
}

static double precision(const eg_metric_input *in, int64_t k) {
  eg_confusion c = eg_confusion_count(in, k);
  if (c.true_positive + c.false_positive == 0)
    return c.false_negative > 0 ? 0 : NAN;
  return ratio(c.true_positive, c.true_positive + c.false_positive);
}

static double recall(const eg_metric_input *in, int64_t k) {
  return recall_of(eg_confusion_count(in, k));
}

static double specificity(const eg_metric_input *in, int64_t k) {
  return specificity_of(eg_confusion_count(in, k));
}

static double accuracy(const eg_metric_input *in, int64_t k) {
  eg_confusion c = eg_confusion_count(in, k);
  return ratio(c.true_positive + c.true_negative,
               c.true_positive + c.false_positive + c.false_negative + c.true_negative);
}

static double balanced_accuracy(const eg_metric_input *in, int64_t k) {
  eg_confusion c = eg_confusion_count(in, k);
  return (recall_of(c) + specificity_of(c)) / 2;
}

const eg_metric eg_metric_f1 = {.name = "f1", .of_class = f1};
const eg_metric eg_metric_precision = {.name = "precision", .of_class = precision};
const eg_metric eg_metric_recall = {.name = "recall", .of_class = recall};
const eg_metric eg_metric_specificity = {.name = "specificity", .of_class = specificity};
const eg_metric eg_metric_accuracy = {.name = "accuracy", .of_class = accuracy};
const eg_metric eg_metric_balanced_accuracy = {.name = "balanced_accuracy", .of_class = balanced_accuracy};
