/* The machine's measured peak: fused multiply-adds on operands that stay in the first cache. */
#ifndef EG_BENCH_PEAK_H
#define EG_BENCH_PEAK_H

#include <omp.h>

#include "ecgraft/parallel.h"
#include "kernels/panel.h"

/* Operations a second of all threads together, the best of `seconds` seconds. */
static inline double peak_of_machine(double seconds) {
  enum { K = 128, MOST = 32, TIMES = 2000 };
  const eg_panel_kernels *p = eg_panel_now();
  double best = 0;
  for (double start = omp_get_wtime(); omp_get_wtime() - start < seconds;) {
    double now = omp_get_wtime();
    EG_PARALLEL_FOR
    for (int thread = 0; thread < eg_num_threads(); thread++) {
      _Alignas(64) float a[K * MOST] = {0}, b[K * MOST] = {0}, c[MOST * MOST] = {0};
      for (int i = 0; i < TIMES; i++)
        p->columns_sum(p->columns, p->columns, K, a, p->columns, b, p->columns, c, MOST);
    }
    double rate = 2.0 * K * p->columns * p->columns * TIMES * eg_num_threads() / (omp_get_wtime() - now);
    best = rate > best ? rate : best;
  }
  return best;
}

#endif
