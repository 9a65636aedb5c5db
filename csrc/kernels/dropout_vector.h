/* Dropout of a piece, compiled for each instruction set from kernels/vector/dropout_kernels.h. */
#ifndef EG_KERNELS_DROPOUT_VECTOR_H
#define EG_KERNELS_DROPOUT_VECTOR_H

#include "kernels/dropout.h"

typedef struct eg_dropout_kernels {
  /* As eg_k_dropout, on one thread; scale: 1 / (1 - p). */
  void (*dropout)(eg_real *y, eg_real beta, const eg_real *x, int64_t n, double p, eg_real scale, const eg_rng *rng);
} eg_dropout_kernels;

extern const eg_dropout_kernels eg_dropout_portable, eg_dropout_avx2, eg_dropout_avx512;

#endif
