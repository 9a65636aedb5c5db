/* The kernels of kernels/loss_vector.h, to be compiled after one of the ORDER VECTOR headers. `n`: how many entries of
   a vector belong to the row; VEC_WIDTH or more means all. */
#include <float.h>
#include <stddef.h>

#include "kernels/loss_vector.h"
#include "kernels/vector/part.h"
#include "kernels/vector/sum.h"
#include "kernels/vector/vmath.h"

#ifdef EG_DOUBLE
#define LEAST DBL_TRUE_MIN
#else
#define LEAST FLT_TRUE_MIN
#endif

/* Entries i, i + 1, ... of an operand whose entries lie `step` apart. */
VEC vec operand(const eg_real *from, int64_t step, int64_t i, int64_t n) {
  if (step == 1)
    return load_some(from + i, n);
  if (step == 0)
    return vec_set(*from);
  eg_real gathered[VEC_WIDTH] = {0};
  for (int64_t k = 0; k < n && k < VEC_WIDTH; k++)
    gathered[k] = from[(i + k) * step];
  return vec_load(gathered);
}

VEC void store_gradient(eg_real *d, bool add, int64_t n, vec value) {
  store_some(d, n, add ? vec_add(load_some(d, n), value) : value);
}

static void squared_error(eg_real *y, const eg_real *x, const eg_real *z, int64_t n) {
  for (int64_t i = 0; i < n; i += VEC_WIDTH) {
    vec d = vec_sub(load_some(x + i, n - i), load_some(z + i, n - i));
    store_some(y + i, n - i, vec_mul(d, d));
  }
}

static void squared_error_grad(eg_real *d, bool add, double scale, const eg_real *g, int64_t g_step, const eg_real *x,
                               const eg_real *z, int64_t n) {
  vec factor = vec_set((eg_real)(2 * scale));
  for (int64_t i = 0; i < n; i += VEC_WIDTH) {
    vec apart = vec_sub(load_some(x + i, n - i), load_some(z + i, n - i));
    store_gradient(d + i, add, n - i, vec_mul(vec_mul(factor, operand(g, g_step, i, n - i)), apart));
  }
}

/* 1 + (p - 1) z */
VEC vec positive_share(vec z, vec p) {
  return vec_fma(vec_sub(p, vec_set(1)), z, vec_set(1));
}

/* log(1 + exp(-x)) = softplus(-x) */
static void bce(eg_real *y, const eg_real *const *from, const int64_t *step, int64_t n) {
  for (int64_t i = 0; i < n; i += VEC_WIDTH) {
    vec x = operand(from[0], step[0], i, n - i), z = operand(from[1], step[1], i, n - i);
    vec p = operand(from[2], step[2], i, n - i), w = operand(from[3], step[3], i, n - i);
    vec loss = vec_mul(positive_share(z, p), vec_softplus(vec_sub(vec_set(0), x)));
    store_some(y + i, n - i, vec_mul(w, vec_fma(vec_sub(vec_set(1), z), x, loss)));
  }
}

VEC vec bce_to_x(vec x, vec z, vec p) {
  vec s = vec_sigmoid(vec_sub(vec_set(0), x));
  return vec_fnma(positive_share(z, p), s, vec_sub(vec_set(1), z));
}

VEC vec bce_to_z(vec x, vec p) {
  return vec_sub(vec_mul(vec_sub(p, vec_set(1)), vec_softplus(vec_sub(vec_set(0), x))), x);
}

static void bce_grad(eg_real *d, int which, bool add, eg_real factor, const eg_real *const *from, const int64_t *step,
                     int64_t n) {
  for (int64_t i = 0; i < n; i += VEC_WIDTH) {
    vec g = vec_mul(vec_set(factor), operand(from[0], step[0], i, n - i));
    vec x = operand(from[1], step[1], i, n - i), z = operand(from[2], step[2], i, n - i);
    vec p = operand(from[3], step[3], i, n - i), w = operand(from[4], step[4], i, n - i);
    vec slope = which == 0 ? bce_to_x(x, z, p) : bce_to_z(x, p);
    store_gradient(d + i, add, n - i, vec_mul(g, vec_mul(w, slope)));
  }
}

/* c (k) = w (k) (a t (k) + b) of a sample, where t is 0 but at `named` (1 there) if that is not negative. */
typedef struct shares {
  const eg_real *t, *w; /* (K) or NULL */
  int64_t named;
  double a, b;
} shares;

