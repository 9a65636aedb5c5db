/* Softmax, its logarithm, and the logarithm of a sum of exponentials along a dimension. An array is seen as
   (outer, R, inner), R being the dimension. Stable: the largest entry is taken out first; sums run in double. */
#ifndef EG_KERNELS_SOFTMAX_H
#define EG_KERNELS_SOFTMAX_H

#include <stdbool.h>
#include <stdint.h>

#include "ecgraft/real.h"

/* y (outer, R, inner) = exp(x) / sum over r of exp(x), or the logarithm of that where `log`. y may be x. */
void eg_k_softmax(eg_real *y, bool log, const eg_real *x, int64_t outer, int64_t R, int64_t inner);

/* dx from g and the result y, all (outer, R, inner): y (g - sum g y), or g - exp(y) sum g where `log`; += where `add`.
 */
void eg_k_softmax_grad(eg_real *dx, bool add, bool log, const eg_real *g, const eg_real *y, int64_t outer, int64_t R,
                       int64_t inner);

/* y (outer, inner) = log(sum over r of exp(x (outer, R, inner))) */
void eg_k_logsumexp(eg_real *y, const eg_real *x, int64_t outer, int64_t R, int64_t inner);

/* dx (outer, R, inner) = g (outer, inner) exp(x - y (outer, inner)); dx += it where `add`. */
void eg_k_logsumexp_grad(eg_real *dx, bool add, const eg_real *g, const eg_real *x, const eg_real *y, int64_t outer,
                         int64_t R, int64_t inner);

#endif
