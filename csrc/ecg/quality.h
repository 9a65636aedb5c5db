/* What judging leads and judging limb leads have in common. */
#ifndef EG_ECG_QUALITY_H
#define EG_ECG_QUALITY_H

#include <stdbool.h>
#include <stdint.h>

#include "ecgraft/real.h"

/* The median of x (n), n >= 1: the mean of the middle two where n is even. Changes the order of x. */
double quality_median(double *x, int64_t n);

/* The next run of samples at `level`, a lead's own maximum or minimum, at which it is cut off, looked for from *end on:
   samples *first .. *end - 1 of x (n), whose range is `range` (what counts: quality.c, clipped). False where there is
   none. */
bool quality_plateau(int64_t *first, int64_t *end, const double *x, int64_t n, double rate, double level, double range);

/* Bridges what is missing in x (n, leads) by straight lines; a lead with no valid sample becomes 0. */
void quality_bridge(eg_real *x, int64_t n, int64_t leads);

#endif
