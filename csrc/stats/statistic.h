/* What evaluation and bootstrap share. */
#ifndef EG_STATS_STATISTIC_H
#define EG_STATS_STATISTIC_H

#include "ecgraft/metrics.h"

/* Checks the classes of `count` statistics, prepares `scored` for their metrics and raises *scratch (bytes) to what the
   largest of them asks for. */
eg_status eg_statistics_prepare(size_t *scratch, const eg_statistic *statistics, int64_t count, eg_scored *scored);

#endif
