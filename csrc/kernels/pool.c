#include "kernels/pool.h"

#include <string.h>

#include "ecgraft/parallel.h"
#include "kernels/cpu.h"
#include "kernels/integers.h"
#include "kernels/pool_vector.h"

/* SMALL: elements, up to which one thread does all; PIECE: about as many are one task; FEW_WINDOWS: up to so many that
   overlap, backward gathers from the side of x. */
enum { SMALL = 16384, PIECE = 8192, FEW_WINDOWS = 4 };

static const eg_pool_kernels *kernels_now(void) {
  switch (eg_cpu_in_use()) {
#if defined(EG_HAVE_AVX512) && !defined(EG_DOUBLE)
  case EG_CPU_AVX512:
    return &eg_pool_avx512;
#endif
#if defined(EG_HAVE_AVX2) && !defined(EG_DOUBLE)
  case EG_CPU_AVX2:
    return &eg_pool_avx2;
#endif
  default:
    return &eg_pool_portable;
  }
}

/* Rows of one task, where each means so many elements. */
static int64_t rows_at_once(int64_t elements) {
  return elements > 0 && elements < PIECE ? PIECE / elements : 1;
}

size_t eg_k_max_pool_index_bytes(int64_t kernel) {
  return kernel <= 256 ? 1 : 4;
}

void eg_k_max_pool(const eg_k_pool *p, eg_real *y, void *index, const eg_real *x) {
  const eg_pool_kernels *kernels = kernels_now();
  int64_t rows = p->n * p->lo, step = rows_at_once(p->c * p->kernel);
  EG_PARALLEL_FOR_IF(rows * p->c * p->kernel > SMALL)
  for (int64_t first = 0; first < rows; first += step)
    kernels->max_pool(p, y, index, x, first, smaller(first + step, rows));
}

void eg_k_avg_pool(const eg_k_pool *p, eg_real *y, const eg_real *x) {
  const eg_pool_kernels *kernels = kernels_now();
  int64_t rows = p->n * p->lo, step = rows_at_once(p->c * p->kernel);
  EG_PARALLEL_FOR_IF(rows * p->c * p->kernel > SMALL)
  for (int64_t first = 0; first < rows; first += step)
    kernels->avg_pool(p, y, x, first, smaller(first + step, rows));
}

static void scale_sample(const eg_k_pool *p, int64_t n, eg_real *dx, eg_real beta) {
  eg_real *sample = dx + n * p->l * p->c;
  if (beta == 0)
    memset(sample, 0, (size_t)(p->l * p->c) * sizeof *sample);
  else if (beta != 1)
    for (int64_t i = 0; i < p->l * p->c; i++)
      sample[i] *= beta;
}

/* Goes from each maximum to where it was, however many windows overlap. */
static void scatter(const eg_k_pool *p, eg_real *dx, eg_real beta, const eg_real *dy, const void *index) {
  bool wide = eg_k_max_pool_index_bytes(p->kernel) == 4;
  EG_PARALLEL_FOR_IF(p->n * p->l * p->c > SMALL)
  for (int64_t n = 0; n < p->n; n++) {
    scale_sample(p, n, dx, beta);
    for (int64_t t = 0; t < p->lo; t++)
      for (int64_t c = 0; c < p->c; c++) {
        int64_t out = (n * p->lo + t) * p->c + c;
        int64_t place = wide ? ((const uint32_t *)index)[out] : ((const uint8_t *)index)[out];
        dx[(n * p->l + t * p->stride - p->padding + place) * p->c + c] += dy[out];
      }
  }
}

void eg_k_max_pool_backward(const eg_k_pool *p, eg_real *dx, eg_real beta, const eg_real *dy, const void *index) {
  if (p->kernel > FEW_WINDOWS * p->stride) {
    scatter(p, dx, beta, dy, index);
    return;
  }
  const eg_pool_kernels *kernels = kernels_now();
  int64_t rows = p->n * p->l, step = rows_at_once(p->c);
  EG_PARALLEL_FOR_IF(rows * p->c > SMALL)
  for (int64_t first = 0; first < rows; first += step)
    kernels->max_pool_backward(p, dx, beta, dy, index, first, smaller(first + step, rows));
}

void eg_k_avg_pool_backward(const eg_k_pool *p, eg_real *dx, eg_real beta, const eg_real *dy) {
  const eg_pool_kernels *kernels = kernels_now();
  int64_t rows = p->n * p->l, step = rows_at_once(p->c);
  EG_PARALLEL_FOR_IF(rows * p->c > SMALL)
  for (int64_t first = 0; first < rows; first += step)
    kernels->avg_pool_backward(p, dx, beta, dy, first, smaller(first + step, rows));
}
