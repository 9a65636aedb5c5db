/* The matrix product, on one thread: parallel work is our own loops over fixed pieces around it, so that a result never
   depends on the number of threads. With vector instructions of our own it is computed on the panels of
   kernels/panel.h: a BLAS library may not know the processor and then uses a fraction of it. Without them, in double,
   and for a few columns it is BLAS's. */
#ifndef EG_KERNELS_GEMM_H
#define EG_KERNELS_GEMM_H

#include <stdbool.h>
#include <stdint.h>

#include "ecgraft/real.h"

/* C (m, n) = op(A) op(B) + beta C, row-major; op(A) is (m, k), op(B) is (k, n), op(X) is X or, where its flag is set, X
   transposed. Leading dimensions in elements, at least the stored row length. With beta 0 the content of C does not
   matter (it may be NaN). Any size may be 0: k = 0 leaves beta C.

   On our own panels, which take whatever has 8 columns or more, k alone decides the order in which an element is
   summed: it has the same bits in a part of C as in the whole. */
void eg_k_gemm(bool a_transposed, bool b_transposed, int64_t m, int64_t n, int64_t k, const eg_real *a, int64_t lda,
               const eg_real *b, int64_t ldb, eg_real beta, eg_real *c, int64_t ldc);

#endif
