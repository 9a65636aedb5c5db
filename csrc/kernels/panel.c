#include "kernels/panel.h"

#include "kernels/cpu.h"
#include "kernels/vector/portable.h"

#ifndef EG_DOUBLE

#ifdef __clang__
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (vec_mask){__VA_ARGS__})
#endif

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

/* Four rows of four, at from + i ld, become four columns. Rows from `valid` on count as zeros. */
static void transpose_four(float *out, int64_t width, const float *from, int64_t ld, int64_t valid) {
  vec zero = vec_set(0), a = vec_load(from), b = valid > 1 ? vec_load(from + ld) : zero;
  vec c = valid > 2 ? vec_load(from + 2 * ld) : zero, d = valid > 3 ? vec_load(from + 3 * ld) : zero;
  vec ac = SHUFFLE(a, c, 0, 4, 1, 5), bd = SHUFFLE(b, d, 0, 4, 1, 5);
  vec_store(out, SHUFFLE(ac, bd, 0, 4, 1, 5));
  vec_store(out + width, SHUFFLE(ac, bd, 2, 6, 3, 7));
  ac = SHUFFLE(a, c, 2, 6, 3, 7), bd = SHUFFLE(b, d, 2, 6, 3, 7);
  vec_store(out + 2 * width, SHUFFLE(ac, bd, 0, 4, 1, 5));
  vec_store(out + 3 * width, SHUFFLE(ac, bd, 2, 6, 3, 7));
}

/* Columns that lie one behind the other, `ld` apart: a line of the cache of each at once. */
static void pack_transposed(float *out, const float *from, int64_t k, int64_t width, int64_t valid, int64_t ld) {
  enum { LINE = 16 };
  int64_t fours = k / 4 * 4;
  for (int64_t i0 = 0; i0 < fours; i0 += LINE)
    for (int64_t j = 0; j < width; j += 4)
      for (int64_t i = i0; i < i0 + LINE && i < fours; i += 4)
        if (j < valid)
          transpose_four(out + i * width + j, width, from + i + j * ld, ld, valid - j);
        else
          for (int64_t q = 0; q < 4; q++)
            vec_store(out + (i + q) * width + j, vec_set(0));
  for (int64_t i = fours; i < k; i++)
    for (int64_t j = 0; j < width; j++)
      out[i * width + j] = j < valid ? from[i + j * ld] : 0;
}

/* Rows of the panel four columns at a time. Columns from `valid` on are zeros. */
static void pack_rows(float *out, const float *from, int64_t k, int64_t width, int64_t valid, int64_t row,
                      int64_t column) {
  for (int64_t j = 0; j < width; j += 4) {
    float *to = out + j;
    const float *at = from + j * column;
    if (j + 4 <= valid && column == 1)
      for (int64_t i = 0; i < k; i++, to += width, at += row)
        vec_store(to, vec_load(at));
    else if (j < valid)
      for (int64_t i = 0; i < k; i++, to += width, at += row) {
        vec four = {at[0], 0, 0, 0};
        for (int64_t q = 1; q < valid - j && q < 4; q++)
          four[q] = at[q * column];
        vec_store(to, four);
      }
    else
      for (int64_t i = 0; i < k; i++, to += width)
        vec_store(to, vec_set(0));
  }
}

void eg_panel_pack(const eg_panel_kernels *p, float *out, const float *b, int64_t k, int64_t n, int64_t first,
                   int64_t row, int64_t column) {
  int64_t width = eg_panel_width(p, n, first), valid = n - first < width ? n - first : width;
  const float *from = b + first * column;
  if (column == 1 && valid == width)
    p->copy(k, width, from, row, out);
  else if (row == 1)
    pack_transposed(out, from, k, width, valid, column);
  else
    pack_rows(out, from, k, width, valid, row, column);
}

#endif
