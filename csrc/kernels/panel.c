#include "kernels/panel.h"

#include "kernels/cpu.h"

#ifndef EG_DOUBLE

const eg_panel_kernels *eg_panel_now(void) {
  switch (eg_cpu_in_use()) {
#ifdef EG_HAVE_AVX512
  case EG_CPU_AVX512:
    return &eg_panel_avx512;
#endif
#ifdef EG_HAVE_AVX2
  case EG_CPU_AVX2:
    return &eg_panel_avx2;
#endif
  default:
    return &eg_panel_portable;
  }
}

int64_t eg_panel_width(const eg_panel_kernels *p, int64_t n, int64_t first) {
  int64_t left = n - first;
  return left >= p->columns ? p->columns : (left + p->vector - 1) / p->vector * p->vector;
}

size_t eg_panel_size(const eg_panel_kernels *p, int64_t k, int64_t n) {
  int64_t full = n / p->columns * p->columns;
  return (size_t)(k * (full + (full < n ? eg_panel_width(p, n, full) : 0)));
}

void eg_panel_pack(const eg_panel_kernels *p, float *out, const float *b, int64_t k, int64_t n, int64_t first,
                   int64_t row, int64_t column) {
  enum { ROWS = 16 }; /* at once: a line of the cache of each column of a transposed matrix */
  int64_t width = eg_panel_width(p, n, first), valid = n - first < width ? n - first : width;
  const float *from = b + first * column;
  if (column == 1 && valid == width) {
    p->copy(k, width, from, row, out);
    return;
  }
  for (int64_t i0 = 0; i0 < k; i0 += ROWS) {
    int64_t end = k - i0 < ROWS ? k : i0 + ROWS;
    if (row == 1)
      for (int64_t j = 0; j < valid; j++)
        for (int64_t i = i0; i < end; i++)
          out[i * width + j] = from[i + j * column];
    else
      for (int64_t i = i0; i < end; i++)
        for (int64_t j = 0; j < valid; j++)
          out[i * width + j] = from[i * row + j * column];
    for (int64_t i = i0; i < end; i++)
      for (int64_t j = valid; j < width; j++)
        out[i * width + j] = 0;
  }
}

#endif
