/* The matrix product of a BLAS library, on one thread: parallel work is our own loops over fixed pieces around it, so
   that a result never depends on the number of threads. */
#ifndef EG_KERNELS_BLAS_H
#define EG_KERNELS_BLAS_H

#include <stdbool.h>
#include <stdint.h>

#include "ecgraft/real.h"

/* C (m, n) = alpha op(A) op(B) + beta C, row-major; op(A) is (m, k), op(B) is (k, n), op(X) is X or, where its flag is
   set, X transposed. Leading dimensions in elements, at least the stored row length. With beta 0 the content of C does
   not matter (it may be NaN). Any size may be 0: k = 0 leaves beta C. */
void eg_k_gemm(bool a_transposed, bool b_transposed, int64_t m, int64_t n, int64_t k, eg_real alpha, const eg_real *a,
               int64_t lda, const eg_real *b, int64_t ldb, eg_real beta, eg_real *c, int64_t ldc);

/* Double precision whatever the build's scalar, for statistics: C (m, n) = op(A) op(B). */
void eg_k_gemm_double(bool a_transposed, bool b_transposed, int m, int n, int k, const double *a, int lda,
                      const double *b, int ldb, double *c, int ldc);

/* The eigenvalues of a symmetric matrix a (n, n), n >= 1, rising, into values (n), and its eigenvectors into the rows
   of a. scratch: eg_k_symmetric_eigen_scratch(n) doubles. False where the iteration does not converge (what is not
   finite). */
bool eg_k_symmetric_eigen(double *values, double *a, int n, double *scratch);
int64_t eg_k_symmetric_eigen_scratch(int n);

#endif
