#include "kernels/rnn_plan.h"

#include <string.h>

#include "kernels/gemm.h"
#include "kernels/panel.h"

/* A run of steps is taken together where that saves work: the rows of a block over a run are about ROWS. */
enum { ROWS = 128, FEWEST_STEPS = 8, MOST_STEPS = 64 };

static void plan_lstm(eg_rnn_plan *p) {
  p->gates = 4;
  for (int g = 0; g < 4; g++)
    p->hidden_column[g] = p->input_column[g] = g * p->hidden;
  p->columns = eg_rnn_whole_vectors(4 * p->hidden);
  p->hidden_columns = p->input_columns = 4 * p->hidden;
  p->part_count = 1;
  p->parts[0] = (eg_rnn_part){0, p->rows, 0, 4 * p->hidden};
}

static void plan_gru(eg_rnn_plan *p) {
  int64_t one = eg_rnn_whole_vectors(p->hidden), two = eg_rnn_whole_vectors(2 * p->hidden);
  p->gates = 3;
  p->hidden_column[0] = p->input_column[0] = one;
  p->hidden_column[1] = p->input_column[1] = one + p->hidden;
  p->hidden_column[2] = 0;
  p->input_column[2] = one + two;
  p->columns = 2 * one + two;
  p->hidden_columns = one + 2 * p->hidden;
  p->from_input = one;
  p->input_columns = two + p->hidden;
  p->part_count = 3;
  p->parts[0] = (eg_rnn_part){0, p->hidden + 1, 0, p->hidden};
  p->parts[1] = (eg_rnn_part){0, p->rows, one, 2 * p->hidden};
  p->parts[2] = (eg_rnn_part){p->hidden, 1 + p->inputs, one + two, p->hidden};
}

eg_rnn_plan eg_rnn_plan_of(const eg_k_rnn *r) {
  eg_rnn_plan p = {.hidden = r->hidden, .inputs = r->inputs, .rows = r->hidden + 1 + r->inputs};
  p.row_pitch = eg_rnn_whole_vectors(p.rows);
  if (r->kind == EG_K_LSTM)
    plan_lstm(&p);
  else
    plan_gru(&p);
  p.blocks = (r->n + EG_RNN_BLOCK - 1) / EG_RNN_BLOCK;
  p.samples = p.blocks > 0 ? (r->n + p.blocks - 1) / p.blocks : 0;
  p.steps = p.samples > 0 ? ROWS / p.samples : MOST_STEPS;
  p.steps = p.steps < FEWEST_STEPS ? FEWEST_STEPS : p.steps > MOST_STEPS ? MOST_STEPS : p.steps;
  p.runs = (r->l + p.steps - 1) / p.steps;
  return p;
}

void eg_rnn_dense(const eg_k_rnn *r, const eg_rnn_plan *p, int direction, eg_real *dense) {
  const eg_k_rnn_weights *w = &r->weights[direction];
  int64_t hidden = p->hidden, inputs = p->inputs;
  memset(dense, 0, (size_t)(p->rows * p->columns) * sizeof *dense);
  for (int g = 0; g < p->gates; g++) {
    eg_real *h = dense + p->hidden_column[g], *one = dense + hidden * p->columns, *x = one + p->columns;
    for (int64_t j = 0; j < hidden; j++) {
      int64_t row = g * hidden + j;
      for (int64_t i = 0; i < hidden; i++)
        h[i * p->columns + j] = w->w_hh[row * hidden + i];
      for (int64_t i = 0; i < inputs; i++)
        x[i * p->columns + p->input_column[g] + j] = w->w_ih[row * inputs + i];
      if (w->b_hh)
        one[p->hidden_column[g] + j] += w->b_hh[row];
      if (w->b_ih)
        one[p->input_column[g] + j] += w->b_ih[row];
    }
  }
}

/* out (rows, columns of row_length) = the transposed part of the dense matrix, gate after gate. */
static void write_transposed(eg_k_gradient out, const eg_rnn_plan *p, const eg_real *from, const int64_t *column,
                             int64_t row_length) {
  for (int g = 0; g < p->gates && out.data; g++)
    for (int64_t j = 0; j < p->hidden; j++)
      for (int64_t i = 0; i < row_length; i++) {
        eg_real *to = out.data + (g * p->hidden + j) * row_length + i, value = from[i * p->columns + column[g] + j];
        *to = out.beta == 0 ? value : value + out.beta * *to;
      }
}

