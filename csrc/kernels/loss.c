#include "kernels/loss.h"

#include "ecgraft/parallel.h"
#include "kernels/cpu.h"
#include "kernels/integers.h"
#include "kernels/loss_vector.h"

/* Elements of one task, and up to which one thread does all. */
enum { PIECE = 16384 };

static const eg_loss_kernels *kernels_now(void) {
  switch (eg_cpu_in_use()) {
#if defined(EG_HAVE_AVX512) && !defined(EG_DOUBLE)
  case EG_CPU_AVX512:
    return &eg_loss_avx512;
#endif
#if defined(EG_HAVE_AVX2) && !defined(EG_DOUBLE)
  case EG_CPU_AVX2:
    return &eg_loss_avx2;
#endif
  default:
    return &eg_loss_portable;
  }
}

void eg_k_squared_error(eg_real *y, const eg_real *x, const eg_real *z, int64_t n) {
  const eg_loss_kernels *kernels = kernels_now();
  EG_PARALLEL_FOR_IF(n > PIECE)
  for (int64_t at = 0; at < n; at += PIECE)
    kernels->squared_error(y + at, x + at, z + at, smaller(PIECE, n - at));
}

void eg_k_squared_error_grad(eg_real *d, bool add, double scale, const eg_real *g, int64_t g_step, const eg_real *x,
                             const eg_real *z, int64_t n) {
  const eg_loss_kernels *kernels = kernels_now();
  EG_PARALLEL_FOR_IF(n > PIECE)
  for (int64_t at = 0; at < n; at += PIECE)
    kernels->squared_error_grad(d + at, add, scale, g + at * g_step, g_step, x + at, z + at, smaller(PIECE, n - at));
}

/* Where the operands of a walk stand, and how far their entries lie apart along the last dim. */
static void find_operands(const eg_real **from, int64_t *step, const eg_real *const *data, const eg_walk *walk,
                          const eg_walk_place *place) {
  for (int k = 0; k < walk->operands; k++) {
    from[k] = data[k] + place->at[k];
    step[k] = eg_walk_step(walk, k);
  }
}

void eg_k_bce(eg_real *y, const eg_walk *walk, const eg_real *x, const eg_real *z, const eg_real *p, const eg_real *w) {
  const eg_loss_kernels *kernels = kernels_now();
  const eg_real *const data[] = {x, z, p, w};
  int64_t pieces = eg_walk_pieces(walk->numel);
  EG_PARALLEL_FOR_IF(pieces > 1)
  for (int64_t piece = 0; piece < pieces; piece++) {
    int64_t at = piece * EG_WALK_PIECE, end = eg_walk_piece_end(walk, piece), step[EG_WALK_OPERANDS];
    const eg_real *from[EG_WALK_OPERANDS];
    eg_walk_place place = eg_walk_seek(walk, at);
    while (at < end) {
      int64_t n = eg_walk_run(walk, &place, end - at);
      find_operands(from, step, data, walk, &place);
      kernels->bce(y + at, from, step, n);
      eg_walk_advance(walk, &place, n);
      at += n;
    }
  }
}

void eg_k_bce_grad(eg_real *d, int which, bool add, double scale, const eg_walk *walk, const eg_real *g,
                   const eg_real *x, const eg_real *z, const eg_real *p, const eg_real *w) {
  const eg_loss_kernels *kernels = kernels_now();
  const eg_real *const data[] = {g, x, z, p, w};
  int64_t pieces = eg_walk_pieces(walk->numel);
  EG_PARALLEL_FOR_IF(pieces > 1)
  for (int64_t piece = 0; piece < pieces; piece++) {
    int64_t at = piece * EG_WALK_PIECE, end = eg_walk_piece_end(walk, piece), step[EG_WALK_OPERANDS];
    const eg_real *from[EG_WALK_OPERANDS];
    eg_walk_place place = eg_walk_seek(walk, at);
    while (at < end) {
      int64_t n = eg_walk_run(walk, &place, end - at);
      find_operands(from, step, data, walk, &place);
      kernels->bce_grad(d + at, which, add, (eg_real)scale, from, step, n);
      eg_walk_advance(walk, &place, n);
      at += n;
    }
  }
}

/* Samples of one task. */
static int64_t samples_at_once(int64_t K) {
  return K > 0 && K < PIECE / 4 ? PIECE / 4 / K : 1;
}

void eg_k_cross_entropy(eg_real *y, const eg_real *log_q, const eg_ce_target *target, int64_t N) {
  const eg_loss_kernels *kernels = kernels_now();
  int64_t step = samples_at_once(target->K);
  EG_PARALLEL_FOR_IF(N * target->K > PIECE)
  for (int64_t first = 0; first < N; first += step)
    kernels->cross_entropy(y, log_q, target, first, smaller(first + step, N));
}

void eg_k_cross_entropy_grad(eg_real *d, bool add, double scale, const eg_real *g, int64_t g_step, const eg_real *log_q,
                             const eg_ce_target *target, int64_t N) {
  const eg_loss_kernels *kernels = kernels_now();
  int64_t step = samples_at_once(target->K);
  EG_PARALLEL_FOR_IF(N * target->K > PIECE)
  for (int64_t first = 0; first < N; first += step)
    kernels->cross_entropy_grad(d, add, scale, g, g_step, log_q, target, first, smaller(first + step, N));
}

void eg_k_cross_entropy_grad_target(eg_real *d, bool add, double scale, const eg_real *g, int64_t g_step,
                                    const eg_real *log_q, const eg_ce_target *target, int64_t N) {
  const eg_loss_kernels *kernels = kernels_now();
  int64_t step = samples_at_once(target->K);
  EG_PARALLEL_FOR_IF(N * target->K > PIECE)
  for (int64_t first = 0; first < N; first += step)
    kernels->cross_entropy_grad_target(d, add, scale, g, g_step, log_q, target, first, smaller(first + step, N));
}
