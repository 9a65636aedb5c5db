/* LSTM and GRU of the paper's size: 100 units, 12 leads, 10 s at 100 Hz. GFLOP/s of the matrix products alone, so what
   the nonlinearities take shows as a smaller share. Arguments: bench/measure.h.

   Counted for G gates, H units and I inputs a step and sample: forward 2 G H (H + I); backward, which gives the
   gradients of the weights but not of x, 2 G H (2 H + I), also where it computes the gates
   again ("again"). The plain twin goes
   one sample and one step after the other, so a short sequence says how fast it is. */
#include "measure.h"

#include "kernels/ref/rnn.h"
#include "kernels/rnn.h"

enum { INPUTS = 12, HIDDEN = 100, STEPS = 1000, TWIN_STEPS = 10, MOST_GATES = 4, REAL = sizeof(eg_real) };

/* Gradients of a direction: w_ih, w_hh, b_ih, b_hh. */
enum { W_IH, W_HH, B_IH, B_HH, PARTS };

typedef struct network {
  eg_k_rnn r, twin; /* twin: one direction of one sample */
  eg_real *y, *c_last, *gates, *cells, *scratch, *dy;
  eg_k_rnn_gradients out, twin_out;
  eg_real *twin_y, *twin_gates, *twin_cells, *twin_scratch, *twin_dx;
} network;

/* clang-format off: a table */
BENCH_WORK(inference, network, eg_k_rnn_forward(&d->r, d->y, d->c_last, NULL, NULL, d->scratch))
BENCH_WORK(forward, network, eg_k_rnn_forward(&d->r, d->y, d->c_last, d->gates, d->cells, d->scratch))
BENCH_WORK(forward_twin, network, eg_ref_rnn_forward(&d->twin, d->twin_y, d->c_last, d->twin_gates, d->twin_cells))
BENCH_WORK(backward, network, eg_k_rnn_backward(&d->r, &d->out, d->dy, d->y, d->gates, d->cells, d->scratch))
BENCH_WORK(backward_again, network, eg_k_rnn_backward(&d->r, &d->out, d->dy, d->y, NULL, d->cells, d->scratch))
BENCH_WORK(backward_twin, network,
           eg_ref_rnn_backward(&d->twin, &d->twin_out, d->dy, d->twin_y, d->twin_gates, d->twin_cells, d->twin_scratch))
/* clang-format on */

static size_t larger(size_t a, size_t b) {
  return a > b ? a : b;
}

static network open_network(eg_k_rnn_kind kind, int64_t n, int directions) {
  const int64_t gates = kind == EG_K_LSTM ? 4 : 3,
                sizes[PARTS] = {gates * HIDDEN * INPUTS, gates * HIDDEN * HIDDEN, gates * HIDDEN, gates * HIDDEN};
  int64_t outputs = n * STEPS * directions * HIDDEN;
  network t = {.r = {.kind = kind,
                     .n = n,
                     .l = STEPS,
                     .inputs = INPUTS,
                     .hidden = HIDDEN,
                     .directions = directions,
                     .x = bench_numbers(n * STEPS * INPUTS, 1)}};
  for (int direction = 0; direction < directions; direction++) {
    eg_real *part[PARTS], *gradient[PARTS];
    for (int i = 0; i < PARTS; i++) {
      part[i] = bench_numbers(sizes[i], (uint64_t)i + 2);
      gradient[i] = bench_zeros(sizes[i]);
      for (int64_t j = 0; j < sizes[i]; j++)
        part[i][j] *= (eg_real)0.1; /* 1 / sqrt(HIDDEN) */
    }
    t.r.weights[direction] = (eg_k_rnn_weights){part[W_IH], part[W_HH], part[B_IH], part[B_HH]};
    t.out.weights[direction].w_ih.data = gradient[W_IH];
    t.out.weights[direction].w_hh.data = gradient[W_HH];
    t.out.weights[direction].b_ih.data = gradient[B_IH];
    t.out.weights[direction].b_hh.data = gradient[B_HH];
  }
  t.y = bench_zeros(outputs);
  t.dy = bench_numbers(outputs, 9);
  t.c_last = bench_zeros(directions * n * HIDDEN);
  t.gates = bench_room(eg_k_rnn_gates(&t.r) * REAL);
  t.cells = bench_room(eg_k_rnn_cells(&t.r) * REAL);
  t.scratch = bench_room(larger(eg_k_rnn_forward_scratch(&t.r), eg_k_rnn_backward_scratch(&t.r)) * REAL);
  t.twin = t.r;
  t.twin.n = t.twin.directions = 1;
  t.twin.l = TWIN_STEPS;
  t.twin_y = bench_zeros(TWIN_STEPS * HIDDEN);
  t.twin_gates = bench_zeros(TWIN_STEPS * HIDDEN * MOST_GATES);
  t.twin_cells = bench_zeros(TWIN_STEPS * HIDDEN);
  t.twin_scratch = bench_zeros(6 * HIDDEN);
  t.twin_dx = bench_zeros(TWIN_STEPS * INPUTS);
  t.twin_out = t.out;
  t.twin_out.x.data = t.twin_dx;
  forward(&t);
  forward_twin(&t);
  return t;
}

