#include <inttypes.h>
#include <stdio.h>

#include "ecgraft/tensor.h"

int64_t eg_shape_numel(const eg_shape *shape) {
  int64_t n = 1;
  for (int i = 0; i < shape->ndim; i++)
    n *= shape->dims[i];
  return n;
}

bool eg_shape_equal(const eg_shape *a, const eg_shape *b) {
  if (a->ndim != b->ndim)
    return false;
  for (int i = 0; i < a->ndim; i++)
    if (a->dims[i] != b->dims[i])
      return false;
  return true;
}

char *eg_shape_text(const eg_shape *shape, char *text, size_t size) {
  size_t used = (size_t)snprintf(text, size, "{");
  for (int i = 0; i < shape->ndim && used < size; i++)
    used += (size_t)snprintf(text + used, size - used, i ? ", %" PRId64 : "%" PRId64, shape->dims[i]);
  if (used < size)
    snprintf(text + used, size - used, "}");
  return text;
}

eg_status eg_shape_check(const eg_shape *shape) {
  char text[96];
  if (shape->ndim < 0 || shape->ndim > EG_MAX_DIMS)
    return eg_fail(EG_USAGE, "a tensor has at most %d dimensions, got %d", EG_MAX_DIMS, shape->ndim);
  int64_t product = (int64_t)sizeof(eg_real);
  for (int i = 0; i < shape->ndim; i++) {
    if (shape->dims[i] < 0)
      return eg_fail(EG_USAGE, "dimensions must not be negative, got %s", eg_shape_text(shape, text, sizeof text));
    /* Zeros are passed over: an empty tensor's other dims are bounded as well, so that strides cannot overflow. */
    if (shape->dims[i] > 0 && __builtin_mul_overflow(product, shape->dims[i], &product))
      return eg_fail(EG_USAGE, "shape %s has more elements than memory can address",
                     eg_shape_text(shape, text, sizeof text));
  }
  return EG_OK;
}

eg_status eg_shape_broadcast(eg_shape *out, const eg_shape *a, const eg_shape *b) {
  eg_shape shape = {.ndim = a->ndim > b->ndim ? a->ndim : b->ndim};
  for (int i = 1; i <= shape.ndim; i++) {
    int64_t da = i <= a->ndim ? a->dims[a->ndim - i] : 1, db = i <= b->ndim ? b->dims[b->ndim - i] : 1;
    if (da != db && da != 1 && db != 1) {
      char left[96], right[96];
      return eg_fail(EG_USAGE, "shapes %s and %s do not broadcast", eg_shape_text(a, left, sizeof left),
                     eg_shape_text(b, right, sizeof right));
    }
    shape.dims[shape.ndim - i] = da == 1 ? db : da;
  }
  *out = shape;
  return EG_OK;
}
