/* What tests of kernels share: arrays of doubles and of the build's scalar, filled with fixed pseudo-random values. */
#ifndef EG_SPEC_SUPPORT_KERNELS_H
#define EG_SPEC_SUPPORT_KERNELS_H

#include "check.h"
#include "ecgraft/parallel.h"
#include "ecgraft/random.h"
#include "ecgraft/real.h"

#ifdef EG_DOUBLE
#define TIGHT 1e-12 /* some roundings of a scalar of size 1 */
#else
#define TIGHT 2e-6
#endif

/* n numbers (to be freed) uniform in [low, high), always the same for the same seed. */
static inline eg_real *numbers(int64_t n, double low, double high, uint64_t seed) {
  eg_real *x = malloc(((size_t)n + 1) * sizeof *x);
  eg_rng rng = eg_rng_seed(seed);
  for (int64_t i = 0; i < n; i++)
    x[i] = (eg_real)(low + (high - low) * eg_rng_uniform(&rng));
  return x;
}

static inline double *doubles(int64_t n) {
  return calloc((size_t)n + 1, sizeof(double));
}

/* Calls `make(out)` with 1, 2 and 3 threads and checks that the n numbers it writes have the same bits. */
static inline void check_threads(void (*make)(eg_real *out), int64_t n) {
  int before = eg_num_threads();
  eg_real *first = calloc((size_t)n, sizeof *first), *other = calloc((size_t)n, sizeof *other);
  eg_set_num_threads(1);
  make(first);
  for (int threads = 2; threads <= 3; threads++) {
    memset(other, 0, (size_t)n * sizeof *other);
    eg_set_num_threads(threads);
    make(other);
    CHECK_SAME_BITS(other, first, (size_t)n * sizeof *first);
  }
  eg_set_num_threads(before);
  free(first);
  free(other);
}

#endif
