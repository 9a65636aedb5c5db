/* One step of an optimizer over the entries of one parameter: one pass, in pieces cut by the data. All arrays (n). */
#ifndef EG_KERNELS_OPTIM_H
#define EG_KERNELS_OPTIM_H

#include <stdbool.h>
#include <stdint.h>

#include "ecgraft/real.h"

typedef struct eg_sgd {
  double lr, momentum, dampening, weight_decay;
  bool nesterov, first; /* first: the buffer begins as the gradient */
} eg_sgd;
/* d = g + weight_decay p;  buffer = momentum buffer + (1 - dampening) d;  p -= lr (buffer, or d + momentum buffer).
   buffer NULL: p -= lr d. */
void eg_k_sgd(eg_real *p, const eg_real *g, eg_real *buffer, int64_t n, const eg_sgd *c);

typedef struct eg_adam {
  double step_size; /* lr / (1 - beta1^t) */
  double beta1, beta2, eps;
  double root;         /* sqrt(1 - beta2^t) */
  double weight_decay; /* added to the gradient */
  double shrink;       /* p *= shrink before the step */
} eg_adam;
/* m += (1 - beta1) (d - m);  v = beta2 v + (1 - beta2) d^2;  p = shrink p - step_size m / (sqrt(v) / root + eps) */
void eg_k_adam(eg_real *p, const eg_real *g, eg_real *m, eg_real *v, int64_t n, const eg_adam *c);

typedef struct eg_rmsprop {
  double lr, alpha, eps, weight_decay, momentum;
} eg_rmsprop;
/* s = alpha s + (1 - alpha) d^2;  a += (1 - alpha) (d - a);  e = d / (sqrt(s - a^2) + eps);
   buffer = momentum buffer + e;  p -= lr (buffer or e). mean (a) and buffer may be NULL. */
void eg_k_rmsprop(eg_real *p, const eg_real *g, eg_real *square, eg_real *mean, eg_real *buffer, int64_t n,
                  const eg_rmsprop *c);

/* How many sums eg_k_square_sums writes: one for each piece of x (n). */
int64_t eg_k_square_sums_count(int64_t n);
/* sums: of x^2 over each piece */
void eg_k_square_sums(double *sums, const eg_real *x, int64_t n);

/* x (n) limited to -most .. most; a NaN stays. */
void eg_k_limit(eg_real *x, double most, int64_t n);

#endif
