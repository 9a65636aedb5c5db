#include "kernels/fir.h"

#include "kernels/cpu.h"

void eg_k_fir_run(const eg_k_fir *f, eg_real *y, const eg_real *x, int64_t first, int64_t rows) {
#if defined(EG_HAVE_AVX2) && !defined(EG_DOUBLE)
  if (eg_cpu_in_use() >= EG_CPU_AVX2) {
    eg_fir_avx2(f, y, x, first, rows);
    return;
  }
#endif
  eg_fir_portable(f, y, x, first, rows);
}
