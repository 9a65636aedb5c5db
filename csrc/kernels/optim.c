#include "kernels/optim.h"

#include <stddef.h>

#include "ecgraft/parallel.h"
#include "kernels/vmath.h"

enum { PIECE = 16384 };

static void sgd_piece(eg_real *restrict p, const eg_real *restrict g, eg_real *restrict b, int64_t n, const eg_sgd *c) {
  eg_real lr = (eg_real)c->lr, momentum = (eg_real)c->momentum, decay = (eg_real)c->weight_decay;
  eg_real share = c->first ? 1 : (eg_real)(1 - c->dampening), keep = c->first ? 0 : momentum;
  if (!b) {
    EG_PRAGMA(omp simd)
    for (int64_t i = 0; i < n; i++)
      p[i] -= lr * (g[i] + decay * p[i]);
  } else if (c->nesterov) {
    EG_PRAGMA(omp simd)
    for (int64_t i = 0; i < n; i++) {
      eg_real d = g[i] + decay * p[i];
      b[i] = keep * b[i] + share * d;
      p[i] -= lr * (d + momentum * b[i]);
    }
  } else {
    EG_PRAGMA(omp simd)
    for (int64_t i = 0; i < n; i++) {
      b[i] = keep * b[i] + share * (g[i] + decay * p[i]);
      p[i] -= lr * b[i];
    }
  }
}

void eg_k_sgd(eg_real *p, const eg_real *g, eg_real *buffer, int64_t n, const eg_sgd *c) {
  int64_t pieces = (n + PIECE - 1) / PIECE;
  EG_PARALLEL_FOR_IF(pieces > 1)
  for (int64_t piece = 0; piece < pieces; piece++) {
    int64_t at = piece * PIECE;
    sgd_piece(p + at, g + at, buffer ? buffer + at : NULL, n - at < PIECE ? n - at : PIECE, c);
  }
}

static void adam_piece(eg_real *restrict p, const eg_real *restrict g, eg_real *restrict m, eg_real *restrict v,
                       int64_t n, const eg_adam *c) {
  eg_real step = (eg_real)c->step_size, rest1 = (eg_real)(1 - c->beta1), beta2 = (eg_real)c->beta2;
  eg_real rest2 = (eg_real)(1 - c->beta2), eps = (eg_real)c->eps, root = (eg_real)c->root;
  eg_real decay = (eg_real)c->weight_decay, shrink = (eg_real)c->shrink;
  EG_PRAGMA(omp simd)
  for (int64_t i = 0; i < n; i++) {
    eg_real d = g[i] + decay * p[i];
    m[i] += rest1 * (d - m[i]);
    v[i] = beta2 * v[i] + rest2 * d * d;
    p[i] = shrink * p[i] - step * (m[i] / (eg_sqrt(v[i]) / root + eps));
  }
}

void eg_k_adam(eg_real *p, const eg_real *g, eg_real *m, eg_real *v, int64_t n, const eg_adam *c) {
  int64_t pieces = (n + PIECE - 1) / PIECE;
  EG_PARALLEL_FOR_IF(pieces > 1)
  for (int64_t piece = 0; piece < pieces; piece++) {
    int64_t at = piece * PIECE;
    adam_piece(p + at, g + at, m + at, v + at, n - at < PIECE ? n - at : PIECE, c);
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
    rmsprop_piece(p + at, g + at, square + at, mean ? mean + at : NULL, buffer ? buffer + at : NULL,
                  n - at < PIECE ? n - at : PIECE, c);
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
