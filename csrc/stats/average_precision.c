/* Average precision = sum over distinct scores of (recall_i - recall_(i-1)) precision_i, without interpolation, as
   scikit-learn's average_precision_score. */
#include <math.h>

#include "ecgraft/metrics.h"

static double of_class(const eg_metric_input *in, int64_t k) {
  int64_t n = in->scored->records;
  const eg_ranked *ranking = in->scored->ranking + k * n;
  int64_t predicted = 0, positives = 0, group_positives = 0;
  double sum = 0; /* of positives gained x precision */
  for (int64_t i = 0; i < n; i++) {
    int64_t count = in->counts[ranking[i].record];
    predicted += count;
    group_positives += ranking[i].positive * count;
    if (ranking[i].last && group_positives > 0) {
      positives += group_positives;
      sum += (double)group_positives * ((double)positives / (double)predicted);
      group_positives = 0;
    }
  }
  return positives > 0 ? sum / (double)positives : NAN;
}

const eg_metric eg_metric_average_precision = {.name = "average_precision", .of_class = of_class};
