/* Backward: a thread takes a block of samples, in one direction, back through runs of steps: the gates of a run (kept,
   or computed again), its steps one by one, then its part of the weights' gradient and of x's as two products. The
   weights' gradients are summed over groups of blocks, and these in order. */
#include <string.h>

#include "ecgraft/parallel.h"
#include "kernels/matmul.h"
#include "kernels/rnn.h"
#include "kernels/rnn_cells.h"
#include "kernels/rnn_plan.h"
#include "kernels/subnormal.h"

enum { MOST_GROUPS = 16 };

static int64_t blocks_in_group(const eg_rnn_plan *p) {
  return (p->blocks + MOST_GROUPS - 1) / MOST_GROUPS;
}

static int64_t groups_of(const eg_rnn_plan *p) {
  return p->blocks > 0 ? (p->blocks + blocks_in_group(p) - 1) / blocks_in_group(p) : 0;
}

/* What all blocks of a direction use: its packed matrices. Forward's parts are there where gates are computed again. */
typedef struct shared {
  eg_real *to_hidden, *to_input, *parts;
} shared;

static size_t of_direction(const eg_rnn_plan *p, bool again, shared *places, eg_real *at) {
  size_t to_hidden = eg_rnn_packed_size(p->hidden_columns, p->hidden);
  size_t to_input = eg_rnn_packed_size(p->input_columns, p->inputs), parts = again ? eg_rnn_parts_size(p) : 0;
  if (places)
    *places = (shared){at, at + to_hidden, at + to_hidden + to_input};
  return to_hidden + to_input + parts;
}

/* What a thread works with. A run has up to steps * samples rows. */
typedef struct workspace {
  eg_real *rows;    /* [h | 1 | x] before each step of the run */
  eg_real *gates;   /* where they are computed again */
  eg_real *d;       /* gradients of the sums; where gates are computed again, the sums before */
  eg_real *cells;   /* before the run's first step and after each */
  eg_real *dh;      /* through the products of the step after */
  eg_real *carried; /* dc, or of a GRU what reaches h directly */
  eg_real *dx;      /* of the run */
} workspace;

static size_t of_thread(const eg_k_rnn *r, const eg_rnn_plan *p, bool again, workspace *places, eg_real *at) {
  int64_t rows = p->steps * p->samples, size = p->hidden;
  size_t counts[] = {(size_t)(rows * p->row_pitch),
                     again ? (size_t)(rows * 4 * size) : 0,
                     (size_t)(rows * p->columns),
                     r->kind == EG_K_LSTM ? (size_t)((rows + p->samples) * size) : 0,
                     (size_t)(p->samples * eg_rnn_whole_vectors(size)),
                     (size_t)(p->samples * size),
                     (size_t)(rows * eg_rnn_whole_vectors(p->inputs))};
  if (places) {
    eg_real **to[] = {&places->rows, &places->gates,   &places->d, &places->cells,
                      &places->dh,   &places->carried, &places->dx};
    eg_real *next = at;
    for (int i = 0; i < 7; i++) {
      *to[i] = next;
      next += counts[i];
    }
  }
  size_t all = 0;
  for (int i = 0; i < 7; i++)
    all += counts[i];
  return all;
}

/* Elements of the state of all directions and samples. */
static size_t of_states(const eg_k_rnn *r) {
  return (size_t)(r->directions * r->n * r->hidden);
}

/* Scratch: of the directions, dh0 and dc0, of the groups (the gradients of their dense matrices), of the threads; the
   dense matrix, needed before the groups begin, takes the place of a group's. */
size_t eg_k_rnn_backward_scratch(const eg_k_rnn *r) {
  eg_rnn_plan p = eg_rnn_plan_of(r);
  size_t groups = (size_t)groups_of(&p), dense = (size_t)(p.rows * p.columns);
  return (size_t)r->directions * (of_direction(&p, true, NULL, NULL) + (groups > 0 ? groups : 1) * dense) +
         2 * of_states(r) + (size_t)eg_num_threads() * of_thread(r, &p, true, NULL, NULL);
}

