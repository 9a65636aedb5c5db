/* Losses, entry by entry, and their gradients; the sum is somebody else's. In each, g is the gradient of a loss entry
   and `g_step` 1, or 0 where there is one g for all. */
#ifndef EG_KERNELS_LOSS_H
#define EG_KERNELS_LOSS_H

#include <stdbool.h>
#include <stdint.h>

#include "ecgraft/real.h"
#include "kernels/walk.h"

/* y (n) = (x - z)^2 */
void eg_k_squared_error(eg_real *y, const eg_real *x, const eg_real *z, int64_t n);

/* d (n) = scale * g * 2 (x - z); d += it where `add`. */
void eg_k_squared_error_grad(eg_real *d, bool add, double scale, const eg_real *g, int64_t g_step, const eg_real *x,
                             const eg_real *z, int64_t n);

/* Binary cross-entropy of logits x with targets z, weight w and weight p of the positive class:
     y = w ((1 - z) x + (1 + (p - 1) z) log(1 + exp(-x)))
   Operands of the walk: x, z, p, w. */
void eg_k_bce(eg_real *y, const eg_walk *walk, const eg_real *x, const eg_real *z, const eg_real *p, const eg_real *w);

/* d = scale * g * dy/dx (which 0) or dy/dz (which 1); d += it where `add`. Operands: g, x, z, p, w. */
void eg_k_bce_grad(eg_real *d, int which, bool add, double scale, const eg_walk *walk, const eg_real *g,
                   const eg_real *x, const eg_real *z, const eg_real *p, const eg_real *w);

/* What cross-entropy sums over the classes k of sample n: -c log q, q being the softmax of the logits, with
     c (k) = w (k) ((1 - s) t (k) + s / K)
   t: the target's probability, or 1 at the class the target names; s: label smoothing; w: class weights, NULL for 1. */
typedef struct eg_ce_target {
  const eg_real *index; /* (N), whole numbers 0 .. K - 1, or NULL */
  const eg_real *t;     /* (N, K), where index is NULL */
  const eg_real *w;     /* (K) or NULL */
  double smoothing;
  int64_t K;
} eg_ce_target;

/* y (N) from log q (N, K) */
void eg_k_cross_entropy(eg_real *y, const eg_real *log_q, const eg_ce_target *target, int64_t N);

/* d (N, K) = scale * g * (q sum c - c): the gradient for the logits; d += it where `add`. */
void eg_k_cross_entropy_grad(eg_real *d, bool add, double scale, const eg_real *g, int64_t g_step, const eg_real *log_q,
                             const eg_ce_target *target, int64_t N);

/* d (N, K) = -scale * g (1 - s) w log q: the gradient for targets given as probabilities; d += it where `add`. */
void eg_k_cross_entropy_grad_target(eg_real *d, bool add, double scale, const eg_real *g, int64_t g_step,
                                    const eg_real *log_q, const eg_ce_target *target, int64_t N);

#endif
