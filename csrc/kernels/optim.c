#include "kernels/optim.h"

#include <stddef.h>

#include "ecgraft/parallel.h"
#include "kernels/cpu.h"
#include "kernels/optim_vector.h"
#include "kernels/subnormal.h"
#include "kernels/vmath.h"

enum { PIECE = 16384 };

static const eg_optim_kernels *kernels_now(void) {
#ifndef EG_DOUBLE
  switch (eg_cpu_in_use()) {
#ifdef EG_HAVE_AVX512
  case EG_CPU_AVX512:
    return &eg_optim_avx512;
#endif
#ifdef EG_HAVE_AVX2
  case EG_CPU_AVX2:
    return &eg_optim_avx2;
#endif
  default:
    break;
  }
#endif
  return &eg_optim_portable;
}

void eg_k_sgd(eg_real *p, const eg_real *g, eg_real *buffer, int64_t n, const eg_sgd *c) {
  const eg_optim_kernels *kernels = kernels_now();
  int64_t pieces = (n + PIECE - 1) / PIECE;
  EG_PARALLEL_FOR_IF(pieces > 1)
  for (int64_t piece = 0; piece < pieces; piece++) {
    int64_t at = piece * PIECE;
    unsigned before = eg_subnormals_off();
    kernels->sgd(p + at, g + at, buffer ? buffer + at : NULL, n - at < PIECE ? n - at : PIECE, c);
    eg_subnormals_restore(before);
  }
}

void eg_k_adam(eg_real *p, const eg_real *g, eg_real *m, eg_real *v, int64_t n, const eg_adam *c) {
  const eg_optim_kernels *kernels = kernels_now();
  int64_t pieces = (n + PIECE - 1) / PIECE;
  EG_PARALLEL_FOR_IF(pieces > 1)
  for (int64_t piece = 0; piece < pieces; piece++) {
    int64_t at = piece * PIECE;
    unsigned before = eg_subnormals_off();
    kernels->adam(p + at, g + at, m + at, v + at, n - at < PIECE ? n - at : PIECE, c);
    eg_subnormals_restore(before);
  }
}

static void rmsprop_piece(eg_real *restrict p, const eg_real *restrict g, eg_real *restrict s, eg_real *restrict a,
                          eg_real *restrict b, int64_t n, const eg_rmsprop *c) {
  eg_real lr = (eg_real)c->lr, alpha = (eg_real)c->alpha, rest = (eg_real)(1 - c->alpha), eps = (eg_real)c->eps;
  eg_real decay = (eg_real)c->weight_decay, momentum = (eg_real)c->momentum;
  for (int64_t i = 0; i < n; i++) {
    eg_real d = g[i] + decay * p[i];
    s[i] = alpha * s[i] + rest * d * d;
    eg_real spread = s[i];
    if (a) {
      a[i] += rest * (d - a[i]);
      spread -= a[i] * a[i];
    }
    eg_real e = d / (eg_sqrt(spread) + eps);
    if (b)
      e = b[i] = momentum * b[i] + e;
    p[i] -= lr * e;
  }
}

void eg_k_rmsprop(eg_real *p, const eg_real *g, eg_real *square, eg_real *mean, eg_real *buffer, int64_t n,
                  const eg_rmsprop *c) {
  int64_t pieces = (n + PIECE - 1) / PIECE;
  EG_PARALLEL_FOR_IF(pieces > 1)
  for (int64_t piece = 0; piece < pieces; piece++) {
    int64_t at = piece * PIECE;
    unsigned before = eg_subnormals_off();
    rmsprop_piece(p + at, g + at, square + at, mean ? mean + at : NULL, buffer ? buffer + at : NULL,
                  n - at < PIECE ? n - at : PIECE, c);
    eg_subnormals_restore(before);
  }
}

int64_t eg_k_square_sums_count(int64_t n) {
  return (n + PIECE - 1) / PIECE;
}

void eg_k_square_sums(double *sums, const eg_real *x, int64_t n) {
  int64_t pieces = eg_k_square_sums_count(n);
  EG_PARALLEL_FOR_IF(pieces > 1)
  for (int64_t piece = 0; piece < pieces; piece++) {
    int64_t from = piece * PIECE, end = n - from < PIECE ? n : from + PIECE;
    double sum = 0;
    EG_PRAGMA(omp simd reduction(+ : sum))
    for (int64_t i = from; i < end; i++)
      sum += (double)x[i] * x[i];
    sums[piece] = sum;
  }
}

void eg_k_limit(eg_real *x, double most, int64_t n) {
  eg_real limit = (eg_real)most;
  for (int64_t i = 0; i < n; i++)
    x[i] = x[i] > limit ? limit : x[i] < -limit ? -limit : x[i];
}
