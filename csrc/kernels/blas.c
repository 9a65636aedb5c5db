#include "kernels/blas.h"

#include <cblas.h>
#include <limits.h>
#include <pthread.h>
#include <stddef.h>

/* Only OpenBLAS has this; another CBLAS is used as it is. */
extern void openblas_set_num_threads(int threads) __attribute__((weak));

/* LAPACK's, which every OpenBLAS brings along. */
extern void dsyev_(const char *job, const char *triangle, const int *n, double *a, const int *lda, double *values,
                   double *work, const int *size, int *info);

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void use_one_thread(void) {
  if (openblas_set_num_threads)
    openblas_set_num_threads(1);
}

/* From the definition, for sizes that CBLAS's int cannot hold. */
static void gemm_of_any_size(bool at, bool bt, int64_t m, int64_t n, int64_t k, const eg_real *a, int64_t lda,
                             const eg_real *b, int64_t ldb, eg_real beta, eg_real *c, int64_t ldc) {
  for (int64_t i = 0; i < m; i++) {
    for (int64_t j = 0; j < n; j++)
      c[i * ldc + j] = beta == 0 ? 0 : beta * c[i * ldc + j];
    for (int64_t p = 0; p < k; p++) {
      eg_real factor = at ? a[p * lda + i] : a[i * lda + p];
      for (int64_t j = 0; j < n; j++)
        c[i * ldc + j] += factor * (bt ? b[j * ldb + p] : b[p * ldb + j]);
    }
  }
}

void eg_k_gemm_blas(bool a_transposed, bool b_transposed, int64_t m, int64_t n, int64_t k, const eg_real *a,
                    int64_t lda, const eg_real *b, int64_t ldb, eg_real beta, eg_real *c, int64_t ldc) {
  if (m > INT_MAX || n > INT_MAX || k > INT_MAX || lda > INT_MAX || ldb > INT_MAX || ldc > INT_MAX) {
    gemm_of_any_size(a_transposed, b_transposed, m, n, k, a, lda, b, ldb, beta, c, ldc);
    return;
  }
  pthread_once(&once, use_one_thread);
  CBLAS_TRANSPOSE at = a_transposed ? CblasTrans : CblasNoTrans, bt = b_transposed ? CblasTrans : CblasNoTrans;
#ifdef EG_DOUBLE
  cblas_dgemm(CblasRowMajor, at, bt, (int)m, (int)n, (int)k, 1, a, (int)lda, b, (int)ldb, beta, c, (int)ldc);
#else
  cblas_sgemm(CblasRowMajor, at, bt, (int)m, (int)n, (int)k, 1, a, (int)lda, b, (int)ldb, beta, c, (int)ldc);
#endif
}

void eg_k_gemm_double(bool a_transposed, bool b_transposed, int m, int n, int k, const double *a, int lda,
                      const double *b, int ldb, double *c, int ldc) {
  if (m == 0 || n == 0)
    return;
  pthread_once(&once, use_one_thread);
  cblas_dgemm(CblasRowMajor, a_transposed ? CblasTrans : CblasNoTrans, b_transposed ? CblasTrans : CblasNoTrans, m, n,
              k, 1, a, lda, b, ldb, 0, c, ldc);
}

int64_t eg_k_symmetric_eigen_scratch(int n) {
  return 34 * (int64_t)n; /* blocks of 32 columns, as dsyev asks */
}

bool eg_k_symmetric_eigen(double *values, double *a, int n, double *scratch) {
  pthread_once(&once, use_one_thread);
  int info = 0, size = (int)eg_k_symmetric_eigen_scratch(n);
  dsyev_("V", "U", &n, a, &n, values, scratch, &size, &info);
  return info == 0;
}
