/* LSTM and GRU from the equations in kernels/rnn.h, one direction, one sample and one time step after the other: the
   plain twin. */
#ifndef EG_KERNELS_REF_RNN_H
#define EG_KERNELS_REF_RNN_H

#include "kernels/rnn.h"

/* As eg_k_rnn_forward; gates (N, L, 4 H) and, of an LSTM, cells (N, L, H) must be given. */
void eg_ref_rnn_forward(const eg_k_rnn *r, eg_real *y, eg_real *c_last, eg_real *gates, eg_real *cells);

/* Adds the gradients for dy to all of `out` (b_ih, b_hh, h0 and c0 where not NULL; beta is not looked at). scratch: 6
 * H. */
void eg_ref_rnn_backward(const eg_k_rnn *r, const eg_k_rnn_gradients *out, const eg_real *dy, const eg_real *y,
                         const eg_real *gates, const eg_real *cells, eg_real *scratch);

#endif
