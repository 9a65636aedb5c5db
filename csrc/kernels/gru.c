/* The GRU's cell; columns r z n q. The equations stand in rnn.h. */
#include "kernels/rnn_cell.h"
#include "kernels/vmath.h"

static void activate(int64_t hidden, eg_real *gates) {
  for (int64_t j = 0; j < 2 * hidden; j++)
    gates[j] = eg_sigmoid(gates[j]);
  for (int64_t j = 0; j < hidden; j++)
    gates[2 * hidden + j] = eg_tanh(gates[2 * hidden + j] + gates[j] * gates[3 * hidden + j]);
}

static void step(int64_t hidden, const eg_real *gates, const eg_real *h_before, const eg_real *c_before, eg_real *c,
                 eg_real *h) {
  (void)c_before, (void)c;
  const eg_real *z = gates + hidden, *n = gates + 2 * hidden;
  for (int64_t j = 0; j < hidden; j++)
    h[j] = (1 - z[j]) * n[j] + (h_before ? z[j] * h_before[j] : 0);
}

static void step_backward(int64_t hidden, const eg_real *gates, eg_real *dgates, const eg_real *h_before,
                          const eg_real *c_before, const eg_real *c, eg_real *dh, eg_real *dc) {
  (void)c_before, (void)c, (void)dc;
  for (int64_t j = 0; j < hidden; j++) {
    eg_real r = gates[j], z = gates[hidden + j], n = gates[2 * hidden + j], q = gates[3 * hidden + j];
    eg_real h = h_before ? h_before[j] : 0, dn = dh[j] * (1 - z) * (1 - n * n);
    dgates[j] = dn * q * r * (1 - r);
    dgates[hidden + j] = dh[j] * (h - n) * z * (1 - z);
    dgates[2 * hidden + j] = dn;
    dgates[3 * hidden + j] = dn * r;
    dh[j] *= z;
  }
}

const eg_k_rnn_cell eg_k_gru_cell = {.inputs = 3,
                                     .part_count = 2,
                                     .parts = {{0, 2, 0}, {2, 1, 3}},
                                     .has_cells = false,
                                     .activate = activate,
                                     .step = step,
                                     .step_backward = step_backward};
