#include "kernels/unary.h"

#include "ecgraft/parallel.h"
#include "kernels/cpu.h"
#include "kernels/unary_vector.h"
#include "kernels/vmath.h"

#define ALWAYS static inline __attribute__((always_inline))
#define R(constant) ((eg_real)(constant))

enum { PIECE = 16384, BLOCK = 512 };

/* Each function beside its gradient, which is written with g, the gradient that comes in, and x (FROM_X) or y (FROM_Y).
   Comparisons are arranged so that a NaN passes. */
#define FROM_X(name, forward, gradient)                                                                                \
  ALWAYS eg_real name##_of(eg_real x, eg_real p, eg_real q) {                                                          \
    (void)p, (void)q;                                                                                                  \
    return forward;                                                                                                    \
  }                                                                                                                    \
  ALWAYS eg_real name##_back(eg_real g, eg_real x, eg_real p, eg_real q) {                                             \
    (void)p, (void)q, (void)x;                                                                                         \
    return gradient;                                                                                                   \
  }
#define FROM_Y(name, forward, gradient)                                                                                \
  ALWAYS eg_real name##_of(eg_real x, eg_real p, eg_real q) {                                                          \
    (void)p, (void)q;                                                                                                  \
    return forward;                                                                                                    \
  }                                                                                                                    \
  ALWAYS eg_real name##_back(eg_real g, eg_real y, eg_real p, eg_real q) {                                             \
    (void)p, (void)q;                                                                                                  \
    return gradient;                                                                                                   \
  }

ALWAYS eg_real sign(eg_real x) {
  return x > 0 ? 1 : x < 0 ? -1 : x;
}

/* As in PyTorch: where p > q, everything becomes q; the bounds themselves pass their gradient. */
ALWAYS eg_real clamp(eg_real x, eg_real p, eg_real q) {
  eg_real least = x < p ? p : x;
  return least > q ? q : least;
}

ALWAYS eg_real normal_cdf(eg_real x) {
  return R(0.5) * (1 + eg_erf(x * R(0.70710678118654752440)));
}

ALWAYS eg_real normal_density(eg_real x) {
  return R(0.39894228040143267794) * eg_exp(R(-0.5) * x * x);
}

ALWAYS eg_real silu_slope(eg_real x) {
  eg_real s = eg_sigmoid(x);
  return s * (1 + x * (1 - s));
}

/* clang-format off: a table */
FROM_X(abs, eg_fabs(x), g *sign(x))
FROM_X(clamp, clamp(x, p, q), x<p || x> q ? 0 : g)
FROM_X(cos, eg_cos(x), -g *eg_sin(x))
FROM_X(elu, x > 0 ? x : p * eg_expm1(x), x > 0 ? g : g * p * eg_exp(x))
FROM_Y(exp, eg_exp(x), g *y)
FROM_X(gelu, x *normal_cdf(x), g *(normal_cdf(x) + x * normal_density(x)))
FROM_X(leaky_relu, x > 0 ? x : p * x, x > 0 ? g : p * g)
FROM_X(log, eg_log(x), g / x)
FROM_X(log1p, eg_log1p(x), g / (1 + x))
FROM_X(neg, -x, -g)
FROM_Y(relu, x <= 0 ? 0 : x, y <= 0 ? 0 : g)
FROM_Y(rsqrt, 1 / eg_sqrt(x), R(-0.5) * g * y * y * y)
FROM_Y(sigmoid, eg_sigmoid(x), g *y *(1 - y))
FROM_X(sign, sign(x), 0 * g)
FROM_X(silu, x *eg_sigmoid(x), g *silu_slope(x))
FROM_X(sin, eg_sin(x), g *eg_cos(x))
FROM_X(softplus, eg_softplus(x), g *eg_sigmoid(x))
FROM_Y(sqrt, eg_sqrt(x), g / (2 * y))
FROM_X(square, x *x, 2 * g * x)
FROM_Y(tanh, eg_tanh(x), g *(1 - y * y))
/* clang-format on */

/* One pair of loops a function. Where the gradient is added, it goes by way of a block that stays in the cache. */
#define LOOPS(name, from)                                                                                              \
  static void name##_run(eg_real *y, const eg_real *x, int64_t n, eg_real p, eg_real q) {                              \
    EG_PRAGMA(omp simd)                                                                                                \
    for (int64_t i = 0; i < n; i++)                                                                                    \
      y[i] = name##_of(x[i], p, q);                                                                                    \
  }                                                                                                                    \
  static void name##_grad(eg_real *restrict d, const eg_real *restrict g, const eg_real *restrict k, int64_t n,        \
                          eg_real p, eg_real q) {                                                                      \
    EG_PRAGMA(omp simd)                                                                                                \
    for (int64_t i = 0; i < n; i++)                                                                                    \
      d[i] = name##_back(g[i], k[i], p, q);                                                                            \
  }
EG_UNARY_FUNCTIONS(LOOPS)

static const struct {
  eg_unary_run *run;
  eg_unary_back *back;
} functions[] = {
#define ENTRY(name, from) [EG_UNARY_##name] = {name##_run, name##_grad},
    EG_UNARY_FUNCTIONS(ENTRY)};

const eg_unary_kernels *eg_unary_kernels_now(void) {
#ifndef EG_DOUBLE
  switch (eg_cpu_in_use()) {
#ifdef EG_HAVE_AVX512
  case EG_CPU_AVX512:
    return &eg_unary_avx512;
#endif
#ifdef EG_HAVE_AVX2
  case EG_CPU_AVX2:
    return &eg_unary_avx2;
#endif
  default:
    break;
  }
#endif
  return &eg_unary_portable;
}

void eg_k_unary(eg_unary f, eg_real *y, const eg_real *x, int64_t n, eg_real p, eg_real q) {
  int64_t pieces = (n + PIECE - 1) / PIECE;
  eg_unary_run *vector = eg_unary_kernels_now()->run[f], *run = vector ? vector : functions[f].run;
  EG_PARALLEL_FOR_IF(pieces > 1)
  for (int64_t i = 0; i < pieces; i++) {
    int64_t from = i * PIECE, count = n - from < PIECE ? n - from : PIECE;
    run(y + from, x + from, count, p, q);
  }
}

void eg_k_unary_grad(eg_unary f, eg_real *dx, bool add, const eg_real *g, const eg_real *kept, int64_t n, eg_real p,
                     eg_real q) {
  int64_t pieces = (n + PIECE - 1) / PIECE;
  eg_unary_back *vector = eg_unary_kernels_now()->back[f], *back = vector ? vector : functions[f].back;
  if (!kept)
    kept = g; /* not used, but something that can be read */
  EG_PARALLEL_FOR_IF(pieces > 1)
  for (int64_t i = 0; i < pieces; i++) {
    int64_t from = i * PIECE, end = n - from < PIECE ? n : from + PIECE;
    if (!add) {
      back(dx + from, g + from, kept + from, end - from, p, q);
      continue;
    }
    for (int64_t at = from; at < end; at += BLOCK) {
      eg_real block[BLOCK];
      int64_t count = end - at < BLOCK ? end - at : BLOCK;
      back(block, g + at, kept + at, count, p, q);
      EG_PRAGMA(omp simd)
      for (int64_t k = 0; k < count; k++)
        dx[at + k] += block[k];
    }
  }
}
