#include "kernels/cpu.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[EG_CPU_COUNT] = {"plain", "avx2", "avx512"};

static int chosen = -1; /* not yet; a race at the first use finds the same answer twice */

bool eg_cpu_available(eg_cpu cpu) {
  switch (cpu) {
  case EG_CPU_PLAIN:
    return true;
#if defined(EG_HAVE_AVX2) && !defined(EG_DOUBLE)
  case EG_CPU_AVX2:
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
#if defined(EG_HAVE_AVX512) && !defined(EG_DOUBLE)
  case EG_CPU_AVX512:
    return eg_cpu_available(EG_CPU_AVX2) && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
#endif
  default:
    return false;
  }
}

static eg_cpu choose(void) {
  const char *wanted = getenv("ECGRAFT_CPU");
  int most = EG_CPU_COUNT - 1;
  for (int i = 0; wanted && i < EG_CPU_COUNT; i++)
    if (strcmp(wanted, names[i]) == 0)
      most = i;
  while (most > EG_CPU_PLAIN && !eg_cpu_available((eg_cpu)most))
    most--;
  return (eg_cpu)most;
}

eg_cpu eg_cpu_in_use(void) {
  if (chosen < 0)
    chosen = (int)choose();
  return (eg_cpu)chosen;
}

bool eg_cpu_force(eg_cpu cpu) {
  if (!eg_cpu_available(cpu))
    return false;
  chosen = (int)cpu;
  return true;
}

const char *eg_cpu_name(eg_cpu cpu) {
  return names[cpu];
}
