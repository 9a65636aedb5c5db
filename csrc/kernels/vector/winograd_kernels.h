/* The transforms of kernels/winograd.h, to be compiled after one of the ORDER VECTOR headers. */
#include <stddef.h>

#include "kernels/integers.h"
#include "kernels/vector/part.h"
#include "kernels/winograd.h"

enum { COLUMNS = 2 * VEC_WIDTH };

VEC float *channel_at(float *base, const eg_winograd_place *to, int64_t c) {
  return base + c / COLUMNS * to->panel + c % COLUMNS;
}

/* v = B^T d */
VEC void input_of(float *v, int64_t plane, const vec d[6]) {
  vec four = vec_set(4), five = vec_set(5), two = vec_set(2);
  vec even = vec_fnma(four, d[2], d[4]), odd = vec_fnma(four, d[1], d[3]);
  vec even2 = vec_sub(d[4], d[2]), odd2 = vec_mul(two, vec_sub(d[3], d[1]));
  vec_store(v, vec_fma(four, d[0], vec_fnma(five, d[2], d[4])));
  vec_store(v + plane, vec_add(even, odd));
  vec_store(v + 2 * plane, vec_sub(even, odd));
  vec_store(v + 3 * plane, vec_add(even2, odd2));
  vec_store(v + 4 * plane, vec_sub(even2, odd2));
  vec_store(v + 5 * plane, vec_fma(four, d[1], vec_fnma(five, d[3], d[5])));
}

static void input(float *v, const eg_winograd_place *to, const float *x, int64_t l, int64_t c, int64_t offset,
                  int64_t tiles) {
  for (int64_t r = 0; r < tiles; r++) {
    int64_t row = offset + EG_WINOGRAD_TILE * r;
    const float *from = x + row * c;
    if (row >= 0 && row + 6 <= l) {
      for (int64_t i = 0; i < c; i += VEC_WIDTH) {
        vec d[6];
#pragma GCC unroll 6
        for (int j = 0; j < 6; j++)
          d[j] = load_some(from + j * c + i, c - i);
        input_of(channel_at(v, to, i) + r * to->pitch, to->plane, d);
      }
      continue;
    }
    for (int64_t i = 0; i < c; i += VEC_WIDTH) {
      vec d[6];
      for (int j = 0; j < 6; j++)
        d[j] = row + j >= 0 && row + j < l ? load_some(from + j * c + i, c - i) : vec_set(0);
      input_of(channel_at(v, to, i) + r * to->pitch, to->plane, d);
    }
  }
}

static void output(float *y, int64_t pitch, int64_t l, int64_t n, const float *m, const eg_winograd_place *from,
                   const eg_panel_ends *ends) {
  for (int64_t row = 0; row < l; row += EG_WINOGRAD_TILE, m += from->pitch)
    for (int64_t i = 0; i < n; i += VEC_WIDTH) {
      vec t[6];
#pragma GCC unroll 6
      for (int j = 0; j < 6; j++)
        t[j] = vec_load(m + j * from->plane + i);
      vec sum1 = vec_add(t[1], t[2]), difference1 = vec_sub(t[1], t[2]);
      vec sum2 = vec_add(t[3], t[4]), difference2 = vec_sub(t[3], t[4]);
      vec out[4] = {vec_add(t[0], vec_add(sum1, sum2)), vec_fma(vec_set(2), difference2, difference1),
                    vec_fma(vec_set(4), sum2, sum1), vec_fma(vec_set(8), difference2, vec_add(difference1, t[5]))};
      int64_t rows = smaller(EG_WINOGRAD_TILE, l - row);
      for (int64_t j = 0; j < rows; j++) {
        if (ends->bias)
          out[j] = vec_add(out[j], load_some(ends->bias + i, n - i));
        if (ends->start)
          out[j] = vec_add(out[j], load_some(ends->start + (row + j) * ends->pitch + i, n - i));
        if (ends->relu)
          out[j] = vec_select(vec_less(out[j], vec_set(0)), vec_set(0), out[j]);
        store_some(y + (row + j) * pitch + i, n - i, out[j]);
      }
    }
}

