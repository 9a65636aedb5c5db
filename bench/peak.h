/* What the machine does at its best, measured: operations a second in registers, bytes a second of a copy. And the
   clock by which this and the kernels are measured. */
#ifndef EG_BENCH_PEAK_H
#define EG_BENCH_PEAK_H

#include <omp.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "ecgraft/parallel.h"
#include "kernels/cpu.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

/* Seconds. With one thread only those count in which it ran, so that other programs on the machine do not. */
static inline double bench_clock(void) {
  struct timespec now;
  if (eg_num_threads() > 1)
    return omp_get_wtime();
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

enum { PEAK_BYTES = 1 << 24 };

/* Independent sums, so many that none waits for itself (two units with a latency of up to five cycles), and the
   steps of each, which take about a millisecond. */
enum { PEAK_SUMS = 12, PEAK_STEPS = 200000 };

/* A function that does PEAK_STEPS fused multiply-adds on each of PEAK_SUMS vectors in registers. The sums go to 1. */
#define PEAK_LOOP(name, target_of, vec, set, fma, first)                                                               \
  target_of static inline float name(void) {                                                                           \
    vec sum[PEAK_SUMS], half = set(0.5F);                                                                              \
    for (int i = 0; i < PEAK_SUMS; i++)                                                                                \
      sum[i] = set((float)i);                                                                                          \
    for (int step = 0; step < PEAK_STEPS; step++) {                                                                    \
      _Pragma("GCC unroll 12") for (int i = 0; i < PEAK_SUMS; i++) sum[i] = fma(sum[i], half, half);                   \
    }                                                                                                                  \
    float all = 0;                                                                                                     \
    for (int i = 0; i < PEAK_SUMS; i++)                                                                                \
      all += first(sum[i]);                                                                                            \
    return all;                                                                                                        \
  }

typedef float peak_four __attribute__((vector_size(16)));
#define PEAK_SET(value) ((peak_four){value, value, value, value})
#define PEAK_MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))
#define PEAK_FIRST(a) ((a)[0])

/* clang-format off: a table */
PEAK_LOOP(peak_of_plain, , peak_four, PEAK_SET, PEAK_MULTIPLY_ADD, PEAK_FIRST)
#ifdef __x86_64__
PEAK_LOOP(peak_of_avx2, __attribute__((target("avx2,fma"))), __m256, _mm256_set1_ps, _mm256_fmadd_ps, _mm256_cvtss_f32)
PEAK_LOOP(peak_of_avx512, __attribute__((target("avx512f"))), __m512, _mm512_set1_ps, _mm512_fmadd_ps, _mm512_cvtss_f32)
#endif
/* clang-format on */

/* Operations of a run of the loop for an instruction set, on one thread. */
static inline double peak_run(eg_cpu cpu) {
  int width = 4;
  float sum;
#ifdef __x86_64__
  if (cpu == EG_CPU_AVX512) {
    sum = peak_of_avx512();
    width = 16;
  } else if (cpu == EG_CPU_AVX2) {
    sum = peak_of_avx2();
    width = 8;
  } else
#endif
    sum = peak_of_plain();
  return sum > 0 ? 2.0 * PEAK_SUMS * PEAK_STEPS * width : 0; /* asked, so that it is computed */
}

/* Operations (float) a second of all threads together, on average over `seconds`, with an instruction set. */
static inline double peak_operations(eg_cpu cpu, double seconds) {
  double start = bench_clock(), now = start, operations = 0;
  while (now - start < seconds) {
    EG_PRAGMA(omp parallel for reduction(+ : operations) schedule(static) num_threads(eg_num_threads()))
    for (int thread = 0; thread < eg_num_threads(); thread++)
      operations += peak_run(cpu);
    now = bench_clock();
  }
  return operations / (now - start);
}

/* Bytes a second, read and written, of copying `half` bytes again and again for `seconds`, each thread its share: about
   a millisecond before the threads meet. */
static inline double peak_copy(char *to, const char *from, int64_t half, double seconds) {
  int64_t share = (half + eg_num_threads() - 1) / eg_num_threads(), again = PEAK_BYTES / half + 1;
  double start = bench_clock(), now = start, copied = 0;
  while (now - start < seconds) {
    EG_PARALLEL_FOR
    for (int64_t at = 0; at < half; at += share)
      for (int64_t i = 0; i < again; i++)
        memcpy(to + at, from + at, (size_t)(half - at < share ? half - at : share));
    copied += (double)(half * again);
    now = bench_clock();
  }
  return 2 * copied / (now - start);
}

#endif
