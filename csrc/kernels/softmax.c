#include "kernels/softmax.h"

#include <stddef.h>

#include "ecgraft/parallel.h"
#include "kernels/tile.h"
#include "kernels/unary_vector.h"
#include "kernels/vmath.h"

/* Sums of exp(x - top) over a row that is dense, in double, by way of a block that stays in the cache, or of e. */
static double gather_row(eg_real top, eg_real *e, const eg_real *x, int64_t R) {
  enum { BLOCK = 256 };
  eg_real block[BLOCK];
  double sum = 0;
  for (int64_t first = 0; first < R; first += BLOCK) {
    int64_t count = R - first < BLOCK ? R - first : BLOCK;
    eg_real *to = e ? e + first : block; // cppcheck-suppress legacyUninitvar
    eg_unary_kernels_now()->exp_of_shifted(to, x + first, count, top);
    for (int64_t i = 0; i < count; i++)
      sum += to[i];
  }
  return sum;
}

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
  if (pitch == 1) {
    *sum = gather_row(*top, e, x, R);
    return;
  }
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
  EG_PARALLEL_FOR_IF(outer * R * inner > EG_TILE_SMALL)
  for (int64_t task = 0; task < eg_tile_count(outer, inner); task++) {
    eg_tile tile = eg_tile_at(task, R, inner);
    double sum[EG_TILE] = {0};
    for (int64_t r = 0; r < R; r++)
      for (int64_t i = 0; i < tile.width; i++) {
        int64_t at = tile.x + r * inner + i;
        sum[i] += log ? g[at] : g[at] * y[at];
      }
    for (int64_t r = 0; r < R; r++)
      for (int64_t i = 0; i < tile.width; i++) {
        int64_t at = tile.x + r * inner + i;
        eg_real total = (eg_real)sum[i], d = log ? g[at] - eg_exp(y[at]) * total : y[at] * (g[at] - total);
        dx[at] = add ? dx[at] + d : d;
      }
  }
}

void eg_k_logsumexp(eg_real *y, const eg_real *x, int64_t outer, int64_t R, int64_t inner) {
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
  EG_PARALLEL_FOR_IF(outer * R * inner > EG_TILE_SMALL)
  for (int64_t task = 0; task < eg_tile_count(outer, inner); task++) {
    eg_tile tile = eg_tile_at(task, R, inner);
    for (int64_t r = 0; r < R; r++)
      for (int64_t i = 0; i < tile.width; i++) {
        int64_t at = tile.x + r * inner + i;
        eg_real whole = y[tile.y + i], d = g[tile.y + i] * eg_exp(x[at] - (isinf(whole) ? 0 : whole));
        dx[at] = add ? dx[at] + d : d;
      }
  }
}
