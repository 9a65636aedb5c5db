#include "kernels/batch_norm.h"

#include "ecgraft/parallel.h"
#include "kernels/batch_norm_kernels.h"
#include "kernels/cpu.h"
#include "kernels/integers.h"

/* A block of rows has about this many elements: it stays in the second cache between two passes over it. */
enum { BLOCK_ELEMENTS = 32768, LEAST_ROWS = 64 };

static const eg_batch_norm_kernels *kernels_now(void) {
  switch (eg_cpu_in_use()) {
#if defined(EG_HAVE_AVX512) && !defined(EG_DOUBLE)
  case EG_CPU_AVX512:
    return &eg_batch_norm_avx512;
#endif
#if defined(EG_HAVE_AVX2) && !defined(EG_DOUBLE)
  case EG_CPU_AVX2:
    return &eg_batch_norm_avx2;
#endif
  default:
    return &eg_batch_norm_portable;
  }
}

static int64_t rows_in_block(int64_t channels) {
  int64_t rows = channels > 0 ? BLOCK_ELEMENTS / channels : LEAST_ROWS;
  return rows > LEAST_ROWS ? rows : LEAST_ROWS;
}

static int64_t blocks_of(int64_t rows, int64_t channels) {
  int64_t size = rows_in_block(channels);
  return (rows + size - 1) / size;
}

size_t eg_k_batch_norm_scratch(int64_t rows, int64_t channels) {
  return (size_t)(3 * blocks_of(rows, channels)) * (size_t)channels;
}

/* The blocks' means and sums of squares of one channel become the mean and variance of all rows. */
static void combine(double *mean, double *variance, const eg_real *means, const eg_real *m2s, int64_t rows,
                    int64_t channels) {
  int64_t blocks = blocks_of(rows, channels), size = rows_in_block(channels);
  double average = 0, m2 = 0, count = 0;
  for (int64_t block = 0; block < blocks; block++) {
    double n = (double)smaller(size, rows - block * size), delta = means[block * channels] - average;
    m2 += m2s[block * channels] + delta * delta * count * n / (count + n);
    average += delta * n / (count + n);
    count += n;
  }
  *mean = average;
  *variance = m2 > 0 ? m2 / count : m2 == m2 ? 0 : m2; /* a NaN stays one */
}

void eg_k_batch_norm_statistics(double *mean, double *variance, const eg_real *x, int64_t rows, int64_t channels,
                                eg_real *scratch) {
  int64_t blocks = blocks_of(rows, channels), size = rows_in_block(channels);
  eg_real *means = scratch, *m2s = means + blocks * channels, *rests = m2s + blocks * channels;
  const eg_batch_norm_kernels *kernels = kernels_now();
  EG_PARALLEL_FOR_IF(blocks > 1)
  for (int64_t block = 0; block < blocks; block++)
    kernels->statistics(means + block * channels, m2s + block * channels, rests + block * channels,
                        x + block * size * channels, smaller(size, rows - block * size), channels);
  EG_PARALLEL_FOR_IF(blocks * channels > 16384)
  for (int64_t c = 0; c < channels; c++)
    combine(&mean[c], &variance[c], means + c, m2s + c, rows, channels);
}

void eg_k_batch_norm_apply(const eg_k_batch_norm *b, eg_real *y, const eg_real *residual) {
  int64_t blocks = blocks_of(b->rows, b->channels), size = rows_in_block(b->channels);
  const eg_batch_norm_kernels *kernels = kernels_now();
  EG_PARALLEL_FOR_IF(blocks > 1)
  for (int64_t block = 0; block < blocks; block++)
    kernels->apply(b, y, residual, block * size, smaller((block + 1) * size, b->rows));
}

void eg_k_batch_norm_backward_sums(const eg_k_batch_norm *b, double *sum_dz, double *sum_dz_xhat, const eg_real *dy,
                                   const eg_real *y, eg_real *d_residual, eg_real residual_beta, eg_real *scratch) {
  int64_t channels = b->channels, blocks = blocks_of(b->rows, channels), size = rows_in_block(channels);
  eg_real *sums = scratch, *sums_x = scratch + blocks * channels;
  const eg_batch_norm_kernels *kernels = kernels_now();
  EG_PARALLEL_FOR_IF(blocks > 1)
  for (int64_t block = 0; block < blocks; block++)
    kernels->sums(b, sums + block * channels, sums_x + block * channels, dy, y, d_residual, residual_beta, block * size,
                  smaller((block + 1) * size, b->rows));
  EG_PARALLEL_FOR_IF(blocks * channels > 16384)
  for (int64_t c = 0; c < channels; c++) {
    double total = 0, total_x = 0;
    for (int64_t block = 0; block < blocks; block++) {
      total += sums[block * channels + c];
      total_x += sums_x[block * channels + c];
    }
    sum_dz[c] = total;
    sum_dz_xhat[c] = total_x * b->inverse[c];
  }
}

void eg_k_batch_norm_backward_input(const eg_k_batch_norm *b, eg_real *dx, eg_real dx_beta, const eg_real *dy,
                                    const eg_real *y, const eg_real *k0, const eg_real *k1, const eg_real *k2) {
  int64_t blocks = blocks_of(b->rows, b->channels), size = rows_in_block(b->channels);
  const eg_batch_norm_kernels *kernels = kernels_now();
  EG_PARALLEL_FOR_IF(blocks > 1)
  for (int64_t block = 0; block < blocks; block++)
    kernels->input(b, dx, dx_beta, dy, y, k0, k1, k2, block * size, smaller((block + 1) * size, b->rows));
}
