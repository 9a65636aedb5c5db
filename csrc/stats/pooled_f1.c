/* F1 over all classes: weighted by prevalence in the sample (the average of Nguyen & Do 2025; scikit-learn's
   "weighted"), and micro, from the tables of all classes added up. */
#include <math.h>

#include "ecgraft/metrics.h"

/* 2 TP / (2 TP + FP + FN) */
static double f1_of(eg_confusion c) {
  int64_t whole = 2 * c.true_positive + c.false_positive + c.false_negative;
  return whole > 0 ? 2.0 * (double)c.true_positive / (double)whole : NAN;
}

static double weighted(const eg_metric_input *in) {
  double sum = 0;
  int64_t positives = 0;
  for (int64_t k = 0; k < in->scored->classes; k++) {
    eg_confusion c = eg_confusion_count(in, k);
    int64_t support = c.true_positive + c.false_negative;
    if (support > 0)
      sum += (double)support * f1_of(c);
    positives += support;
  }
  return positives > 0 ? sum / (double)positives : NAN;
}

static double micro(const eg_metric_input *in) {
  eg_confusion all = {0};
  for (int64_t k = 0; k < in->scored->classes; k++) {
    eg_confusion c = eg_confusion_count(in, k);
    all.true_positive += c.true_positive;
    all.false_positive += c.false_positive;
    all.false_negative += c.false_negative;
  }
  return all.true_positive + all.false_negative > 0 ? f1_of(all) : NAN;
}

const eg_metric eg_metric_weighted_f1 = {.name = "weighted_f1", .of_all = weighted};
const eg_metric eg_metric_micro_f1 = {.name = "micro_f1", .of_all = micro};
