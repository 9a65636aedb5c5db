/* exp, sigmoid, tanh and their like of a vector, to be included after one of the ORDER VECTOR headers. One algorithm
   for every instruction set; where a b + c is not fused, the error is slightly larger. Polynomials: minimax fits
   (Remez) of the relative error, rounded to float. Largest errors over all floats, in units in the last place: exp 2,
   expm1 3, sigmoid 4, tanh 2, erf 4, softplus 4, log and log1p 2. spec/c/test_vmath.c holds them, over every 997th
   float, or over all where ECGRAFT_EXHAUSTIVE is set. NaN gives NaN. */
#ifndef EG_KERNELS_VECTOR_VMATH_H
#define EG_KERNELS_VECTOR_VMATH_H

#include "ecgraft/real.h"

/* over / under; under is at least 1 and below 2^30, and below 4 but for tanh, so that the product of a few is finite:
   several quotients can share one division. */
typedef struct vec_ratio {
  vec over, under;
} vec_ratio;

#ifdef EG_DOUBLE /* the build that checks gradients: the C library's functions */

#include <math.h>

VEC vec vec_exp(vec x) {
  for (int i = 0; i < VEC_WIDTH; i++)
    x[i] = exp(x[i]);
  return x;
}
VEC vec vec_tanh(vec x) {
  for (int i = 0; i < VEC_WIDTH; i++)
    x[i] = tanh(x[i]);
  return x;
}
VEC vec vec_erf(vec x) {
  for (int i = 0; i < VEC_WIDTH; i++)
    x[i] = erf(x[i]);
  return x;
}
VEC vec vec_expm1(vec x) {
  for (int i = 0; i < VEC_WIDTH; i++)
    x[i] = expm1(x[i]);
  return x;
}
VEC vec vec_softplus(vec x) {
  for (int i = 0; i < VEC_WIDTH; i++)
    x[i] = (x[i] > 0 ? x[i] : 0) + log1p(exp(-fabs(x[i])));
  return x;
}
VEC vec vec_log(vec x) {
  for (int i = 0; i < VEC_WIDTH; i++)
    x[i] = log(x[i]);
  return x;
}
VEC vec vec_log1p(vec x) {
  for (int i = 0; i < VEC_WIDTH; i++)
    x[i] = log1p(x[i]);
  return x;
}
VEC vec_ratio vec_sigmoid_ratio(vec x) {
  vec e = vec_exp(vec_sub(vec_set(0), vec_abs(x)));
  return (vec_ratio){vec_select(vec_less(x, vec_set(0)), e, vec_set(1)), vec_add(vec_set(1), e)};
}
VEC vec_ratio vec_tanh_ratio(vec x) {
  return (vec_ratio){vec_tanh(x), vec_set(1)};
}

#else

#include <float.h>
#include <math.h>

/* x = n ln 2 + r, |r| <= ln 2 / 2: e^r - 1 = r + r^2 q(r), to 2^-28 of e^r. */
VEC vec exp_minus_1_of_rest(vec x, vec *n) {
  vec shift = vec_set(12582912.0f); /* 1.5 2^23: a sum with it has no fraction */
  *n = vec_sub(vec_fma(x, vec_set(1.44269504f), shift), shift);
  /* ln 2 in two parts, the first short enough for n times it to be exact */
  vec r = vec_fnma(*n, vec_set(0.693145752f), x);
  r = vec_fnma(*n, vec_set(1.42860677e-6f), r);
  vec q = vec_fma(vec_set(1.3814537e-3f), r, vec_set(8.368745e-3f));
  q = vec_fma(q, r, vec_set(4.166839e-2f));
  q = vec_fma(q, r, vec_set(0.16666521f));
  q = vec_fma(q, r, vec_set(0.49999994f));
  return vec_fma(vec_mul(r, r), q, r);
}

