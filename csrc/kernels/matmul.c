#include "kernels/matmul.h"

#include "ecgraft/parallel.h"
#include "kernels/gemm.h"
#include "kernels/integers.h"

enum { TILE = 256, ROWS_IN_PIECE = 512, MOST_PIECES = 16, COLUMNS_AT_ONCE = 64 };

static int64_t pieces_of(int64_t n, int64_t size) {
  return (n + size - 1) / size;
}

/* Tile number `tile` of C. */
static void product_tile(int64_t tile, bool at, bool bt, int64_t m, int64_t n, int64_t k, const eg_real *a, int64_t lda,
                         const eg_real *b, int64_t ldb, eg_real beta, eg_real *c, int64_t ldc) {
  int64_t across = pieces_of(n, TILE), i = tile / across * TILE, j = tile % across * TILE;
  eg_k_gemm(at, bt, smaller(TILE, m - i), smaller(TILE, n - j), k, at ? a + i : a + i * lda, lda,
            bt ? b + j * ldb : b + j, ldb, beta, c + i * ldc + j, ldc);
}

void eg_k_product(bool a_transposed, bool b_transposed, int64_t m, int64_t n, int64_t k, const eg_real *a, int64_t lda,
                  const eg_real *b, int64_t ldb, eg_real beta, eg_real *c, int64_t ldc) {
  int64_t tiles = pieces_of(m, TILE) * pieces_of(n, TILE);
  EG_PARALLEL_FOR_IF(tiles > 1)
  for (int64_t tile = 0; tile < tiles; tile++)
    product_tile(tile, a_transposed, b_transposed, m, n, k, a, lda, b, ldb, beta, c, ldc);
}

/* Rows in one piece: at least ROWS_IN_PIECE, and so many that there are at most MOST_PIECES. */
static int64_t rows_in_piece(int64_t rows) {
  int64_t most = pieces_of(rows, MOST_PIECES);
  return most > ROWS_IN_PIECE ? most : ROWS_IN_PIECE;
}

static int64_t row_pieces(int64_t rows) {
  return pieces_of(rows, rows_in_piece(rows));
}

size_t eg_k_product_over_rows_scratch(int64_t rows, int64_t m, int64_t n) {
  int64_t pieces = row_pieces(rows);
  return pieces > 1 ? (size_t)pieces * (size_t)(m * n) : 0;
}

void eg_k_product_over_rows(int64_t rows, int64_t m, int64_t n, const eg_real *a, int64_t lda, const eg_real *b,
                            int64_t ldb, eg_real beta, eg_real *c, eg_real *scratch) {
  int64_t pieces = row_pieces(rows), size = rows_in_piece(rows);
  if (pieces <= 1) {
    eg_k_product(true, false, m, n, rows, a, lda, b, ldb, beta, c, n);
    return;
  }
  int64_t tiles = pieces_of(m, TILE) * pieces_of(n, TILE);
  EG_PARALLEL_FOR
  for (int64_t task = 0; task < pieces * tiles; task++) {
    int64_t piece = task / tiles, first = piece * size;
    product_tile(task % tiles, true, false, m, n, smaller(size, rows - first), a + first * lda, lda, b + first * ldb,
                 ldb, 0, scratch + piece * m * n, n);
  }
  eg_k_add_parts(c, beta, scratch, pieces, m * n);
}

size_t eg_k_column_sums_scratch(int64_t rows, int64_t columns) {
  return (size_t)row_pieces(rows) * (size_t)columns;
}

/* One piece: runs of 32 rows are summed by themselves first, which keeps the rounding error of long columns small. */
static void column_sums_of_piece(eg_real *sum, const eg_real *x, int64_t rows, int64_t columns) {
  for (int64_t j = 0; j < columns; j += COLUMNS_AT_ONCE) {
    int64_t width = smaller(COLUMNS_AT_ONCE, columns - j);
    eg_real total[COLUMNS_AT_ONCE] = {0};
    for (int64_t first = 0; first < rows; first += 32) {
      eg_real run[COLUMNS_AT_ONCE] = {0};
      for (int64_t i = first; i < smaller(first + 32, rows); i++)
        for (int64_t q = 0; q < width; q++)
          run[q] += x[i * columns + j + q];
      for (int64_t q = 0; q < width; q++)
        total[q] += run[q];
    }
    for (int64_t q = 0; q < width; q++)
      sum[j + q] = total[q];
  }
}

