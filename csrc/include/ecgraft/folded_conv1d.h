/* A convolution and the batch-norm behind it as one convolution, for inference: with the norm's running statistics
   the two are linear, w'[o] = w[o] gamma[o] / sqrt(var[o] + eps), b'[o] = (b[o] - mean[o]) gamma[o] / sqrt(var[o] +
   eps)
   + beta[o] (Jacob et al. 2018, eq. 14). Weights are folded and packed once and again only when one of the tensors they
   were made of has changed. Nothing is recorded. */
#ifndef ECGRAFT_FOLDED_CONV1D_H
#define ECGRAFT_FOLDED_CONV1D_H

#include "ecgraft/ops.h"

typedef struct eg_folded_conv1d eg_folded_conv1d;

/* weight (Co, K, Ci / groups), the others (Co), contiguous; bias, gamma and beta may be NULL (0, 1, 0). */
typedef struct eg_folded_parts {
  eg_tensor *weight, *bias, *gamma, *beta, *mean, *var;
  eg_conv1d_options conv;
  double eps;
} eg_folded_parts;

/* Keeps references to the tensors. EG_USAGE where a shape does not fit. */
eg_status eg_folded_conv1d_new(eg_folded_conv1d **out, const eg_folded_parts *parts);
void eg_folded_conv1d_free(eg_folded_conv1d *folded); /* NULL is allowed */

/* *out (N, Lo, Co) = conv(x) + residual, and max(., 0) where relu is set; x (N, L, Ci), residual like the result or
   NULL. */
eg_status eg_folded_conv1d_apply(eg_tensor **out, eg_folded_conv1d *folded, eg_tensor *x, eg_tensor *residual,
                                 bool relu);

#endif
