/* One step of an optimizer over a piece of one parameter, compiled for each instruction set from
   kernels/vector/optim_kernels.h. Bound by memory where the parameter is larger than the caches. */
#ifndef EG_KERNELS_OPTIM_VECTOR_H
#define EG_KERNELS_OPTIM_VECTOR_H

#include "kernels/optim.h"

/* As eg_k_sgd and eg_k_adam, on one thread. */
typedef struct eg_optim_kernels {
  void (*sgd)(eg_real *p, const eg_real *g, eg_real *buffer, int64_t n, const eg_sgd *c);
  void (*adam)(eg_real *p, const eg_real *g, eg_real *m, eg_real *v, int64_t n, const eg_adam *c);
} eg_optim_kernels;

extern const eg_optim_kernels eg_optim_portable, eg_optim_avx2, eg_optim_avx512;

#endif
