/* Batch normalisation from the definition, the plain twin of kernels/batch_norm.h; sums in double, channel by channel.
 */
#ifndef EG_KERNELS_REF_BATCH_NORM_H
#define EG_KERNELS_REF_BATCH_NORM_H

#include "kernels/batch_norm.h"

/* mean, variance (channels) of the columns of x (rows, channels), divided by `rows` */
void eg_ref_batch_norm_statistics(double *mean, double *variance, const eg_real *x, int64_t rows, int64_t channels);
/* y (rows, channels); residual may be NULL */
void eg_ref_batch_norm_apply(const eg_k_batch_norm *b, eg_real *y, const eg_real *residual);
/* All gradients for dy; y is the output. Mean and variance are the batch's own where `training`. d_residual may be
 * NULL. */
void eg_ref_batch_norm_backward(const eg_k_batch_norm *b, bool training, const eg_real *dy, const eg_real *y,
                                eg_real *dx, eg_real *d_residual, double *d_gamma, double *d_beta);

#endif
