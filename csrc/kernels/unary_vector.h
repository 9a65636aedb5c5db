/* Elementwise functions for which there are vector kernels, and their derivatives. Compiled for each instruction set
   from kernels/vector/unary_kernels.h; the errors of the functions stand in kernels/vector/vmath.h. */
#ifndef EG_KERNELS_UNARY_VECTOR_H
#define EG_KERNELS_UNARY_VECTOR_H

#include "kernels/unary.h"

/* As eg_k_unary and eg_k_unary_grad without `add`, on one thread. */
typedef void eg_unary_run(eg_real *y, const eg_real *x, int64_t n, eg_real p, eg_real q);
typedef void eg_unary_back(eg_real *d, const eg_real *g, const eg_real *kept, int64_t n, eg_real p, eg_real q);

typedef struct eg_unary_kernels {
  eg_unary_run *run[EG_UNARY_COUNT]; /* NULL: none */
  eg_unary_back *back[EG_UNARY_COUNT];
  /* y (n) = exp(x - shift) */
  void (*exp_of_shifted)(eg_real *y, const eg_real *x, int64_t n, eg_real shift);
} eg_unary_kernels;

/* Of the instruction set in use. */
const eg_unary_kernels *eg_unary_kernels_now(void);

extern const eg_unary_kernels eg_unary_portable, eg_unary_avx2, eg_unary_avx512;

#endif
