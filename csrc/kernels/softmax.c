#include "kernels/softmax.h"

#include <math.h>
#include <stddef.h>

#include "ecgraft/parallel.h"
#include "kernels/cpu.h"
#include "kernels/softmax_vector.h"
#include "kernels/tile.h"
#include "kernels/unary_vector.h"

static const eg_softmax_kernels *kernels_now(void) {
  switch (eg_cpu_in_use()) {
#if defined(EG_HAVE_AVX512) && !defined(EG_DOUBLE)
  case EG_CPU_AVX512:
    return &eg_softmax_avx512;
#endif
#if defined(EG_HAVE_AVX2) && !defined(EG_DOUBLE)
  case EG_CPU_AVX2:
    return &eg_softmax_avx2;
#endif
  default:
    return &eg_softmax_portable;
  }
}

/* Where inner is 1 a task is some rows; else it is a tile. */
static int64_t rows_of_task(int64_t R) {
  enum { ELEMENTS = 4096 };
  int64_t rows = R > 0 ? ELEMENTS / R : EG_SOFTMAX_ROWS;
  return rows < 1 ? 1 : rows > EG_SOFTMAX_ROWS ? EG_SOFTMAX_ROWS : rows;
}

/* Runs `call` with r, the first row of a task, and count, how many it has. */
#define FOR_ROWS(call)                                                                                                 \
  do {                                                                                                                 \
    const eg_softmax_kernels *kernels = kernels_now();                                                                 \
    int64_t rows = rows_of_task(R);                                                                                    \
    EG_PARALLEL_FOR_IF(outer *R > EG_TILE_SMALL)                                                                       \
    for (int64_t r = 0; r < outer; r += rows) {                                                                        \
      int64_t count = outer - r < rows ? outer - r : rows;                                                             \
      call;                                                                                                            \
    }                                                                                                                  \
  } while (0)

/* top (width): the largest of each column, 0 where that is infinite (so that inf - inf does not come up); sum (width):
   of exp(x - top), which are also written to e, laid out as x, unless it is NULL. A NaN in a column makes its sum NaN.
 */
static void gather(eg_real *top, double *sum, eg_real *e, const eg_real *x, int64_t R, int64_t pitch, int64_t width) {
  for (int64_t i = 0; i < width; i++) {
    top[i] = -INFINITY;
    sum[i] = 0;
  }
  for (int64_t r = 0; r < R; r++)
    for (int64_t i = 0; i < width; i++)
      top[i] = x[r * pitch + i] > top[i] ? x[r * pitch + i] : top[i];
  for (int64_t i = 0; i < width; i++)
    top[i] = isinf(top[i]) ? 0 : top[i];
  for (int64_t r = 0; r < R; r++) {
    eg_real below[EG_TILE], *value = e ? e + r * pitch : below;
    for (int64_t i = 0; i < width; i++)
      below[i] = x[r * pitch + i] - top[i];
    eg_unary_kernels_now()->exp_of_shifted(value, below, width, 0);
    for (int64_t i = 0; i < width; i++)
      sum[i] += value[i];
  }
}

void eg_k_softmax(eg_real *y, bool log, const eg_real *x, int64_t outer, int64_t R, int64_t inner) {
  if (inner == 1) {
    FOR_ROWS(kernels->softmax(y + r * R, log, x + r * R, count, R));
    return;
  }
  EG_PARALLEL_FOR_IF(outer * R * inner > EG_TILE_SMALL)
  for (int64_t task = 0; task < eg_tile_count(outer, inner); task++) {
    eg_tile tile = eg_tile_at(task, R, inner);
    eg_real top[EG_TILE] = {0}, last[EG_TILE];
    double sum[EG_TILE];
    gather(top, sum, log ? NULL : y + tile.x, x + tile.x, R, inner, tile.width);
    for (int64_t i = 0; i < tile.width; i++)
      last[i] = (eg_real)(log ? __builtin_log(sum[i]) : 1 / sum[i]);
    for (int64_t r = 0; r < R; r++)
      for (int64_t i = 0; i < tile.width; i++) {
        int64_t at = tile.x + r * inner + i;
        y[at] = log ? x[at] - top[i] - last[i] : y[at] * last[i];
      }
  }
}

void eg_k_softmax_grad(eg_real *dx, bool add, bool log, const eg_real *g, const eg_real *y, int64_t outer, int64_t R,
                       int64_t inner) {
  if (inner == 1) {
    FOR_ROWS(kernels->softmax_grad(dx + r * R, add, log, g + r * R, y + r * R, count, R));
    return;
  }
  EG_PARALLEL_FOR_IF(outer * R * inner > EG_TILE_SMALL)
  for (int64_t task = 0; task < eg_tile_count(outer, inner); task++) {
    eg_tile tile = eg_tile_at(task, R, inner);
    double sum[EG_TILE] = {0};
    for (int64_t r = 0; r < R; r++)
      for (int64_t i = 0; i < tile.width; i++) {
        int64_t at = tile.x + r * inner + i;
        sum[i] += log ? g[at] : g[at] * y[at];
      }
    for (int64_t r = 0; r < R; r++) {
      eg_real e[EG_TILE];
      if (log)
        eg_unary_kernels_now()->exp_of_shifted(e, y + tile.x + r * inner, tile.width, 0);
      for (int64_t i = 0; i < tile.width; i++) {
        int64_t at = tile.x + r * inner + i;
        eg_real total = (eg_real)sum[i], d = log ? g[at] - e[i] * total : y[at] * (g[at] - total);
        dx[at] = add ? dx[at] + d : d;
      }
    }
  }
}

void eg_k_logsumexp(eg_real *y, const eg_real *x, int64_t outer, int64_t R, int64_t inner) {
  if (inner == 1) {
    FOR_ROWS(kernels->logsumexp(y + r, x + r * R, count, R));
    return;
  }
  EG_PARALLEL_FOR_IF(outer * R * inner > EG_TILE_SMALL)
  for (int64_t task = 0; task < eg_tile_count(outer, inner); task++) {
    eg_tile tile = eg_tile_at(task, R, inner);
    eg_real top[EG_TILE] = {0};
    double sum[EG_TILE];
    gather(top, sum, NULL, x + tile.x, R, inner, tile.width);
    for (int64_t i = 0; i < tile.width; i++)
      y[tile.y + i] = (eg_real)(top[i] + __builtin_log(sum[i]));
  }
}

void eg_k_logsumexp_grad(eg_real *dx, bool add, const eg_real *g, const eg_real *x, const eg_real *y, int64_t outer,
                         int64_t R, int64_t inner) {
  if (inner == 1) {
    FOR_ROWS(kernels->logsumexp_grad(dx + r * R, add, g + r, x + r * R, y + r, count, R));
    return;
  }
  EG_PARALLEL_FOR_IF(outer * R * inner > EG_TILE_SMALL)
  for (int64_t task = 0; task < eg_tile_count(outer, inner); task++) {
    eg_tile tile = eg_tile_at(task, R, inner);
    for (int64_t r = 0; r < R; r++) {
      eg_real e[EG_TILE];
      for (int64_t i = 0; i < tile.width; i++) {
        eg_real whole = y[tile.y + i];
        e[i] = x[tile.x + r * inner + i] - (isinf(whole) ? 0 : whole);
      }
      eg_unary_kernels_now()->exp_of_shifted(e, e, tile.width, 0);
      for (int64_t i = 0; i < tile.width; i++) {
        int64_t at = tile.x + r * inner + i;
        eg_real d = g[tile.y + i] * e[i];
        dx[at] = add ? dx[at] + d : d;
      }
    }
  }
}
