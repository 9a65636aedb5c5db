#include "kernels/winograd.h"

#include "kernels/cpu.h"

#ifndef EG_DOUBLE

const eg_winograd_kernels *eg_winograd_now(void) {
  switch (eg_cpu_in_use()) {
#ifdef EG_HAVE_AVX512
  case EG_CPU_AVX512:
    return &eg_winograd_avx512;
#endif
#ifdef EG_HAVE_AVX2
  case EG_CPU_AVX2:
    return &eg_winograd_avx2;
#endif
  default:
    return &eg_winograd_portable;
  }
}

#endif
