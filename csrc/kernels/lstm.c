/* The LSTM's cell; columns i f g o. The equations stand in rnn.h. */
#include "kernels/rnn_cell.h"
#include "kernels/vmath.h"

static void activate(int64_t hidden, eg_real *gates) {
  for (int64_t j = 0; j < 4 * hidden; j++)
    gates[j] = j / hidden == 2 ? eg_tanh(gates[j]) : eg_sigmoid(gates[j]);
}

static void step(int64_t hidden, const eg_real *gates, const eg_real *h_before, const eg_real *c_before, eg_real *c,
                 eg_real *h) {
  (void)h_before;
  const eg_real *i = gates, *f = gates + hidden, *g = gates + 2 * hidden, *o = gates + 3 * hidden;
  for (int64_t j = 0; j < hidden; j++) {
    c[j] = (c_before ? f[j] * c_before[j] : 0) + i[j] * g[j];
    h[j] = o[j] * eg_tanh(c[j]);
  }
}

static void step_backward(int64_t hidden, const eg_real *gates, eg_real *dgates, const eg_real *h_before,
                          const eg_real *c_before, const eg_real *c, eg_real *dh, eg_real *dc) {
  (void)h_before;
  for (int64_t j = 0; j < hidden; j++) {
    eg_real i = gates[j], f = gates[hidden + j], g = gates[2 * hidden + j], o = gates[3 * hidden + j];
    eg_real t = eg_tanh(c[j]), d = dc[j] + dh[j] * o * (1 - t * t);
    dgates[j] = d * g * i * (1 - i);
    dgates[hidden + j] = c_before ? d * c_before[j] * f * (1 - f) : 0;
    dgates[2 * hidden + j] = d * i * (1 - g * g);
    dgates[3 * hidden + j] = dh[j] * t * o * (1 - o);
    dc[j] = d * f;
    dh[j] = 0;
  }
}

const eg_k_rnn_cell eg_k_lstm_cell = {.inputs = 4,
                                      .part_count = 1,
                                      .parts = {{0, 4, 0}},
                                      .has_cells = true,
                                      .activate = activate,
                                      .step = step,
                                      .step_backward = step_backward};
