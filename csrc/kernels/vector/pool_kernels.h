/* The kernels of kernels/pool_vector.h, to be compiled after one of the ORDER VECTOR headers. Channels go through a
   window in some vectors at a time; `n` is how many channels are left. */
#include <stddef.h>

#include "kernels/pool_vector.h"
#include "kernels/vector/part.h"

/* Sums over a window are made of runs of so many samples, which keeps the rounding error of a long window small. */
enum { VECTORS = 4, RUN = 32 };

VEC void store_index(void *index, int64_t at, bool wide, int64_t n, vec_int where) {
  if (!wide && n >= VEC_WIDTH)
    vec_store_bytes((uint8_t *)index + at, where);
  else
    for (int i = 0; i < VEC_WIDTH && i < n; i++)
      if (wide)
        ((uint32_t *)index)[at + i] = (uint32_t)where[i];
      else
        ((uint8_t *)index)[at + i] = (uint8_t)where[i];
}

VEC vec_int load_index(const void *index, int64_t at, bool wide, int64_t n) {
  if (!wide && n >= VEC_WIDTH)
    return vec_load_bytes((const uint8_t *)index + at);
  vec_int where = {0};
  for (int i = 0; i < VEC_WIDTH && i < n; i++)
    where[i] = wide ? ((const uint32_t *)index)[at + i] : ((const uint8_t *)index)[at + i];
  return where;
}

/* The place k in each entry: bits that are moved about as if they were numbers. */
VEC vec place(int64_t k) {
#ifdef EG_DOUBLE
  return (vec)((vec_int){0} + k);
#else
  return (vec)((vec_int){0} + (int32_t)k);
#endif
}

/* Output row `at` of `count` vectors from channel c on: the largest, and its place in the window. The comparison is not
   true for a NaN; of several NaNs the last stays, as good as any. */
VEC void max_of_window(const eg_k_pool *p, eg_real *y, void *index, const eg_real *x, int64_t start, int64_t samples,
                       int64_t n, int64_t at, const int count, const bool wide) {
  vec most[VECTORS], where[VECTORS];
  for (int j = 0; j < count; j++) {
    most[j] = load_some(x + j * VEC_WIDTH, n - j * VEC_WIDTH);
    where[j] = place(start);
  }
  for (int64_t i = 1; i < samples; i++) {
    vec here = place(start + i);
    x += p->c;
    for (int j = 0; j < count; j++) {
      vec value = load_some(x + j * VEC_WIDTH, n - j * VEC_WIDTH);
      vec_mask larger = vec_either(vec_less(most[j], value), vec_is_nan(value));
      most[j] = vec_select(larger, value, most[j]);
      if (index)
        where[j] = vec_select(larger, here, where[j]);
    }
  }
  for (int j = 0; j < count; j++) {
    store_some(y + at + j * VEC_WIDTH, n - j * VEC_WIDTH, most[j]);
    if (index)
      store_index(index, at + j * VEC_WIDTH, wide, n - j * VEC_WIDTH, (vec_int)where[j]);
  }
}

VEC void max_rows(const eg_k_pool *p, eg_real *y, void *index, const eg_real *x, int64_t first, int64_t last,
                  const bool wide) {
  for (int64_t row = first; row < last; row++) {
    int64_t t = row % p->lo, from, to, c = 0;
    eg_pool_window(p, t, &from, &to);
    const eg_real *sample = x + (row / p->lo * p->l + from) * p->c;
    int64_t start = from - (t * p->stride - p->padding), at = row * p->c;
    for (; c + VECTORS * VEC_WIDTH <= p->c; c += VECTORS * VEC_WIDTH)
      max_of_window(p, y, index, sample + c, start, to - from, VECTORS * VEC_WIDTH, at + c, VECTORS, wide);
    for (; c < p->c; c += VEC_WIDTH)
      max_of_window(p, y, index, sample + c, start, to - from, p->c - c, at + c, 1, wide);
  }
}

