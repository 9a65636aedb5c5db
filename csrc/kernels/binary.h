/* Elementwise functions of two inputs that broadcast, each with both derivatives; comparisons; choice by a condition.

   The result is contiguous and visited in order; how its operands are reached is said by a walk whose operands are
   those of the call, in its order. */
#ifndef EG_KERNELS_BINARY_H
#define EG_KERNELS_BINARY_H

#include <stdbool.h>

#include "ecgraft/real.h"
#include "kernels/walk.h"

#define EG_BINARY_DIFFERENTIABLE(X) X(add) X(sub) X(mul) X(div) X(pow) X(maximum) X(minimum)
#define EG_BINARY_COMPARISONS(X) X(eq) X(ne) X(lt) X(le) X(gt) X(ge)

typedef enum eg_binary {
#define X(name) EG_BINARY_##name,
  EG_BINARY_DIFFERENTIABLE(X) EG_BINARY_COMPARISONS(X)
#undef X
} eg_binary;

/* y = f(a, b); a comparison gives 1 or 0. Operands of the walk: a, b. */
void eg_k_binary(eg_binary f, eg_real *y, const eg_walk *walk, const eg_real *a, const eg_real *b);

/* d = g df/da (which 0) or g df/db (which 1), of the result's shape; d += it where `add`. Operands of the walk: g, a,
   b. For f among the differentiable ones. */
void eg_k_binary_grad(eg_binary f, int which, eg_real *d, bool add, const eg_walk *walk, const eg_real *g,
                      const eg_real *a, const eg_real *b);

/* y = condition ? a : b; what is not 0 is true, a NaN too. Operands: condition, a, b. */
void eg_k_where(eg_real *y, const eg_walk *walk, const eg_real *condition, const eg_real *a, const eg_real *b);

/* d = g where the condition is `truth`, else 0; d += it where `add`. Operands: g, condition. */
void eg_k_where_grad(eg_real *d, bool add, bool truth, const eg_walk *walk, const eg_real *g, const eg_real *condition);

#endif
