/* Pooling over time of x (N, L, C) to y (N, Lo, C): window t covers the samples t stride - padding ... + kernel - 1, of
   which those beyond the ends of x are left out. Every window holds at least one sample of x. Global pooling is one
   window of all L. */
#ifndef EG_KERNELS_POOL_H
#define EG_KERNELS_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ecgraft/real.h"

typedef struct eg_k_pool {
  int64_t n, l, c, lo, kernel, stride, padding;
  bool count_padding; /* mean: divide by the kernel's length also where it reaches beyond x */
} eg_k_pool;

/* Bytes that hold where in its window a maximum lies: 1 or 4. */
size_t eg_k_max_pool_index_bytes(int64_t kernel);

/* y = the largest of each window, the first on ties; a NaN wins. index (N, Lo, C, of eg_k_max_pool_index_bytes): where
   in its window it was, unsigned; may be NULL. */
void eg_k_max_pool(const eg_k_pool *p, eg_real *y, void *index, const eg_real *x);
/* dx = the gradient, plus beta dx */
void eg_k_max_pool_backward(const eg_k_pool *p, eg_real *dx, eg_real beta, const eg_real *dy, const void *index);

/* y = the mean of each window */
void eg_k_avg_pool(const eg_k_pool *p, eg_real *y, const eg_real *x);
/* dx = the gradient, plus beta dx */
void eg_k_avg_pool_backward(const eg_k_pool *p, eg_real *dx, eg_real beta, const eg_real *dy);

#endif
