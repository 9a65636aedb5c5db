#include "kernels/reduce.h"

#include "ecgraft/parallel.h"
#include "kernels/tile.h"

#define ALWAYS static inline __attribute__((always_inline))

enum { TILE = 256, MAX_PIECES = 64, SMALL = 16384 };

static int64_t ceil_div(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

/* R is cut into at most 64 pieces, none with fewer than 64 rows or SMALL elements, so that partial sums stay few. */
static int64_t rows_of_piece(int64_t R, int64_t inner) {
  int64_t rows = inner < SMALL / 64 ? SMALL / inner : 64, most = ceil_div(R, MAX_PIECES);
  return rows > most ? rows : most;
}

static int64_t pieces_of(int64_t R, int64_t inner) {
  return R == 0 || inner == 0 ? 1 : ceil_div(R, rows_of_piece(R, inner));
}

size_t eg_k_sum_scratch(int64_t outer, int64_t R, int64_t inner) {
  int64_t pieces = pieces_of(R, inner);
  return pieces > 1 ? (size_t)(outer * pieces * inner) : 0;
}

typedef double term_of(eg_real x, double center);

ALWAYS double plain(eg_real x, double center) {
  (void)center;
  return x;
}

ALWAYS double squared(eg_real x, double center) {
  double d = x - center;
  return d * d;
}

/* sum (width) of rows x (rows, width), which lie `pitch` apart. */
ALWAYS void sum_tile(double *sum, term_of *term, const eg_real *x, const eg_real *center, int64_t rows, int64_t pitch,
                     int64_t width) {
  if (width == 1 && pitch == 1) {
    double s = 0, c = center ? *center : 0;
    EG_PRAGMA(omp simd reduction(+ : s))
    for (int64_t r = 0; r < rows; r++)
      s += term(x[r], c);
    *sum = s;
    return;
  }
  for (int64_t i = 0; i < width; i++)
    sum[i] = 0;
  for (int64_t r = 0; r < rows; r++) {
    const eg_real *row = x + r * pitch;
    EG_PRAGMA(omp simd)
    for (int64_t i = 0; i < width; i++)
      sum[i] += term(row[i], center ? center[i] : 0);
  }
}

/* Each task sums one piece of R for one tile of columns; pieces are then added in their order. */
ALWAYS void sum_all(eg_real *y, bool add, double scale, term_of *term, const eg_real *x, const eg_real *center,
                    int64_t outer, int64_t R, int64_t inner, double *scratch) {
  if (outer == 0 || inner == 0)
    return;
  int64_t pieces = pieces_of(R, inner), rows = pieces > 1 ? rows_of_piece(R, inner) : R;
  int64_t tiles = ceil_div(inner, TILE);
  EG_PARALLEL_FOR_IF(outer * R * inner > SMALL)
  for (int64_t task = 0; task < outer * pieces * tiles; task++) {
    int64_t tile = task % tiles, piece = task / tiles % pieces, o = task / tiles / pieces;
    int64_t first = tile * TILE, width = inner - first < TILE ? inner - first : TILE;
    int64_t from = piece * rows, count = R - from < rows ? R - from : rows;
    const eg_real *block = x + (o * R + from) * inner + first, *middle = center ? center + o * inner + first : NULL;
    double local[TILE], *sum = pieces > 1 ? scratch + (o * pieces + piece) * inner + first : local;
    sum_tile(sum, term, block, middle, count, inner, width);
    if (pieces == 1)
      for (int64_t i = 0; i < width; i++) {
        eg_real *to = y + o * inner + first + i;
        *to = (eg_real)(scale * sum[i]) + (add ? *to : 0);
      }
  }
  if (pieces == 1)
    return;
  EG_PARALLEL_FOR_IF(outer * pieces * inner > SMALL)
  for (int64_t j = 0; j < outer * inner; j++) {
    const double *partial = scratch + j / inner * pieces * inner + j % inner;
    double sum = 0;
    for (int64_t p = 0; p < pieces; p++)
      sum += partial[p * inner];
    y[j] = (eg_real)(scale * sum) + (add ? y[j] : 0);
  }
}

void eg_k_sum(eg_real *y, bool add, double scale, const eg_real *x, int64_t outer, int64_t R, int64_t inner,
              double *scratch) {
  sum_all(y, add, scale, plain, x, NULL, outer, R, inner, scratch);
}

void eg_k_sum_squares(eg_real *y, double scale, const eg_real *x, const eg_real *center, int64_t outer, int64_t R,
                      int64_t inner, double *scratch) {
  sum_all(y, false, scale, squared, x, center, outer, R, inner, scratch);
}

/* One row of a gradient: what is the same for all r is g and center (inner); one column where inner is 1. */
ALWAYS void spread(eg_real *dx, bool add, double scale, const eg_real *g, const eg_real *x, const eg_real *center,
                   int64_t outer, int64_t R, int64_t inner) {
  if (inner == 0 || R == 0)
    return;
  int64_t length = inner == 1 ? R : inner, rows = inner == 1 ? outer : outer * R;
  eg_real factor = (eg_real)scale;
  EG_PARALLEL_FOR_IF(outer * R * inner > SMALL)
  for (int64_t row = 0; row < rows; row++) {
    eg_real *d = dx + row * length;
    const eg_real *v = x ? x + row * length : NULL;
    int64_t o = inner == 1 ? row : row / R * inner, step = inner == 1 ? 0 : 1;
    EG_PRAGMA(omp simd)
    for (int64_t i = 0; i < length; i++) {
      eg_real value = factor * g[o + i * step];
      if (x)
        value *= v[i] - center[o + i * step];
      d[i] = add ? d[i] + value : value;
    }
  }
}

void eg_k_spread(eg_real *dx, bool add, double scale, const eg_real *g, int64_t outer, int64_t R, int64_t inner) {
  if (add)
    spread(dx, true, scale, g, NULL, NULL, outer, R, inner);
  else
    spread(dx, false, scale, g, NULL, NULL, outer, R, inner);
}

void eg_k_spread_deviation(eg_real *dx, bool add, double scale, const eg_real *g, const eg_real *x,
                           const eg_real *center, int64_t outer, int64_t R, int64_t inner) {
  if (add)
    spread(dx, true, scale, g, x, center, outer, R, inner);
  else
    spread(dx, false, scale, g, x, center, outer, R, inner);
}

void eg_k_cumsum(eg_real *y, bool add, bool reverse, const eg_real *x, int64_t outer, int64_t R, int64_t inner) {
  EG_PARALLEL_FOR_IF(outer * R * inner > EG_TILE_SMALL)
  for (int64_t task = 0; task < eg_tile_count(outer, inner); task++) {
    eg_tile tile = eg_tile_at(task, R, inner);
    double sum[EG_TILE] = {0};
    for (int64_t step = 0; step < R; step++) {
      int64_t at = tile.x + (reverse ? R - 1 - step : step) * inner;
      for (int64_t i = 0; i < tile.width; i++) {
        sum[i] += x[at + i];
        y[at + i] = (eg_real)sum[i] + (add ? y[at + i] : 0);
      }
    }
  }
}
