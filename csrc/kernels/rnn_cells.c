#include "kernels/rnn_cells.h"

#include "kernels/cpu.h"

const eg_rnn_cells *eg_rnn_cells_now(void) {
#ifndef EG_DOUBLE
  switch (eg_cpu_in_use()) {
#ifdef EG_HAVE_AVX512
  case EG_CPU_AVX512:
    return &eg_rnn_cells_avx512;
#endif
#ifdef EG_HAVE_AVX2
  case EG_CPU_AVX2:
    return &eg_rnn_cells_avx2;
#endif
  default:
    break;
  }
#endif
  return &eg_rnn_cells_portable;
}