void eg_rnn_write_weights(const eg_k_rnn_gradients *out, const eg_rnn_plan *p, int direction, const eg_real *dense) {
  const eg_real *one = dense + p->hidden * p->columns;
  write_transposed(out->weights[direction].w_ih, p, one + p->columns, p->input_column, p->inputs);
  write_transposed(out->weights[direction].w_hh, p, dense, p->hidden_column, p->hidden);
  write_transposed(out->weights[direction].b_ih, p, one, p->input_column, 1);
  write_transposed(out->weights[direction].b_hh, p, one, p->hidden_column, 1);
}

size_t eg_rnn_parts_size(const eg_rnn_plan *p) {
  size_t size = 0;
  for (int i = 0; i < p->part_count; i++)
    size += eg_rnn_packed_size(p->parts[i].rows, p->parts[i].columns);
  return size;
}

void eg_rnn_pack_parts(const eg_rnn_plan *p, const eg_real *dense, eg_real *packed) {
  for (int i = 0; i < p->part_count; i++) {
    const eg_rnn_part *part = &p->parts[i];
    eg_rnn_pack(packed, dense + part->row * p->columns + part->column, part->rows, part->columns, p->columns, 1);
    packed += eg_rnn_packed_size(part->rows, part->columns);
  }
}

void eg_rnn_sums(const eg_rnn_plan *p, const eg_real *packed, int64_t m, const eg_real *rows, eg_real *sums) {
  for (int i = 0; i < p->part_count; i++) {
    const eg_rnn_part *part = &p->parts[i];
    eg_rnn_product(m, part->columns, part->rows, rows + part->row, p->row_pitch, packed, sums + part->column,
                   p->columns);
    packed += eg_rnn_packed_size(part->rows, part->columns);
  }
}

#ifdef EG_DOUBLE

/* Packed is dense: (k, n). */
int64_t eg_rnn_whole_vectors(int64_t n) {
  enum { VECTOR = 2 }; /* as in vector/double.h */
  return (n + VECTOR - 1) / VECTOR * VECTOR;
}

size_t eg_rnn_packed_size(int64_t k, int64_t n) {
  return (size_t)(k * n);
}

void eg_rnn_pack(eg_real *packed, const eg_real *b, int64_t k, int64_t n, int64_t row, int64_t column) {
  for (int64_t i = 0; i < k; i++)
    for (int64_t j = 0; j < n; j++)
      packed[i * n + j] = b[i * row + j * column];
}

void eg_rnn_product(int64_t m, int64_t n, int64_t k, const eg_real *a, int64_t lda, const eg_real *packed, eg_real *c,
                    int64_t ldc) {
  eg_k_gemm(false, false, m, n, k, a, lda, packed, n, 0, c, ldc);
}

void eg_rnn_product_over_rows(int64_t m, int64_t n, int64_t k, const eg_real *a, int64_t lda, const eg_real *b,
                              int64_t ldb, eg_real *c, int64_t ldc) {
  eg_k_gemm(true, false, m, n, k, a, lda, b, ldb, 1, c, ldc);
}

#else

int64_t eg_rnn_whole_vectors(int64_t n) {
  int64_t vector = eg_panel_now()->vector;
  return (n + vector - 1) / vector * vector;
}

size_t eg_rnn_packed_size(int64_t k, int64_t n) {
  return eg_panel_size(eg_panel_now(), k, n);
}

void eg_rnn_pack(eg_real *packed, const eg_real *b, int64_t k, int64_t n, int64_t row, int64_t column) {
  const eg_panel_kernels *panel = eg_panel_now();
  for (int64_t first = 0; first < n; first += panel->columns)
    eg_panel_pack(panel, packed + first * k, b, k, n, first, row, column);
}

void eg_rnn_product(int64_t m, int64_t n, int64_t k, const eg_real *a, int64_t lda, const eg_real *packed, eg_real *c,
                    int64_t ldc) {
  const eg_panel_kernels *panel = eg_panel_now();
  panel->rows(m, eg_rnn_whole_vectors(n), k, a, lda, packed, k * panel->columns, c, ldc, NULL);
}

void eg_rnn_product_over_rows(int64_t m, int64_t n, int64_t k, const eg_real *a, int64_t lda, const eg_real *b,
                              int64_t ldb, eg_real *c, int64_t ldc) {
  const eg_panel_kernels *panel = eg_panel_now();
  for (int64_t first = 0; first < n; first += panel->columns)
    panel->columns_sum(m, eg_panel_width(panel, n, first), k, a, lda, b + first, ldb, c + first, ldc);
}

#endif
