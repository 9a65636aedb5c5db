/* The passes of kernels/batch_norm_kernels.h, to be compiled after one of the ORDER VECTOR headers. Each goes through a
   few rows at a time, one vector of channels after the other, so that what belongs to a channel is loaded once for
   these rows. */
#include <stddef.h>

#include "kernels/batch_norm_kernels.h"
#include "kernels/vector/part.h"

enum { ROWS = 8 };

VEC int64_t rows_at_once(int64_t first, int64_t last) {
  return last - first < ROWS ? last - first : ROWS;
}

VEC void clear(eg_real *x, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    x[i] = 0;
}

VEC void add_to(eg_real *sum, int64_t n, vec a) {
  store_some(sum, n, vec_add(load_some(sum, n), a));
}

static void statistics(eg_real *mean, eg_real *m2, eg_real *rest, const eg_real *x, int64_t rows, int64_t channels) {
  clear(mean, channels);
  clear(m2, channels);
  clear(rest, channels);
  for (int64_t first = 0; first < rows; first += ROWS)
    for (int64_t c = 0; c < channels; c += VEC_WIDTH) {
      int64_t n = channels - c, count = rows_at_once(first, rows);
      const eg_real *at = x + first * channels + c;
      vec sum = load_some(at, n);
      for (int64_t i = 1; i < count; i++)
        sum = vec_add(sum, load_some(at + i * channels, n));
      add_to(mean + c, n, sum);
    }
  for (int64_t c = 0; c < channels; c++)
    mean[c] /= (eg_real)rows;
  for (int64_t first = 0; first < rows; first += ROWS)
    for (int64_t c = 0; c < channels; c += VEC_WIDTH) {
      int64_t n = channels - c, count = rows_at_once(first, rows);
      const eg_real *at = x + first * channels + c;
      vec middle = load_some(mean + c, n), squares = vec_set(0), sum = vec_set(0);
      for (int64_t i = 0; i < count; i++) {
        vec d = vec_sub(load_some(at + i * channels, n), middle);
        sum = vec_add(sum, d);
        squares = vec_fma(d, d, squares);
      }
      add_to(rest + c, n, sum);
      add_to(m2 + c, n, squares);
    }
  for (int64_t c = 0; c < channels; c++) {
    m2[c] -= rest[c] * rest[c] / (eg_real)rows;
    mean[c] += rest[c] / (eg_real)rows;
  }
}

typedef struct channel_values {
  vec mean, scale, shift;
} channel_values;

VEC channel_values channels_at(const eg_k_batch_norm *b, int64_t c) {
  int64_t n = b->channels - c;
  vec scale = load_some(b->inverse + c, n);
  if (b->gamma)
    scale = vec_mul(scale, load_some(b->gamma + c, n));
  return (channel_values){load_some(b->mean + c, n), scale, b->beta ? load_some(b->beta + c, n) : vec_set(0)};
}

/* What apply and the mask that backward computes again must agree on. */
VEC vec normalised(const channel_values *k, vec x) {
  return vec_fma(vec_sub(x, k->mean), k->scale, k->shift);
}

VEC void apply_rows(const eg_k_batch_norm *b, eg_real *y, const eg_real *residual, int64_t first, int64_t last,
                    const bool relu, const bool add) {
  for (; first < last; first += ROWS)
    for (int64_t c = 0; c < b->channels; c += VEC_WIDTH) {
      int64_t n = b->channels - c, count = rows_at_once(first, last), at = first * b->channels + c;
      channel_values k = channels_at(b, c);
      for (int64_t i = 0; i < count; i++, at += b->channels) {
        vec z = normalised(&k, load_some(b->x + at, n));
        if (add)
          z = vec_add(z, load_some(residual + at, n)); // cppcheck-suppress nullPointerArithmetic
        if (relu)
          z = vec_select(vec_less(z, vec_set(0)), vec_set(0), z); /* a NaN passes, so that it is found */
        store_some(y + at, n, z);
      }
    }
}

static void apply(const eg_k_batch_norm *b, eg_real *y, const eg_real *residual, int64_t first, int64_t last) {
  if (residual && b->relu)
    apply_rows(b, y, residual, first, last, true, true);
  else if (residual)
    apply_rows(b, y, residual, first, last, false, true);
  else
    apply_rows(b, y, NULL, first, last, b->relu, false);
}

