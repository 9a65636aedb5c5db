/* LSTM and GRU: one layer, one direction or both, a whole sequence. PyTorch's equations and gate order.

   x (N, L, I)   w_ih (G H, I)   w_hh (G H, H)   b_ih, b_hh (G H)   h0, c0 (D, N, H)   y (N, L, D H), D directions
   LSTM, G = 4 (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000):
     a = W_ih x + b_ih + W_hh h + b_hh;  i, f, o = sigmoid(a_i, a_f, a_o), g = tanh(a_g);  c = f c + i g;  h = o tanh(c)
   GRU, G = 3 (Cho et al. 2014, in the form that resets after the product):
     r, z = sigmoid(W_ih x + b_ih + W_hh h + b_hh);  q = W_hn h + b_hn;  n = tanh(W_in x + b_in + r q);
     h = (1 - z) n + z h

   The samples are cut into blocks of at most 16, of nearly the same size; a thread takes a block through the whole
   sequence. At each step one product of the rows [h | 1 | x] with the packed weights gives the sums of all gates. What
   backward needs is kept block after block: the gates after their nonlinearity (LSTM i f g o, GRU r z n q), unless they
   are to be computed again from x and y, and of an LSTM the cells at the beginning of every few steps, from which
   the others follow. */
#ifndef EG_KERNELS_RNN_H
#define EG_KERNELS_RNN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ecgraft/real.h"

typedef enum eg_k_rnn_kind { EG_K_LSTM, EG_K_GRU } eg_k_rnn_kind;

/* Of a direction. */
typedef struct eg_k_rnn_weights {
  const eg_real *w_ih, *w_hh;
  const eg_real *b_ih, *b_hh; /* NULL: 0 */
} eg_k_rnn_weights;

typedef struct eg_k_rnn {
  eg_k_rnn_kind kind;
  int64_t n, l, inputs, hidden;
  int directions; /* 1; or 2: the first from the first sample to the last, the second backwards */
  bool reverse;   /* a single direction, backwards: y[t] then has seen x[t ... L - 1] */
  const eg_real *x;
  const eg_real *h0, *c0; /* (D, N, H); NULL: 0 */
  eg_k_rnn_weights weights[2];
} eg_k_rnn;

/* A gradient to be written, in the order x, h0, c0, then direction by direction w_ih, w_hh, b_ih, b_hh: data = gradient
 * + beta data; data NULL: not wanted. */
typedef struct eg_k_gradient {
  eg_real *data, beta;
} eg_k_gradient;

typedef struct eg_k_rnn_gradients {
  eg_k_gradient x, h0, c0; /* h0, c0: of all directions, (D, N, H) */
  struct {
    eg_k_gradient w_ih, w_hh, b_ih, b_hh;
  } weights[2];
} eg_k_rnn_gradients;

/* Elements of what is kept. */
size_t eg_k_rnn_gates(const eg_k_rnn *r);
size_t eg_k_rnn_cells(const eg_k_rnn *r); /* 0 of a GRU */

/* Elements of scratch, for the number of threads that is set now. */
size_t eg_k_rnn_forward_scratch(const eg_k_rnn *r);
size_t eg_k_rnn_backward_scratch(const eg_k_rnn *r);

/* Fills y and, of an LSTM, c_last (D, N, H). gates and cells may be NULL: not kept. */
void eg_k_rnn_forward(const eg_k_rnn *r, eg_real *y, eg_real *c_last, eg_real *gates, eg_real *cells, eg_real *scratch);

/* The gradients for dy (N, L, D H). gates may be NULL: computed again. cells: of an LSTM. The result is the same in
   both ways, and for any number of threads. */
void eg_k_rnn_backward(const eg_k_rnn *r, const eg_k_rnn_gradients *out, const eg_real *dy, const eg_real *y,
                       const eg_real *gates, const eg_real *cells, eg_real *scratch);

#endif
