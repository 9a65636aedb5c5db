/* Loops over a strided array of up to eight dims. `dims` and the strides (in elements) have `ndim` entries; the order
   of elements is row-major. */
#ifndef EG_KERNELS_STRIDED_H
#define EG_KERNELS_STRIDED_H

#include <stdint.h>

#include "ecgraft/real.h"

/* y[i] = x[i] */
void eg_k_strided_copy(eg_real *y, const int64_t *y_strides, const eg_real *x, const int64_t *x_strides,
                       const int64_t *dims, int ndim);
/* y[i] += factor * x[i] */
void eg_k_strided_add(eg_real *y, const int64_t *y_strides, const eg_real *x, const int64_t *x_strides,
                      const int64_t *dims, int ndim, eg_real factor);
/* y[i] = factor * y[i] + value */
void eg_k_strided_affine(eg_real *y, const int64_t *y_strides, const int64_t *dims, int ndim, eg_real factor,
                         eg_real value);

#endif
