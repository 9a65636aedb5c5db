/* What distinguishes an LSTM from a GRU, one sample at one time: the loops over time and samples in rnn.c know no gate
   by name. A row of gates has 4 H columns in both. */
#ifndef EG_KERNELS_RNN_CELL_H
#define EG_KERNELS_RNN_CELL_H

#include "kernels/rnn.h"

/* Rows [row, row + count) H of w_hh act on the gate columns from `column` H on. */
typedef struct eg_k_rnn_part {
  int row, count, column;
} eg_k_rnn_part;

typedef struct eg_k_rnn_cell {
  int inputs; /* w_ih has `inputs` H rows; they act on the first gate columns */
  int part_count;
  eg_k_rnn_part parts[2];
  bool has_cells;
  /* gates (4 H): from sums to values after the nonlinearity. */
  void (*activate)(int64_t hidden, eg_real *gates);
  /* h (H) from activated gates; c (H) likewise, from c_before (may be c itself). h_before, c_before NULL: 0. */
  void (*step)(int64_t hidden, const eg_real *gates, const eg_real *h_before, const eg_real *c_before, eg_real *c,
               eg_real *h);
  /* dh (H), dc (H): gradients of h and (from later) c on entry, of h_before (apart from what goes through the gates'
     sums) and c_before on return. dgates (4 H): gradients of the sums; may be `gates` itself. */
  void (*step_backward)(int64_t hidden, const eg_real *gates, eg_real *dgates, const eg_real *h_before,
                        const eg_real *c_before, const eg_real *c, eg_real *dh, eg_real *dc);
} eg_k_rnn_cell;

extern const eg_k_rnn_cell eg_k_lstm_cell, eg_k_gru_cell;

#endif
