/* The passes of kernels/batch_norm.c over a range of rows, for each instruction set from
 * kernels/vector/batch_norm_kernels.h. */
#ifndef EG_KERNELS_BATCH_NORM_KERNELS_H
#define EG_KERNELS_BATCH_NORM_KERNELS_H

#include "kernels/batch_norm.h"

typedef struct eg_batch_norm_kernels {
  /* mean, m2 (channels) of x (rows, channels), rows >= 1: the sum of squares about the mean, less what the mean's own
     rounding adds. rest (channels): scratch. */
  void (*statistics)(eg_real *mean, eg_real *m2, eg_real *rest, const eg_real *x, int64_t rows, int64_t channels);
  /* Rows [first, last) of y. */
  void (*apply)(const eg_k_batch_norm *b, eg_real *y, const eg_real *residual, int64_t first, int64_t last);
  /* sum, sum_x (channels) over the rows [first, last) of dz and dz (x - mean); d_residual = dz + beta d_residual, or
   * NULL. */
  void (*sums)(const eg_k_batch_norm *b, eg_real *sum, eg_real *sum_x, const eg_real *dy, const eg_real *y,
               eg_real *d_residual, eg_real beta, int64_t first, int64_t last);
  /* Rows [first, last) of dx = k0 dz + k1 (x - mean) + k2 + beta dx. */
  void (*input)(const eg_k_batch_norm *b, eg_real *dx, eg_real beta, const eg_real *dy, const eg_real *y,
                const eg_real *k0, const eg_real *k1, const eg_real *k2, int64_t first, int64_t last);
} eg_batch_norm_kernels;

extern const eg_batch_norm_kernels eg_batch_norm_portable, eg_batch_norm_avx2, eg_batch_norm_avx512;

#endif
