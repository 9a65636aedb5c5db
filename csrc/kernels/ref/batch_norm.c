#include "kernels/ref/batch_norm.h"

void eg_ref_batch_norm_statistics(double *mean, double *variance, const eg_real *x, int64_t rows, int64_t channels) {
  for (int64_t c = 0; c < channels; c++) {
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < rows; i++)
      sum += x[i * channels + c];
    mean[c] = sum / (double)rows;
    for (int64_t i = 0; i < rows; i++)
      squares += (x[i * channels + c] - mean[c]) * (x[i * channels + c] - mean[c]);
    variance[c] = squares / (double)rows;
  }
}

void eg_ref_batch_norm_apply(const eg_k_batch_norm *b, eg_real *y, const eg_real *residual) {
  for (int64_t i = 0; i < b->rows * b->channels; i++) {
    int64_t c = i % b->channels;
    double z = ((double)b->x[i] - b->mean[c]) * b->inverse[c] * (b->gamma ? b->gamma[c] : 1);
    z += b->beta ? b->beta[c] : 0;
    z += residual ? residual[i] : 0;
    y[i] = (eg_real)(b->relu && z < 0 ? 0 : z);
  }
}

void eg_ref_batch_norm_backward(const eg_k_batch_norm *b, bool training, const eg_real *dy, const eg_real *y,
                                eg_real *dx, eg_real *d_residual, double *d_gamma, double *d_beta) {
  for (int64_t c = 0; c < b->channels; c++) {
    double scale = (b->gamma ? b->gamma[c] : 1) * b->inverse[c], n = (double)b->rows;
    d_gamma[c] = d_beta[c] = 0;
    for (int64_t i = c; i < b->rows * b->channels; i += b->channels) {
      double dz = b->relu && !(y[i] > 0) ? 0 : dy[i];
      d_beta[c] += dz;
      d_gamma[c] += dz * (b->x[i] - b->mean[c]) * b->inverse[c];
      if (d_residual)
        d_residual[i] = (eg_real)dz;
    }
    for (int64_t i = c; i < b->rows * b->channels; i += b->channels) {
      double dz = b->relu && !(y[i] > 0) ? 0 : dy[i], x_hat = (b->x[i] - b->mean[c]) * b->inverse[c];
      dx[i] = (eg_real)(scale * (training ? dz - d_beta[c] / n - x_hat * d_gamma[c] / n : dz));
    }
  }
}
