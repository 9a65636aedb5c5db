#include "kernels/skinny.h"

#include "ecgraft/parallel.h"
#include "kernels/cpu.h"

enum { PIECE = 4096 /* columns: those of w stay in the second cache */, LEAST = 1024 };

static const eg_skinny_kernels *kernels_now(void) {
#ifndef EG_DOUBLE
  switch (eg_cpu_in_use()) {
#ifdef EG_HAVE_AVX512
  case EG_CPU_AVX512:
    return &eg_skinny_avx512;
#endif
#ifdef EG_HAVE_AVX2
  case EG_CPU_AVX2:
    return &eg_skinny_avx2;
#endif
  default:
    break;
  }
#endif
  return &eg_skinny_portable;
}

static int64_t pieces_of(int64_t n) {
  return (n + PIECE - 1) / PIECE;
}

static int64_t piece_size(int64_t n, int64_t piece) {
  return n - piece * PIECE < PIECE ? n - piece * PIECE : PIECE;
}

bool eg_k_skinny_fits(int64_t o, int64_t n) {
  return o >= 1 && o <= EG_SKINNY_MOST && n >= LEAST;
}

size_t eg_k_skinny_scratch(int64_t rows, int64_t o, int64_t n) {
  return (size_t)(pieces_of(n) * rows * o);
}

void eg_k_skinny(eg_real *y, const eg_real *bias, const eg_real *x, const eg_real *w, int64_t rows, int64_t o,
                 int64_t n, eg_real *scratch) {
  const eg_skinny_kernels *kernels = kernels_now();
  int64_t pieces = pieces_of(n);
  EG_PARALLEL_FOR_IF(pieces > 1)
  for (int64_t piece = 0; piece < pieces; piece++)
    kernels->dots(rows, (int)o, piece_size(n, piece), n, x + piece * PIECE, w + piece * PIECE,
                  scratch + piece * rows * o);
  for (int64_t i = 0; i < rows * o; i++) {
    eg_real sum = bias ? bias[i % o] : 0;
    for (int64_t piece = 0; piece < pieces; piece++)
      sum += scratch[piece * rows * o + i];
    y[i] = sum;
  }
}

void eg_k_skinny_to_input(eg_real *dx, eg_real beta, const eg_real *dy, const eg_real *w, int64_t rows, int64_t o,
                          int64_t n) {
  const eg_skinny_kernels *kernels = kernels_now();
  int64_t pieces = pieces_of(n);
  EG_PARALLEL_FOR_IF(pieces > 1)
  for (int64_t piece = 0; piece < pieces; piece++)
    kernels->combine(rows, (int)o, piece_size(n, piece), n, dy, w + piece * PIECE, beta, dx + piece * PIECE);
}

void eg_k_skinny_to_weight(eg_real *dw, eg_real beta, const eg_real *dy, const eg_real *x, int64_t rows, int64_t o,
                           int64_t n) {
  const eg_skinny_kernels *kernels = kernels_now();
  int64_t pieces = pieces_of(n);
  EG_PARALLEL_FOR_IF(pieces > 1)
  for (int64_t piece = 0; piece < pieces; piece++)
    kernels->outer(rows, (int)o, piece_size(n, piece), n, dy, x + piece * PIECE, beta, dw + piece * PIECE);
}
