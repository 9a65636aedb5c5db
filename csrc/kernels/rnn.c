/* The sequence as matrix products: a chunk of time steps of x at once, then one product a step with w_hh, over blocks
   of samples in parallel. Weight gradients are summed over groups of blocks, and those in order. */
#include "kernels/rnn.h"

#include <string.h>

#include "ecgraft/parallel.h"
#include "kernels/blas.h"
#include "kernels/matmul.h"
#include "kernels/rnn_cell.h"

enum { BLOCK = 16 /* samples */, CHUNK = 32 /* time steps */, MOST_GROUPS = 16 };

static int64_t smaller(int64_t a, int64_t b) {
  return a < b ? a : b;
}

static const eg_k_rnn_cell *cell_of(const eg_k_rnn *r) {
  return r->kind == EG_K_LSTM ? &eg_k_lstm_cell : &eg_k_gru_cell;
}

static int64_t blocks_of(const eg_k_rnn *r) {
  return (r->n + BLOCK - 1) / BLOCK;
}

static int64_t blocks_in_group(const eg_k_rnn *r) {
  return (blocks_of(r) + MOST_GROUPS - 1) / MOST_GROUPS;
}

static int64_t groups_of(const eg_k_rnn *r) {
  int64_t size = blocks_in_group(r);
  return size > 0 ? (blocks_of(r) + size - 1) / size : 0;
}

/* The gate rows of a block of samples over some time: row (sample s, time t) begins at at + s * pitch + (t - t0) 4 H.
 */
typedef struct gate_rows {
  eg_real *at;
  int64_t pitch, t0;
} gate_rows;

static eg_real *gate_row(const eg_k_rnn *r, const gate_rows *g, int64_t s, int64_t t) {
  return g->at + s * g->pitch + (t - g->t0) * 4 * r->hidden;
}

/* Step q happens at this time. */
static int64_t time_of(const eg_k_rnn *r, int64_t q) {
  return r->reverse ? r->l - 1 - q : q;
}

/* Steps [q, q + count) cover the times [this, this + count). */
static int64_t first_time(const eg_k_rnn *r, int64_t q, int64_t count) {
  return r->reverse ? r->l - q - count : q;
}

/* A row of 4 H: what is added to each gate row before the products. */
static void bias_row(const eg_k_rnn *r, eg_real *bias) {
  const eg_k_rnn_cell *cell = cell_of(r);
  memset(bias, 0, (size_t)(4 * r->hidden) * sizeof *bias);
  for (int64_t j = 0; r->b_ih && j < cell->inputs * r->hidden; j++)
    bias[j] += r->b_ih[j];
  for (int part = 0; r->b_hh && part < cell->part_count; part++) {
    const eg_k_rnn_part *p = &cell->parts[part];
    for (int64_t j = 0; j < p->count * r->hidden; j++)
      bias[p->column * r->hidden + j] += r->b_hh[p->row * r->hidden + j];
  }
}

/* Gate rows of one sample, times [t, t + count): bias + W_ih x. */
static void add_inputs(const eg_k_rnn *r, eg_real *rows, const eg_real *bias, int64_t n, int64_t t, int64_t count) {
  int64_t width = 4 * r->hidden;
  for (int64_t i = 0; i < count; i++)
    memcpy(rows + i * width, bias, (size_t)width * sizeof *rows);
  eg_k_gemm(false, true, count, cell_of(r)->inputs * r->hidden, r->inputs, 1, r->x + (n * r->l + t) * r->inputs,
            r->inputs, r->w_ih, r->inputs, 1, rows, width);
}

/* Gate rows, `count` of them at `pitch`: + W_hh h for rows of h at h_pitch. */
static void add_hidden(const eg_k_rnn *r, eg_real *rows, int64_t pitch, const eg_real *h, int64_t h_pitch,
                       int64_t count) {
  const eg_k_rnn_cell *cell = cell_of(r);
  for (int part = 0; part < cell->part_count; part++) {
    const eg_k_rnn_part *p = &cell->parts[part];
    eg_k_gemm(false, true, count, p->count * r->hidden, r->hidden, 1, h, h_pitch,
              r->w_hh + p->row * r->hidden * r->hidden, r->hidden, 1, rows + p->column * r->hidden, pitch);
  }
}

/* The hidden state before step q: rows of y, of h0, or NULL for zeros. */
static const eg_real *hidden_before(const eg_k_rnn *r, const eg_real *y, int64_t n, int64_t q, int64_t *pitch) {
  *pitch = q > 0 ? r->l * r->hidden : r->hidden;
  if (q > 0)
    return y + (n * r->l + time_of(r, q - 1)) * r->hidden;
  return r->h0 ? r->h0 + n * r->hidden : NULL;
}

