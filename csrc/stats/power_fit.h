/* The fit of a learning curve over points whose sizes stay and whose scores change: what one fit and a bootstrap share.
 */
#ifndef EG_STATS_POWER_FIT_H
#define EG_STATS_POWER_FIT_H

#include "ecgraft/stats.h"

typedef struct eg_power_fit {
  int64_t points, sizes; /* how many; `sizes` counts different ones */
  double scale;          /* geometric mean of the different sizes */
  double *log_size;      /* (sizes) log(n / scale), rising */
  int32_t *which;        /* (points) the point's size */
  eg_power_curve_options options;
} eg_power_fit;

/* Checks sizes (points) and options (NULL: the defaults) and finds the different sizes: at least three. */
eg_status eg_power_fit_make(eg_power_fit *fit, const double *sizes, int64_t points,
                            const eg_power_curve_options *options);
void eg_power_fit_free(eg_power_fit *fit);

/* Doubles of scratch for a run. */
int64_t eg_power_fit_scratch(const eg_power_fit *fit);
/* The curve of scores (points), all finite. */
void eg_power_fit_run(eg_power_curve *out, const eg_power_fit *fit, const double *scores, double *scratch);

#endif
