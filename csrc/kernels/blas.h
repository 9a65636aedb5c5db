/* What we ask of a BLAS library, on one thread. */
#ifndef EG_KERNELS_BLAS_H
#define EG_KERNELS_BLAS_H

#include <stdbool.h>
#include <stdint.h>

#include "ecgraft/real.h"

/* As eg_k_gemm of kernels/gemm.h, which calls it where BLAS is the faster; m, n and k are at least 1. */
void eg_k_gemm_blas(bool a_transposed, bool b_transposed, int64_t m, int64_t n, int64_t k, const eg_real *a,
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
