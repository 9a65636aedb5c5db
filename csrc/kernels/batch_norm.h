/* Batch normalisation (Ioffe & Szegedy 2015) over the rows of x (rows, channels), with an optional residual and ReLU:
   z = (x - mean) inverse gamma + beta [+ residual], y = z or max(z, 0); inverse = 1 / sqrt(variance + eps).

   Rows are cut into fixed blocks (by the number of channels alone); a block's results are combined in the order of the
   blocks, so sums do not depend on the number of threads. */
#ifndef EG_KERNELS_BATCH_NORM_H
#define EG_KERNELS_BATCH_NORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ecgraft/real.h"

typedef struct eg_k_batch_norm {
  int64_t rows, channels;
  bool relu;
  const eg_real *x;              /* (rows, channels) */
  const eg_real *mean, *inverse; /* (channels) */
  const eg_real *gamma, *beta;   /* (channels); NULL: 1 and 0 */
} eg_k_batch_norm;

/* Elements of scratch for each of the functions below that takes some. */
size_t eg_k_batch_norm_scratch(int64_t rows, int64_t channels);

/* mean, variance (channels) of the columns of x; the variance is divided by `rows`. Each block's mean and sum of
   squares come from two passes over it (the second corrects the first), and are combined in double as in Chan, Golub &
   LeVeque 1983. rows >= 1. */
void eg_k_batch_norm_statistics(double *mean, double *variance, const eg_real *x, int64_t rows, int64_t channels,
                                eg_real *scratch);

/* y (rows, channels) as above; residual may be NULL. */
void eg_k_batch_norm_apply(const eg_k_batch_norm *b, eg_real *y, const eg_real *residual);

/* First pass of backward. dz = dy where z > 0 (everywhere without ReLU); y (the output) tells where when there was a
   residual and is NULL otherwise. sum_dz, sum_dz_xhat (channels): the gradients of beta and gamma. With d_residual:
   d_residual = dz + residual_beta d_residual. */
void eg_k_batch_norm_backward_sums(const eg_k_batch_norm *b, double *sum_dz, double *sum_dz_xhat, const eg_real *dy,
                                   const eg_real *y, eg_real *d_residual, eg_real residual_beta, eg_real *scratch);

/* Second pass: dx = k0 dz + k1 (x - mean) + k2 + dx_beta dx, with three numbers a channel. */
void eg_k_batch_norm_backward_input(const eg_k_batch_norm *b, eg_real *dx, eg_real dx_beta, const eg_real *dy,
                                    const eg_real *y, const eg_real *k0, const eg_real *k1, const eg_real *k2);

#endif
