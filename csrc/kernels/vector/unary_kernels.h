/* The kernels of kernels/unary_vector.h, to be compiled after one of the ORDER VECTOR headers. */
#include <stddef.h>

#include "kernels/unary_vector.h"
#include "kernels/vector/part.h"
#include "kernels/vector/vmath.h"

VEC vec normal_cdf(vec x) {
  return vec_mul(vec_set((eg_real)0.5),
                 vec_add(vec_set(1), vec_erf(vec_mul(x, vec_set((eg_real)0.70710678118654752440)))));
}

VEC vec normal_density(vec x) {
  return vec_mul(vec_set((eg_real)0.39894228040143267794), vec_exp(vec_mul(vec_set((eg_real)-0.5), vec_mul(x, x))));
}

/* s (1 + x (1 - s)) */
VEC vec silu_slope(vec x) {
  vec s = vec_sigmoid(x);
  return vec_mul(s, vec_fma(x, vec_sub(vec_set(1), s), vec_set(1)));
}

/* `positive` for x > 0, else (also for a NaN) `other` */
VEC vec by_sign(vec x, vec positive, vec other) {
  return vec_select(vec_less(vec_set(0), x), positive, other);
}

/* y = value of x and p; d = value of g, x and p. */
#define RUN(name, value)                                                                                               \
  static void name(eg_real *y, const eg_real *at, int64_t n, eg_real p, eg_real q) {                                   \
    (void)p, (void)q;                                                                                                  \
    int64_t i = 0;                                                                                                     \
    for (; i + VEC_WIDTH <= n; i += VEC_WIDTH) {                                                                       \
      vec x = vec_load(at + i);                                                                                        \
      vec_store(y + i, value);                                                                                         \
    }                                                                                                                  \
    if (i < n) {                                                                                                       \
      vec x = vec_load_part(at + i, n - i);                                                                            \
      vec_store_part(y + i, n - i, value);                                                                             \
    }                                                                                                                  \
  }
#define BACK(name, value)                                                                                              \
  static void name(eg_real *d, const eg_real *from, const eg_real *at, int64_t n, eg_real p, eg_real q) {              \
    (void)p, (void)q;                                                                                                  \
    int64_t i = 0;                                                                                                     \
    for (; i + VEC_WIDTH <= n; i += VEC_WIDTH) {                                                                       \
      vec g = vec_load(from + i), x = vec_load(at + i);                                                                \
      vec_store(d + i, value);                                                                                         \
    }                                                                                                                  \
    if (i < n) {                                                                                                       \
      vec g = vec_load_part(from + i, n - i), x = vec_load_part(at + i, n - i);                                        \
      vec_store_part(d + i, n - i, value);                                                                             \
    }                                                                                                                  \
  }

/* clang-format off: a table */
RUN(run_exp, vec_exp(x))
RUN(run_sigmoid, vec_sigmoid(x))
RUN(run_tanh, vec_tanh(x))
RUN(run_silu, vec_mul(x, vec_sigmoid(x)))
RUN(run_gelu, vec_mul(x, normal_cdf(x)))
RUN(run_elu, by_sign(x, x, vec_mul(vec_set(p), vec_expm1(x))))
RUN(run_softplus, vec_softplus(x))
RUN(run_log, vec_log(x))
RUN(run_log1p, vec_log1p(x))
BACK(back_silu, vec_mul(g, silu_slope(x)))
BACK(back_gelu, vec_mul(g, vec_fma(x, normal_density(x), normal_cdf(x))))
BACK(back_elu, by_sign(x, g, vec_mul(vec_mul(g, vec_set(p)), vec_exp(x))))
BACK(back_softplus, vec_mul(g, vec_sigmoid(x)))
/* clang-format on */

static void exp_of_shifted(eg_real *y, const eg_real *x, int64_t n, eg_real shift) {
  int64_t i = 0;
  for (; i + VEC_WIDTH <= n; i += VEC_WIDTH)
    vec_store(y + i, vec_exp(vec_sub(vec_load(x + i), vec_set(shift))));
  if (i < n)
    vec_store_part(y + i, n - i, vec_exp(vec_sub(vec_load_part(x + i, n - i), vec_set(shift))));
}

#define UNARY_NAME_OF(isa) eg_unary_##isa
#define UNARY_NAME(isa) UNARY_NAME_OF(isa)

const eg_unary_kernels UNARY_NAME(VEC_ISA) = {.run = {[EG_UNARY_exp] = run_exp,
                                                      [EG_UNARY_sigmoid] = run_sigmoid,
                                                      [EG_UNARY_tanh] = run_tanh,
                                                      [EG_UNARY_silu] = run_silu,
                                                      [EG_UNARY_gelu] = run_gelu,
                                                      [EG_UNARY_elu] = run_elu,
                                                      [EG_UNARY_softplus] = run_softplus,
                                                      [EG_UNARY_log] = run_log,
                                                      [EG_UNARY_log1p] = run_log1p},
                                              .back = {[EG_UNARY_silu] = back_silu,
                                                       [EG_UNARY_gelu] = back_gelu,
                                                       [EG_UNARY_elu] = back_elu,
                                                       [EG_UNARY_softplus] = back_softplus},
                                              .exp_of_shifted = exp_of_shifted};
