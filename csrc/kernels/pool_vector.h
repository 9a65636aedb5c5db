/* The kernels of kernels/pool.h, compiled for each instruction set from kernels/vector/pool_kernels.h, over rows: of y
   (N Lo) forward, of x (N L) backward; on one thread. */
#ifndef EG_KERNELS_POOL_VECTOR_H
#define EG_KERNELS_POOL_VECTOR_H

#include "kernels/pool.h"

typedef struct eg_pool_kernels {
  /* Rows [first, last) of y and index. */
  void (*max_pool)(const eg_k_pool *p, eg_real *y, void *index, const eg_real *x, int64_t first, int64_t last);
  void (*avg_pool)(const eg_k_pool *p, eg_real *y, const eg_real *x, int64_t first, int64_t last);
  /* Rows [first, last) of dx. Each looks into all windows it lies in, so this takes kernel / stride times as long as
     the maxima are many. */
  void (*max_pool_backward)(const eg_k_pool *p, eg_real *dx, eg_real beta, const eg_real *dy, const void *index,
                            int64_t first, int64_t last);
  void (*avg_pool_backward)(const eg_k_pool *p, eg_real *dx, eg_real beta, const eg_real *dy, int64_t first,
                            int64_t last);
} eg_pool_kernels;

extern const eg_pool_kernels eg_pool_portable, eg_pool_avx2, eg_pool_avx512;

/* The samples [*first, *last) of x in window t. */
static inline void eg_pool_window(const eg_k_pool *p, int64_t t, int64_t *first, int64_t *last) {
  int64_t start = t * p->stride - p->padding;
  *first = start > 0 ? start : 0;
  *last = start + p->kernel < p->l ? start + p->kernel : p->l;
}

static inline eg_real eg_pool_weight(const eg_k_pool *p, int64_t t) {
  int64_t first, last;
  eg_pool_window(p, t, &first, &last);
  return 1 / (eg_real)(p->count_padding ? p->kernel : last - first);
}

#endif
