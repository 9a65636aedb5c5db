/* The kernels of kernels/panel.h, to be compiled after one of avx512.h, avx2.h, portable.h. */
#include "kernels/panel.h"

/* A tile of few rows takes several panels at once: a sum waits for the one before it, so eight or more must be on
   their way. */
enum { PANEL = 2 * VEC_WIDTH, MOST_VECTORS = 8, WIDE_ROWS = 3 };

/* Panels that lie beyond the second cache are asked for so many floats before they are needed: the processor itself
   does not look over the end of a page. One record of ResNet1d18 takes a quarter less time by it. */
enum { AHEAD = 4096 };

/* m rows (a constant, up to VEC_TILE_ROWS) by v vectors of each of `panels` panels, all of it in registers; `tiles` of
   them, one below the other. Rows are addressed from every third one: x86 adds a register times 1 or 2 to a base, so
   the two rows behind it need no address of their own. Every second row is spread into a register first, the others are
   not (see vec_fma_at). */
VEC void rows_tiles(const int m, const int panels, const int v, int64_t tiles, int64_t k, const float *a, int64_t lda,
                    const float *b, int64_t ldb, float *c, int64_t ldc, const eg_panel_ends *ends) {
  const int vectors = panels * v;
  const float *start = ends->start, *bias = ends->bias;
  const int64_t pitch = ends->pitch;
  const bool relu = ends->relu;
  for (; tiles > 0; tiles--, a += m * lda, c += m * ldc) {
    vec sum[VEC_TILE_ROWS][MOST_VECTORS];
#pragma GCC unroll 12
    for (int i = 0; i < m; i++)
#pragma GCC unroll 8
      for (int j = 0; j < vectors; j++) {
        sum[i][j] = start ? vec_load(start + i * pitch + j * VEC_WIDTH) : vec_set(0);
        if (bias)
          sum[i][j] = vec_add(sum[i][j], vec_load(bias + j * VEC_WIDTH));
      }
    if (start)
      start += m * pitch;
    const float *third[4] = {a, a + 3 * lda, a + 6 * lda, a + 9 * lda}, *panel[MOST_VECTORS / 2];
#pragma GCC unroll 4
    for (int q = 0; q < panels; q++)
      panel[q] = b + q * ldb;
#pragma GCC unroll 2
    for (int64_t p = 0; p < k; p++) {
      vec right[MOST_VECTORS];
#pragma GCC unroll 8
      for (int j = 0; j < vectors; j++) {
        const float *at = panel[j / v] + j % v * VEC_WIDTH;
        right[j] = vec_load(at);
        if (panels == 1)
          __builtin_prefetch(at + AHEAD, 0, 2);
      }
#pragma GCC unroll 4
      for (int q = 0; q < panels; q++)
        panel[q] += v * VEC_WIDTH;
#pragma GCC unroll 12
      for (int i = 0; i < m; i++) {
        const float *left = &third[i / 3][i % 3 * lda];
#pragma GCC unroll 8
        for (int j = 0; j < vectors; j++)
          sum[i][j] = vectors > 2 || i % 2 ? vec_fma(vec_set(*left), right[j], sum[i][j])
                                           : vec_fma_at(left, right[j], sum[i][j]);
      }
#pragma GCC unroll 4
      for (int i = 0; i < 4; i++)
        third[i]++;
    }
#pragma GCC unroll 12
    for (int i = 0; i < m; i++)
#pragma GCC unroll 8
      for (int j = 0; j < vectors; j++) {
        if (relu)
          sum[i][j] = vec_select(vec_less(sum[i][j], vec_set(0)), vec_set(0), sum[i][j]);
        vec_store(c + i * ldc + j * VEC_WIDTH, sum[i][j]);
      }
  }
}

VEC void columns_tile(const int m, const int v, int64_t k, const float *a, int64_t lda, const float *b, int64_t ldb,
                      float *c, int64_t ldc) {
  vec sum[VEC_TILE_ROWS][2];
#pragma GCC unroll 12
  for (int i = 0; i < m; i++)
#pragma GCC unroll 2
    for (int j = 0; j < v; j++)
      sum[i][j] = vec_set(0);
  for (int64_t p = 0; p < k; p++) {
    vec right[2];
#pragma GCC unroll 2
    for (int j = 0; j < v; j++)
      right[j] = vec_load(b + j * VEC_WIDTH);
#pragma GCC unroll 12
    for (int i = 0; i < m; i++)
#pragma GCC unroll 2
      for (int j = 0; j < v; j++)
        sum[i][j] = i % 2 ? vec_fma(vec_set(a[i]), right[j], sum[i][j]) : vec_fma_at(a + i, right[j], sum[i][j]);
    a += lda;
    b += ldb;
  }
#pragma GCC unroll 12
  for (int i = 0; i < m; i++)
#pragma GCC unroll 2
    for (int j = 0; j < v; j++) {
      float *at = c + i * ldc + j * VEC_WIDTH;
      vec_store(at, vec_add(vec_load(at), sum[i][j]));
    }
}

