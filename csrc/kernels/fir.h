/* A filter of few taps over the rows of a signal, of which every so many results are kept: what resampling is made of.
   On one thread. */
#ifndef EG_KERNELS_FIR_H
#define EG_KERNELS_FIR_H

#include <stdbool.h>
#include <stdint.h>

#include "ecgraft/real.h"

/* y[i] = sum over k of taps[k] x[first + i down + at[k]] for i = 0 .. rows-1; each x[j] (n rows) and y[i] is a row of
   `leads`. Rows of x follow each other, those of y are `up` rows apart. Beyond the ends of x there are zeros, or where
   `hold` is set its first and last row. The sums run in the order of k, whatever `rows` and `leads` are. */
typedef struct eg_k_fir {
  const eg_real *taps;
  const int32_t *at; /* ascending; below 0 too */
  int64_t n_taps, up, down, n, leads;
  bool hold;
} eg_k_fir;

void eg_k_fir_run(const eg_k_fir *f, eg_real *y, const eg_real *x, int64_t first, int64_t rows);

/* The same, for each instruction set; twelve leads would leave a quarter of a vector of sixteen empty, so that AVX-512
   has none of its own. */
typedef void eg_fir_kernel(const eg_k_fir *f, eg_real *y, const eg_real *x, int64_t first, int64_t rows);
extern eg_fir_kernel eg_fir_portable, eg_fir_avx2;

#endif
