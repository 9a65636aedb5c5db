/* The kernels of kernels/softmax.h along dense rows of R >= 0 entries (inner is 1), compiled for each instruction set
   from kernels/vector/softmax_kernels.h; on one thread. */
#ifndef EG_KERNELS_SOFTMAX_VECTOR_H
#define EG_KERNELS_SOFTMAX_VECTOR_H

#include "kernels/softmax.h"

enum { EG_SOFTMAX_ROWS = 64 /* at most in one call */ };

typedef struct eg_softmax_kernels {
  void (*softmax)(eg_real *y, bool log, const eg_real *x, int64_t rows, int64_t R);
  void (*softmax_grad)(eg_real *dx, bool add, bool log, const eg_real *g, const eg_real *y, int64_t rows, int64_t R);
  void (*logsumexp)(eg_real *y, const eg_real *x, int64_t rows, int64_t R);
  void (*logsumexp_grad)(eg_real *dx, bool add, const eg_real *g, const eg_real *x, const eg_real *y, int64_t rows,
                         int64_t R);
} eg_softmax_kernels;

extern const eg_softmax_kernels eg_softmax_portable, eg_softmax_avx2, eg_softmax_avx512;

#endif
