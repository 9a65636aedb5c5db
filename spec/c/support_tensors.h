/* Tensors for tests of files. */
#ifndef EG_SPEC_SUPPORT_TENSORS_H
#define EG_SPEC_SUPPORT_TENSORS_H

#include <stdbool.h>
#include <stdlib.h>

#include "ecgraft/tensor.h"

/* Different at each position, and exact in every number type of 8 bits and more. */
static inline eg_tensor *numbers(eg_shape shape) {
  eg_tensor *x;
  if (eg_tensor_new(&x, shape) != EG_OK)
    abort();
  for (int64_t i = 0; i < eg_tensor_numel(x); i++)
    eg_tensor_data(x)[i] = (eg_real)((37 * i + 11) % 101);
  return x;
}

static inline bool same_tensor(const eg_tensor *a, const eg_tensor *b) {
  bool same = a && b && eg_shape_equal(&a->shape, &b->shape);
  for (int64_t i = 0; same && i < eg_tensor_numel(a); i++)
    same = eg_tensor_at(a, i) == eg_tensor_at(b, i);
  return same;
}

#endif
