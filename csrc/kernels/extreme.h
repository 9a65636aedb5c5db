/* The largest or smallest entry along a dimension. An array is seen as (outer, R, inner), R >= 1. Among equals the
   first wins; a NaN wins over everything. */
#ifndef EG_KERNELS_EXTREME_H
#define EG_KERNELS_EXTREME_H

#include <stdbool.h>
#include <stdint.h>

#include "ecgraft/real.h"

/* value, at (outer, inner): the entry and its place along R, counted from 0; value may be NULL. */
void eg_k_extreme(eg_real *value, int64_t *at, bool largest, const eg_real *x, int64_t outer, int64_t R, int64_t inner);

/* dx (outer, R, inner) = g (outer, inner) at the places `at`, 0 elsewhere; dx += it where `add`. A place is given as
   two numbers that float holds exactly: at = high * 2^20 + low. */
void eg_k_extreme_grad(eg_real *dx, bool add, const eg_real *g, const eg_real *high, const eg_real *low, int64_t outer,
                       int64_t R, int64_t inner);

#endif