static const eg_real *cells_before(const eg_k_rnn *r, const eg_real *cells, int64_t n, int64_t q) {
  if (q > 0)
    return cells + (n * r->l + time_of(r, q - 1)) * r->hidden;
  return r->c0 ? r->c0 + n * r->hidden : NULL;
}

/* Forward: scratch of a thread is the bias row, the cells of a block, the gate rows of a chunk. */
static size_t forward_scratch_of_thread(const eg_k_rnn *r) {
  return (size_t)(4 * r->hidden + BLOCK * r->hidden + BLOCK * CHUNK * 4 * r->hidden);
}

size_t eg_k_rnn_forward_scratch(const eg_k_rnn *r) {
  return (size_t)eg_num_threads() * forward_scratch_of_thread(r);
}

/* Step q of samples [n0, n0 + count), whose gate rows hold bias + W_ih x. `state` (count, H): the cells so far. */
static void forward_step(const eg_k_rnn *r, const gate_rows *g, int64_t n0, int64_t count, int64_t q, eg_real *y,
                         eg_real *cells, eg_real *state) {
  const eg_k_rnn_cell *cell = cell_of(r);
  int64_t t = time_of(r, q), h_pitch, size = r->hidden;
  const eg_real *h = hidden_before(r, y, n0, q, &h_pitch);
  if (h)
    add_hidden(r, gate_row(r, g, 0, t), g->pitch, h, h_pitch, count);
  for (int64_t s = 0; s < count; s++) {
    eg_real *row = gate_row(r, g, s, t), *c = state + s * size;
    cell->activate(size, row);
    cell->step(size, row, h ? h + s * h_pitch : NULL, q > 0 || r->c0 ? c : NULL, c, y + ((n0 + s) * r->l + t) * size);
    if (cells)
      memcpy(cells + ((n0 + s) * r->l + t) * size, c, (size_t)size * sizeof *c);
  }
}

static void forward_block(const eg_k_rnn *r, int64_t n0, eg_real *y, eg_real *c_last, eg_real *gates, eg_real *cells,
                          eg_real *scratch) {
  int64_t count = smaller(BLOCK, r->n - n0), size = r->hidden;
  eg_real *bias = scratch, *state = bias + 4 * size, *chunk_rows = state + BLOCK * size;
  bool has_cells = cell_of(r)->has_cells;
  bias_row(r, bias);
  if (has_cells && r->c0)
    memcpy(state, r->c0 + n0 * size, (size_t)(count * size) * sizeof *state);
  for (int64_t q0 = 0; q0 < r->l; q0 += CHUNK) {
    int64_t steps = smaller(CHUNK, r->l - q0), t0 = first_time(r, q0, steps);
    gate_rows g = {chunk_rows, CHUNK * 4 * size, t0};
    if (gates)
      g = (gate_rows){gates + n0 * r->l * 4 * size, r->l * 4 * size, 0};
    for (int64_t s = 0; s < count; s++)
      add_inputs(r, gate_row(r, &g, s, t0), bias, n0 + s, t0, steps);
    for (int64_t q = q0; q < q0 + steps; q++)
      forward_step(r, &g, n0, count, q, y, has_cells ? cells : NULL, state);
  }
  if (has_cells && c_last && (r->l > 0 || r->c0))
    memcpy(c_last + n0 * size, state, (size_t)(count * size) * sizeof *state);
}

void eg_k_rnn_forward(const eg_k_rnn *r, eg_real *y, eg_real *c_last, eg_real *gates, eg_real *cells,
                      eg_real *scratch) {
  int64_t blocks = blocks_of(r);
  EG_PARALLEL_FOR
  for (int64_t block = 0; block < blocks; block++)
    forward_block(r, block * BLOCK, y, c_last, gates, cells,
                  scratch + (size_t)eg_thread_index() * forward_scratch_of_thread(r));
}

/* Backward: scratch of a thread is the bias row, dh and dc of a block, the gate rows of a chunk. Behind the threads'
   lie the groups' weight gradients: all of w_ih, all of w_hh, all of the gate sums. */
static size_t backward_scratch_of_thread(const eg_k_rnn *r) {
  return (size_t)(4 * r->hidden + 2 * BLOCK * r->hidden + BLOCK * CHUNK * 4 * r->hidden);
}

typedef struct weight_sums {
  eg_real *w_ih, *w_hh, *bias; /* (inputs H, I), (G H, H), (4 H) */
} weight_sums;

static int64_t weight_sums_size(const eg_k_rnn *r) {
  return cell_of(r)->inputs * r->hidden * (r->inputs + r->hidden) + 4 * r->hidden;
}

size_t eg_k_rnn_backward_scratch(const eg_k_rnn *r) {
  return (size_t)eg_num_threads() * backward_scratch_of_thread(r) + (size_t)(groups_of(r) * weight_sums_size(r));
}

