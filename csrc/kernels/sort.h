/* Stable sorting along a dimension. An array is seen as (outer, R, inner), R being the dimension. A NaN counts as
   larger than everything; equal entries keep their order, also when descending. */
#ifndef EG_KERNELS_SORT_H
#define EG_KERNELS_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ecgraft/real.h"

/* Bytes of scratch for eg_k_sort; false where that is more than can be addressed. */
bool eg_k_sort_scratch(size_t *bytes, int64_t R);

/* y (outer, R, inner): x in order; at (outer, R, inner): where each entry stood along R, counted from 0. */
void eg_k_sort(eg_real *y, eg_real *at, bool descending, const eg_real *x, int64_t outer, int64_t R, int64_t inner,
               void *scratch);

/* dx (outer, R, inner): g brought back to where the entries stood; dx += it where `add`. */
void eg_k_unsort(eg_real *dx, bool add, const eg_real *g, const eg_real *at, int64_t outer, int64_t R, int64_t inner);

#endif
