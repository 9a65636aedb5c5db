/* Matrix products in parallel, cut into fixed tiles and pieces of rows: the same bits for any number of threads. */
#ifndef EG_KERNELS_MATMUL_H
#define EG_KERNELS_MATMUL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ecgraft/real.h"

/* C (m, n) = op(A) op(B) + beta C as eg_k_gemm, over tiles of C in parallel. */
void eg_k_product(bool a_transposed, bool b_transposed, int64_t m, int64_t n, int64_t k, const eg_real *a, int64_t lda,
                  const eg_real *b, int64_t ldb, eg_real beta, eg_real *c, int64_t ldc);

/* C (m, n) = A^T B + beta C for A (rows, m) and B (rows, n) with many rows, as in the gradient of a weight: partial
   products over pieces of rows, added in the order of the pieces. C is dense. Scratch in elements. */
size_t eg_k_product_over_rows_scratch(int64_t rows, int64_t m, int64_t n);
void eg_k_product_over_rows(int64_t rows, int64_t m, int64_t n, const eg_real *a, int64_t lda, const eg_real *b,
                            int64_t ldb, eg_real beta, eg_real *c, eg_real *scratch);

/* sum (columns) = sum over rows of x (rows, columns) + beta sum. Scratch in elements. */
size_t eg_k_column_sums_scratch(int64_t rows, int64_t columns);
void eg_k_column_sums(eg_real *sum, eg_real beta, const eg_real *x, int64_t rows, int64_t columns, eg_real *scratch);

/* y (rows, columns) = bias (columns) in each row, or 0 where bias is NULL. */
void eg_k_fill_rows(eg_real *y, const eg_real *bias, int64_t rows, int64_t columns);

/* out (count) = part_0 + ... + part_(parts - 1) + beta out, in that order; part i begins at parts_at + i * count. */
void eg_k_add_parts(eg_real *out, eg_real beta, const eg_real *parts_at, int64_t parts, int64_t count);

/* The leading dims of a batched product, with the strides of A, B and C in elements; 0 where an operand is stretched,
   and in C where the batch entries are summed. */
typedef struct eg_k_batch {
  int ndim;
  int64_t dims[8], a[8], b[8], c[8];
} eg_k_batch;

/* For each batch entry C (m, n) = op(A) op(B), plus beta C; entries that share a C are summed in their order. The
   matrices themselves are dense. */
void eg_k_matmul(const eg_k_batch *batch, bool a_transposed, bool b_transposed, int64_t m, int64_t n, int64_t k,
                 const eg_real *a, const eg_real *b, eg_real beta, eg_real *c);

#endif
