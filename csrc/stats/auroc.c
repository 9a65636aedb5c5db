/* Area under the ROC curve = P(score of a positive > score of a negative) + P(equal) / 2 (Mann & Whitney 1947; Hanley &
   McNeil 1982): ties count by midrank. In whole numbers until the last division, so exact. */
#include <math.h>

#include "ecgraft/metrics.h"

static double of_class(const eg_metric_input *in, int64_t k) {
  int64_t n = in->scored->records;
  const eg_ranked *ranking = in->scored->ranking + k * n;
  int64_t positives = 0, negatives = 0; /* before the running group of equal scores */
  int64_t group_positives = 0, group_negatives = 0;
  int64_t twice_area = 0;
  for (int64_t i = 0; i < n; i++) {
    int64_t count = in->counts[ranking[i].record], positive = ranking[i].positive;
    group_positives += positive * count;
    group_negatives += (1 - positive) * count;
    if (ranking[i].last) {
      twice_area += group_negatives * (2 * positives + group_positives);
      positives += group_positives;
      negatives += group_negatives;
      group_positives = group_negatives = 0;
    }
  }
  if (positives == 0 || negatives == 0)
    return NAN;
  return (double)twice_area / (2.0 * (double)positives * (double)negatives);
}

const eg_metric eg_metric_auroc = {.name = "auroc", .of_class = of_class};
