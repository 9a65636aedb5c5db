/* Products with a matrix of few rows, as in a head over all outputs of a recurrent network: x (rows, n), w (o, n) with
   o small and n large. They are bound by memory, so each array is read once. Cut into pieces of columns: the same bits
   for any number of threads. */
#ifndef EG_KERNELS_SKINNY_H
#define EG_KERNELS_SKINNY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ecgraft/real.h"

/* Whether these kernels are for such a product. */
bool eg_k_skinny_fits(int64_t o, int64_t n);

/* y (rows, o) = x w^T + bias (o); bias NULL: 0. Scratch in elements. */
size_t eg_k_skinny_scratch(int64_t rows, int64_t o, int64_t n);
void eg_k_skinny(eg_real *y, const eg_real *bias, const eg_real *x, const eg_real *w, int64_t rows, int64_t o,
                 int64_t n, eg_real *scratch);
/* dx (rows, n) = dy (rows, o) w + beta dx */
void eg_k_skinny_to_input(eg_real *dx, eg_real beta, const eg_real *dy, const eg_real *w, int64_t rows, int64_t o,
                          int64_t n);
/* dw (o, n) = dy^T x + beta dw */
void eg_k_skinny_to_weight(eg_real *dw, eg_real beta, const eg_real *dy, const eg_real *x, int64_t rows, int64_t o,
                           int64_t n);

/* The loops over a piece of n columns; rows of x, w, dx and dw are `pitch` apart, dy and sums (rows, o) dense. */
enum { EG_SKINNY_MOST = 8 /* o */ };
typedef struct eg_skinny_kernels {
  /* sums = x w^T */
  void (*dots)(int64_t rows, int o, int64_t n, int64_t pitch, const eg_real *x, const eg_real *w, eg_real *sums);
  /* dx = dy w + beta dx */
  void (*combine)(int64_t rows, int o, int64_t n, int64_t pitch, const eg_real *dy, const eg_real *w, eg_real beta,
                  eg_real *dx);
  /* dw = dy^T x + beta dw */
  void (*outer)(int64_t rows, int o, int64_t n, int64_t pitch, const eg_real *dy, const eg_real *x, eg_real beta,
                eg_real *dw);
} eg_skinny_kernels;

extern const eg_skinny_kernels eg_skinny_portable, eg_skinny_avx2, eg_skinny_avx512;

#endif