/* A function for each number of rows and vectors. */
typedef void rows_function(int64_t tiles, int64_t k, const float *a, int64_t lda, const float *b, int64_t ldb, float *c,
                           int64_t ldc, const eg_panel_ends *ends);
typedef void columns_function(int64_t k, const float *a, int64_t lda, const float *b, int64_t ldb, float *c,
                              int64_t ldc);

#define TILE(m, v)                                                                                                     \
  static void rows_##m##_##v(int64_t tiles, int64_t k, const float *a, int64_t lda, const float *b, int64_t ldb,       \
                             float *c, int64_t ldc, const eg_panel_ends *ends) {                                       \
    rows_tiles(m, 1, v, tiles, k, a, lda, b, ldb, c, ldc, ends);                                                       \
  }                                                                                                                    \
  static void columns_##m##_##v(int64_t k, const float *a, int64_t lda, const float *b, int64_t ldb, float *c,         \
                                int64_t ldc) {                                                                         \
    columns_tile(m, v, k, a, lda, b, ldb, c, ldc);                                                                     \
  }
#define TILES(m) TILE(m, 1) TILE(m, 2)
/* clang-format off */
TILES(1) TILES(2) TILES(3) TILES(4) TILES(5) TILES(6)
/* clang-format on */
#define TILE_POINTERS_TO_6(name, v)                                                                                    \
  NULL, name##_1_##v, name##_2_##v, name##_3_##v, name##_4_##v, name##_5_##v, name##_6_##v
#if defined(__AVX512F__)
    TILES(7) TILES(8) TILES(9) TILES(10) TILES(11) TILES(12)
#define TILE_POINTERS(name, v)                                                                                         \
  TILE_POINTERS_TO_6(name, v), name##_7_##v, name##_8_##v, name##_9_##v, name##_10_##v, name##_11_##v, name##_12_##v
#else
#define TILE_POINTERS(name, v) TILE_POINTERS_TO_6(name, v)
#endif

        static rows_function *const rows_functions[2][VEC_TILE_ROWS + 1] = {{TILE_POINTERS(rows, 1)},
                                                                            {TILE_POINTERS(rows, 2)}};
static columns_function *const columns_functions[2][VEC_TILE_ROWS + 1] = {{TILE_POINTERS(columns, 1)},
                                                                          {TILE_POINTERS(columns, 2)}};

/* Rows of the tile that comes next, so that all are about as large. */
VEC int64_t tile_rows(int64_t m, int64_t done) {
  int64_t tiles = (m - done + VEC_TILE_ROWS - 1) / VEC_TILE_ROWS;
  return (m - done + tiles - 1) / tiles;
}

#define WIDE(m, panels)                                                                                                \
  static void wide_##m(int64_t tiles, int64_t k, const float *a, int64_t lda, const float *b, int64_t ldb, float *c,   \
                       int64_t ldc, const eg_panel_ends *ends) {                                                       \
    rows_tiles(m, panels, 2, tiles, k, a, lda, b, ldb, c, ldc, ends);                                                  \
  }
WIDE(1, 4)
WIDE(2, 2)
WIDE(3, 2)
static rows_function *const wide_functions[WIDE_ROWS + 1] = {NULL, wide_1, wide_2, wide_3};
static const int wide_panels[WIDE_ROWS + 1] = {0, 4, 2, 2};

/* What belongs to the rows from i and the columns from j on. */
VEC eg_panel_ends ends_at(const eg_panel_ends *ends, int64_t i, int64_t j) {
  eg_panel_ends e = *ends;
  if (e.start)
    e.start += i * e.pitch + j;
  if (e.bias)
    e.bias += j;
  return e;
}

