/* The kernels of kernels/skinny.h, to be compiled after one of the ORDER VECTOR headers. Each takes four rows at a
   time, then the rest one by one; o is a constant in each of its instances. */
#include "kernels/skinny.h"
#include "kernels/vector/part.h"

enum { ROWS = 4 };

VEC eg_real sum_of(vec a) {
  eg_real each[VEC_WIDTH];
  vec_store(each, a);
  for (int width = VEC_WIDTH / 2; width > 0; width /= 2)
    for (int i = 0; i < width; i++)
      each[i] += each[i + width];
  return each[0];
}

/* Each step is for a vector of columns, of which `count` are there. */
VEC void dots_step(const int rows, const int o, int64_t count, int64_t pitch, const eg_real *x, const eg_real *w,
                   vec (*sum)[EG_SKINNY_MOST]) {
  vec right[EG_SKINNY_MOST];
#pragma GCC unroll 8
  for (int k = 0; k < o; k++)
    right[k] = load_some(w + k * pitch, count);
#pragma GCC unroll 4
  for (int i = 0; i < rows; i++) {
    vec left = load_some(x + i * pitch, count);
#pragma GCC unroll 8
    for (int k = 0; k < o; k++)
      sum[i][k] = vec_fma(left, right[k], sum[i][k]);
  }
}

VEC void dots_of_rows(const int rows, const int o, int64_t n, int64_t pitch, const eg_real *x, const eg_real *w,
                      eg_real *sums) {
  vec sum[ROWS][EG_SKINNY_MOST];
  int64_t j = 0;
#pragma GCC unroll 4
  for (int i = 0; i < rows; i++)
#pragma GCC unroll 8
    for (int k = 0; k < o; k++)
      sum[i][k] = vec_set(0);
  for (; j + VEC_WIDTH <= n; j += VEC_WIDTH)
    dots_step(rows, o, VEC_WIDTH, pitch, x + j, w + j, sum);
  if (j < n)
    dots_step(rows, o, n - j, pitch, x + j, w + j, sum);
#pragma GCC unroll 4
  for (int i = 0; i < rows; i++)
#pragma GCC unroll 8
    for (int k = 0; k < o; k++)
      sums[i * o + k] = sum_of(sum[i][k]);
}

VEC vec begin(eg_real beta, const eg_real *at, int64_t count) {
  return beta == 0 ? vec_set(0) : vec_mul(vec_set(beta), load_some(at, count));
}

VEC void combine_step(const int rows, const int o, int64_t count, int64_t pitch, const eg_real *dy, const eg_real *w,
                      eg_real beta, eg_real *dx) {
  vec right[EG_SKINNY_MOST];
#pragma GCC unroll 8
  for (int k = 0; k < o; k++)
    right[k] = load_some(w + k * pitch, count);
#pragma GCC unroll 4
  for (int i = 0; i < rows; i++) {
    vec sum = begin(beta, dx + i * pitch, count);
#pragma GCC unroll 8
    for (int k = 0; k < o; k++)
      sum = vec_fma(vec_set(dy[i * o + k]), right[k], sum);
    store_some(dx + i * pitch, count, sum);
  }
}

VEC void combine_rows(const int rows, const int o, int64_t n, int64_t pitch, const eg_real *dy, const eg_real *w,
                      eg_real beta, eg_real *dx) {
  int64_t j = 0;
  for (; j + VEC_WIDTH <= n; j += VEC_WIDTH)
    combine_step(rows, o, VEC_WIDTH, pitch, dy, w + j, beta, dx + j);
  if (j < n)
    combine_step(rows, o, n - j, pitch, dy, w + j, beta, dx + j);
}

VEC void outer_step(const int rows, const int o, int64_t count, int64_t pitch, const eg_real *dy, const eg_real *x,
                    eg_real beta, eg_real *dw) {
  vec right[ROWS];
#pragma GCC unroll 4
  for (int i = 0; i < rows; i++)
    right[i] = load_some(x + i * pitch, count);
#pragma GCC unroll 8
  for (int k = 0; k < o; k++) {
    vec sum = begin(beta, dw + k * pitch, count);
#pragma GCC unroll 4
    for (int i = 0; i < rows; i++)
      sum = vec_fma(vec_set(dy[i * o + k]), right[i], sum);
    store_some(dw + k * pitch, count, sum);
  }
}

VEC void outer_rows(const int rows, const int o, int64_t n, int64_t pitch, const eg_real *dy, const eg_real *x,
                    eg_real beta, eg_real *dw) {
  int64_t j = 0;
  for (; j + VEC_WIDTH <= n; j += VEC_WIDTH)
    outer_step(rows, o, VEC_WIDTH, pitch, dy, x + j, beta, dw + j);
  if (j < n)
    outer_step(rows, o, n - j, pitch, dy, x + j, beta, dw + j);
}

#define INSTANCES(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8)

/* call_of(rows, o), both constants, for the rows from row i on. */
#define BY_ROWS(count, call_of)                                                                                        \
  case count: {                                                                                                        \
    int64_t i = 0;                                                                                                     \
    for (; i + ROWS <= rows; i += ROWS)                                                                                \
      call_of(ROWS, count);                                                                                            \
    for (; i < rows; i++)                                                                                              \
      call_of(1, count);                                                                                               \
    break;                                                                                                             \
  }

static void dots(int64_t rows, int o, int64_t n, int64_t pitch, const eg_real *x, const eg_real *w, eg_real *sums) {
#define CALL(r, count) dots_of_rows(r, count, n, pitch, x + i * pitch, w, sums + i * count)
#define CASE(count) BY_ROWS(count, CALL)
  switch (o) { INSTANCES(CASE) }
#undef CALL
}

static void combine(int64_t rows, int o, int64_t n, int64_t pitch, const eg_real *dy, const eg_real *w, eg_real beta,
                    eg_real *dx) {
#define CALL(r, count) combine_rows(r, count, n, pitch, dy + i * count, w, beta, dx + i * pitch)
  switch (o) { INSTANCES(CASE) }
#undef CALL
}

static void outer(int64_t rows, int o, int64_t n, int64_t pitch, const eg_real *dy, const eg_real *x, eg_real beta,
                  eg_real *dw) {
  if (rows == 0) /* beta dw all the same */
    for (int k = 0; k < o; k++)
      for (int64_t j = 0; j < n; j++)
        dw[k * pitch + j] = beta == 0 ? 0 : beta * dw[k * pitch + j];
#define CALL(r, count) outer_rows(r, count, n, pitch, dy + i * count, x + i * pitch, i == 0 ? beta : 1, dw)
  switch (o) { INSTANCES(CASE) }
#undef CALL
}

#define SKINNY_NAME_OF(isa) eg_skinny_##isa
#define SKINNY_NAME(isa) SKINNY_NAME_OF(isa)

const eg_skinny_kernels SKINNY_NAME(VEC_ISA) = {dots, combine, outer};