VEC vec vec_exp(vec x) {
  vec n;
  x = vec_min(vec_set(89), vec_max(vec_set(-104.5f), x)); /* beyond: infinity and 0 */
  vec p = exp_minus_1_of_rest(x, &n);
  return vec_scale(vec_add(vec_set(1), p), n);
}

/* 2^n (e^r - 1) + (2^n - 1), which keeps small x exact. The power is halved, so that it is finite where the result is.
 */
VEC vec vec_expm1(vec x) {
  vec n, half = vec_set(0.5f);
  vec p = exp_minus_1_of_rest(vec_min(vec_set(89), vec_max(vec_set(-20), x)), &n);
  vec power = vec_scale(half, n), result = vec_fma(power, p, vec_sub(power, half));
  return vec_add(result, result);
}

/* With e = exp(-|x|): e / (1 + e) for x < 0, else 1 / (1 + e). */
VEC vec_ratio vec_sigmoid_ratio(vec x) {
  vec e = vec_exp(vec_sub(vec_set(0), vec_abs(x)));
  return (vec_ratio){vec_select(vec_less(x, vec_set(0)), e, vec_set(1)), vec_add(vec_set(1), e)};
}

/* For a >= 0, with m = exp(2 a) - 1: m / (m + 2). From 10 on tanh is 1 in float. */
VEC vec_ratio tanh_ratio_of_positive(vec a) {
  vec n, p = exp_minus_1_of_rest(vec_min(vec_set(20), vec_add(a, a)), &n);
  vec power = vec_scale(vec_set(1), n), m = vec_fma(power, p, vec_sub(power, vec_set(1)));
  return (vec_ratio){m, vec_add(m, vec_set(2))};
}

/* Its quotient is within 3 units in the last place. */
VEC vec_ratio vec_tanh_ratio(vec x) {
  vec_ratio r = tanh_ratio_of_positive(vec_abs(x));
  return (vec_ratio){vec_with_sign(r.over, x), r.under};
}

/* Up to 0.4, where the three roundings of that quotient would add up, an odd polynomial. */
VEC vec vec_tanh(vec x) {
  vec a = vec_abs(x), z = vec_mul(x, x);
  vec_ratio large = tanh_ratio_of_positive(a);
  vec p = vec_fma(vec_set(1.8744063e-2f), z, vec_set(-5.3561937e-2f));
  p = vec_fma(p, z, vec_set(0.13331214f));
  p = vec_fma(p, z, vec_set(-0.333333f));
  vec small = vec_fma(vec_mul(a, z), p, a);
  return vec_with_sign(vec_select(vec_less(a, vec_set(0.4f)), small, vec_div(large.over, large.under)), x);
}

/* Up to 1 an odd polynomial; above, 1 - exp(-q(|x|)) with q a fit of -log(erfc) on 0.9 .. 3.95, from where on it is 1.
 */
VEC vec vec_erf(vec x) {
  vec a = vec_min(vec_set(3.95f), vec_abs(x)), z = vec_mul(x, x);
  vec small = vec_fma(vec_set(7.853862e-5f), z, vec_set(-8.0101937e-4f));
  small = vec_fma(small, z, vec_set(5.1883277e-3f));
  small = vec_fma(small, z, vec_set(-2.6853813e-2f));
  small = vec_fma(small, z, vec_set(0.112835854f));
  small = vec_fma(small, z, vec_set(-0.37612626f));
  small = vec_mul(x, vec_fma(small, z, vec_set(1.1283791f)));
  vec q = vec_fma(vec_set(-1.9821945e-4f), a, vec_set(3.0654883e-3f));
  q = vec_fma(q, a, vec_set(-2.2315206e-2f));
  q = vec_fma(q, a, vec_set(0.10411367f));
  q = vec_fma(q, a, vec_set(0.6369761f));
  q = vec_fma(q, a, vec_set(1.1277972f));
  q = vec_fma(q, a, vec_set(1.6644952e-4f));
  vec large = vec_with_sign(vec_sub(vec_set(1), vec_exp(vec_sub(vec_set(0), q))), x);
  return vec_select(vec_less(vec_abs(x), vec_set(1)), small, large);
}