static void max_pool(const eg_k_pool *p, eg_real *y, void *index, const eg_real *x, int64_t first, int64_t last) {
  if (!index)
    max_rows(p, y, NULL, x, first, last, false);
  else if (eg_k_max_pool_index_bytes(p->kernel) == 1)
    max_rows(p, y, index, x, first, last, false);
  else
    max_rows(p, y, index, x, first, last, true);
}

VEC void mean_of_window(const eg_k_pool *p, eg_real *y, const eg_real *x, int64_t samples, eg_real weight, int64_t n,
                        const int count) {
  vec total[VECTORS];
  for (int j = 0; j < count; j++)
    total[j] = vec_set(0);
  for (int64_t i = 0; i < samples; i += RUN) {
    vec run[VECTORS];
    for (int j = 0; j < count; j++)
      run[j] = vec_set(0);
    for (int64_t k = i; k < samples && k < i + RUN; k++, x += p->c)
      for (int j = 0; j < count; j++)
        run[j] = vec_add(run[j], load_some(x + j * VEC_WIDTH, n - j * VEC_WIDTH));
    for (int j = 0; j < count; j++)
      total[j] = vec_add(total[j], run[j]);
  }
  for (int j = 0; j < count; j++)
    store_some(y + j * VEC_WIDTH, n - j * VEC_WIDTH, vec_mul(total[j], vec_set(weight)));
}

static void avg_pool(const eg_k_pool *p, eg_real *y, const eg_real *x, int64_t first, int64_t last) {
  for (int64_t row = first; row < last; row++) {
    int64_t t = row % p->lo, from, to, c = 0;
    eg_pool_window(p, t, &from, &to);
    const eg_real *sample = x + (row / p->lo * p->l + from) * p->c;
    eg_real weight = eg_pool_weight(p, t), *out = y + row * p->c;
    for (; c + VECTORS * VEC_WIDTH <= p->c; c += VECTORS * VEC_WIDTH)
      mean_of_window(p, out + c, sample + c, to - from, weight, VECTORS * VEC_WIDTH, VECTORS);
    for (; c < p->c; c += VEC_WIDTH)
      mean_of_window(p, out + c, sample + c, to - from, weight, p->c - c, 1);
  }
}

/* The windows [first, last) that hold a sample. */
typedef struct holders {
  int64_t first, last;
} holders;

VEC holders first_holders(const eg_k_pool *p, int64_t sample) {
  int64_t before = sample + p->padding - p->kernel; /* the last start of a window that ends before it */
  return (holders){before < 0 ? 0 : before / p->stride, 0};
}

/* Goes on to a later sample. */
VEC void holders_at(const eg_k_pool *p, holders *h, int64_t sample) {
  while (h->first * p->stride - p->padding + p->kernel <= sample)
    h->first++;
  if (h->last < h->first)
    h->last = h->first;
  while (h->last < p->lo && h->last * p->stride - p->padding <= sample)
    h->last++;
}

VEC void max_gradient(eg_real *dx, const eg_real *start, eg_real beta, const eg_real *dy, const void *index, int64_t at,
                      int64_t here, int64_t n, const bool wide) {
  vec before = start ? vec_mul(vec_set(beta), load_some(start, n)) : vec_set(0);
  vec_int chosen = load_index(index, at, wide, n) == (vec_int)place(here);
  store_some(dx, n, vec_add(before, (vec)((vec_int)load_some(dy, n) & chosen)));
}

VEC void mean_gradient(eg_real *dx, const eg_real *start, eg_real beta, const eg_real *dy, eg_real weight, int64_t n) {
  vec before = start ? vec_mul(vec_set(beta), load_some(start, n)) : vec_set(0);
  store_some(dx, n, vec_fma(vec_set(weight), load_some(dy, n), before));
}

VEC void no_gradient(eg_real *dx, eg_real beta, int64_t c) {
  for (int64_t i = 0; i < c; i++)
    dx[i] = beta == 0 ? 0 : beta * dx[i];
}

