#include "kernels/pool.h"

#include <string.h>

#include "ecgraft/parallel.h"

/* Channels go through a window so many at a time; sums over a window are made of runs of so many samples, which keeps
   the rounding error of a long window small. */
enum { CHANNELS_AT_ONCE = 64, RUN = 32, SMALL = 16384 };

static int64_t smaller(int64_t a, int64_t b) {
  return a < b ? a : b;
}

/* The samples [*first, *last) of x in window t. */
static void window(const eg_k_pool *p, int64_t t, int64_t *first, int64_t *last) {
  int64_t start = t * p->stride - p->padding;
  *first = start > 0 ? start : 0;
  *last = smaller(start + p->kernel, p->l);
}

size_t eg_k_max_pool_index_bytes(int64_t kernel) {
  return kernel <= 256 ? 1 : 4;
}

static void set_index(void *index, int64_t at, bool wide, uint32_t value) {
  if (wide)
    ((uint32_t *)index)[at] = value;
  else
    ((uint8_t *)index)[at] = (uint8_t)value;
}

static uint32_t get_index(const void *index, int64_t at, bool wide) {
  return wide ? ((const uint32_t *)index)[at] : ((const uint8_t *)index)[at];
}

static void max_of_window(const eg_k_pool *p, int64_t row, int64_t c, int64_t width, eg_real *y, void *index,
                          const eg_real *x) {
  int64_t n = row / p->lo, t = row % p->lo, start = t * p->stride - p->padding, first, last;
  window(p, t, &first, &last);
  eg_real most[CHANNELS_AT_ONCE];
  uint32_t where[CHANNELS_AT_ONCE];
  const eg_real *from = x + (n * p->l + first) * p->c + c;
  for (int64_t j = 0; j < width; j++) {
    most[j] = from[j];
    where[j] = (uint32_t)(first - start);
  }
  for (int64_t at = first + 1; at < last; at++) {
    from += p->c;
    for (int64_t j = 0; j < width; j++) {
      bool larger = from[j] > most[j] || from[j] != from[j]; /* of several NaNs the last, as good as any */
      most[j] = larger ? from[j] : most[j];
      where[j] = larger ? (uint32_t)(at - start) : where[j];
    }
  }
  bool wide = eg_k_max_pool_index_bytes(p->kernel) == 4;
  for (int64_t j = 0; j < width; j++)
    y[row * p->c + c + j] = most[j];
  for (int64_t j = 0; j < width && index; j++)
    set_index(index, row * p->c + c + j, wide, where[j]);
}

void eg_k_max_pool(const eg_k_pool *p, eg_real *y, void *index, const eg_real *x) {
  int64_t rows = p->n * p->lo;
  EG_PARALLEL_FOR_IF(rows * p->c * p->kernel > SMALL)
  for (int64_t row = 0; row < rows; row++)
    for (int64_t c = 0; c < p->c; c += CHANNELS_AT_ONCE)
      max_of_window(p, row, c, smaller(CHANNELS_AT_ONCE, p->c - c), y, index, x);
}

static void scale_sample(const eg_k_pool *p, int64_t n, eg_real *dx, eg_real beta) {
  eg_real *sample = dx + n * p->l * p->c;
  if (beta == 0)
    memset(sample, 0, (size_t)(p->l * p->c) * sizeof *sample);
  else if (beta != 1)
    for (int64_t i = 0; i < p->l * p->c; i++)
      sample[i] *= beta;
}

void eg_k_max_pool_backward(const eg_k_pool *p, eg_real *dx, eg_real beta, const eg_real *dy, const void *index) {
  bool wide = eg_k_max_pool_index_bytes(p->kernel) == 4;
  EG_PARALLEL_FOR_IF(p->n * p->l * p->c > SMALL)
  for (int64_t n = 0; n < p->n; n++) {
    scale_sample(p, n, dx, beta);
    for (int64_t t = 0; t < p->lo; t++)
      for (int64_t c = 0; c < p->c; c++) {
        int64_t out = (n * p->lo + t) * p->c + c, at = t * p->stride - p->padding + get_index(index, out, wide);
        dx[(n * p->l + at) * p->c + c] += dy[out];
      }
  }
}

static eg_real weight_of_window(const eg_k_pool *p, int64_t t) {
  int64_t first, last;
  window(p, t, &first, &last);
  return 1 / (eg_real)(p->count_padding ? p->kernel : last - first);
}

static void mean_of_window(const eg_k_pool *p, int64_t row, int64_t c, int64_t width, eg_real *y, const eg_real *x) {
  int64_t n = row / p->lo, t = row % p->lo, first, last;
  window(p, t, &first, &last);
  eg_real total[CHANNELS_AT_ONCE] = {0}, weight = weight_of_window(p, t);
  for (; first < last; first += RUN) {
    eg_real run[CHANNELS_AT_ONCE] = {0};
    const eg_real *from = x + (n * p->l + first) * p->c + c;
    for (int64_t i = 0; i < smaller(RUN, last - first); i++, from += p->c)
      for (int64_t j = 0; j < width; j++)
        run[j] += from[j];
    for (int64_t j = 0; j < width; j++)
      total[j] += run[j];
  }
  for (int64_t j = 0; j < width; j++)
    y[row * p->c + c + j] = total[j] * weight;
}

void eg_k_avg_pool(const eg_k_pool *p, eg_real *y, const eg_real *x) {
  int64_t rows = p->n * p->lo;
  EG_PARALLEL_FOR_IF(rows * p->c * p->kernel > SMALL)
  for (int64_t row = 0; row < rows; row++)
    for (int64_t c = 0; c < p->c; c += CHANNELS_AT_ONCE)
      mean_of_window(p, row, c, smaller(CHANNELS_AT_ONCE, p->c - c), y, x);
}

void eg_k_avg_pool_backward(const eg_k_pool *p, eg_real *dx, eg_real beta, const eg_real *dy) {
  EG_PARALLEL_FOR_IF(p->n * p->l * p->c > SMALL)
  for (int64_t n = 0; n < p->n; n++) {
    scale_sample(p, n, dx, beta);
    for (int64_t t = 0; t < p->lo; t++) {
      int64_t first, last;
      window(p, t, &first, &last);
      eg_real weight = weight_of_window(p, t);
      const eg_real *from = dy + (n * p->lo + t) * p->c;
      for (int64_t at = first; at < last; at++)
        for (int64_t c = 0; c < p->c; c++)
          dx[(n * p->l + at) * p->c + c] += weight * from[c];
    }
  }
}
