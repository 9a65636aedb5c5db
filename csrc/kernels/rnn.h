/* LSTM and GRU: one layer, one direction, a whole sequence. PyTorch's equations and gate order.

   x (N, L, I)   y (N, L, H)   w_ih (G H, I)   w_hh (G H, H)   b_ih, b_hh (G H)   h0, c0 (N, H)
   LSTM, G = 4 (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000):
     a = W_ih x + b_ih + W_hh h + b_hh;  i, f, o = sigmoid(a_i, a_f, a_o), g = tanh(a_g);  c = f c + i g;  h = o tanh(c)
   GRU, G = 3 (Cho et al. 2014, in the form that resets after the product):
     r, z = sigmoid(W_ih x + b_ih + W_hh h + b_hh);  q = W_hn h + b_hn;  n = tanh(W_in x + b_in + r q);  h = (1 - z) n +
   z h

   What backward needs is kept as gates (N, L, 4 H) after their nonlinearity (LSTM i f g o, GRU r z n q) and for the
   LSTM cells (N, L, H); without gates backward computes them again from x, y and the cells. */
#ifndef EG_KERNELS_RNN_H
#define EG_KERNELS_RNN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ecgraft/real.h"

typedef enum eg_k_rnn_kind { EG_K_LSTM, EG_K_GRU } eg_k_rnn_kind;

typedef struct eg_k_rnn {
  eg_k_rnn_kind kind;
  int64_t n, l, inputs, hidden;
  bool reverse; /* from the last sample to the first; y[t] then has seen x[t ... L - 1] */
  const eg_real *x, *w_ih, *w_hh;
  const eg_real *b_ih, *b_hh; /* NULL: 0 */
  const eg_real *h0, *c0;     /* NULL: 0 */
} eg_k_rnn;

/* A gradient to be written: data = gradient + beta data; data NULL: not wanted. */
typedef struct eg_k_gradient {
  eg_real *data, beta;
} eg_k_gradient;

typedef struct eg_k_rnn_gradients {
  eg_k_gradient x, w_ih, w_hh, b_ih, b_hh, h0, c0;
} eg_k_rnn_gradients;

/* Elements of scratch, for the number of threads that is set now. */
size_t eg_k_rnn_forward_scratch(const eg_k_rnn *r);
size_t eg_k_rnn_backward_scratch(const eg_k_rnn *r);

/* Fills y and, of an LSTM, c_last (N, H). gates and cells may be NULL: not kept. */
void eg_k_rnn_forward(const eg_k_rnn *r, eg_real *y, eg_real *c_last, eg_real *gates, eg_real *cells, eg_real *scratch);

/* The gradients for dy (N, L, H). gates may be NULL: computed again. cells: of an LSTM. */
void eg_k_rnn_backward(const eg_k_rnn *r, const eg_k_rnn_gradients *out, const eg_real *dy, const eg_real *y,
                       const eg_real *gates, const eg_real *cells, eg_real *scratch);

#endif
