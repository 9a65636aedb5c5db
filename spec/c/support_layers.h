/* What tests of layers' kernels share: comparison in relation to the largest value. */
#ifndef EG_SPEC_SUPPORT_LAYERS_H
#define EG_SPEC_SUPPORT_LAYERS_H

#include "kernels/cpu.h"
#include "support_kernels.h"

static inline double largest(const eg_real *x, int64_t n) {
  double most = 0;
  for (int64_t i = 0; i < n; i++)
    most = fabs((double)x[i]) > most ? fabs((double)x[i]) : most;
  return most;
}

/* n numbers against their plain twin's: within `roundings` roundings of the largest of those. */
#define CHECK_TWIN(values, expected, n, roundings)                                                                     \
  CHECK_ARRAY_NEAR(values, expected, n,                                                                                \
                   (roundings) * (sizeof(eg_real) == 4 ? 1.2e-7 : 2.3e-16) * (largest(expected, n) + 1e-30))

/* A copy of n numbers, to be freed. */
static inline eg_real *copied(const eg_real *x, int64_t n) {
  eg_real *copy = malloc(((size_t)n + 1) * sizeof *copy);
  memcpy(copy, x, (size_t)n * sizeof *copy);
  return copy;
}

/* n NaNs: room whose content must not matter. */
static inline eg_real *nans(int64_t n) {
  eg_real *x = malloc(((size_t)n + 1) * sizeof *x);
  for (int64_t i = 0; i < n; i++)
    x[i] = (eg_real)NAN;
  return x;
}

/* Scratch of exactly n numbers: a sanitizer build finds one that is too small. */
static inline eg_real *scratch_of(size_t n) {
  eg_real *x = malloc(n * sizeof *x + 1);
  for (size_t i = 0; i < n; i++)
    x[i] = (eg_real)NAN;
  return x;
}

/* Runs a check with each instruction set that this build has and this machine runs; says with which it failed. */
static inline void with_each_cpu(void (*check)(void)) {
  eg_cpu before = eg_cpu_in_use();
  for (int cpu = 0; cpu < EG_CPU_COUNT; cpu++) {
    int failures = check_state.failures;
    if (!eg_cpu_force((eg_cpu)cpu))
      continue;
    check();
    if (check_state.failures > failures)
      fprintf(stderr, "  there: instruction set %s\n", eg_cpu_name((eg_cpu)cpu));
  }
  eg_cpu_force(before);
}

#endif
