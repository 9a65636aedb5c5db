#include "kernels/extreme.h"

#include <string.h>

#include "ecgraft/parallel.h"
#include "kernels/tile.h"

/* Whether x takes the place of best, which came before it. */
static inline bool beats(eg_real x, eg_real best, bool largest) {
  return (largest ? x > best : x < best) || (x != x && best == best);
}

void eg_k_extreme(eg_real *value, int64_t *at, bool largest, const eg_real *x, int64_t outer, int64_t R,
                  int64_t inner) {
  EG_PARALLEL_FOR_IF(outer * R * inner > EG_TILE_SMALL)
  for (int64_t task = 0; task < eg_tile_count(outer, inner); task++) {
    eg_tile tile = eg_tile_at(task, R, inner);
    const eg_real *column = x + tile.x;
    int64_t *where = at + tile.y;
    eg_real best[EG_TILE];
    for (int64_t i = 0; i < tile.width; i++) {
      best[i] = column[i];
      where[i] = 0;
    }
    for (int64_t r = 1; r < R; r++)
      for (int64_t i = 0; i < tile.width; i++)
        if (beats(column[r * inner + i], best[i], largest)) {
          best[i] = column[r * inner + i];
          where[i] = r;
        }
    if (value)
      memcpy(value + tile.y, best, (size_t)tile.width * sizeof *best);
  }
}

void eg_k_extreme_grad(eg_real *dx, bool add, const eg_real *g, const eg_real *high, const eg_real *low, int64_t outer,
                       int64_t R, int64_t inner) {
  EG_PARALLEL_FOR_IF(outer * R * inner > EG_TILE_SMALL)
  for (int64_t o = 0; o < outer; o++) {
    eg_real *block = dx + o * R * inner;
    if (!add)
      memset(block, 0, (size_t)(R * inner) * sizeof *block);
    for (int64_t j = o * inner; j < (o + 1) * inner; j++)
      block[((int64_t)high[j] * (1 << 20) + (int64_t)low[j]) * inner + j % inner] += g[j];
  }
}
