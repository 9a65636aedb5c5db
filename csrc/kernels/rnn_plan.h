/* How the recurrent kernels lay out their work: blocks of samples and runs of steps, rows [h | 1 | x] and the columns
   of the gates' sums, packed weights. Shared by rnn_forward.c and rnn_backward.c.

   The weights of one direction are seen as one matrix `dense` (rows, columns): its rows are those of [h | 1 | x], its
   columns the sums of the gates. A GRU has four sums: q (from h and 1 only), r and z, and n (from 1 and x only). Its
   columns are in the order q r z n, so that those which h reaches, and those which x reaches, are neighbours. */
#ifndef EG_KERNELS_RNN_PLAN_H
#define EG_KERNELS_RNN_PLAN_H

#include "kernels/rnn.h"

enum { EG_RNN_BLOCK = 16 /* samples */ };

/* Rows [row, row + rows) act on columns [column, column + columns). */
typedef struct eg_rnn_part {
  int64_t row, rows, column, columns;
} eg_rnn_part;

typedef struct eg_rnn_plan {
  int64_t hidden, inputs;
  int gates;                                 /* G */
  int64_t rows, row_pitch;                   /* of [h | 1 | x] */
  int64_t columns;                           /* of the sums: whole vectors; those between the gates are 0 */
  int64_t hidden_column[4], input_column[4]; /* of each of PyTorch's gates: what W_hh and W_ih act on */
  int64_t from_hidden, hidden_columns;       /* the columns that h reaches */
  int64_t from_input, input_columns;         /* the columns that x reaches */
  int part_count;
  eg_rnn_part parts[3];
  int64_t blocks, samples, steps, runs; /* blocks of at most `samples`; runs of `steps` steps, the last shorter */
} eg_rnn_plan;

eg_rnn_plan eg_rnn_plan_of(const eg_k_rnn *r);

/* Samples [first, first + count) are in block b. */
static inline int64_t eg_rnn_block_first(const eg_k_rnn *r, const eg_rnn_plan *p, int64_t b) {
  return b * r->n / p->blocks;
}
static inline int64_t eg_rnn_block_count(const eg_k_rnn *r, const eg_rnn_plan *p, int64_t b) {
  return eg_rnn_block_first(r, p, b + 1) - eg_rnn_block_first(r, p, b);
}

/* Step q of a direction happens at this time. */
static inline int64_t eg_rnn_time(const eg_k_rnn *r, int direction, int64_t q) {
  return r->reverse || direction == 1 ? r->l - 1 - q : q;
}

/* A whole number of vectors. */
int64_t eg_rnn_whole_vectors(int64_t n);

/* The matrix of a direction, and its gradient on its way back (scaled and added as eg_k_gradient says). */
void eg_rnn_dense(const eg_k_rnn *r, const eg_rnn_plan *p, int direction, eg_real *dense);
void eg_rnn_write_weights(const eg_k_rnn_gradients *out, const eg_rnn_plan *p, int direction, const eg_real *dense);

/* A matrix (k, n) packed for products, whose element (i, j) is at b + i row + j column. */
size_t eg_rnn_packed_size(int64_t k, int64_t n);
void eg_rnn_pack(eg_real *packed, const eg_real *b, int64_t k, int64_t n, int64_t row, int64_t column);

/* C (m, n) = A (m, k) B for a packed B (k, n). Rows of C have room for whole vectors, which are zeros beyond n or left.
 */
void eg_rnn_product(int64_t m, int64_t n, int64_t k, const eg_real *a, int64_t lda, const eg_real *packed, eg_real *c,
                    int64_t ldc);
/* C (m, n) += A^T B over k rows of A (k, m) and B (k, n). Whole vectors of B's rows are read, of C's
   written. */
void eg_rnn_product_over_rows(int64_t m, int64_t n, int64_t k, const eg_real *a, int64_t lda, const eg_real *b,
                              int64_t ldb, eg_real *c, int64_t ldc);

/* The packed parts of a dense matrix, one behind the other, and the sums (m, columns) that they give for rows [h | 1 |
 * x]. */
size_t eg_rnn_parts_size(const eg_rnn_plan *p);
void eg_rnn_pack_parts(const eg_rnn_plan *p, const eg_real *dense, eg_real *packed);
void eg_rnn_sums(const eg_rnn_plan *p, const eg_real *packed, int64_t m, const eg_real *rows, eg_real *sums);

#endif