/* One block in one direction. */
typedef struct task {
  const eg_k_rnn *r;
  const eg_rnn_plan *p;
  int direction;
  int64_t first, count; /* samples */
  shared shared;
  workspace at;
  const eg_real *dy, *y, *gates, *cells; /* gates, cells: the block's */
  eg_real *dh0, *dc0;                    /* the block's gradients of what it began with */
} task;

/* Where (sample s, time t) is, in rows of all samples. */
static int64_t row_of(const task *k, int64_t s, int64_t t) {
  return (k->first + s) * k->r->l + t;
}

/* The rows [h | 1 | x] of steps [q0, q0 + steps). */
static void gather_rows(const task *k, int64_t q0, int64_t steps) {
  const eg_k_rnn *r = k->r;
  int64_t size = r->hidden, y_row = r->directions * size;
  for (int64_t s = 0; s < k->count; s++)
    for (int64_t z = 0; z < steps; z++) {
      eg_real *row = k->at.rows + (z * k->count + s) * k->p->row_pitch;
      int64_t q = q0 + z;
      if (q > 0)
        memcpy(row, k->y + row_of(k, s, eg_rnn_time(r, k->direction, q - 1)) * y_row + k->direction * size,
               (size_t)size * sizeof *row);
      else if (r->h0)
        memcpy(row, r->h0 + (k->direction * r->n + k->first + s) * size, (size_t)size * sizeof *row);
      else
        memset(row, 0, (size_t)size * sizeof *row);
      row[size] = 1;
      memcpy(row + size + 1, r->x + row_of(k, s, eg_rnn_time(r, k->direction, q)) * r->inputs,
             (size_t)r->inputs * sizeof *row);
    }
}

/* The gates of steps [q0, q0 + steps), whose rows were gathered. */
static const eg_real *gates_of_run(const task *k, const eg_rnn_cells *cell, int64_t q0, int64_t steps) {
  if (k->gates)
    return k->gates + q0 * k->count * 4 * k->r->hidden;
  int64_t rows = steps * k->count;
  eg_rnn_rows sums = {k->at.d, k->p->columns};
  eg_rnn_sums(k->p, k->shared.parts, rows, k->at.rows, k->at.d);
  if (k->r->kind == EG_K_LSTM)
    cell->lstm_gates(rows, k->r->hidden, sums, k->at.gates);
  else
    cell->gru_gates(rows, k->r->hidden, sums, k->at.gates);
  return k->at.gates;
}

/* The cells of a run, from those at its beginning. */
static void cells_of_run(const task *k, const eg_rnn_cells *cell, const eg_real *gates, int64_t q0, int64_t steps) {
  int64_t size = k->count * k->r->hidden;
  memcpy(k->at.cells, k->cells + q0 / k->p->steps * size, (size_t)size * sizeof *k->at.cells);
  for (int64_t z = 0; z < steps; z++)
    cell->lstm_cells(k->count, k->r->hidden, gates + z * 4 * size, k->at.cells + z * size,
                     k->at.cells + (z + 1) * size);
}

/* Step z of the run that begins with step q0: gradients of its sums, then of the state before. */
static void step_back(const task *k, const eg_rnn_cells *cell, const eg_real *gates, int64_t q0, int64_t z) {
  const eg_k_rnn *r = k->r;
  const eg_rnn_plan *p = k->p;
  int64_t size = r->hidden, y_row = r->directions * size, rows = z * k->count;
  const eg_real *dy = k->dy + row_of(k, 0, eg_rnn_time(r, k->direction, q0 + z)) * y_row + k->direction * size;
  eg_rnn_rows dh = {k->at.dh, eg_rnn_whole_vectors(size)}, d = {k->at.d + rows * p->columns, p->columns};
  if (r->kind == EG_K_LSTM) {
    const eg_real *c = k->at.cells + rows * size;
    cell->lstm_backward(k->count, size, gates + rows * 4 * size, c, c + k->count * size, dy, r->l * y_row, dh,
                        k->at.carried, d);
  } else {
    eg_rnn_rows h = {k->at.rows + rows * p->row_pitch, p->row_pitch};
    cell->gru_backward(k->count, size, gates + rows * 4 * size, h, dy, r->l * y_row, dh, k->at.carried, d);
  }
  eg_rnn_product(k->count, size, p->hidden_columns, d.at + p->from_hidden, d.pitch, k->shared.to_hidden, dh.at,
                 dh.pitch);
}

