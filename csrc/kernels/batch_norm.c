#include "kernels/batch_norm.h"

#include "ecgraft/parallel.h"

/* A block of rows has about this many elements (it stays in the second cache), and channels are taken so many at a time
   that their sums stay in registers or the first. */
enum { BLOCK_ELEMENTS = 32768, LEAST_ROWS = 64, CHANNELS_AT_ONCE = 64 };

static int64_t smaller(int64_t a, int64_t b) {
  return a < b ? a : b;
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
  return (size_t)(2 * blocks_of(rows, channels)) * (size_t)channels;
}

/* mean and m2 (width) of a block: the sum of squares about the mean, less what the mean's own rounding adds. */
static void block_statistics(eg_real *mean, eg_real *m2, const eg_real *x, int64_t rows, int64_t channels,
                             int64_t width) {
  eg_real sum[CHANNELS_AT_ONCE] = {0}, squares[CHANNELS_AT_ONCE] = {0}, rest[CHANNELS_AT_ONCE] = {0};
  for (int64_t i = 0; i < rows; i++)
    for (int64_t c = 0; c < width; c++)
      sum[c] += x[i * channels + c];
  for (int64_t c = 0; c < width; c++)
    mean[c] = sum[c] / (eg_real)rows;
  for (int64_t i = 0; i < rows; i++)
    for (int64_t c = 0; c < width; c++) {
      eg_real d = x[i * channels + c] - mean[c];
      rest[c] += d;
      squares[c] += d * d;
    }
  for (int64_t c = 0; c < width; c++) {
    m2[c] = squares[c] - rest[c] * rest[c] / (eg_real)rows;
    mean[c] += rest[c] / (eg_real)rows;
  }
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
  eg_real *means = scratch, *m2s = scratch + blocks * channels;
  EG_PARALLEL_FOR_IF(blocks > 1)
  for (int64_t block = 0; block < blocks; block++)
    for (int64_t c = 0; c < channels; c += CHANNELS_AT_ONCE)
      block_statistics(means + block * channels + c, m2s + block * channels + c, x + block * size * channels + c,
                       smaller(size, rows - block * size), channels, smaller(CHANNELS_AT_ONCE, channels - c));
  for (int64_t c = 0; c < channels; c++)
    combine(&mean[c], &variance[c], means + c, m2s + c, rows, channels);
}

/* Numbers of a run of channels, side by side. */
typedef struct coefficients {
  eg_real mean[CHANNELS_AT_ONCE], scale[CHANNELS_AT_ONCE], shift[CHANNELS_AT_ONCE];
} coefficients;

static void take_coefficients(coefficients *k, const eg_k_batch_norm *b, int64_t c, int64_t width) {
  for (int64_t j = 0; j < width; j++) {
    k->mean[j] = b->mean[c + j];
    k->scale[j] = b->gamma ? b->gamma[c + j] * b->inverse[c + j] : b->inverse[c + j];
    k->shift[j] = b->beta ? b->beta[c + j] : 0;
  }
}

/* What apply and the mask that backward computes again must agree on. */
static inline eg_real normalised(const coefficients *k, int64_t j, eg_real x) {
  return (x - k->mean[j]) * k->scale[j] + k->shift[j];
}

static void apply_block(const eg_k_batch_norm *b, eg_real *y, const eg_real *residual, int64_t first, int64_t last,
                        int64_t c, int64_t width) {
  coefficients k;
  take_coefficients(&k, b, c, width);
  for (int64_t at = first * b->channels + c; at < last * b->channels; at += b->channels) {
    const eg_real *x = b->x + at;
    eg_real z[CHANNELS_AT_ONCE], *out = y + at;
    for (int64_t j = 0; j < width; j++)
      z[j] = normalised(&k, j, x[j]);
    if (residual)
      for (int64_t j = 0; j < width; j++)
        z[j] += residual[at + j];
    if (b->relu)
      for (int64_t j = 0; j < width; j++)
        z[j] = z[j] < 0 ? 0 : z[j]; /* a NaN passes, so that it is found */
    for (int64_t j = 0; j < width; j++)
      out[j] = z[j];
  }
}

void eg_k_batch_norm_apply(const eg_k_batch_norm *b, eg_real *y, const eg_real *residual) {
  int64_t blocks = blocks_of(b->rows, b->channels), size = rows_in_block(b->channels);
  EG_PARALLEL_FOR_IF(blocks > 1)
  for (int64_t block = 0; block < blocks; block++)
    for (int64_t c = 0; c < b->channels; c += CHANNELS_AT_ONCE)
      apply_block(b, y, residual, block * size, smaller((block + 1) * size, b->rows), c,
                  smaller(CHANNELS_AT_ONCE, b->channels - c));
}

