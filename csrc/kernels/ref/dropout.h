/* Dropout from the definition, the plain twin of kernels/dropout.h: the numbers are drawn by the generator of
   ecgraft/random.h. */
#ifndef EG_KERNELS_REF_DROPOUT_H
#define EG_KERNELS_REF_DROPOUT_H

#include "kernels/dropout.h"

void eg_ref_dropout(eg_real *y, eg_real beta, const eg_real *x, int64_t n, double p, const eg_rng *rng);

#endif