/* Where the last vector of the panel is only partly there: by way of a tile of our own. */
static void rows_part(int64_t m, int64_t n, int64_t k, const float *a, int64_t lda, const float *b, float *c,
                      int64_t ldc, const eg_panel_ends *ends) {
  float tile[VEC_TILE_ROWS * PANEL] = {0};
  for (int64_t i = 0; i < m; i++)
    for (int64_t j = 0; j < n; j++)
      tile[i * PANEL + j] = (ends->start ? ends->start[i * ends->pitch + j] : 0) + (ends->bias ? ends->bias[j] : 0);
  eg_panel_ends from_tile = {.start = tile, .pitch = PANEL, .relu = ends->relu};
  rows_functions[n > VEC_WIDTH][m](1, k, a, lda, b, 0, tile, PANEL, &from_tile);
  for (int64_t i = 0; i < m; i++)
    for (int64_t j = 0; j < n; j++)
      c[i * ldc + j] = tile[i * PANEL + j];
}

/* One panel: tiles of about the same number of rows, the larger ones first. */
static void rows_of_panel(int64_t m, int64_t n, int64_t k, const float *a, int64_t lda, const float *b, float *c,
                          int64_t ldc, const eg_panel_ends *ends) {
  for (int64_t done = 0; done < m;) {
    int64_t count = tile_rows(m, done), left = (m - done + VEC_TILE_ROWS - 1) / VEC_TILE_ROWS;
    int64_t tiles = left - (left * count - (m - done)); /* of this size, the rest one row less */
    eg_panel_ends e = ends_at(ends, done, 0);
    if (n % VEC_WIDTH == 0)
      rows_functions[n > VEC_WIDTH][count](tiles, k, a + done * lda, lda, b, 0, c + done * ldc, ldc, &e);
    else
      rows_part(count, n, k, a + done * lda, lda, b, c + done * ldc, ldc, &e);
    done += n % VEC_WIDTH == 0 ? tiles * count : count;
  }
}

static void rows(int64_t m, int64_t n, int64_t k, const float *a, int64_t lda, const float *b, int64_t ldb, float *c,
                 int64_t ldc, const eg_panel_ends *ends) {
  const eg_panel_ends none = {0};
  int64_t wide = m <= WIDE_ROWS ? wide_panels[m] * PANEL : 0;
  if (!ends)
    ends = &none;
  for (int64_t j = 0; j < n;) {
    eg_panel_ends e = ends_at(ends, 0, j);
    if (wide > 0 && n - j >= wide) {
      wide_functions[m](1, k, a, lda, b + j / PANEL * ldb, ldb, c + j, ldc, &e);
      j += wide;
    } else {
      rows_of_panel(m, n - j < PANEL ? n - j : PANEL, k, a, lda, b + j / PANEL * ldb, c + j, ldc, &e);
      j += PANEL;
    }
  }
}

static void columns_part(int64_t m, int64_t n, int64_t k, const float *a, int64_t lda, const float *b, int64_t ldb,
                         float *c, int64_t ldc) {
  float tile[VEC_TILE_ROWS * PANEL] = {0};
  columns_functions[n > VEC_WIDTH][m](k, a, lda, b, ldb, tile, PANEL);
  for (int64_t i = 0; i < m; i++)
    for (int64_t j = 0; j < n; j++)
      c[i * ldc + j] += tile[i * PANEL + j];
}

static void columns_sum(int64_t m, int64_t n, int64_t k, const float *a, int64_t lda, const float *b, int64_t ldb,
                        float *c, int64_t ldc) {
  for (int64_t done = 0; done < m;) {
    int64_t count = tile_rows(m, done);
    if (n % VEC_WIDTH == 0)
      columns_functions[n > VEC_WIDTH][count](k, a + done, lda, b, ldb, c + done * ldc, ldc);
    else
      columns_part(count, n, k, a + done, lda, b, ldb, c + done * ldc, ldc);
    done += count;
  }
}

static void copy(int64_t m, int64_t n, const float *in, int64_t ld, float *out) {
  if (n == PANEL)
    for (int64_t i = 0; i < m; i++, in += ld, out += PANEL) {
      vec_store(out, vec_load(in));
      vec_store(out + VEC_WIDTH, vec_load(in + VEC_WIDTH));
    }
  else
    for (int64_t i = 0; i < m; i++, in += ld, out += n)
      for (int64_t j = 0; j < n; j += VEC_WIDTH)
        vec_store(out + j, vec_load(in + j));
}

#define PANEL_NAME_OF(isa) eg_panel_##isa
#define PANEL_NAME(isa) PANEL_NAME_OF(isa)
#define PANEL_TEXT_OF(isa) #isa
#define PANEL_TEXT(isa) PANEL_TEXT_OF(isa)

const eg_panel_kernels PANEL_NAME(VEC_ISA) = {PANEL_TEXT(VEC_ISA), PANEL, VEC_WIDTH, rows, columns_sum, copy};
