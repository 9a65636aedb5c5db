/* Forward: a thread takes a block of samples, in one direction, through all steps. */
#include <string.h>

#include "ecgraft/parallel.h"
#include "kernels/rnn.h"
#include "kernels/rnn_cells.h"
#include "kernels/rnn_plan.h"
#include "kernels/subnormal.h"

size_t eg_k_rnn_gates(const eg_k_rnn *r) {
  return (size_t)(r->directions * r->n * r->l * 4 * r->hidden);
}

size_t eg_k_rnn_cells(const eg_k_rnn *r) {
  return r->kind == EG_K_LSTM ? (size_t)(r->directions * r->n * eg_rnn_plan_of(r).runs * r->hidden) : 0;
}

/* Scratch: the packed parts of each direction; then for each thread the rows, the sums and the cells of a block. The
   dense matrix, needed before the threads begin, takes their place. */
static size_t of_thread(const eg_rnn_plan *p) {
  return (size_t)(p->samples * (p->row_pitch + p->columns + p->hidden));
}

size_t eg_k_rnn_forward_scratch(const eg_k_rnn *r) {
  eg_rnn_plan p = eg_rnn_plan_of(r);
  size_t threads = (size_t)eg_num_threads() * of_thread(&p), dense = (size_t)(p.rows * p.columns);
  return (size_t)r->directions * eg_rnn_parts_size(&p) + (threads > dense ? threads : dense);
}

static void copy_rows(eg_real *to, int64_t to_pitch, const eg_real *from, int64_t from_pitch, int64_t rows,
                      int64_t columns) {
  for (int64_t i = 0; i < rows; i++)
    for (int64_t j = 0; j < columns; j++)
      to[i * to_pitch + j] = from ? from[i * from_pitch + j] : 0;
}

typedef struct outputs {
  eg_real *y, *c_last, *gates, *cells;
} outputs;

static void forward_block(const eg_k_rnn *r, const eg_rnn_plan *p, int direction, int64_t block, const eg_real *packed,
                          outputs out, eg_real *scratch) {
  const eg_rnn_cells *cell = eg_rnn_cells_now();
  bool lstm = r->kind == EG_K_LSTM;
  int64_t first = eg_rnn_block_first(r, p, block), count = eg_rnn_block_count(r, p, block), size = p->hidden;
  int64_t y_row = r->directions * size, kept_row = direction * r->n + first; /* all samples, then the next direction */
  eg_real *rows = scratch, *sums = rows + p->samples * p->row_pitch, *c = sums + p->samples * p->columns;
  eg_real *x_at = rows + size + 1;
  eg_real *gates = out.gates ? out.gates + kept_row * r->l * 4 * size : NULL;
  eg_real *cells = lstm && out.cells ? out.cells + kept_row * p->runs * size : NULL;
  copy_rows(rows, p->row_pitch, r->h0 ? r->h0 + kept_row * size : NULL, size, count, size);
  copy_rows(c, size, r->c0 ? r->c0 + kept_row * size : NULL, size, count, size);
  for (int64_t s = 0; s < count; s++)
    rows[s * p->row_pitch + size] = 1;
  for (int64_t q = 0; q < r->l; q++) {
    int64_t t = eg_rnn_time(r, direction, q), at = first * r->l + t;
    if (cells && q % p->steps == 0)
      memcpy(cells + q / p->steps * count * size, c, (size_t)(count * size) * sizeof *c);
    copy_rows(x_at, p->row_pitch, r->x + at * r->inputs, r->l * r->inputs, count, r->inputs);
    eg_rnn_sums(p, packed, count, rows, sums);
    eg_rnn_rows a = {sums, p->columns}, h = {rows, p->row_pitch};
    eg_rnn_rows y = {out.y + at * y_row + direction * size, r->l * y_row};
    eg_real *kept = gates ? gates + q * count * 4 * size : NULL;
    if (lstm)
      cell->lstm_forward(count, size, a, c, h, y, kept);
    else
      cell->gru_forward(count, size, a, h, y, kept);
  }
  if (lstm && out.c_last)
    memcpy(out.c_last + kept_row * size, c, (size_t)(count * size) * sizeof *c);
}

void eg_k_rnn_forward(const eg_k_rnn *r, eg_real *y, eg_real *c_last, eg_real *gates, eg_real *cells,
                      eg_real *scratch) {
  eg_rnn_plan p = eg_rnn_plan_of(r);
  size_t packed_size = eg_rnn_parts_size(&p);
  eg_real *of_threads = scratch + (size_t)r->directions * packed_size;
  for (int direction = 0; direction < r->directions; direction++) {
    eg_rnn_dense(r, &p, direction, of_threads);
    eg_rnn_pack_parts(&p, of_threads, scratch + (size_t)direction * packed_size);
  }
  int64_t tasks = r->directions * p.blocks;
  EG_PARALLEL_FOR_IF(tasks > 1)
  for (int64_t task = 0; task < tasks; task++) {
    int direction = (int)(task % r->directions);
    unsigned before = eg_subnormals_off();
    forward_block(r, &p, direction, task / r->directions, scratch + (size_t)direction * packed_size,
                  (outputs){y, c_last, gates, cells}, of_threads + (size_t)eg_thread_index() * of_thread(&p));
    eg_subnormals_restore(before);
  }
}
