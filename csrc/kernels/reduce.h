/* Sums along a dimension, running sums, and their gradients. An array is seen as (outer, R, inner); R is the dimension
   that is summed over, and results are (outer, inner). Sums run in double, in pieces cut by the shape alone. */
#ifndef EG_KERNELS_REDUCE_H
#define EG_KERNELS_REDUCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ecgraft/real.h"

/* Doubles of scratch for eg_k_sum and eg_k_sum_squares; may be 0. */
size_t eg_k_sum_scratch(int64_t outer, int64_t R, int64_t inner);

/* y (outer, inner) = scale * sum over r of x (outer, R, inner); y += it where `add`. */
void eg_k_sum(eg_real *y, bool add, double scale, const eg_real *x, int64_t outer, int64_t R, int64_t inner,
              double *scratch);

/* y (outer, inner) = scale * sum over r of (x (outer, R, inner) - center (outer, inner))^2 */
void eg_k_sum_squares(eg_real *y, double scale, const eg_real *x, const eg_real *center, int64_t outer, int64_t R,
                      int64_t inner, double *scratch);

/* dx (outer, R, inner) = scale * g (outer, inner); dx += it where `add`. */
void eg_k_spread(eg_real *dx, bool add, double scale, const eg_real *g, int64_t outer, int64_t R, int64_t inner);

/* dx (outer, R, inner) = scale * g (outer, inner) * (x (outer, R, inner) - center (outer, inner)); dx += it where
 * `add`. */
void eg_k_spread_deviation(eg_real *dx, bool add, double scale, const eg_real *g, const eg_real *x,
                           const eg_real *center, int64_t outer, int64_t R, int64_t inner);

/* y (outer, R, inner) = sum over r' <= r of x, or over r' >= r where `reverse`; y += it where `add`. */
void eg_k_cumsum(eg_real *y, bool add, bool reverse, const eg_real *x, int64_t outer, int64_t R, int64_t inner);

#endif
