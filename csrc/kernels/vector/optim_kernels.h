/* The kernels of kernels/optim_vector.h, to be compiled after one of the ORDER VECTOR headers. */
#include <stddef.h>

#include "kernels/optim_vector.h"
#include "kernels/vector/part.h"

/* Runs `step` for vectors of n entries, the last of which may be shorter, from entry i on. */
#define FOR_VECTORS(step)                                                                                              \
  do {                                                                                                                 \
    int64_t i = 0;                                                                                                     \
    for (; i + VEC_WIDTH <= count; i += VEC_WIDTH) {                                                                   \
      const int64_t n = VEC_WIDTH;                                                                                     \
      step;                                                                                                            \
    }                                                                                                                  \
    if (i < count) {                                                                                                   \
      const int64_t n = count - i;                                                                                     \
      step;                                                                                                            \
    }                                                                                                                  \
  } while (0)

/* d = g + decay p */
VEC vec decayed(int64_t n, const eg_real *p, const eg_real *g, eg_real decay) {
  return vec_fma(vec_set(decay), load_some(p, n), load_some(g, n));
}

VEC void subtract(int64_t n, eg_real *p, eg_real factor, vec a) {
  store_some(p, n, vec_fnma(vec_set(factor), a, load_some(p, n)));
}

VEC void sgd_bare(int64_t n, eg_real *p, const eg_real *g, eg_real lr, eg_real decay) {
  subtract(n, p, lr, decayed(n, p, g, decay));
}

VEC void sgd_momentum(int64_t n, eg_real *p, const eg_real *g, eg_real *b, eg_real lr, eg_real decay, eg_real keep,
                      eg_real share) {
  vec d = vec_mul(vec_set(share), decayed(n, p, g, decay));
  vec now = vec_fma(vec_set(keep), load_some(b, n), d);
  store_some(b, n, now);
  subtract(n, p, lr, now);
}

VEC void sgd_nesterov(int64_t n, eg_real *p, const eg_real *g, eg_real *b, eg_real lr, eg_real decay, eg_real keep,
                      eg_real share, eg_real momentum) {
  vec d = decayed(n, p, g, decay);
  vec now = vec_fma(vec_set(keep), load_some(b, n), vec_mul(vec_set(share), d));
  store_some(b, n, now);
  subtract(n, p, lr, vec_fma(vec_set(momentum), now, d));
}

static void sgd(eg_real *p, const eg_real *g, eg_real *b, int64_t count, const eg_sgd *c) {
  eg_real lr = (eg_real)c->lr, momentum = (eg_real)c->momentum, decay = (eg_real)c->weight_decay;
  eg_real share = c->first ? 1 : (eg_real)(1 - c->dampening), keep = c->first ? 0 : momentum;
  if (!b)
    FOR_VECTORS(sgd_bare(n, p + i, g + i, lr, decay));
  else if (c->nesterov)
    FOR_VECTORS(sgd_nesterov(n, p + i, g + i, b + i, lr, decay, keep, share, momentum));
  else
    FOR_VECTORS(sgd_momentum(n, p + i, g + i, b + i, lr, decay, keep, share));
}

typedef struct adam_numbers {
  eg_real step, rest1, beta2, rest2, eps, root, decay, shrink;
} adam_numbers;

VEC void adam_step(int64_t n, eg_real *p, const eg_real *g, eg_real *m, eg_real *v, adam_numbers c) {
  vec d = decayed(n, p, g, c.decay), m_now = load_some(m, n);
  m_now = vec_fma(vec_set(c.rest1), vec_sub(d, m_now), m_now);
  vec v_now = vec_fma(vec_mul(vec_set(c.rest2), d), d, vec_mul(vec_set(c.beta2), load_some(v, n)));
  vec spread = vec_add(vec_div(vec_sqrt(v_now), vec_set(c.root)), vec_set(c.eps));
  vec p_now = vec_mul(vec_set(c.shrink), load_some(p, n));
  store_some(m, n, m_now);
  store_some(v, n, v_now);
  store_some(p, n, vec_fnma(vec_set(c.step), vec_div(m_now, spread), p_now));
}

static void adam(eg_real *p, const eg_real *g, eg_real *m, eg_real *v, int64_t count, const eg_adam *c) {
  adam_numbers numbers = {.step = (eg_real)c->step_size,
                          .rest1 = (eg_real)(1 - c->beta1),
                          .beta2 = (eg_real)c->beta2,
                          .rest2 = (eg_real)(1 - c->beta2),
                          .eps = (eg_real)c->eps,
                          .root = (eg_real)c->root,
                          .decay = (eg_real)c->weight_decay,
                          .shrink = (eg_real)c->shrink};
  FOR_VECTORS(adam_step(n, p + i, g + i, m + i, v + i, numbers));
}

#define OPTIM_NAME_OF(isa) eg_optim_##isa
#define OPTIM_NAME(isa) OPTIM_NAME_OF(isa)

const eg_optim_kernels OPTIM_NAME(VEC_ISA) = {sgd, adam};