static void input_gradient(const task *k, eg_k_gradient out, int64_t q0, int64_t steps) {
  const eg_k_rnn *r = k->r;
  int64_t pitch = eg_rnn_whole_vectors(r->inputs);
  eg_rnn_product(steps * k->count, r->inputs, k->p->input_columns, k->at.d + k->p->from_input, k->p->columns,
                 k->shared.to_input, k->at.dx, pitch);
  for (int64_t s = 0; s < k->count; s++)
    for (int64_t z = 0; z < steps; z++) {
      const eg_real *from = k->at.dx + (z * k->count + s) * pitch;
      eg_real *to = out.data + row_of(k, s, eg_rnn_time(r, k->direction, q0 + z)) * r->inputs;
      for (int64_t i = 0; i < r->inputs; i++)
        to[i] = out.beta == 0 ? from[i] : from[i] + out.beta * to[i];
    }
}

/* sums: the gradient of the dense matrix, or NULL where no weight wants one. */
static void backward_block(const task *k, const eg_k_rnn_gradients *out, eg_real *sums) {
  const eg_rnn_cells *cell = eg_rnn_cells_now();
  const eg_rnn_plan *p = k->p;
  int64_t pitch = eg_rnn_whole_vectors(p->hidden), l = k->r->l;
  bool lstm = k->r->kind == EG_K_LSTM;
  memset(k->at.d, 0, (size_t)(p->steps * p->samples * p->columns) * sizeof *k->at.d); /* between the gates it stays 0 */
  memset(k->at.dh, 0, (size_t)(k->count * pitch) * sizeof *k->at.dh);
  memset(k->at.carried, 0, (size_t)(k->count * p->hidden) * sizeof *k->at.carried);
  for (int64_t q0 = l > 0 ? (p->runs - 1) * p->steps : -1; q0 >= 0; q0 -= p->steps) {
    int64_t steps = l - q0 < p->steps ? l - q0 : p->steps, rows = steps * k->count;
    gather_rows(k, q0, steps);
    const eg_real *gates = gates_of_run(k, cell, q0, steps);
    if (lstm)
      cells_of_run(k, cell, gates, q0, steps);
    for (int64_t z = steps - 1; z >= 0; z--)
      step_back(k, cell, gates, q0, z);
    for (int i = 0; i < p->part_count && sums; i++) {
      const eg_rnn_part *part = &p->parts[i];
      eg_rnn_product_over_rows(part->rows, part->columns, rows, k->at.rows + part->row, p->row_pitch,
                               k->at.d + part->column, p->columns, sums + part->row * p->columns + part->column,
                               p->columns);
    }
    if (out->x.data)
      input_gradient(k, (eg_k_gradient){out->x.data, k->direction == 0 ? out->x.beta : 1}, q0, steps);
  }
  for (int64_t s = 0; s < k->count; s++)
    for (int64_t j = 0; j < p->hidden; j++)
      k->dh0[s * p->hidden + j] = k->at.dh[s * pitch + j] + (lstm ? 0 : k->at.carried[s * p->hidden + j]);
  if (lstm)
    memcpy(k->dc0, k->at.carried, (size_t)(k->count * p->hidden) * sizeof *k->dc0);
}

/* What the groups of all directions add up to goes to the weights. */
static void write_weights(const eg_k_rnn *r, const eg_rnn_plan *p, const eg_k_rnn_gradients *out, eg_real *sums) {
  int64_t groups = groups_of(p), dense = p->rows * p->columns;
  for (int direction = 0; direction < r->directions; direction++) {
    eg_real *first = sums + direction * groups * dense;
    if (groups > 0) /* in place: each number is read before it is written */
      eg_k_add_parts(first, 0, first, groups, dense);
    else
      memset(first, 0, (size_t)dense * sizeof *first);
    eg_rnn_write_weights(out, p, direction, first);
  }
}

