/* Products of small matrices out of the caches, the core of the fast convolutions and recurrent layers.

   A panel is a block of a matrix with `columns` columns (two vectors), row after row: a matrix B (k, n) is packed as
   panels [n / columns][k] [columns], the last of them only as many vectors wide as it needs and filled up with zeros.
   float only. */
#ifndef EG_KERNELS_PANEL_H
#define EG_KERNELS_PANEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is added to the products, and whether sums below 0 become 0 (a NaN stays one). */
typedef struct eg_panel_ends {
  const float *start; /* rows of n, `pitch` apart; NULL: 0; C itself: added to what is there */
  int64_t pitch;
  const float *bias; /* (n); NULL: 0 */
  bool relu;
} eg_panel_ends;

typedef struct eg_panel_kernels {
  const char *name;
  int columns; /* of a panel */
  int vector;  /* floats in a vector */

  /* C (m, n) = A B, ended as `ends` says (NULL: as it is), for a packed B (k, n) whose panels lie ldb apart (k columns,
     or more where not all rows of a larger B are used). Row i of A begins at a + i lda and is k long, so rows may
     overlap: a view of a convolution's input. Row i of C at c + i ldc. Each element is summed in the order of k,
     beginning with start + bias, whatever m and n. */
  void (*rows)(int64_t m, int64_t n, int64_t k, const float *a, int64_t lda, const float *b, int64_t ldb, float *c,
               int64_t ldc, const eg_panel_ends *ends);

  /* C (m, n) += A^T B over k rows of A (k, m) and of a panel B (k, n), n <= columns: rows at a + i lda and b + i ldb.
     Of B as many entries are read as full vectors need, beyond n too: it is packed. */
  void (*columns_sum)(int64_t m, int64_t n, int64_t k, const float *a, int64_t lda, const float *b, int64_t ldb,
                      float *c, int64_t ldc);

  /* out (m, n) = rows of n entries at in + i ld; n is a whole number of vectors. */
  void (*copy)(int64_t m, int64_t n, const float *in, int64_t ld, float *out);
} eg_panel_kernels;

/* Of the instruction set in use. */
const eg_panel_kernels *eg_panel_now(void);

/* Width of the panel that begins at column `first` of n: as many vectors as it takes. */
int64_t eg_panel_width(const eg_panel_kernels *p, int64_t n, int64_t first);

/* Floats of a packed matrix (k, n). */
size_t eg_panel_size(const eg_panel_kernels *p, int64_t k, int64_t n);

/* Packs k rows of the panel that begins at column `first` of n into out (k, width): element (i, j) of the matrix is at
 * b + i row + j column. */
void eg_panel_pack(const eg_panel_kernels *p, float *out, const float *b, int64_t k, int64_t n, int64_t first,
                   int64_t row, int64_t column);

extern const eg_panel_kernels eg_panel_portable, eg_panel_avx2, eg_panel_avx512;

#endif
