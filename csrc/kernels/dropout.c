#include "kernels/dropout.h"

#include "ecgraft/parallel.h"
#include "kernels/cpu.h"
#include "kernels/dropout_vector.h"

enum { PIECE = 8192, NUMBERS_A_BLOCK = 4 /* that one step of the generator gives */ };

static const eg_dropout_kernels *kernels_now(void) {
  switch (eg_cpu_in_use()) {
#if defined(EG_HAVE_AVX512) && !defined(EG_DOUBLE)
  case EG_CPU_AVX512:
    return &eg_dropout_avx512;
#endif
#if defined(EG_HAVE_AVX2) && !defined(EG_DOUBLE)
  case EG_CPU_AVX2:
    return &eg_dropout_avx2;
#endif
  default:
    return &eg_dropout_portable;
  }
}

void eg_k_dropout(eg_real *y, eg_real beta, const eg_real *x, int64_t n, double p, const eg_rng *rng) {
  const eg_dropout_kernels *kernels = kernels_now();
  eg_real scale = p < 1 ? (eg_real)(1 / (1 - p)) : 0;
  EG_PARALLEL_FOR_IF(n > PIECE)
  for (int64_t first = 0; first < n; first += PIECE) {
    eg_rng own = *rng;
    own.position += (uint64_t)(first / NUMBERS_A_BLOCK);
    kernels->dropout(y + first, beta, x + first, n - first < PIECE ? n - first : PIECE, p, scale, &own);
  }
}
