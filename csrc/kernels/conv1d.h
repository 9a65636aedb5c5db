/* One-dimensional convolution (as in deep learning: cross-correlation) on channels-last data, in the three directions.

   y (N, Lo, Co)   x (N, L, Ci)   w (Co, K, Ci/groups)   Lo = (L + 2 padding - dilation (K - 1) - 1) / stride + 1
   y[n, t, o] = bias[o] + sum over k, i of w[o, k, i] x[n, t stride - padding + k dilation, g Ci/groups + i],
   g = o / (Co/groups); x counts as 0 beyond its ends. All arrays are dense; the kernels see to the ends themselves. */
#ifndef EG_KERNELS_CONV1D_H
#define EG_KERNELS_CONV1D_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ecgraft/real.h"

typedef struct eg_conv1d_shape {
  int64_t n, l, ci, co, k, lo;
  int64_t stride, padding, dilation, groups;
} eg_conv1d_shape;

/* PACKED: forward from weights that lie packed already; for the choice of an algorithm only. */
typedef enum eg_conv1d_direction {
  EG_CONV1D_FORWARD,
  EG_CONV1D_DATA,
  EG_CONV1D_WEIGHT,
  EG_CONV1D_PACKED
} eg_conv1d_direction;

/* Lo as above; below 1 where the kernel is longer than the padded input. */
int64_t eg_conv1d_length(int64_t l, int64_t k, int64_t stride, int64_t padding, int64_t dilation);

/* The outputs t in [*first, *last) for which tap k reads inside x. */
void eg_conv1d_inside(const eg_conv1d_shape *s, int64_t k, int64_t *first, int64_t *last);

/* What becomes of the sums: y = sum + bias + residual, and where relu is set max(y, 0). */
typedef struct eg_conv1d_ends {
  const eg_real *bias;     /* (Co); NULL: 0 */
  const eg_real *residual; /* like y; NULL: 0 */
  bool relu;
} eg_conv1d_ends;

/* Elements of scratch that the chosen algorithm wants. */
size_t eg_conv1d_scratch(const eg_conv1d_shape *s, eg_conv1d_direction direction);

/* y = conv(x, w) + bias; bias may be NULL. */
void eg_k_conv1d_forward(const eg_conv1d_shape *s, eg_real *y, const eg_real *x, const eg_real *w, const eg_real *bias,
                         eg_real *scratch);
/* dx = gradient with respect to x for dy, plus beta dx (beta 0: dx's content does not matter). */
void eg_k_conv1d_backward_data(const eg_conv1d_shape *s, eg_real *dx, eg_real beta, const eg_real *dy, const eg_real *w,
                               eg_real *scratch);
/* dw = gradient with respect to w, plus beta dw. */
void eg_k_conv1d_backward_weight(const eg_conv1d_shape *s, eg_real *dw, eg_real beta, const eg_real *dy,
                                 const eg_real *x, eg_real *scratch);

#endif
