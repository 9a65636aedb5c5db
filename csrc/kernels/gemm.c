#include "kernels/gemm.h"

#include "kernels/blas.h"
#include "kernels/cpu.h"
#include "kernels/integers.h"
#include "kernels/panel.h"

static void scale(int64_t m, int64_t n, eg_real beta, eg_real *c, int64_t ldc) {
  for (int64_t i = 0; i < m; i++)
    for (int64_t j = 0; j < n; j++)
      c[i * ldc + j] = beta == 0 ? 0 : beta * c[i * ldc + j];
}

/* k = 1 and few columns, as where a convolution has one channel a group: element i of A is at a + i a_step, element j
   of B at b + j b_step. */
static void outer_product(int64_t m, int64_t n, const eg_real *a, int64_t a_step, const eg_real *b, int64_t b_step,
                          eg_real beta, eg_real *c, int64_t ldc) {
  for (int64_t j = 0; j < n; j++) {
    eg_real factor = b[j * b_step];
    for (int64_t i = 0; i < m; i++) {
      eg_real *to = c + i * ldc + j, value = a[i * a_step] * factor;
      *to = beta == 0 ? value : value + beta * *to;
    }
  }
}

/* So few columns that most of a panel would be zeros, and so few products for each that this costs more than it saves.
 */
static bool narrow(int64_t n, int64_t k) {
  return n < (k < 8 ? 8 : 5);
}

#ifdef EG_DOUBLE

static bool by_panels(bool at, bool bt, int64_t m, int64_t n, int64_t k, const eg_real *a, int64_t lda,
                      const eg_real *b, int64_t ldb, eg_real beta, eg_real *c, int64_t ldc) {
  (void)at, (void)bt, (void)m, (void)n, (void)k, (void)a, (void)lda, (void)b, (void)ldb, (void)beta, (void)c, (void)ldc;
  return false;
}

#else

/* Floats of a packed block, which stays in the first cache, and of sums on their way to C. */
enum { PACKED = 8192, SUMS = 2048 };

/* op(B) (k, n): element (i, j) is at data + i row + j column. */
typedef struct right {
  const float *data;
  int64_t n, row, column;
} right;

static void pack(const eg_panel_kernels *p, float *packed, const right *b, int64_t first, int64_t k, int64_t j) {
  eg_panel_pack(p, packed, b->data + first * b->row, k, b->n, j, b->row, b->column);
}

/* C (m, n) += A B for a packed panel B, summed by itself first. */
static void add_rows(const eg_panel_kernels *p, int64_t m, int64_t n, int64_t width, int64_t k, const float *a,
                     int64_t lda, const float *b, float *c, int64_t ldc) {
  float sum[SUMS];
  for (int64_t first = 0, most = SUMS / width; first < m; first += most) {
    int64_t count = smaller(most, m - first);
    p->rows(count, width, k, a + first * lda, lda, b, 0, sum, width, NULL);
    for (int64_t i = 0; i < count; i++)
      for (int64_t j = 0; j < n; j++)
        c[(first + i) * ldc + j] += sum[i * width + j];
  }
}

/* A as it is. The first block of k begins with C; each other is summed by itself and added, which keeps the rounding
   error of long sums small. beta is 0 or 1. */
static void by_rows(const eg_panel_kernels *p, const right *b, int64_t m, int64_t k, const float *a, int64_t lda,
                    float beta, float *c, int64_t ldc) {
  float packed[PACKED];
  int64_t deep = PACKED / p->columns;
  for (int64_t first = 0; first < k; first += deep)
    for (int64_t j = 0; j < b->n; j += p->columns) {
      int64_t depth = smaller(deep, k - first), width = eg_panel_width(p, b->n, j), valid = smaller(width, b->n - j);
      pack(p, packed, b, first, depth, j);
      if (first == 0)
        p->rows(m, valid, depth, a, lda, packed, 0, c + j, ldc,
                beta == 0 ? NULL : &(eg_panel_ends){c + j, ldc, NULL, false});
      else
        add_rows(p, m, valid, width, depth, a + first, lda, packed, c + j, ldc);
    }
}

/* C (m, n) += A^T B for k rows of A, packed panels of its columns, and each panel of B. */
static void add_columns(const eg_panel_kernels *p, const right *b, int64_t m, int64_t first, int64_t k, const float *a,
                        float *c, int64_t ldc) {
  float packed[PACKED / 2];
  for (int64_t j = 0; j < b->n; j += p->columns) {
    int64_t width = eg_panel_width(p, b->n, j), valid = smaller(width, b->n - j);
    pack(p, packed, b, first, k, j);
    for (int64_t i = 0; i < m; i += p->columns)
      p->columns_sum(smaller(p->columns, m - i), valid, k, a + i * k, eg_panel_width(p, m, i), packed, width,
                     c + i * ldc + j, ldc);
  }
}

/* A transposed, C scaled already. */
static void by_columns(const eg_panel_kernels *p, const right *b, int64_t m, int64_t k, const float *a, int64_t lda,
                       float *c, int64_t ldc) {
  float packed[PACKED];
  int64_t deep = PACKED / 2 / p->columns, most = 2 * p->columns;
  for (int64_t first = 0; first < k; first += deep) {
    int64_t depth = smaller(deep, k - first);
    if (b->n <= p->columns) { /* A is read once: packing it would be a waste */
      pack(p, packed, b, first, depth, 0);
      p->columns_sum(m, b->n, depth, a + first * lda, lda, packed, eg_panel_width(p, b->n, 0), c, ldc);
      continue;
    }
    for (int64_t i = 0; i < m; i += most) {
      int64_t count = smaller(most, m - i);
      for (int64_t j = 0; j < count; j += p->columns)
        eg_panel_pack(p, packed + j * depth, a + first * lda + i, depth, count, j, lda, 1);
      add_columns(p, b, count, first, depth, packed, c + i * ldc, ldc);
    }
  }
}

/* False, and nothing done, where BLAS is the faster: without vector instructions of our own, or for few columns. */
static bool by_panels(bool at, bool bt, int64_t m, int64_t n, int64_t k, const float *a, int64_t lda, const float *b,
                      int64_t ldb, float beta, float *c, int64_t ldc) {
  if (eg_cpu_in_use() == EG_CPU_PLAIN || narrow(n, k))
    return false;
  const eg_panel_kernels *p = eg_panel_now();
  right r = {b, n, bt ? 1 : ldb, bt ? ldb : 1};
  if (beta != 1 && (at || beta != 0))
    scale(m, n, beta, c, ldc);
  if (at)
    by_columns(p, &r, m, k, a, lda, c, ldc);
  else
    by_rows(p, &r, m, k, a, lda, beta, c, ldc);
  return true;
}

#endif

void eg_k_gemm(bool a_transposed, bool b_transposed, int64_t m, int64_t n, int64_t k, const eg_real *a, int64_t lda,
               const eg_real *b, int64_t ldb, eg_real beta, eg_real *c, int64_t ldc) {
  if (m == 0 || n == 0)
    return;
  if (k == 0)
    scale(m, n, beta, c, ldc);
  else if (k == 1 && narrow(n, k))
    outer_product(m, n, a, a_transposed ? 1 : lda, b, b_transposed ? ldb : 1, beta, c, ldc);
  else if (!by_panels(a_transposed, b_transposed, m, n, k, a, lda, b, ldb, beta, c, ldc))
    eg_k_gemm_blas(a_transposed, b_transposed, m, n, k, a, lda, b, ldb, beta, c, ldc);
}
