#include "kernels/ref/rnn.h"

#include <math.h>
#include <stddef.h>

static double sigmoid(double x) {
  return 1 / (1 + exp(-x));
}

static int64_t time_of(const eg_k_rnn *r, int64_t q) {
  return r->reverse ? r->l - 1 - q : q;
}

/* Row `row` of w (., n) times x (n), plus its bias. */
static double row_times(const eg_real *w, const eg_real *bias, int64_t row, const eg_real *x, int64_t n) {
  double sum = bias ? bias[row] : 0;
  for (int64_t i = 0; x && i < n; i++)
    sum += (double)w[row * n + i] * x[i];
  return sum;
}

static void lstm_step(const eg_k_rnn *r, const eg_real *x, const eg_real *h, const eg_real *c_before, eg_real *gates,
                      eg_real *c, eg_real *y) {
  for (int64_t j = 0; j < r->hidden; j++) {
    for (int64_t g = 0; g < 4; g++) {
      int64_t row = g * r->hidden + j;
      double a = row_times(r->weights[0].w_ih, r->weights[0].b_ih, row, x, r->inputs) +
                 row_times(r->weights[0].w_hh, r->weights[0].b_hh, row, h, r->hidden);
      gates[row] = (eg_real)(g == 2 ? tanh(a) : sigmoid(a));
    }
    double i = gates[j], f = gates[r->hidden + j], g = gates[2 * r->hidden + j], o = gates[3 * r->hidden + j];
    c[j] = (eg_real)(f * (c_before ? c_before[j] : 0) + i * g);
    y[j] = (eg_real)(o * tanh(c[j]));
  }
}

static void gru_step(const eg_k_rnn *r, const eg_real *x, const eg_real *h, eg_real *gates, eg_real *y) {
  for (int64_t j = 0; j < r->hidden; j++) {
    double a[3], b[3];
    for (int64_t g = 0; g < 3; g++) {
      a[g] = row_times(r->weights[0].w_ih, r->weights[0].b_ih, g * r->hidden + j, x, r->inputs);
      b[g] = row_times(r->weights[0].w_hh, r->weights[0].b_hh, g * r->hidden + j, h, r->hidden);
    }
    double reset = sigmoid(a[0] + b[0]), z = sigmoid(a[1] + b[1]), n = tanh(a[2] + reset * b[2]);
    gates[j] = (eg_real)reset;
    gates[r->hidden + j] = (eg_real)z;
    gates[2 * r->hidden + j] = (eg_real)n;
    gates[3 * r->hidden + j] = (eg_real)b[2];
    y[j] = (eg_real)((1 - z) * n + z * (h ? h[j] : 0));
  }
}

/* Where the state before step q lies: in all (N, L, H), in first (N, H), or nowhere. */
static const eg_real *before(const eg_k_rnn *r, const eg_real *all, const eg_real *first, int64_t n, int64_t q) {
  if (q > 0)
    return all + (n * r->l + time_of(r, q - 1)) * r->hidden;
  return first ? first + n * r->hidden : NULL;
}

void eg_ref_rnn_forward(const eg_k_rnn *r, eg_real *y, eg_real *c_last, eg_real *gates, eg_real *cells) {
  for (int64_t n = 0; n < r->n; n++)
    for (int64_t q = 0; q < r->l; q++) {
      int64_t at = n * r->l + time_of(r, q), size = r->hidden;
      const eg_real *x = r->x + at * r->inputs, *h = before(r, y, r->h0, n, q);
      if (r->kind == EG_K_GRU) {
        gru_step(r, x, h, gates + at * 4 * size, y + at * size);
        continue;
      }
      lstm_step(r, x, h, before(r, cells, r->c0, n, q), gates + at * 4 * size, cells + at * size, y + at * size);
      for (int64_t j = 0; j < size; j++)
        c_last[n * size + j] = cells[at * size + j];
    }
}

/* Gradients of the four sums of one step (LSTM i f g o, GRU r z n q) from dh and dc (H), which become those of the
   state before, as far as it is reached without a product. */
