/* The list of metrics, and statistics made of them. */
#include "ecgraft/metrics.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "ecgraft/memory.h"
#include "stats/statistic.h"

#define ADDRESS(name) &eg_metric_##name,
const eg_metric *const eg_metrics[] = {EG_METRICS(ADDRESS) NULL};

const eg_metric *eg_metric_find(const char *name) {
  for (const eg_metric *const *m = eg_metrics; *m; m++)
    if (strcmp((*m)->name, name) == 0)
      return *m;
  return NULL;
}

double eg_statistic_value(const eg_statistic *statistic, const eg_metric_input *in) {
  const eg_metric *metric = statistic->metric;
  if (metric->of_all)
    return metric->of_all(in);
  if (statistic->k != EG_MACRO)
    return metric->of_class(in, statistic->k);
  double sum = 0;
  int64_t classes = 0;
  for (int64_t k = 0; k < in->scored->classes; k++) {
    if (eg_scored_has_both(in->scored, k)) {
      sum += metric->of_class(in, k);
      classes++;
    }
  }
  return classes > 0 ? sum / (double)classes : NAN;
}

eg_status eg_statistics_prepare(size_t *scratch, const eg_statistic *statistics, int64_t count, eg_scored *scored) {
  for (int64_t q = 0; q < count; q++) {
    const eg_metric *metric = statistics[q].metric;
    int64_t k = statistics[q].k;
    if (metric->of_class && k != EG_MACRO && (k < 0 || k >= scored->classes))
      return eg_fail(EG_USAGE, "%s: expected a class from 1 to %" PRId64 ", got %" PRId64, metric->name,
                     scored->classes, k + 1);
    if (metric->prepare)
      EG_TRY(metric->prepare(scored));
    size_t wanted = metric->scratch ? metric->scratch(scored) : 0;
    if (wanted > *scratch)
      *scratch = wanted;
  }
  return EG_OK;
}

eg_status eg_statistics_evaluate(double *values, const eg_statistic *statistics, int64_t count, eg_scored *scored,
                                 const double *thresholds) {
  size_t bytes = 0;
  EG_TRY(eg_statistics_prepare(&bytes, statistics, count, scored));
  void *scratch = eg_alloc(bytes);
  if (!scratch)
    return EG_NOMEM;
  eg_metric_input in = {.scored = scored, .counts = scored->ones, .thresholds = thresholds, .scratch = scratch};
  for (int64_t q = 0; q < count; q++)
    values[q] = eg_statistic_value(&statistics[q], &in);
  eg_free(scratch);
  return EG_OK;
}