static void write_state(eg_k_gradient out, const eg_real *from, size_t count) {
  for (size_t i = 0; i < count && out.data; i++)
    out.data[i] = out.beta == 0 ? from[i] : from[i] + out.beta * out.data[i];
}

static bool weights_wanted(const eg_k_rnn_gradients *out, int direction) {
  return out->weights[direction].w_ih.data || out->weights[direction].w_hh.data || out->weights[direction].b_ih.data ||
         out->weights[direction].b_hh.data;
}

typedef struct given {
  const eg_real *dy, *y, *gates, *cells;
  eg_real *dh0, *dc0;
} given;

/* All blocks of a group in one direction. */
static void backward_group(const eg_k_rnn *r, const eg_rnn_plan *p, int direction, int64_t group, shared shared,
                           given given, const eg_k_rnn_gradients *out, eg_real *sums, eg_real *scratch) {
  int64_t size = blocks_in_group(p), end = (group + 1) * size < p->blocks ? (group + 1) * size : p->blocks;
  if (weights_wanted(out, direction))
    memset(sums, 0, (size_t)(p->rows * p->columns) * sizeof *sums);
  else
    sums = NULL;
  task k = {.r = r, .p = p, .direction = direction, .shared = shared, .dy = given.dy, .y = given.y};
  unsigned before = eg_subnormals_off(); /* gradients vanish over long records */
  of_thread(r, p, !given.gates, &k.at, scratch);
  for (int64_t block = group * size; block < end; block++) {
    k.first = eg_rnn_block_first(r, p, block);
    k.count = eg_rnn_block_count(r, p, block);
    int64_t kept_row = direction * r->n + k.first;
    k.gates = given.gates ? given.gates + kept_row * r->l * 4 * p->hidden : NULL;
    k.dh0 = given.dh0 + kept_row * p->hidden;
    k.dc0 = given.dc0 + kept_row * p->hidden;
    k.cells = given.cells ? given.cells + kept_row * p->runs * p->hidden : NULL;
    backward_block(&k, out, sums);
  }
  eg_subnormals_restore(before);
}

void eg_k_rnn_backward(const eg_k_rnn *r, const eg_k_rnn_gradients *out, const eg_real *dy, const eg_real *y,
                       const eg_real *gates, const eg_real *cells, eg_real *scratch) {
  eg_rnn_plan p = eg_rnn_plan_of(r);
  bool again = !gates;
  int64_t groups = groups_of(&p), dense = p.rows * p.columns;
  size_t each = of_direction(&p, again, NULL, NULL);
  eg_real *dh0 = scratch + (size_t)r->directions * each, *dc0 = dh0 + of_states(r), *sums = dc0 + of_states(r);
  eg_real *of_threads = sums + r->directions * (groups > 0 ? groups : 1) * dense;
  shared places[2];
  for (int direction = 0; direction < r->directions; direction++) {
    of_direction(&p, again, &places[direction], scratch + (size_t)direction * each);
    eg_rnn_dense(r, &p, direction, sums);
    eg_rnn_pack(places[direction].to_hidden, sums + p.from_hidden, p.hidden_columns, p.hidden, 1, p.columns);
    eg_rnn_pack(places[direction].to_input, sums + (p.hidden + 1) * p.columns + p.from_input, p.input_columns, p.inputs,
                1, p.columns);
    if (again)
      eg_rnn_pack_parts(&p, sums, places[direction].parts);
  }
  /* Both directions at once, unless both add to the gradient of x. */
  int at_once = out->x.data ? 1 : r->directions;
  for (int first = 0; first < r->directions; first += at_once) {
    EG_PARALLEL_FOR_IF(at_once * groups > 1)
    for (int64_t i = 0; i < at_once * groups; i++) {
      int direction = first + (int)(i % at_once);
      int64_t group = i / at_once;
      backward_group(r, &p, direction, group, places[direction], (given){dy, y, gates, cells, dh0, dc0}, out,
                     sums + (direction * groups + group) * dense,
                     of_threads + (size_t)eg_thread_index() * of_thread(r, &p, again, NULL, NULL));
    }
  }
  write_state(out->h0, dh0, of_states(r));
  write_state(out->c0, dc0, of_states(r));
  write_weights(r, &p, out, sums);
}
