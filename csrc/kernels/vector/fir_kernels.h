/* The kernel of kernels/fir.h, to be compiled after one of the ORDER VECTOR headers. Eight results are summed at once,
   so that no sum waits for itself and a tap is spread over a vector once for all of them. */
#include <string.h>

#include "kernels/fir.h"
#include "kernels/vector/part.h"

enum { ROWS = 8, HALF = VEC_WIDTH / 2 };

/* Half of a vector: twelve leads are one and a half of eight. */
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

/* The row of x that stands for row `at`; below 0 where it is one of zeros. */
VEC int64_t row_of(const eg_k_fir *f, int64_t at) {
  if (at >= 0 && at < f->n)
    return at;
  return !f->hold ? -1 : at < 0 ? 0 : f->n - 1;
}

/* The leads of one `type`, from the first of which on x and y point; count: how many of a vector that is not whole.
   _inside adds taps k .. end-1 to eight sums: all of them find their rows. Three pointers reach eight rows with the
   address modes there are; eight would not stay in registers. _anywhere adds to up to eight sums what rows there are.
 */
#define DEFINE_SUMS(name, type, load, store, set, fma)                                                                 \
  VEC void name##_inside(const eg_k_fir *f, type *sum, const eg_real *x, int64_t k, int64_t end, int64_t first,        \
                         int64_t count) {                                                                              \
    const int64_t pitch = f->down * f->leads;                                                                          \
    for (; k < end; k++) {                                                                                             \
      const type tap = set(f->taps[k]);                                                                                \
      const eg_real *zero = x + (first + f->at[k]) * f->leads, *three = zero + 3 * pitch, *six = three + 3 * pitch;    \
      sum[0] = fma(load(zero), tap, sum[0]);                                                                           \
      sum[1] = fma(load(zero + pitch), tap, sum[1]);                                                                   \
      sum[2] = fma(load(zero + 2 * pitch), tap, sum[2]);                                                               \
      sum[3] = fma(load(three), tap, sum[3]);                                                                          \
      sum[4] = fma(load(three + pitch), tap, sum[4]);                                                                  \
      sum[5] = fma(load(three + 2 * pitch), tap, sum[5]);                                                              \
      sum[6] = fma(load(six), tap, sum[6]);                                                                            \
      sum[7] = fma(load(six + pitch), tap, sum[7]);                                                                    \
    }                                                                                                                  \
  }                                                                                                                    \
  VEC void name##_anywhere(const eg_k_fir *f, type *sum, const eg_real *x, int64_t k, int64_t end, int64_t first,      \
                           int64_t rows, int64_t count) {                                                              \
    for (; k < end; k++)                                                                                               \
      for (int64_t i = 0; i < rows; i++) {                                                                             \
        int64_t row = row_of(f, first + i * f->down + f->at[k]);                                                       \
        if (row >= 0)                                                                                                  \
          sum[i] = fma(load(x + row * f->leads), set(f->taps[k]), sum[i]);                                             \
      }                                                                                                                \
  }                                                                                                                    \
  static void name(const eg_k_fir *f, eg_real *y, const eg_real *x, int64_t first, int64_t rows, int64_t count) {      \
    for (; rows > 0; rows -= ROWS, first += ROWS * f->down, y += ROWS * f->up * f->leads) {                            \
      const int64_t now = rows < ROWS ? rows : ROWS, last = first + (now - 1) * f->down;                               \
      int64_t begin = 0, end = now == ROWS ? f->n_taps : 0; /* of the taps whose rows are there in all results */      \
      while (begin < end && first + f->at[begin] < 0)                                                                  \
        begin++;                                                                                                       \
      while (end > begin && last + f->at[end - 1] >= f->n)                                                             \
        end--;                                                                                                         \
      type sum[ROWS];                                                                                                  \
      for (int i = 0; i < ROWS; i++)                                                                                   \
        sum[i] = set(0);                                                                                               \
      if (begin > 0)                                                                                                   \
        name##_anywhere(f, sum, x, 0, begin, first, now, count);                                                       \
      name##_inside(f, sum, x, begin, end, first, count);                                                              \
      if (end < f->n_taps)                                                                                             \
        name##_anywhere(f, sum, x, end, f->n_taps, first, now, count);                                                 \
      for (int i = 0; i < ROWS; i++)                                                                                   \
        if (i < now)                                                                                                   \
          store(y + i * f->up * f->leads, sum[i]);                                                                     \
    }                                                                                                                  \
  }

#define WHOLE_LOAD(p) ((void)count, vec_load(p))
#define HALF_LOAD(p) ((void)count, half_load(p))
#define PART_LOAD(p) vec_load_part(p, count)
#define PART_STORE(p, a) vec_store_part(p, count, a)

DEFINE_SUMS(whole, vec, WHOLE_LOAD, vec_store, vec_set, vec_fma)
DEFINE_SUMS(halves, half, HALF_LOAD, half_store, half_set, half_fma)
DEFINE_SUMS(part, vec, PART_LOAD, PART_STORE, vec_set, vec_fma)

#define FIR_NAME_OF(isa) eg_fir_##isa
#define FIR_NAME(isa) FIR_NAME_OF(isa)

void FIR_NAME(VEC_ISA)(const eg_k_fir *f, eg_real *y, const eg_real *x, int64_t first, int64_t rows) {
  int64_t c = 0;
  for (; c + VEC_WIDTH <= f->leads; c += VEC_WIDTH)
    whole(f, y + c, x + c, first, rows, VEC_WIDTH);
  for (; c + HALF <= f->leads; c += HALF)
    halves(f, y + c, x + c, first, rows, HALF);
  if (c < f->leads)
    part(f, y + c, x + c, first, rows, f->leads - c);
}
