#include "kernels/strided.h"

#include <string.h>

#include "ecgraft/parallel.h"

enum { MAX_DIMS = 8, PARALLEL_ROWS = 64 };

typedef void (*row_loop)(eg_real *y, int64_t y_stride, const eg_real *x, int64_t x_stride, int64_t n, eg_real factor,
                         eg_real value);

static void copy_row(eg_real *y, int64_t ys, const eg_real *x, int64_t xs, int64_t n, eg_real factor, eg_real value) {
  (void)factor, (void)value;
  if (ys == 1 && xs == 1)
    memcpy(y, x, (size_t)n * sizeof *y);
  else
    for (int64_t i = 0; i < n; i++)
      y[i * ys] = x[i * xs];
}

static void add_row(eg_real *y, int64_t ys, const eg_real *x, int64_t xs, int64_t n, eg_real factor, eg_real value) {
  (void)value;
  if (ys == 1 && xs == 1)
    for (int64_t i = 0; i < n; i++)
      y[i] += factor * x[i];
  else
    for (int64_t i = 0; i < n; i++)
      y[i * ys] += factor * x[i * xs];
}

static void affine_row(eg_real *y, int64_t ys, const eg_real *x, int64_t xs, int64_t n, eg_real factor, eg_real value) {
  (void)x, (void)xs;
  if (factor == 0) /* a fill: also of content that is not a number */
    for (int64_t i = 0; i < n; i++)
      y[i * ys] = value;
  else
    for (int64_t i = 0; i < n; i++)
      y[i * ys] = factor * y[i * ys] + value;
}

/* Walks all rows (runs along the last dim), after merging dims that lie behind one another in both arrays. */
static void walk(row_loop loop, eg_real *y, const int64_t *y_strides, const eg_real *x, const int64_t *x_strides,
                 const int64_t *dims, int ndim, eg_real factor, eg_real value) {
  int64_t d[MAX_DIMS], sy[MAX_DIMS], sx[MAX_DIMS];
  int n = 0;
  for (int i = 0; i < ndim; i++) {
    if (dims[i] == 0)
      return;
    if (dims[i] == 1)
      continue;
    if (n > 0 && sy[n - 1] == y_strides[i] * dims[i] && sx[n - 1] == x_strides[i] * dims[i]) {
      d[n - 1] *= dims[i];
      sy[n - 1] = y_strides[i];
      sx[n - 1] = x_strides[i];
    } else {
      d[n] = dims[i];
      sy[n] = y_strides[i];
      sx[n++] = x_strides[i];
    }
  }
  if (n == 0) {
    loop(y, 1, x, 1, 1, factor, value);
    return;
  }
  int64_t rows = 1;
  for (int i = 0; i < n - 1; i++)
    rows *= d[i];
  if (n == 1) { /* one long run: cut it, so that threads can share it */
    int64_t pieces = d[0] / 65536 + 1, step = (d[0] + pieces - 1) / pieces;
    EG_PARALLEL_FOR_IF(pieces > 4)
    for (int64_t p = 0; p < pieces; p++) {
      int64_t from = p * step, length = from + step > d[0] ? d[0] - from : step;
      if (length > 0)
        loop(y + from * sy[0], sy[0], x + from * sx[0], sx[0], length, factor, value);
    }
    return;
  }
  EG_PARALLEL_FOR_IF(rows >= PARALLEL_ROWS && rows * d[n - 1] > 65536)
  for (int64_t r = 0; r < rows; r++) {
    int64_t oy = 0, ox = 0, rest = r;
    for (int i = n - 2; i >= 0; i--) {
      int64_t at = rest % d[i];
      rest /= d[i];
      oy += at * sy[i];
      ox += at * sx[i];
    }
    loop(y + oy, sy[n - 1], x + ox, sx[n - 1], d[n - 1], factor, value);
  }
}

void eg_k_strided_copy(eg_real *y, const int64_t *y_strides, const eg_real *x, const int64_t *x_strides,
                       const int64_t *dims, int ndim) {
  walk(copy_row, y, y_strides, x, x_strides, dims, ndim, 0, 0);
}

void eg_k_strided_add(eg_real *y, const int64_t *y_strides, const eg_real *x, const int64_t *x_strides,
                      const int64_t *dims, int ndim, eg_real factor) {
  walk(add_row, y, y_strides, x, x_strides, dims, ndim, factor, 0);
}

void eg_k_strided_affine(eg_real *y, const int64_t *y_strides, const int64_t *dims, int ndim, eg_real factor,
                         eg_real value) {
  walk(affine_row, y, y_strides, y, y_strides, dims, ndim, factor, value);
}