static weight_sums sums_of_group(const eg_k_rnn *r, eg_real *at, int64_t group) {
  int64_t groups = groups_of(r), rows = cell_of(r)->inputs * r->hidden;
  weight_sums w = {at, at + groups * rows * r->inputs, at + groups * rows * (r->inputs + r->hidden)};
  return (weight_sums){w.w_ih + group * rows * r->inputs, w.w_hh + group * rows * r->hidden,
                       w.bias + group * 4 * r->hidden};
}

/* For the rows of one sample at times [t0, t0 + steps): where the hidden states before them lie. All but one are rows
   of y from time *from on, and match the gate rows from time *to on; the one of step 0 is h0. */
static int64_t rows_before(const eg_k_rnn *r, int64_t q0, int64_t steps, int64_t *from, int64_t *to) {
  int64_t count = q0 > 0 ? steps : steps - 1, t0 = first_time(r, q0, steps);
  *to = r->reverse || q0 > 0 ? t0 : t0 + 1;
  *from = r->reverse ? *to + 1 : *to - 1;
  return count;
}

/* The gates of a chunk once more. */
static void gates_again(const eg_k_rnn *r, const gate_rows *g, const eg_real *bias, int64_t n0, int64_t samples,
                        int64_t q0, int64_t steps, const eg_real *y) {
  int64_t from, to, count = rows_before(r, q0, steps, &from, &to), width = 4 * r->hidden;
  for (int64_t s = 0; s < samples; s++) {
    int64_t n = n0 + s;
    add_inputs(r, gate_row(r, g, s, g->t0), bias, n, g->t0, steps);
    if (count > 0)
      add_hidden(r, gate_row(r, g, s, to), width, y + (n * r->l + from) * r->hidden, r->hidden, count);
    if (q0 == 0 && r->h0)
      add_hidden(r, gate_row(r, g, s, time_of(r, 0)), width, r->h0 + n * r->hidden, r->hidden, 1);
    for (int64_t t = g->t0; t < g->t0 + steps; t++)
      cell_of(r)->activate(r->hidden, gate_row(r, g, s, t));
  }
}

/* Step q: gradients of the gate sums into d, of the hidden state and cells before it into dh and dc (samples, H). */
static void backward_step(const eg_k_rnn *r, const gate_rows *g, const gate_rows *d, int64_t n0, int64_t samples,
                          int64_t q, const eg_real *dy, const eg_real *y, const eg_real *cells, eg_real *dh,
                          eg_real *dc) {
  const eg_k_rnn_cell *cell = cell_of(r);
  int64_t t = time_of(r, q), size = r->hidden, h_pitch;
  for (int64_t s = 0; s < samples; s++) {
    int64_t n = n0 + s, row = (n * r->l + t) * size;
    for (int64_t j = 0; j < size; j++)
      dh[s * size + j] += dy[row + j];
    cell->step_backward(size, gate_row(r, g, s, t), gate_row(r, d, s, t), hidden_before(r, y, n, q, &h_pitch),
                        cell->has_cells ? cells_before(r, cells, n, q) : NULL, cell->has_cells ? cells + row : NULL,
                        dh + s * size, dc + s * size);
  }
  for (int part = 0; part < cell->part_count; part++) {
    const eg_k_rnn_part *p = &cell->parts[part];
    eg_k_gemm(false, false, samples, size, p->count * size, 1, gate_row(r, d, 0, t) + p->column * size, d->pitch,
              r->w_hh + p->row * size * size, size, 1, dh, size);
  }
}

/* Adds what sample n's gate gradients of a chunk give to the weights, and writes its gradient of x. */
static void weights_and_input(const eg_k_rnn *r, const eg_k_rnn_gradients *out, const eg_real *rows, int64_t n,
                              int64_t q0, int64_t steps, const eg_real *y, const weight_sums *sums) {
  const eg_k_rnn_cell *cell = cell_of(r);
  int64_t size = r->hidden, width = 4 * size, t0 = first_time(r, q0, steps), from, to;
  int64_t count = rows_before(r, q0, steps, &from, &to), inputs = cell->inputs * size;
  if (out->x.data)
    eg_k_gemm(false, false, steps, r->inputs, inputs, 1, rows, width, r->w_ih, r->inputs, out->x.beta,
              out->x.data + (n * r->l + t0) * r->inputs, r->inputs);
  eg_k_gemm(true, false, inputs, r->inputs, steps, 1, rows, width, r->x + (n * r->l + t0) * r->inputs, r->inputs, 1,
            sums->w_ih, r->inputs);
  for (int part = 0; part < cell->part_count; part++) {
    const eg_k_rnn_part *p = &cell->parts[part];
    const eg_real *d = rows + p->column * size;
    eg_real *w = sums->w_hh + p->row * size * size;
    if (count > 0)
      eg_k_gemm(true, false, p->count * size, size, count, 1, d + (to - t0) * width, width,
                y + (n * r->l + from) * size, size, 1, w, size);
    if (q0 == 0 && r->h0)
      eg_k_gemm(true, false, p->count * size, size, 1, 1, d + (time_of(r, 0) - t0) * width, width, r->h0 + n * size,
                size, 1, w, size);
  }
  for (int64_t i = 0; i < steps; i++)
    for (int64_t j = 0; j < width; j++)
      sums->bias[j] += rows[i * width + j];
}