void eg_k_column_sums(eg_real *sum, eg_real beta, const eg_real *x, int64_t rows, int64_t columns, eg_real *scratch) {
  int64_t pieces = row_pieces(rows), size = rows_in_piece(rows);
  EG_PARALLEL_FOR_IF(pieces > 1)
  for (int64_t piece = 0; piece < pieces; piece++)
    column_sums_of_piece(scratch + piece * columns, x + piece * size * columns, smaller(size, rows - piece * size),
                         columns);
  eg_k_add_parts(sum, beta, scratch, pieces, columns);
}

void eg_k_fill_rows(eg_real *y, const eg_real *bias, int64_t rows, int64_t columns) {
  EG_PARALLEL_FOR_IF(rows * columns > 65536)
  for (int64_t i = 0; i < rows; i++)
    for (int64_t j = 0; j < columns; j++)
      y[i * columns + j] = bias ? bias[j] : 0;
}

void eg_k_add_parts(eg_real *out, eg_real beta, const eg_real *parts_at, int64_t parts, int64_t count) {
  EG_PARALLEL_FOR_IF(count > 16384)
  for (int64_t first = 0; first < count; first += COLUMNS_AT_ONCE) {
    int64_t width = smaller(COLUMNS_AT_ONCE, count - first);
    eg_real total[COLUMNS_AT_ONCE] = {0};
    for (int64_t part = 0; part < parts; part++)
      for (int64_t q = 0; q < width; q++)
        total[q] += parts_at[part * count + first + q];
    for (int64_t q = 0; q < width; q++)
      out[first + q] = beta == 0 ? total[q] : total[q] + beta * out[first + q];
  }
}

/* The entry `index` of the dims of `batch` for which C's stride is (or is not) 0, as offsets into A, B and C. */
static void offsets(const eg_k_batch *batch, bool summed, int64_t index, int64_t *a, int64_t *b, int64_t *c) {
  for (int d = batch->ndim - 1; d >= 0; d--) {
    if ((batch->c[d] == 0) != summed)
      continue;
    int64_t at = index % batch->dims[d];
    index /= batch->dims[d];
    *a += at * batch->a[d];
    *b += at * batch->b[d];
    *c += at * batch->c[d];
  }
}

void eg_k_matmul(const eg_k_batch *batch, bool a_transposed, bool b_transposed, int64_t m, int64_t n, int64_t k,
                 const eg_real *a, const eg_real *b, eg_real beta, eg_real *c) {
  int64_t lda = a_transposed ? m : k, ldb = b_transposed ? k : n;
  int64_t separate = 1, summed = 1, tiles = pieces_of(m, TILE) * pieces_of(n, TILE);
  for (int d = 0; d < batch->ndim; d++) {
    if (batch->c[d] == 0)
      summed *= batch->dims[d];
    else
      separate *= batch->dims[d];
  }
  EG_PARALLEL_FOR_IF(separate * tiles > 1)
  for (int64_t task = 0; task < separate * tiles; task++) {
    int64_t a_at = 0, b_at = 0, c_at = 0;
    offsets(batch, false, task / tiles, &a_at, &b_at, &c_at);
    for (int64_t each = 0; each < summed; each++) {
      int64_t a_each = a_at, b_each = b_at, c_each = c_at;
      offsets(batch, true, each, &a_each, &b_each, &c_each);
      product_tile(task % tiles, a_transposed, b_transposed, m, n, k, a + a_each, lda, b + b_each, ldb, each ? 1 : beta,
                   c + c_each, n);
    }
    if (summed == 0)
      product_tile(task % tiles, a_transposed, b_transposed, m, n, 0, a, lda, b, ldb, beta, c + c_at, n);
  }
}
