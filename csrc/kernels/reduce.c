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

ALWAYS double plain(eg_real x, double center) {
  (void)center;
  return x;
}

ALWAYS double squared(eg_real x, double center) {
  double d = x - center;
  return d * d;
}

/* sum (width) of f(row, center) over rows x (rows, width), which lie `pitch` apart; center (width) may be NULL. */
ALWAYS void sum_tile(double (*f)(eg_real, double), double *sum, const eg_real *x, const eg_real *center, int64_t rows,
                     int64_t pitch, int64_t width) {
  if (width == 1 && pitch == 1) {
    double s = 0, c = center ? *center : 0;
    EG_PRAGMA(omp simd reduction(+ : s))
    for (int64_t r = 0; r < rows; r++)
      s += f(x[r], c);
    *sum = s;
    return;
  }
  for (int64_t i = 0; i < width; i++)
    sum[i] = 0;
  for (int64_t r = 0; r < rows; r++) {
    const eg_real *row = x + r * pitch;
    EG_PRAGMA(omp simd)
    for (int64_t i = 0; i < width; i++)
      sum[i] += f(row[i], center ? center[i] : 0);
  }
}

/* Functions of their own, because a parallel loop does not see that `f` is known. */
typedef void tile_sum(double *sum, const eg_real *x, const eg_real *center, int64_t rows, int64_t pitch, int64_t width);

static void sum_plain(double *sum, const eg_real *x, const eg_real *center, int64_t rows, int64_t pitch,
                      int64_t width) {
  (void)center;
  sum_tile(plain, sum, x, NULL, rows, pitch, width);
}

static void sum_squared(double *sum, const eg_real *x, const eg_real *center, int64_t rows, int64_t pitch,
                        int64_t width) {
  sum_tile(squared, sum, x, center, rows, pitch, width);
}

/* Each task sums one piece of R for one tile of columns; pieces are then added in their order. */
static void sum_all(tile_sum *sum_of, eg_real *y, bool add, double scale, const eg_real *x, const eg_real *center,
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
    sum_of(sum, block, middle, count, inner, width);
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
  sum_all(sum_plain, y, add, scale, x, NULL, outer, R, inner, scratch);
}

void eg_k_sum_squares(eg_real *y, double scale, const eg_real *x, const eg_real *center, int64_t outer, int64_t R,
                      int64_t inner, double *scratch) {
  sum_all(sum_squared, y, false, scale, x, center, outer, R, inner, scratch);
}

/* One row of a gradient, d (n) = factor * g [* (x - center)]; g and center advance by `step`, 0 or 1. */
static void spread_row(eg_real *d, bool add, eg_real factor, const eg_real *g, int64_t step, int64_t n) {
  if (step == 0) {
    eg_real value = factor * *g;
    EG_PRAGMA(omp simd)
    for (int64_t i = 0; i < n; i++)
      d[i] = value + (add ? d[i] : 0);
  } else {
    EG_PRAGMA(omp simd)
    for (int64_t i = 0; i < n; i++)
      d[i] = factor * g[i] + (add ? d[i] : 0);
  }
}

static void spread_deviation_row(eg_real *d, bool add, eg_real factor, const eg_real *g, const eg_real *x,
                                 const eg_real *center, int64_t step, int64_t n) {
  EG_PRAGMA(omp simd)
  for (int64_t i = 0; i < n; i++)
    d[i] = factor * g[i * step] * (x[i] - center[i * step]) + (add ? d[i] : 0);
}

/* A row lies along R where inner is 1, else along inner. */
static void spread(eg_real *dx, bool add, double scale, const eg_real *g, const eg_real *x, const eg_real *center,
                   int64_t outer, int64_t R, int64_t inner) {
  if (inner == 0 || R == 0)
    return;
  int64_t length = inner == 1 ? R : inner, rows = inner == 1 ? outer : outer * R, step = inner == 1 ? 0 : 1;
  int64_t pieces = ceil_div(length, SMALL); /* of a row */
  EG_PARALLEL_FOR_IF(outer * R * inner > SMALL)
  for (int64_t task = 0; task < rows * pieces; task++) {
    int64_t row = task / pieces, from = task % pieces * SMALL, n = length - from < SMALL ? length - from : SMALL;
    int64_t at = row * length + from, o = inner == 1 ? row : row / R * inner + from;
    if (x)
      spread_deviation_row(dx + at, add, (eg_real)scale, g + o, x + at, center + o, step, n);
    else
      spread_row(dx + at, add, (eg_real)scale, g + o, step, n);
  }
}

void eg_k_spread(eg_real *dx, bool add, double scale, const eg_real *g, int64_t outer, int64_t R, int64_t inner) {
  spread(dx, add, scale, g, NULL, NULL, outer, R, inner);
}

void eg_k_spread_deviation(eg_real *dx, bool add, double scale, const eg_real *g, const eg_real *x,
                           const eg_real *center, int64_t outer, int64_t R, int64_t inner) {
  spread(dx, add, scale, g, x, center, outer, R, inner);
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