/* Where dz comes from: dy as it is, dy where the output was positive, dy where z, computed again, is. */
enum { ALL, BY_OUTPUT, BY_INPUT };

VEC vec dz_at(const channel_values *k, const eg_real *dy, const eg_real *y, vec x, int64_t at, int64_t n,
              const int mask) {
  vec dz = load_some(dy + at, n), zero = vec_set(0);
  if (mask == BY_OUTPUT)
    return vec_select(vec_less(zero, load_some(y + at, n)), dz, zero);
  if (mask == BY_INPUT)
    return vec_select(vec_less(zero, normalised(k, x)), dz, zero);
  return dz;
}

VEC void sums_rows(const eg_k_batch_norm *b, eg_real *sum, eg_real *sum_x, const eg_real *dy, const eg_real *y,
                   eg_real *d_residual, eg_real beta, int64_t first, int64_t last, const int mask) {
  clear(sum, b->channels);
  clear(sum_x, b->channels);
  for (; first < last; first += ROWS)
    for (int64_t c = 0; c < b->channels; c += VEC_WIDTH) {
      int64_t n = b->channels - c, count = rows_at_once(first, last), at = first * b->channels + c;
      channel_values k = channels_at(b, c);
      vec total = vec_set(0), total_x = vec_set(0);
      for (int64_t i = 0; i < count; i++, at += b->channels) {
        vec x = load_some(b->x + at, n), dz = dz_at(&k, dy, y, x, at, n, mask);
        total = vec_add(total, dz);
        total_x = vec_fma(dz, vec_sub(x, k.mean), total_x);
        if (d_residual) {
          if (beta != 0)
            dz = vec_fma(vec_set(beta), load_some(d_residual + at, n), dz);
          store_some(d_residual + at, n, dz);
        }
      }
      add_to(sum + c, n, total);
      add_to(sum_x + c, n, total_x);
    }
}

static void sums(const eg_k_batch_norm *b, eg_real *sum, eg_real *sum_x, const eg_real *dy, const eg_real *y,
                 eg_real *d_residual, eg_real beta, int64_t first, int64_t last) {
  if (!b->relu)
    sums_rows(b, sum, sum_x, dy, y, d_residual, beta, first, last, ALL);
  else if (y)
    sums_rows(b, sum, sum_x, dy, y, d_residual, beta, first, last, BY_OUTPUT);
  else
    sums_rows(b, sum, sum_x, dy, y, d_residual, beta, first, last, BY_INPUT);
}

VEC void input_rows(const eg_k_batch_norm *b, eg_real *dx, eg_real beta, const eg_real *dy, const eg_real *y,
                    const eg_real *k0, const eg_real *k1, const eg_real *k2, int64_t first, int64_t last,
                    const int mask) {
  for (; first < last; first += ROWS)
    for (int64_t c = 0; c < b->channels; c += VEC_WIDTH) {
      int64_t n = b->channels - c, count = rows_at_once(first, last), at = first * b->channels + c;
      channel_values k = channels_at(b, c);
      vec f0 = load_some(k0 + c, n), f1 = load_some(k1 + c, n), f2 = load_some(k2 + c, n);
      for (int64_t i = 0; i < count; i++, at += b->channels) {
        vec x = load_some(b->x + at, n), dz = dz_at(&k, dy, y, x, at, n, mask);
        vec d = vec_fma(f0, dz, vec_fma(f1, vec_sub(x, k.mean), f2));
        if (beta != 0)
          d = vec_fma(vec_set(beta), load_some(dx + at, n), d);
        store_some(dx + at, n, d);
      }
    }
}

static void input(const eg_k_batch_norm *b, eg_real *dx, eg_real beta, const eg_real *dy, const eg_real *y,
                  const eg_real *k0, const eg_real *k1, const eg_real *k2, int64_t first, int64_t last) {
  if (!b->relu)
    input_rows(b, dx, beta, dy, y, k0, k1, k2, first, last, ALL);
  else if (y)
    input_rows(b, dx, beta, dy, y, k0, k1, k2, first, last, BY_OUTPUT);
  else
    input_rows(b, dx, beta, dy, y, k0, k1, k2, first, last, BY_INPUT);
}

#define BATCH_NORM_NAME_OF(isa) eg_batch_norm_##isa
#define BATCH_NORM_NAME(isa) BATCH_NORM_NAME_OF(isa)

const eg_batch_norm_kernels BATCH_NORM_NAME(VEC_ISA) = {statistics, apply, sums, input};
