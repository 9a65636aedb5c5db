/* The kernel of kernels/fir.h, to be compiled after one of the ORDER VECTOR headers. Eight results are summed at once,
   so that no sum waits for itself and a tap is spread over a vector once for all of them. */
#include <string.h>

#include "kernels/fir.h"
#include "kernels/vector/part.h"

enum { ROWS = 8, HALF = VEC_WIDTH >= 8 ? VEC_WIDTH / 2 : VEC_WIDTH };

/* Half of a wide vector: twelve leads are one and a half of eight. */
typedef eg_real half __attribute__((vector_size(HALF * sizeof(eg_real))));

VEC half half_load(const eg_real *p) {
  half a;
  memcpy(&a, p, sizeof a);
  return a;
}
VEC void half_store(eg_real *p, half a) {
  memcpy(p, &a, sizeof a);
}
VEC half half_set(eg_real x) {
  return (half){0} + x;
}
/* Fused where vec_fma is. */
VEC half half_fma(half a, half b, half c) {
  return a * b + c;
}

/* Eight results or one, for the leads of one `type`. Three pointers reach eight rows with the address modes there are;
   eight would not stay in registers. */
#define DEFINE_SUMS(name, type, load, store, set, fma)                                                                 \
  VEC void name##_eight(const eg_k_fir *f, eg_real *y, const eg_real *x, int64_t count) {                              \
    const int64_t pitch = f->down * f->leads, y_pitch = f->up * f->leads;                                              \
    type sum[ROWS];                                                                                                    \
    for (int i = 0; i < ROWS; i++)                                                                                     \
      sum[i] = set(0);                                                                                                 \
    for (int64_t k = 0; k < f->n; k++) {                                                                               \
      const type tap = set(f->taps[k]);                                                                                \
      const eg_real *zero = x + f->at[k] * f->leads, *three = zero + 3 * pitch, *six = three + 3 * pitch;              \
      sum[0] = fma(load(zero), tap, sum[0]);                                                                           \
      sum[1] = fma(load(zero + pitch), tap, sum[1]);                                                                   \
      sum[2] = fma(load(zero + 2 * pitch), tap, sum[2]);                                                               \
      sum[3] = fma(load(three), tap, sum[3]);                                                                          \
      sum[4] = fma(load(three + pitch), tap, sum[4]);                                                                  \
      sum[5] = fma(load(three + 2 * pitch), tap, sum[5]);                                                              \
      sum[6] = fma(load(six), tap, sum[6]);                                                                            \
      sum[7] = fma(load(six + pitch), tap, sum[7]);                                                                    \
    }                                                                                                                  \
    for (int i = 0; i < ROWS; i++)                                                                                     \
      store(y + i * y_pitch, sum[i]);                                                                                  \
  }                                                                                                                    \
  VEC void name##_one(const eg_k_fir *f, eg_real *y, const eg_real *x, int64_t count) {                                \
    type sum = set(0);                                                                                                 \
    for (int64_t k = 0; k < f->n; k++)                                                                                 \
      sum = fma(load(x + f->at[k] * f->leads), set(f->taps[k]), sum);                                                  \
    store(y, sum);                                                                                                     \
  }                                                                                                                    \
  static void name(const eg_k_fir *f, eg_real *y, const eg_real *x, int64_t rows, int64_t count) {                     \
    const int64_t y_pitch = f->up * f->leads, x_pitch = f->down * f->leads;                                            \
    int64_t i = 0;                                                                                                     \
    for (; i + ROWS <= rows; i += ROWS)                                                                                \
      name##_eight(f, y + i * y_pitch, x + i * x_pitch, count);                                                        \
    if (rows >= ROWS && i < rows) { /* some of them again */                                                           \
      i = rows - ROWS;                                                                                                 \
      name##_eight(f, y + i * y_pitch, x + i * x_pitch, count);                                                        \
      return;                                                                                                          \
    }                                                                                                                  \
    for (; i < rows; i++)                                                                                              \
      name##_one(f, y + i * y_pitch, x + i * x_pitch, count);                                                          \
  }

/* count: of the leads in a vector that is not whole; ignored by the others */
#define WHOLE_LOAD(p) ((void)count, vec_load(p))
#define HALF_LOAD(p) ((void)count, half_load(p))
#define PART_LOAD(p) vec_load_part(p, count)
#define PART_STORE(p, a) vec_store_part(p, count, a)

DEFINE_SUMS(whole, vec, WHOLE_LOAD, vec_store, vec_set, vec_fma)
DEFINE_SUMS(halves, half, HALF_LOAD, half_store, half_set, half_fma)
DEFINE_SUMS(part, vec, PART_LOAD, PART_STORE, vec_set, vec_fma)

#define FIR_NAME_OF(isa) eg_fir_##isa
#define FIR_NAME(isa) FIR_NAME_OF(isa)

void FIR_NAME(VEC_ISA)(const eg_k_fir *f, eg_real *y, const eg_real *x, int64_t rows) {
  int64_t c = 0;
  for (; c + VEC_WIDTH <= f->leads; c += VEC_WIDTH)
    whole(f, y + c, x + c, rows, VEC_WIDTH);
  for (; c + HALF <= f->leads; c += HALF)
    halves(f, y + c, x + c, rows, HALF);
  if (c < f->leads)
    part(f, y + c, x + c, rows, f->leads - c);
}
