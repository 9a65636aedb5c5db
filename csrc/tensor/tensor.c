/* Storage, tensors and how they are made. A storage lives as long as a tensor refers to it. */
#include "ecgraft/tensor.h"

#include <math.h>
#include <string.h>

#include "ecgraft/memory.h"
#include "tensor/internal.h"

static eg_status storage_new(eg_storage **out, int64_t size) {
  *out = NULL;
  eg_storage *storage = eg_alloc(sizeof *storage);
  if (!storage)
    return EG_NOMEM;
  *storage = (eg_storage){.references = 1, .size = size, .data = eg_alloc((size_t)size * sizeof(eg_real))};
  if (!storage->data) {
    eg_free(storage);
    return EG_NOMEM;
  }
  *out = storage;
  return EG_OK;
}

static void storage_release(eg_storage *storage) {
  if (--storage->references == 0) {
    eg_free(storage->data);
    eg_free(storage);
  }
}

void eg_tensor_row_major(const eg_shape *shape, int64_t *strides) {
  int64_t stride = 1;
  for (int i = shape->ndim - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape->dims[i] > 1 ? shape->dims[i] : 1;
  }
}

eg_status eg_tensor_view(eg_tensor **out, const eg_tensor *of) {
  *out = NULL;
  eg_tensor *tensor = eg_alloc(sizeof *tensor);
  if (!tensor)
    return EG_NOMEM;
  *tensor = *of;
  tensor->references = 1;
  tensor->requires_grad = false;
  tensor->grad = NULL;
  tensor->node = NULL;
  tensor->storage->references++;
  *out = tensor;
  return EG_OK;
}

eg_status eg_tensor_new(eg_tensor **out, eg_shape shape) {
  *out = NULL;
  EG_TRY(eg_shape_check(&shape));
  eg_tensor *tensor = eg_alloc(sizeof *tensor);
  if (!tensor)
    return EG_NOMEM;
  *tensor = (eg_tensor){.references = 1, .shape = shape};
  eg_tensor_row_major(&shape, tensor->strides);
  eg_status status = storage_new(&tensor->storage, eg_shape_numel(&shape));
  if (status != EG_OK) {
    eg_free(tensor);
    return status;
  }
  *out = tensor;
  return EG_OK;
}

eg_status eg_tensor_full(eg_tensor **out, eg_shape shape, double value) {
  EG_TRY(eg_tensor_new(out, shape));
  eg_tensor_fill(*out, value);
  return EG_OK;
}

eg_status eg_tensor_zeros(eg_tensor **out, eg_shape shape) {
  EG_TRY(eg_tensor_new(out, shape));
  memset((*out)->storage->data, 0, (size_t)(*out)->storage->size * sizeof(eg_real));
  return EG_OK;
}

eg_status eg_tensor_from(eg_tensor **out, eg_shape shape, const eg_real *values) {
  EG_TRY(eg_tensor_new(out, shape));
  memcpy((*out)->storage->data, values, (size_t)(*out)->storage->size * sizeof(eg_real));
  return EG_OK;
}

eg_status eg_tensor_uniform(eg_tensor **out, eg_shape shape, eg_rng *rng, double low, double high) {
  EG_TRY(eg_tensor_new(out, shape));
  eg_rng_fill_uniform(rng, (*out)->storage->data, (*out)->storage->size, low, high);
  return EG_OK;
}

eg_status eg_tensor_normal(eg_tensor **out, eg_shape shape, eg_rng *rng, double mean, double deviation) {
  EG_TRY(eg_tensor_new(out, shape));
  eg_rng_fill_normal(rng, (*out)->storage->data, (*out)->storage->size, mean, deviation);
  return EG_OK;
}

eg_tensor *eg_tensor_retain(eg_tensor *tensor) {
  if (tensor)
    tensor->references++;
  return tensor;
}

void eg_tensor_release(eg_tensor *tensor) {
  if (!tensor || --tensor->references > 0)
    return;
  eg_tensor_release(tensor->grad);
  if (tensor->node)
    tensor->release_node(tensor->node);
  storage_release(tensor->storage);
  eg_free(tensor);
}

int64_t eg_tensor_numel(const eg_tensor *tensor) {
  return eg_shape_numel(&tensor->shape);
}

int64_t eg_tensor_dim(const eg_tensor *tensor, int dim) {
  return dim < tensor->shape.ndim ? tensor->shape.dims[dim] : 1;
}

bool eg_tensor_is_contiguous(const eg_tensor *tensor) {
  int64_t stride = 1;
  for (int i = tensor->shape.ndim - 1; i >= 0; i--) {
    if (tensor->shape.dims[i] == 0)
      return true;
    if (tensor->shape.dims[i] > 1 && tensor->strides[i] != stride)
      return false;
    stride *= tensor->shape.dims[i];
  }
  return true;
}

eg_real *eg_tensor_data(const eg_tensor *tensor) {
  return tensor->storage->data + tensor->offset;
}

eg_real eg_tensor_at(const eg_tensor *tensor, int64_t index) {
  int64_t at = 0;
  for (int i = tensor->shape.ndim - 1; i >= 0; i--) {
    at += index % tensor->shape.dims[i] * tensor->strides[i];
    index /= tensor->shape.dims[i];
  }
  return eg_tensor_data(tensor)[at];
}