/* max(x, 0) + log(1 + e) with e = exp(-|x|), where log(1 + e) = 2 artanh(s), s = e / (2 + e) <= 1/3. */
VEC vec vec_softplus(vec x) {
  vec e = vec_exp(vec_sub(vec_set(0), vec_abs(x))), s = vec_div(e, vec_add(vec_set(2), e)), z = vec_mul(s, s);
  vec p = vec_fma(vec_set(0.12144778f), z, vec_set(0.107153706f));
  p = vec_fma(p, z, vec_set(0.14308298f));
  p = vec_fma(p, z, vec_set(0.19999444f));
  p = vec_fma(p, z, vec_set(0.33333337f));
  vec log = vec_fma(vec_mul(s, z), p, s);
  return vec_add(vec_max(vec_set(0), x), vec_add(log, log));
}

/* |x| = m 2^n with m from sqrt(1/2) to sqrt 2, for an ordinary x; the value is m - 1, exactly. */
VEC vec split_power(vec x, vec *n) {
  vec_int bits = (vec_int)vec_abs(x), power = (bits - 0x3f3504f3) >> 23;
  *n = __builtin_convertvector(power, vec);
  return vec_sub((vec)(bits - (power << 23)), vec_set(1));
}

/* log(1 + f) + n ln 2 = f - f^2 / 2 + f^3 p(f) + n ln 2, the last in two parts, the first short enough for n times it
   to be exact. */
VEC vec log_of_split(vec f, vec n) {
  vec z = vec_mul(f, f);
  vec p = vec_fma(vec_set(-7.6363951e-2f), f, vec_set(0.127621979f));
  p = vec_fma(p, f, vec_set(-0.131596133f));
  p = vec_fma(p, f, vec_set(0.142015815f));
  p = vec_fma(p, f, vec_set(-0.166234091f));
  p = vec_fma(p, f, vec_set(0.200012416f));
  p = vec_fma(p, f, vec_set(-0.250008196f));
  p = vec_fma(p, f, vec_set(0.333333313f));
  vec rest = vec_fma(n, vec_set(-2.12194440e-4f), vec_mul(vec_mul(f, z), p));
  rest = vec_fnma(vec_set(0.5f), z, rest);
  return vec_fma(n, vec_set(0.693359375f), vec_add(f, rest));
}

/* `log` where x is above 0 and finite; else what is left: infinity and NaN as they are, -infinity at 0, NaN below. */
VEC vec log_or_edge(vec x, vec log) {
  vec edge = vec_select(vec_less(x, vec_set(0)), vec_set(NAN), vec_set(-INFINITY));
  log = vec_select(vec_less(x, vec_set(FLT_TRUE_MIN)), edge, log);
  return vec_select(vec_less(x, vec_set(INFINITY)), log, x);
}

/* Subnormal arguments are made ordinary first. */
VEC vec vec_log(vec x) {
  vec n, zero = vec_set(0);
  vec_mask small = vec_less(x, vec_set(FLT_MIN));
  vec f = split_power(vec_select(small, vec_mul(x, vec_set(8388608)), x), &n);
  return log_or_edge(x, log_of_split(f, vec_sub(n, vec_select(small, vec_set(23), zero))));
}

/* log of the sum 1 + x, whose rounding error goes back into the fraction, so that small x are kept exactly. */
VEC vec vec_log1p(vec x) {
  vec n, one = vec_set(1), sum = vec_add(one, x), shown = vec_sub(sum, one);
  vec lost = vec_add(vec_sub(one, vec_sub(sum, shown)), vec_sub(x, shown));
  vec f = split_power(sum, &n);
  return log_or_edge(sum, log_of_split(vec_add(f, vec_scale(lost, vec_sub(vec_set(0), n))), n));
}

#endif

VEC vec vec_sigmoid(vec x) {
  vec_ratio r = vec_sigmoid_ratio(x);
  return vec_div(r.over, r.under);
}

#endif