static void sums_backward(const eg_k_rnn *r, const eg_real *gates, const eg_real *h, const eg_real *c_before,
                          const eg_real *c, eg_real *dh, eg_real *dc, eg_real *da) {
  int64_t size = r->hidden;
  for (int64_t j = 0; j < size; j++) {
    double a = gates[j], b = gates[size + j], d = gates[2 * size + j], e = gates[3 * size + j];
    if (r->kind == EG_K_LSTM) {
      double t = tanh(c[j]), dcell = dc[j] + dh[j] * e * (1 - t * t);
      da[j] = (eg_real)(dcell * d * a * (1 - a));
      da[size + j] = (eg_real)(dcell * (c_before ? c_before[j] : 0) * b * (1 - b));
      da[2 * size + j] = (eg_real)(dcell * a * (1 - d * d));
      da[3 * size + j] = (eg_real)(dh[j] * t * e * (1 - e));
      dc[j] = (eg_real)(dcell * b);
      dh[j] = 0;
    } else {
      double dn = dh[j] * (1 - b) * (1 - d * d);
      da[j] = (eg_real)(dn * e * a * (1 - a));
      da[size + j] = (eg_real)(dh[j] * ((h ? h[j] : 0) - d) * b * (1 - b));
      da[2 * size + j] = (eg_real)dn;
      da[3 * size + j] = (eg_real)(dn * a);
      dh[j] = (eg_real)(dh[j] * b);
    }
  }
}

static void add(eg_k_gradient out, int64_t at, double value) {
  if (out.data)
    out.data[at] += (eg_real)value;
}

/* Through the products of one step: da (4 H) to the weights, biases, x and the hidden state before. */
static void products_backward(const eg_k_rnn *r, const eg_k_rnn_gradients *out, const eg_real *da, int64_t x_at,
                              const eg_real *h, eg_real *dh) {
  int64_t size = r->hidden, rows = (r->kind == EG_K_LSTM ? 4 : 3) * size;
  for (int64_t row = 0; row < rows; row++) {
    double hidden = r->kind == EG_K_GRU && row >= 2 * size ? da[size + row] : da[row];
    for (int64_t i = 0; i < r->inputs; i++) {
      add(out->weights[0].w_ih, row * r->inputs + i, (double)da[row] * r->x[x_at + i]);
      add(out->x, x_at + i, (double)da[row] * r->weights[0].w_ih[row * r->inputs + i]);
    }
    for (int64_t i = 0; i < size; i++) {
      add(out->weights[0].w_hh, row * size + i, hidden * (h ? h[i] : 0));
      dh[i] += (eg_real)(hidden * r->weights[0].w_hh[row * size + i]);
    }
    add(out->weights[0].b_ih, row, da[row]);
    add(out->weights[0].b_hh, row, hidden);
  }
}

void eg_ref_rnn_backward(const eg_k_rnn *r, const eg_k_rnn_gradients *out, const eg_real *dy, const eg_real *y,
                         const eg_real *gates, const eg_real *cells, eg_real *scratch) {
  int64_t size = r->hidden;
  eg_real *dh = scratch, *dc = dh + size, *da = dc + size;
  for (int64_t n = 0; n < r->n; n++) {
    for (int64_t j = 0; j < 2 * size; j++)
      dh[j] = 0;
    for (int64_t q = r->l - 1; q >= 0; q--) {
      int64_t at = n * r->l + time_of(r, q);
      const eg_real *h = before(r, y, r->h0, n, q);
      for (int64_t j = 0; j < size; j++)
        dh[j] += dy[at * size + j];
      sums_backward(r, gates + at * 4 * size, h, cells ? before(r, cells, r->c0, n, q) : NULL,
                    cells ? cells + at * size : NULL, dh, dc, da);
      products_backward(r, out, da, at * r->inputs, h, dh);
    }
    for (int64_t j = 0; j < size; j++) {
      add(out->h0, n * size + j, dh[j]);
      add(out->c0, n * size + j, dc[j]);
    }
  }
}