static void output_adjoint(float *m, const eg_winograd_place *to, const float *dy, int64_t l, int64_t c,
                           int64_t tiles) {
  for (int64_t r = 0; r < tiles; r++) {
    int64_t rows = smaller(EG_WINOGRAD_TILE, l - EG_WINOGRAD_TILE * r);
    const float *from = dy + EG_WINOGRAD_TILE * r * c;
    for (int64_t i = 0; i < c; i += VEC_WIDTH) {
      vec d[4];
#pragma GCC unroll 4
      for (int j = 0; j < 4; j++)
        d[j] = j < rows ? load_some(from + j * c + i, c - i) : vec_set(0);
      float *out = channel_at(m, to, i) + r * to->pitch;
      vec even1 = vec_add(d[0], d[2]), odd1 = vec_add(d[1], d[3]);
      vec even2 = vec_fma(vec_set(4), d[2], d[0]), odd2 = vec_fma(vec_set(8), d[3], vec_add(d[1], d[1]));
      vec_store(out, d[0]);
      vec_store(out + to->plane, vec_add(even1, odd1));
      vec_store(out + 2 * to->plane, vec_sub(even1, odd1));
      vec_store(out + 3 * to->plane, vec_add(even2, odd2));
      vec_store(out + 4 * to->plane, vec_sub(even2, odd2));
      vec_store(out + 5 * to->plane, d[3]);
    }
  }
}

static void filter(float *u, const float *g, int64_t n) {
  for (int64_t i = 0; i < n; i += VEC_WIDTH) {
    vec g0 = vec_load(g + i), g1 = vec_load(g + n + i), g2 = vec_load(g + 2 * n + i);
    vec sixth = vec_set(-1.0f / 6), even = vec_mul(sixth, vec_add(g0, g2)), odd = vec_mul(sixth, g1);
    vec even2 = vec_fma(vec_set(1.0f / 24), g0, vec_mul(vec_set(1.0f / 6), g2)), odd2 = vec_mul(vec_set(1.0f / 12), g1);
    vec_store(u + i, vec_mul(vec_set(0.25f), g0));
    vec_store(u + n + i, vec_add(even, odd));
    vec_store(u + 2 * n + i, vec_sub(even, odd));
    vec_store(u + 3 * n + i, vec_add(even2, odd2));
    vec_store(u + 4 * n + i, vec_sub(even2, odd2));
    vec_store(u + 5 * n + i, g2);
  }
}

static void filter_adjoint(float *dg, int64_t pitch, float beta, const float *u, int64_t plane, int64_t n) {
  for (int64_t i = 0; i < n; i += VEC_WIDTH) {
    vec t[6], out[3];
    for (int j = 0; j < 6; j++)
      t[j] = load_some(u + j * plane + i, n - i);
    vec sixth = vec_set(-1.0f / 6), sum1 = vec_mul(sixth, vec_add(t[1], t[2])), sum2 = vec_add(t[3], t[4]);
    out[0] = vec_fma(vec_set(0.25f), t[0], vec_fma(vec_set(1.0f / 24), sum2, sum1));
    out[1] = vec_fma(vec_set(1.0f / 12), vec_sub(t[3], t[4]), vec_mul(sixth, vec_sub(t[1], t[2])));
    out[2] = vec_add(t[5], vec_fma(vec_set(1.0f / 6), sum2, sum1));
    for (int j = 0; j < 3; j++) {
      float *at = dg + j * pitch + i;
      if (beta != 0)
        out[j] = vec_fma(vec_set(beta), load_some(at, n - i), out[j]);
      store_some(at, n - i, out[j]);
    }
  }
}

#define WINOGRAD_NAME_OF(isa) eg_winograd_##isa
#define WINOGRAD_NAME(isa) WINOGRAD_NAME_OF(isa)

const eg_winograd_kernels WINOGRAD_NAME(VEC_ISA) = {input, output, output_adjoint, filter, filter_adjoint};
