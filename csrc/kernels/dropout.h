/* Dropout (Srivastava et al. 2014) with a mask that is drawn again wherever it is needed, so it takes no memory. */
#ifndef EG_KERNELS_DROPOUT_H
#define EG_KERNELS_DROPOUT_H

#include <stdint.h>

#include "ecgraft/random.h"
#include "ecgraft/real.h"

/* y (n) = x / (1 - p) with probability 1 - p, else 0; plus beta y. Which elements: by `rng` alone, the same for any
   number of threads. p in [0, 1]; p = 1 gives 0. Forward and, on the gradient with the same rng, backward. */
void eg_k_dropout(eg_real *y, eg_real beta, const eg_real *x, int64_t n, double p, const eg_rng *rng);

#endif