/* dz (width): dy where ReLU let z pass. */
static inline void take_dz(eg_real *dz, const eg_k_batch_norm *b, const coefficients *k, const eg_real *x,
                           const eg_real *dy, const eg_real *y, int64_t width) {
  if (!b->relu)
    for (int64_t j = 0; j < width; j++)
      dz[j] = dy[j];
  else if (y)
    for (int64_t j = 0; j < width; j++)
      dz[j] = y[j] > 0 ? dy[j] : 0;
  else
    for (int64_t j = 0; j < width; j++)
      dz[j] = normalised(k, j, x[j]) > 0 ? dy[j] : 0;
}

/* Sums of dz and dz (x - mean) over one block, and the residual's gradient. */
static void sums_of_block(const eg_k_batch_norm *b, eg_real *sum, eg_real *sum_x, const eg_real *dy, const eg_real *y,
                          eg_real *d_residual, eg_real residual_beta, int64_t first, int64_t last, int64_t c,
                          int64_t width) {
  coefficients k;
  take_coefficients(&k, b, c, width);
  eg_real total[CHANNELS_AT_ONCE] = {0}, total_x[CHANNELS_AT_ONCE] = {0};
  for (int64_t at = first * b->channels + c; at < last * b->channels; at += b->channels) {
    eg_real dz[CHANNELS_AT_ONCE];
    const eg_real *x = b->x + at;
    take_dz(dz, b, &k, x, dy + at, y ? y + at : NULL, width);
    for (int64_t j = 0; j < width; j++) {
      total[j] += dz[j];
      total_x[j] += dz[j] * (x[j] - k.mean[j]);
    }
    if (d_residual)
      for (int64_t j = 0; j < width; j++)
        d_residual[at + j] = residual_beta == 0 ? dz[j] : dz[j] + residual_beta * d_residual[at + j];
  }
  for (int64_t j = 0; j < width; j++) {
    sum[j] = total[j];
    sum_x[j] = total_x[j];
  }
}

void eg_k_batch_norm_backward_sums(const eg_k_batch_norm *b, double *sum_dz, double *sum_dz_xhat, const eg_real *dy,
                                   const eg_real *y, eg_real *d_residual, eg_real residual_beta, eg_real *scratch) {
  int64_t channels = b->channels, blocks = blocks_of(b->rows, channels), size = rows_in_block(channels);
  eg_real *sums = scratch, *sums_x = scratch + blocks * channels;
  EG_PARALLEL_FOR_IF(blocks > 1)
  for (int64_t block = 0; block < blocks; block++)
    for (int64_t c = 0; c < channels; c += CHANNELS_AT_ONCE)
      sums_of_block(b, sums + block * channels + c, sums_x + block * channels + c, dy, y, d_residual, residual_beta,
                    block * size, smaller((block + 1) * size, b->rows), c, smaller(CHANNELS_AT_ONCE, channels - c));
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

static void input_block(const eg_k_batch_norm *b, eg_real *dx, eg_real dx_beta, const eg_real *dy, const eg_real *y,
                        const eg_real *k0, const eg_real *k1, const eg_real *k2, int64_t first, int64_t last, int64_t c,
                        int64_t width) {
  coefficients k;
  take_coefficients(&k, b, c, width);
  for (int64_t at = first * b->channels + c; at < last * b->channels; at += b->channels) {
    eg_real dz[CHANNELS_AT_ONCE];
    const eg_real *x = b->x + at;
    take_dz(dz, b, &k, x, dy + at, y ? y + at : NULL, width);
    for (int64_t j = 0; j < width; j++)
      dz[j] = k0[c + j] * dz[j] + k1[c + j] * (x[j] - k.mean[j]) + k2[c + j];
    for (int64_t j = 0; j < width; j++)
      dx[at + j] = dx_beta == 0 ? dz[j] : dz[j] + dx_beta * dx[at + j];
  }
}

void eg_k_batch_norm_backward_input(const eg_k_batch_norm *b, eg_real *dx, eg_real dx_beta, const eg_real *dy,
                                    const eg_real *y, const eg_real *k0, const eg_real *k1, const eg_real *k2) {
  int64_t blocks = blocks_of(b->rows, b->channels), size = rows_in_block(b->channels);
  EG_PARALLEL_FOR_IF(blocks > 1)
  for (int64_t block = 0; block < blocks; block++)
    for (int64_t c = 0; c < b->channels; c += CHANNELS_AT_ONCE)
      input_block(b, dx, dx_beta, dy, y, k0, k1, k2, block * size, smaller((block + 1) * size, b->rows), c,
                  smaller(CHANNELS_AT_ONCE, b->channels - c));
}
