/* Which instruction set the kernels use: the best one that this build has and this machine runs, chosen once; tests
   force each in turn. Files under kernels/avx2 and kernels/avx512 are compiled for theirs and called only where it is
   chosen. Results are the same bits for the same instruction set on any machine, but for the products that are left to
   BLAS (kernels/gemm.h). */
#ifndef EG_KERNELS_CPU_H
#define EG_KERNELS_CPU_H

#include <stdbool.h>

/* ORDER CPU: each includes the ones before. */
typedef enum eg_cpu { EG_CPU_PLAIN, EG_CPU_AVX2, EG_CPU_AVX512, EG_CPU_COUNT } eg_cpu;

/* The instruction set in use. The double build always uses the plain kernels. The environment variable ECGRAFT_CPU
   ("plain", "avx2", "avx512") lowers it. */
eg_cpu eg_cpu_in_use(void);
/* Whether this build has kernels for it and this machine runs them. */
bool eg_cpu_available(eg_cpu cpu);
/* For tests and benchmarks: uses that one from now on; false, and no change, where it is not available. */
bool eg_cpu_force(eg_cpu cpu);
const char *eg_cpu_name(eg_cpu cpu);

#endif
