/* Vectors at the end of a row. After one of the ORDER VECTOR headers. */
#ifndef EG_KERNELS_VECTOR_PART_H
#define EG_KERNELS_VECTOR_PART_H

#include "ecgraft/real.h"

/* The first n entries where n is less than a vector, else a whole one. */
VEC vec load_some(const eg_real *p, int64_t n) {
  return n >= VEC_WIDTH ? vec_load(p) : vec_load_part(p, n);
}

VEC void store_some(eg_real *p, int64_t n, vec a) {
  if (n >= VEC_WIDTH)
    vec_store(p, a);
  else
    vec_store_part(p, n, a);
}

#endif