static void write_rows(eg_k_gradient out, const eg_real *from, int64_t first, int64_t count) {
  for (int64_t i = 0; i < count && out.data; i++)
    out.data[first + i] = out.beta == 0 ? from[i] : from[i] + out.beta * out.data[first + i];
}

static void backward_block(const eg_k_rnn *r, const eg_k_rnn_gradients *out, int64_t n0, const eg_real *dy,
                           const eg_real *y, const eg_real *gates, const eg_real *cells, const weight_sums *sums,
                           eg_real *scratch) {
  int64_t samples = smaller(BLOCK, r->n - n0), size = r->hidden;
  eg_real *bias = scratch, *dh = bias + 4 * size, *dc = dh + BLOCK * size, *chunk_rows = dc + BLOCK * size;
  bias_row(r, bias);
  memset(dh, 0, (size_t)(2 * BLOCK * size) * sizeof *dh);
  for (int64_t q0 = (r->l - 1) / CHUNK * CHUNK; q0 >= 0 && r->l > 0; q0 -= CHUNK) {
    int64_t steps = smaller(CHUNK, r->l - q0);
    gate_rows d = {chunk_rows, CHUNK * 4 * size, first_time(r, q0, steps)}, g = d;
    if (gates)
      g = (gate_rows){(eg_real *)gates + n0 * r->l * 4 * size, r->l * 4 * size, 0}; /* read only */
    else
      gates_again(r, &g, bias, n0, samples, q0, steps, y);
    for (int64_t q = q0 + steps - 1; q >= q0; q--)
      backward_step(r, &g, &d, n0, samples, q, dy, y, cells, dh, dc);
    for (int64_t s = 0; s < samples; s++)
      weights_and_input(r, out, gate_row(r, &d, s, d.t0), n0 + s, q0, steps, y, sums);
  }
  write_rows(out->h0, dh, n0 * size, samples * size);
  write_rows(out->c0, dc, n0 * size, samples * size);
}

static void add_groups(eg_k_gradient out, const eg_real *parts, int64_t groups, int64_t count) {
  if (out.data)
    eg_k_add_parts(out.data, out.beta, parts, groups, count);
}

/* The biases' gradients from the sums (4 H) of the gate gradients. */
static void write_biases(const eg_k_rnn *r, const eg_k_rnn_gradients *out, const eg_real *sums) {
  const eg_k_rnn_cell *cell = cell_of(r);
  write_rows(out->b_ih, sums, 0, cell->inputs * r->hidden);
  for (int part = 0; part < cell->part_count; part++) {
    const eg_k_rnn_part *p = &cell->parts[part];
    write_rows(out->b_hh, sums + p->column * r->hidden, p->row * r->hidden, p->count * r->hidden);
  }
}

void eg_k_rnn_backward(const eg_k_rnn *r, const eg_k_rnn_gradients *out, const eg_real *dy, const eg_real *y,
                       const eg_real *gates, const eg_real *cells, eg_real *scratch) {
  int64_t blocks = blocks_of(r), size = blocks_in_group(r), groups = groups_of(r);
  int64_t rows = cell_of(r)->inputs * r->hidden;
  eg_real *sums = scratch + (size_t)eg_num_threads() * backward_scratch_of_thread(r);
  memset(sums, 0, (size_t)(groups * weight_sums_size(r)) * sizeof *sums);
  EG_PARALLEL_FOR
  for (int64_t group = 0; group < groups; group++) {
    weight_sums own = sums_of_group(r, sums, group);
    for (int64_t block = group * size; block < smaller((group + 1) * size, blocks); block++)
      backward_block(r, out, block * BLOCK, dy, y, gates, cells, &own,
                     scratch + (size_t)eg_thread_index() * backward_scratch_of_thread(r));
  }
  weight_sums all = sums_of_group(r, sums, 0);
  add_groups(out->w_ih, all.w_ih, groups, rows * r->inputs);
  add_groups(out->w_hh, all.w_hh, groups, rows * r->hidden);
  eg_real *bias = scratch; /* the threads' part is free by now */
  eg_k_add_parts(bias, 0, all.bias, groups, 4 * r->hidden);
  write_biases(r, out, bias);
}
