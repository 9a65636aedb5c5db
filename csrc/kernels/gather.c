#include "kernels/gather.h"

#include <string.h>

#include "ecgraft/parallel.h"

enum { SMALL = 16384, COLUMNS = 1024 };

static inline void move(eg_real *to, bool add, const eg_real *from, int64_t n) {
  if (!add) {
    memcpy(to, from, (size_t)n * sizeof *to);
    return;
  }
  EG_PRAGMA(omp simd)
  for (int64_t i = 0; i < n; i++)
    to[i] += from[i];
}

void eg_k_copy_rows(eg_real *to, int64_t to_pitch, bool add, const eg_real *from, int64_t from_pitch, int64_t rows,
                    int64_t width) {
  EG_PARALLEL_FOR_IF(rows * width > SMALL)
  for (int64_t r = 0; r < rows; r++)
    move(to + r * to_pitch, add, from + r * from_pitch, width);
}

void eg_k_index_select(eg_real *y, const eg_real *x, const eg_real *index, int64_t outer, int64_t R, int64_t inner,
                       int64_t count) {
  EG_PARALLEL_FOR_IF(outer * count * inner > SMALL)
  for (int64_t row = 0; row < outer * count; row++) {
    int64_t r = (int64_t)index[row % count];
    move(y + row * inner, false, x + (row / count * R + r) * inner, inner);
  }
}

void eg_k_index_add(eg_real *dx, const eg_real *g, const eg_real *index, int64_t outer, int64_t R, int64_t inner,
                    int64_t count) {
  /* An index may come twice, so a task has all indices for some columns of one outer entry. */
  int64_t across = (inner + COLUMNS - 1) / COLUMNS;
  EG_PARALLEL_FOR_IF(outer * count * inner > SMALL)
  for (int64_t task = 0; task < outer * across; task++) {
    int64_t o = task / across, first = task % across * COLUMNS;
    int64_t width = inner - first < COLUMNS ? inner - first : COLUMNS;
    for (int64_t j = 0; j < count; j++)
      move(dx + (o * R + (int64_t)index[j]) * inner + first, true, g + (o * count + j) * inner + first, width);
  }
}

void eg_k_flip(eg_real *y, bool add, const eg_real *x, int64_t outer, int64_t R, int64_t inner) {
  EG_PARALLEL_FOR_IF(outer * R * inner > SMALL)
  for (int64_t row = 0; row < outer * R; row++) {
    int64_t o = row / R, r = row % R;
    move(y + row * inner, add, x + (o * R + R - 1 - r) * inner, inner);
  }
}
