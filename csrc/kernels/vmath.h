/* The functions of the scalar: one place for exp, tanh and their like, in the build's precision. */
#ifndef EG_KERNELS_VMATH_H
#define EG_KERNELS_VMATH_H

#include <math.h>

#include "ecgraft/real.h"

#ifdef EG_DOUBLE
#define EG_VMATH(name) name
#else
#define EG_VMATH(name) name##f
#endif

#define EG_VMATH_1(name)                                                                                               \
  static inline eg_real eg_##name(eg_real x) {                                                                         \
    return EG_VMATH(name)(x);                                                                                          \
  }

EG_VMATH_1(exp)
EG_VMATH_1(expm1)
EG_VMATH_1(log)
EG_VMATH_1(log1p)
EG_VMATH_1(sqrt)
EG_VMATH_1(sin)
EG_VMATH_1(cos)
EG_VMATH_1(tanh)
EG_VMATH_1(erf)
EG_VMATH_1(fabs)

#undef EG_VMATH_1

static inline eg_real eg_pow(eg_real x, eg_real y) {
  return EG_VMATH(pow)(x, y);
}

/* 1 / (1 + exp(-x)), without overflow */
static inline eg_real eg_sigmoid(eg_real x) {
  eg_real e = eg_exp(-eg_fabs(x));
  return (x < 0 ? e : 1) / (1 + e);
}

/* log(1 + exp(x)), without overflow */
static inline eg_real eg_softplus(eg_real x) {
  return (x > 0 ? x : 0) + eg_log1p(eg_exp(-eg_fabs(x)));
}

#endif
