/* What judging leads and judging limb leads have in common. */
#ifndef EG_ECG_QUALITY_H
#define EG_ECG_QUALITY_H

#include <stdint.h>

#include "ecgraft/real.h"

/* The median of x (n), n >= 1: the mean of the middle two where n is even. Changes the order of x. */
double quality_median(double *x, int64_t n);

/* Bridges what is missing in x (n, leads) by straight lines; a lead with no valid sample becomes 0. */
void quality_bridge(eg_real *x, int64_t n, int64_t leads);

#endif
