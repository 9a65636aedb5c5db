/* ROC and precision-recall points of one class, and the threshold with the best F1. */
#include <math.h>

#include "ecgraft/metrics.h"

/* Of the first records of a ranking, up to and with the group that ends there. */
typedef struct head {
  int64_t predicted, right;
} head;

/* Moves to the end of the next group of equal scores; false where there is none. *i is the place after the group. */
static bool next_group(head *h, int64_t *i, const eg_ranked *ranking, int64_t n) {
  if (*i >= n)
    return false;
  bool last;
  do {
    h->predicted++;
    h->right += ranking[*i].positive;
    last = ranking[*i].last;
    (*i)++;
  } while (!last);
  return true;
}

static double ratio(int64_t part, int64_t whole) {
  return whole > 0 ? (double)part / (double)whole : NAN;
}

int64_t eg_curve_roc(double *x, double *y, double *thresholds, const eg_scored *s, int64_t k) {
  int64_t n = s->records, positives = s->support[k], points = 1, i = 0;
  const eg_ranked *ranking = s->ranking + k * n;
  head h = {0};
  x[0] = ratio(0, n - positives);
  y[0] = ratio(0, positives);
  thresholds[0] = INFINITY;
  while (next_group(&h, &i, ranking, n)) {
    x[points] = ratio(h.predicted - h.right, n - positives);
    y[points] = ratio(h.right, positives);
    thresholds[points++] = s->scores[k * n + ranking[i - 1].record];
  }
  return points;
}

int64_t eg_curve_precision_recall(double *x, double *y, double *thresholds, const eg_scored *s, int64_t k) {
  int64_t n = s->records, positives = s->support[k], points = 1, i = 0;
  const eg_ranked *ranking = s->ranking + k * n;
  head h = {0};
  x[0] = ratio(0, positives);
  y[0] = 1;
  thresholds[0] = INFINITY;
  while (next_group(&h, &i, ranking, n)) {
    x[points] = ratio(h.right, positives);
    y[points] = ratio(h.right, h.predicted);
    thresholds[points++] = s->scores[k * n + ranking[i - 1].record];
  }
  return points;
}

/* Half-way from `above` to `below`, so that only `above` >= it; `above` itself where there is no double in between or
   `below` is NaN. */
static double between(double above, double below) {
  double middle = above + (below - above) / 2;
  return middle > below && middle <= above ? middle : above;
}

double eg_tune_threshold(double *f1, const eg_scored *s, int64_t k) {
  int64_t n = s->records, positives = s->support[k], i = 0;
  const eg_ranked *ranking = s->ranking + k * n;
  const double *scores = s->scores + k * n;
  head h = {0};
  double threshold = 0.5;
  *f1 = NAN;
  if (positives == 0)
    return threshold;
  int64_t best_right = -1, best_whole = 1; /* F1 as a fraction, compared without rounding */
  while (next_group(&h, &i, ranking, n)) {
    int64_t whole = h.predicted + positives; /* 2 TP + FP + FN */
    if (best_right < 0 || h.right * best_whole > best_right * whole) {
      best_right = h.right;
      best_whole = whole;
      threshold = between(scores[ranking[i - 1].record], i < n ? scores[ranking[i].record] : NAN);
    }
  }
  *f1 = 2.0 * (double)best_right / (double)best_whole;
  return threshold;
}