static void close_network(network *t) {
  eg_real *arrays[] = {t->y,      t->c_last,     t->gates,      t->cells,        t->scratch, t->dy,
                       t->twin_y, t->twin_gates, t->twin_cells, t->twin_scratch, t->twin_dx, (eg_real *)t->r.x};
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
    eg_free(arrays[i]);
  for (int direction = 0; direction < t->r.directions; direction++) {
    const eg_k_rnn_weights *w = &t->r.weights[direction];
    const eg_real *parts[PARTS] = {w->w_ih, w->w_hh, w->b_ih, w->b_hh};
    for (int i = 0; i < PARTS; i++)
      eg_free((eg_real *)parts[i]);
    eg_free(t->out.weights[direction].w_ih.data);
    eg_free(t->out.weights[direction].w_hh.data);
    eg_free(t->out.weights[direction].b_ih.data);
    eg_free(t->out.weights[direction].b_hh.data);
  }
}

static void measure(const char *kind_name, eg_k_rnn_kind kind, int64_t n, int directions) {
  static const struct {
    const char *name;
    int hidden_products, input_products, twin_input_products; /* products with H and with I columns */
    bench_work *fast, *twin;
  } rows[] = {{"inference", 1, 1, 1, inference, forward_twin},
              {"forward", 1, 1, 1, forward, forward_twin},
              {"backward", 2, 1, 2, backward, backward_twin},
              {"backward, again", 2, 1, 2, backward_again, backward_twin}};
  char shape[32], name[32];
  snprintf(shape, sizeof shape, "%d x 1000 x 12 -> 100", (int)n);
  network t = open_network(kind, n, directions);
  double each = 2.0 * (kind == EG_K_LSTM ? 4 : 3) * HIDDEN; /* operations for a column */
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    snprintf(name, sizeof name, "%s %s", kind_name, rows[i].name);
    double hidden = rows[i].hidden_products * HIDDEN, inputs = rows[i].input_products * INPUTS;
    bench_show(&(bench_row){.name = name,
                            .shape = shape,
                            .unit = BENCH_OPERATIONS,
                            .amount = each * (hidden + inputs) * STEPS * (double)(n * directions),
                            .fast = rows[i].fast,
                            .twin = rows[i].twin,
                            .twin_amount = each * (hidden + rows[i].twin_input_products * INPUTS) * TWIN_STEPS,
                            .data = &t});
  }
  close_network(&t);
}

int main(int argc, char **argv) {
  bench_start(argc, argv, "recurrent layers, matrix products only");
  measure("LSTM", EG_K_LSTM, 64, 1);
  measure("GRU", EG_K_GRU, 64, 1);
  measure("BiLSTM", EG_K_LSTM, 64, 2);
  measure("LSTM", EG_K_LSTM, 1, 1);
  measure("GRU", EG_K_GRU, 1, 1);
  measure("BiLSTM", EG_K_LSTM, 1, 2);
  return 0;
}