/* Runs `call` for each vector of channels, from c on, of which n are left. */
#define FOR_CHANNELS(call)                                                                                             \
  do {                                                                                                                 \
    int64_t c = 0;                                                                                                     \
    for (; c + VEC_WIDTH <= p->c; c += VEC_WIDTH) {                                                                    \
      const int64_t n = VEC_WIDTH;                                                                                     \
      call;                                                                                                            \
    }                                                                                                                  \
    if (c < p->c) {                                                                                                    \
      const int64_t n = p->c - c;                                                                                      \
      call;                                                                                                            \
    }                                                                                                                  \
  } while (0)

/* A row of dx once for each window it lies in: the first time with beta, which takes no part where it is 0. */
VEC void max_backward_rows(const eg_k_pool *p, eg_real *dx, eg_real beta, const eg_real *dy, const void *index,
                           int64_t first, int64_t last, const bool wide) {
  int64_t sample = first % p->l, out = first / p->l * p->lo; /* in x, and where its windows begin in y */
  holders h = first_holders(p, sample);
  for (int64_t row = first; row < last; row++, sample++) {
    eg_real *d = dx + row * p->c;
    if (sample == p->l) {
      sample = 0;
      out += p->lo;
      h = (holders){0, 0};
    }
    holders_at(p, &h, sample);
    for (int64_t t = h.first; t < h.last; t++) {
      int64_t at = (out + t) * p->c, here = sample - (t * p->stride - p->padding);
      if (t > h.first)
        FOR_CHANNELS(max_gradient(d + c, d + c, 1, dy + at + c, index, at + c, here, n, wide));
      else if (beta != 0)
        FOR_CHANNELS(max_gradient(d + c, d + c, beta, dy + at + c, index, at + c, here, n, wide));
      else
        FOR_CHANNELS(max_gradient(d + c, NULL, 0, dy + at + c, index, at + c, here, n, wide));
    }
    if (h.first >= h.last)
      no_gradient(d, beta, p->c);
  }
}

static void max_pool_backward(const eg_k_pool *p, eg_real *dx, eg_real beta, const eg_real *dy, const void *index,
                              int64_t first, int64_t last) {
  if (eg_k_max_pool_index_bytes(p->kernel) == 1)
    max_backward_rows(p, dx, beta, dy, index, first, last, false);
  else
    max_backward_rows(p, dx, beta, dy, index, first, last, true);
}

static void avg_pool_backward(const eg_k_pool *p, eg_real *dx, eg_real beta, const eg_real *dy, int64_t first,
                              int64_t last) {
  int64_t sample = first % p->l, out = first / p->l * p->lo; /* in x, and where its windows begin in y */
  holders h = first_holders(p, sample);
  for (int64_t row = first; row < last; row++, sample++) {
    eg_real *d = dx + row * p->c;
    if (sample == p->l) {
      sample = 0;
      out += p->lo;
      h = (holders){0, 0};
    }
    holders_at(p, &h, sample);
    for (int64_t t = h.first; t < h.last; t++) {
      const eg_real *from = dy + (out + t) * p->c;
      eg_real weight = eg_pool_weight(p, t);
      if (t > h.first)
        FOR_CHANNELS(mean_gradient(d + c, d + c, 1, from + c, weight, n));
      else if (beta != 0)
        FOR_CHANNELS(mean_gradient(d + c, d + c, beta, from + c, weight, n));
      else
        FOR_CHANNELS(mean_gradient(d + c, NULL, 0, from + c, weight, n));
    }
    if (h.first >= h.last)
      no_gradient(d, beta, p->c);
  }
}

#define POOL_NAME_OF(isa) eg_pool_##isa
#define POOL_NAME(isa) POOL_NAME_OF(isa)

const eg_pool_kernels POOL_NAME(VEC_ISA) = {max_pool, avg_pool, max_pool_backward, avg_pool_backward};
