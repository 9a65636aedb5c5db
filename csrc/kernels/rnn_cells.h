/* What distinguishes an LSTM from a GRU: its steps for a block of samples, between the products. Compiled for each
   instruction set from kernels/vector/rnn_kernels.h. Arrays are given with the distance between their rows in elements;
   `gates` rows are 4 H long and dense (LSTM i f g o, GRU r z n q), c, dc and direct rows H long and dense. */
#ifndef EG_KERNELS_RNN_CELLS_H
#define EG_KERNELS_RNN_CELLS_H

#include <stdint.h>

#include "ecgraft/real.h"

/* Rows and the distance from one to the next. */
typedef struct eg_rnn_rows {
  eg_real *at;
  int64_t pitch;
} eg_rnn_rows;

typedef struct eg_rnn_cells {
  /* sums -> c (in place) and h, into both h and y; gates NULL: not kept. Sums of a GRU: q r z n, see rnn_plan.h; q and
     n begin at multiples of whole vectors. h of a GRU holds the state before. */
  void (*lstm_forward)(int64_t rows, int64_t hidden, eg_rnn_rows sums, eg_real *c, eg_rnn_rows h, eg_rnn_rows y,
                       eg_real *gates);
  void (*gru_forward)(int64_t rows, int64_t hidden, eg_rnn_rows sums, eg_rnn_rows h, eg_rnn_rows y, eg_real *gates);
  /* sums -> gates, with the same bits as in forward. */
  void (*lstm_gates)(int64_t rows, int64_t hidden, eg_rnn_rows sums, eg_real *gates);
  void (*gru_gates)(int64_t rows, int64_t hidden, eg_rnn_rows sums, eg_real *gates);
  /* c = f c_before + i g, with the same bits as in forward. */
  void (*lstm_cells)(int64_t rows, int64_t hidden, const eg_real *gates, const eg_real *c_before, eg_real *c);
  /* One step back: dh holds the gradient of h that came through the products of the step after, dc and direct what came
     from there besides; d gets the gradients of the sums, laid out as these. */
  void (*lstm_backward)(int64_t rows, int64_t hidden, const eg_real *gates, const eg_real *c_before, const eg_real *c,
                        const eg_real *dy, int64_t dy_pitch, eg_rnn_rows dh, eg_real *dc, eg_rnn_rows d);
  void (*gru_backward)(int64_t rows, int64_t hidden, const eg_real *gates, eg_rnn_rows h_before, const eg_real *dy,
                       int64_t dy_pitch, eg_rnn_rows dh, eg_real *direct, eg_rnn_rows d);
} eg_rnn_cells;

/* Of the instruction set in use. */
const eg_rnn_cells *eg_rnn_cells_now(void);

extern const eg_rnn_cells eg_rnn_cells_portable, eg_rnn_cells_avx2, eg_rnn_cells_avx512;

#endif
