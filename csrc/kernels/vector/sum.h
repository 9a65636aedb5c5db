/* Sums in double, and one number out of a vector. After one of the ORDER VECTOR headers. */
#ifndef EG_KERNELS_VECTOR_SUM_H
#define EG_KERNELS_VECTOR_SUM_H

#include "ecgraft/real.h"

VEC vec_double sum_on(vec_double sum, vec a) {
  return sum + (vec_lower(a) + vec_upper(a));
}

VEC double sum_total(vec_double sum) {
  enum { LANES = sizeof sum / sizeof(double) };
  for (int half = LANES / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++)
      sum[i] += sum[i + half];
  return sum[0];
}

/* The largest entry; there is no NaN among them. */
VEC eg_real largest_entry(vec a) {
  eg_real entry[VEC_WIDTH];
  vec_store(entry, a);
  for (int half = VEC_WIDTH / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++)
      entry[i] = entry[i + half] > entry[i] ? entry[i + half] : entry[i];
  return entry[0];
}

#endif
