#include "kernels/loss.h"

#include "ecgraft/parallel.h"
#include "kernels/vmath.h"

#define ALWAYS static inline __attribute__((always_inline))

enum { SMALL = 16384 };

void eg_k_squared_error(eg_real *y, const eg_real *x, const eg_real *z, int64_t n) {
  EG_PRAGMA(omp parallel for simd schedule(static) num_threads(eg_num_threads()) if (n > SMALL))
  for (int64_t i = 0; i < n; i++)
    y[i] = (x[i] - z[i]) * (x[i] - z[i]);
}

void eg_k_squared_error_grad(eg_real *d, bool add, double scale, const eg_real *g, int64_t g_step, const eg_real *x,
                             const eg_real *z, int64_t n) {
  eg_real factor = (eg_real)(2 * scale);
  EG_PRAGMA(omp parallel for simd schedule(static) num_threads(eg_num_threads()) if (n > SMALL))
  for (int64_t i = 0; i < n; i++)
    d[i] = factor * g[i * g_step] * (x[i] - z[i]) + (add ? d[i] : 0);
}

/* log(1 + exp(-x)) = max(-x, 0) + log1p(exp(-|x|)) */
ALWAYS eg_real bce(eg_real x, eg_real z, eg_real p, eg_real w) {
  return w * ((1 - z) * x + (1 + (p - 1) * z) * eg_softplus(-x));
}

ALWAYS eg_real bce_to_x(eg_real x, eg_real z, eg_real p, eg_real w) {
  return w * (1 - z - (1 + (p - 1) * z) * eg_sigmoid(-x));
}

ALWAYS eg_real bce_to_z(eg_real x, eg_real z, eg_real p, eg_real w) {
  (void)z;
  return w * ((p - 1) * eg_softplus(-x) - x);
}

void eg_k_bce(eg_real *y, const eg_walk *walk, const eg_real *x, const eg_real *z, const eg_real *p, const eg_real *w) {
  int64_t pieces = eg_walk_pieces(walk->numel);
  EG_PARALLEL_FOR_IF(pieces > 1)
  for (int64_t piece = 0; piece < pieces; piece++) {
    int64_t at = piece * EG_WALK_PIECE, end = eg_walk_piece_end(walk, piece);
    eg_walk_place place = eg_walk_seek(walk, at);
    while (at < end) {
      int64_t n = eg_walk_run(walk, &place, end - at);
      for (int64_t i = 0; i < n; i++)
        y[at + i] = bce(x[place.at[0] + i * eg_walk_step(walk, 0)], z[place.at[1] + i * eg_walk_step(walk, 1)],
                        p[place.at[2] + i * eg_walk_step(walk, 2)], w[place.at[3] + i * eg_walk_step(walk, 3)]);
      eg_walk_advance(walk, &place, n);
      at += n;
    }
  }
}

void eg_k_bce_grad(eg_real *d, int which, bool add, double scale, const eg_walk *walk, const eg_real *g,
                   const eg_real *x, const eg_real *z, const eg_real *p, const eg_real *w) {
  int64_t pieces = eg_walk_pieces(walk->numel);
  eg_real factor = (eg_real)scale;
  EG_PARALLEL_FOR_IF(pieces > 1)
  for (int64_t piece = 0; piece < pieces; piece++) {
    int64_t at = piece * EG_WALK_PIECE, end = eg_walk_piece_end(walk, piece);
    eg_walk_place place = eg_walk_seek(walk, at);
    while (at < end) {
      int64_t n = eg_walk_run(walk, &place, end - at);
      for (int64_t i = 0; i < n; i++) {
        eg_real gi = factor * g[place.at[0] + i * eg_walk_step(walk, 0)];
        eg_real xi = x[place.at[1] + i * eg_walk_step(walk, 1)], zi = z[place.at[2] + i * eg_walk_step(walk, 2)];
        eg_real pi = p[place.at[3] + i * eg_walk_step(walk, 3)], wi = w[place.at[4] + i * eg_walk_step(walk, 4)];
        d[at + i] = gi * (which == 0 ? bce_to_x(xi, zi, pi, wi) : bce_to_z(xi, zi, pi, wi)) + (add ? d[at + i] : 0);
      }
      eg_walk_advance(walk, &place, n);
      at += n;
    }
  }
}

/* c (k) of sample n */
ALWAYS double share(const eg_ce_target *target, int64_t n, int64_t k) {
  double t = target->index ? (double)((int64_t)target->index[n] == k) : (double)target->t[n * target->K + k];
  double w = target->w ? (double)target->w[k] : 1;
  return w * ((1 - target->smoothing) * t + target->smoothing / (double)target->K);
}

void eg_k_cross_entropy(eg_real *y, const eg_real *log_q, const eg_ce_target *target, int64_t N) {
  int64_t K = target->K;
  EG_PARALLEL_FOR_IF(N * K > SMALL)
  for (int64_t n = 0; n < N; n++) {
    double sum = 0;
    for (int64_t k = 0; k < K; k++) {
      double c = share(target, n, k);
      if (c != 0) /* 0 log 0 counts as 0 */
        sum -= c * log_q[n * K + k];
    }
    y[n] = (eg_real)sum;
  }
}

void eg_k_cross_entropy_grad(eg_real *d, bool add, double scale, const eg_real *g, int64_t g_step, const eg_real *log_q,
                             const eg_ce_target *target, int64_t N) {
  int64_t K = target->K;
  EG_PARALLEL_FOR_IF(N * K > SMALL)
  for (int64_t n = 0; n < N; n++) {
    double sum = 0, factor = scale * g[n * g_step];
    for (int64_t k = 0; k < K; k++)
      sum += share(target, n, k);
    for (int64_t k = 0; k < K; k++) {
      eg_real *to = d + n * K + k;
      *to = (eg_real)(factor * (eg_exp(log_q[n * K + k]) * sum - share(target, n, k))) + (add ? *to : 0);
    }
  }
}

void eg_k_cross_entropy_grad_target(eg_real *d, bool add, double scale, const eg_real *g, int64_t g_step,
                                    const eg_real *log_q, const eg_ce_target *target, int64_t N) {
  int64_t K = target->K;
  EG_PARALLEL_FOR_IF(N * K > SMALL)
  for (int64_t n = 0; n < N; n++)
    for (int64_t k = 0; k < K; k++) {
      eg_real *to = d + n * K + k;
      double w = target->w ? (double)target->w[k] : 1;
      *to = (eg_real)(-scale * g[n * g_step] * (1 - target->smoothing) * w * log_q[n * K + k]) + (add ? *to : 0);
    }
}
