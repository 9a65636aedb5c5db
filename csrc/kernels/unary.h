/* Elementwise functions of one input, each with its derivative.

   y (n) = f(x (n); p, q): p and q are the function's parameters (clamp: bounds; elu, leaky_relu: p is the slope). */
#ifndef EG_KERNELS_UNARY_H
#define EG_KERNELS_UNARY_H

#include <stdbool.h>
#include <stdint.h>

#include "ecgraft/real.h"

/* Each with what its derivative is computed from: the INPUT, the OUTPUT, or NOTHING. */
/* clang-format off */
#define EG_UNARY_FUNCTIONS(X) \
  X(abs, INPUT) X(clamp, INPUT) X(cos, INPUT) X(elu, INPUT) X(exp, OUTPUT) X(gelu, INPUT) X(leaky_relu, INPUT) \
  X(log, INPUT) X(log1p, INPUT) X(neg, NOTHING) X(relu, OUTPUT) X(rsqrt, OUTPUT) X(sigmoid, OUTPUT) X(sign, NOTHING) \
  X(silu, INPUT) X(sin, INPUT) X(softplus, INPUT) X(sqrt, OUTPUT) X(square, INPUT) X(tanh, OUTPUT)
/* clang-format on */

typedef enum eg_unary {
#define X(name, from) EG_UNARY_##name,
  EG_UNARY_FUNCTIONS(X)
#undef X
      EG_UNARY_COUNT
} eg_unary;

/* y (n) = f(x (n)); y may be x. */
void eg_k_unary(eg_unary f, eg_real *y, const eg_real *x, int64_t n, eg_real p, eg_real q);

/* dx (n) = g (n) f'(.), or dx += it where `add`; `kept` (n) is the input or the output, see the list; where that is
   NOTHING it is not read and may be NULL. */
void eg_k_unary_grad(eg_unary f, eg_real *dx, bool add, const eg_real *g, const eg_real *kept, int64_t n, eg_real p,
                     eg_real q);

#endif