VEC shares shares_of(const eg_ce_target *target, int64_t n) {
  return (shares){.t = target->index ? NULL : target->t + n * target->K,
                  .w = target->w,
                  .named = target->index ? (int64_t)target->index[n] : -1,
                  .a = 1 - target->smoothing,
                  .b = target->smoothing / (double)target->K};
}

/* What `named` adds to its c. */
VEC double named_share(const shares *c) {
  return c->named < 0 ? 0 : c->a * (c->w ? (double)c->w[c->named] : 1);
}

/* c without it, of the classes from k on */
VEC vec share_at(const shares *c, int64_t k, int64_t n) {
  vec share = vec_set((eg_real)c->b);
  if (c->t)
    share = vec_fma(vec_set((eg_real)c->a), load_some(c->t + k, n), share);
  return c->w ? vec_mul(load_some(c->w + k, n), share) : share;
}

static void cross_entropy(eg_real *y, const eg_real *log_q, const eg_ce_target *target, int64_t first, int64_t last) {
  int64_t K = target->K;
  for (int64_t at = first; at < last; at++) {
    const eg_real *row = log_q + at * K;
    shares c = shares_of(target, at);
    double named = named_share(&c), loss = named != 0 ? named * row[c.named] : 0; /* 0 log 0 counts as 0 */
    if (c.t || c.b != 0) {
      vec_double sum = {0};
      for (int64_t k = 0; k < K; k += VEC_WIDTH) {
        vec share = share_at(&c, k, K - k), term = vec_mul(share, load_some(row + k, K - k));
        sum = sum_on(sum, vec_select(vec_less(vec_abs(share), vec_set(LEAST)), vec_set(0), term));
      }
      loss += sum_total(sum);
    }
    y[at] = (eg_real)-loss;
  }
}

/* The sum of w, or K */
VEC double sum_of_weights(const eg_ce_target *target) {
  double sum = 0;
  for (int64_t k = 0; target->w && k < target->K; k++)
    sum += target->w[k];
  return target->w ? sum : (double)target->K;
}

/* The sum of c */
VEC double sum_of_shares(const shares *c, double weights, int64_t K) {
  vec_double sum = {0};
  for (int64_t k = 0; c->t && k < K; k += VEC_WIDTH) {
    vec t = load_some(c->t + k, K - k);
    sum = sum_on(sum, c->w ? vec_mul(t, load_some(c->w + k, K - k)) : t);
  }
  return c->a * sum_total(sum) + c->b * weights + named_share(c);
}

static void cross_entropy_grad(eg_real *d, bool add, double scale, const eg_real *g, int64_t g_step,
                               const eg_real *log_q, const eg_ce_target *target, int64_t first, int64_t last) {
  int64_t K = target->K;
  double weights = sum_of_weights(target);
  for (int64_t at = first; at < last; at++) {
    const eg_real *row = log_q + at * K;
    shares c = shares_of(target, at);
    double factor = scale * g[at * g_step];
    vec whole = vec_set((eg_real)(factor * sum_of_shares(&c, weights, K))), part = vec_set((eg_real)factor);
    for (int64_t k = 0; k < K; k += VEC_WIDTH) {
      vec value = vec_mul(vec_exp(load_some(row + k, K - k)), whole);
      if (c.t || c.b != 0)
        value = vec_fnma(part, share_at(&c, k, K - k), value);
      store_gradient(d + at * K + k, add, K - k, value);
    }
    if (c.named >= 0)
      d[at * K + c.named] -= (eg_real)(factor * named_share(&c));
  }
}

static void cross_entropy_grad_target(eg_real *d, bool add, double scale, const eg_real *g, int64_t g_step,
                                      const eg_real *log_q, const eg_ce_target *target, int64_t first, int64_t last) {
  int64_t K = target->K;
  for (int64_t at = first; at < last; at++) {
    vec factor = vec_set((eg_real)(-scale * g[at * g_step] * (1 - target->smoothing)));
    for (int64_t k = 0; k < K; k += VEC_WIDTH) {
      vec value = vec_mul(factor, load_some(log_q + at * K + k, K - k));
      if (target->w)
        value = vec_mul(value, load_some(target->w + k, K - k));
      store_gradient(d + at * K + k, add, K - k, value);
    }
  }
}

#define LOSS_NAME_OF(isa) eg_loss_##isa
#define LOSS_NAME(isa) LOSS_NAME_OF(isa)

const eg_loss_kernels LOSS_NAME(VEC_ISA) = {squared_error,      squared_error_grad,       bce, bce_grad, cross_entropy,
                                            cross_entropy_grad, cross_entropy_grad_target};
