/* Copies and changes in place. */
#include <math.h>

#include "ecgraft/memory.h"
#include "ecgraft/parallel.h"
#include "ecgraft/tensor.h"
#include "kernels/strided.h"
#include "tensor/internal.h"

eg_status eg_tensor_clone(eg_tensor **out, const eg_tensor *tensor) {
  EG_TRY(eg_tensor_new(out, tensor->shape));
  eg_k_strided_copy(eg_tensor_data(*out), (*out)->strides, eg_tensor_data(tensor), tensor->strides, tensor->shape.dims,
                    tensor->shape.ndim);
  return EG_OK;
}

eg_status eg_tensor_contiguous(eg_tensor **out, eg_tensor *tensor) {
  if (!eg_tensor_is_contiguous(tensor))
    return eg_tensor_clone(out, tensor);
  *out = eg_tensor_retain(tensor);
  return EG_OK;
}

/* The source's strides under the target's shape: 0 where it stretches. */
static eg_status stretched(int64_t *strides, const eg_tensor *target, const eg_tensor *source) {
  eg_shape both;
  char to[96], from[96];
  if (eg_shape_broadcast(&both, &target->shape, &source->shape) != EG_OK || !eg_shape_equal(&both, &target->shape))
    return eg_fail(EG_USAGE, "values of shape %s do not fit into %s", eg_shape_text(&source->shape, from, sizeof from),
                   eg_shape_text(&target->shape, to, sizeof to));
  int added = target->shape.ndim - source->shape.ndim;
  for (int i = 0; i < target->shape.ndim; i++)
    strides[i] = i < added || source->shape.dims[i - added] == 1 ? 0 : source->strides[i - added];
  return EG_OK;
}

eg_status eg_tensor_copy_into(eg_tensor *target, const eg_tensor *source) {
  int64_t strides[EG_MAX_DIMS];
  EG_TRY(stretched(strides, target, source));
  eg_tensor *apart = NULL; /* views of one storage may overlap: copy by way of a third */
  if (target->storage == source->storage) {
    EG_TRY(eg_tensor_clone(&apart, source));
    EG_TRY(stretched(strides, target, apart));
    source = apart;
  }
  eg_k_strided_copy(eg_tensor_data(target), target->strides, eg_tensor_data(source), strides, target->shape.dims,
                    target->shape.ndim);
  eg_tensor_release(apart);
  eg_tensor_touch(target);
  return EG_OK;
}

eg_status eg_tensor_add_into(eg_tensor *target, const eg_tensor *source, double factor) {
  int64_t strides[EG_MAX_DIMS];
  EG_TRY(stretched(strides, target, source));
  eg_tensor *apart = NULL;
  if (target->storage == source->storage) {
    EG_TRY(eg_tensor_clone(&apart, source));
    EG_TRY(stretched(strides, target, apart));
    source = apart;
  }
  eg_k_strided_add(eg_tensor_data(target), target->strides, eg_tensor_data(source), strides, target->shape.dims,
                   target->shape.ndim, (eg_real)factor);
  eg_tensor_release(apart);
  eg_tensor_touch(target);
  return EG_OK;
}

void eg_tensor_fill(eg_tensor *target, double value) {
  eg_k_strided_affine(eg_tensor_data(target), target->strides, target->shape.dims, target->shape.ndim, 0,
                      (eg_real)value);
  eg_tensor_touch(target);
}

void eg_tensor_scale_into(eg_tensor *target, double factor) {
  if (factor == 0)
    eg_tensor_fill(target, 0);
  else
    eg_k_strided_affine(eg_tensor_data(target), target->strides, target->shape.dims, target->shape.ndim,
                        (eg_real)factor, 0);
  eg_tensor_touch(target);
}

void eg_tensor_touch(eg_tensor *target) {
  target->storage->version++;
}

int64_t eg_tensor_count_nonfinite(const eg_tensor *tensor) {
  int64_t count = 0, n = eg_tensor_numel(tensor);
  if (eg_tensor_is_contiguous(tensor)) {
    const eg_real *x = eg_tensor_data(tensor);
    for (int64_t i = 0; i < n; i++)
      count += !isfinite(x[i]);
  } else {
    for (int64_t i = 0; i < n; i++)
      count += !isfinite(eg_tensor_at(tensor, i));
  }
  return count;
}
