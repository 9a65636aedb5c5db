/* Views: another shape, strides and offset on the same storage. */
#include <inttypes.h>

#include "ecgraft/tensor.h"
#include "tensor/internal.h"

/* Messages count dims and indices from 1, as the Lua face does. */

static int64_t shown(int64_t index) {
  return index < INT64_MAX ? index + 1 : index;
}

static eg_status check_dim(const eg_tensor *tensor, int dim) {
  if (dim < 0 || dim >= tensor->shape.ndim)
    return eg_fail(EG_USAGE, "dim %d of a tensor with %d dimensions", dim + 1, tensor->shape.ndim);
  return EG_OK;
}

eg_status eg_tensor_alias(eg_tensor **out, const eg_tensor *tensor) {
  return eg_tensor_view(out, tensor);
}

eg_status eg_tensor_select(eg_tensor **out, const eg_tensor *tensor, int dim, int64_t index) {
  *out = NULL;
  EG_TRY(check_dim(tensor, dim));
  if (index < 0 || index >= tensor->shape.dims[dim])
    return eg_fail(EG_USAGE, "index %" PRId64 " of dim %d, which has size %" PRId64, shown(index), dim + 1,
                   tensor->shape.dims[dim]);
  EG_TRY(eg_tensor_view(out, tensor));
  eg_tensor *view = *out;
  view->offset += index * view->strides[dim];
  view->shape.ndim--;
  for (int i = dim; i < view->shape.ndim; i++) {
    view->shape.dims[i] = view->shape.dims[i + 1];
    view->strides[i] = view->strides[i + 1];
  }
  return EG_OK;
}

eg_status eg_tensor_narrow(eg_tensor **out, const eg_tensor *tensor, int dim, int64_t first, int64_t length) {
  *out = NULL;
  EG_TRY(check_dim(tensor, dim));
  int64_t size = tensor->shape.dims[dim];
  if (first < 0 || length < 0 || first > size || length > size - first)
    return eg_fail(EG_USAGE, "first %" PRId64 " and length %" PRId64 " go beyond dim %d of size %" PRId64, shown(first),
                   length, dim + 1, size);
  EG_TRY(eg_tensor_view(out, tensor));
  (*out)->offset += length > 0 ? first * tensor->strides[dim] : 0;
  (*out)->shape.dims[dim] = length;
  return EG_OK;
}

eg_status eg_tensor_permute(eg_tensor **out, const eg_tensor *tensor, const int *order) {
  *out = NULL;
  bool seen[EG_MAX_DIMS] = {false};
  for (int i = 0; i < tensor->shape.ndim; i++) {
    EG_TRY(check_dim(tensor, order[i]));
    if (seen[order[i]])
      return eg_fail(EG_USAGE, "dim %d is named twice in the order", order[i] + 1);
    seen[order[i]] = true;
  }
  EG_TRY(eg_tensor_view(out, tensor));
  for (int i = 0; i < tensor->shape.ndim; i++) {
    (*out)->shape.dims[i] = tensor->shape.dims[order[i]];
    (*out)->strides[i] = tensor->strides[order[i]];
  }
  return EG_OK;
}

eg_status eg_tensor_transpose(eg_tensor **out, const eg_tensor *tensor, int a, int b) {
  *out = NULL;
  EG_TRY(check_dim(tensor, a));
  EG_TRY(check_dim(tensor, b));
  int order[EG_MAX_DIMS];
  for (int i = 0; i < tensor->shape.ndim; i++)
    order[i] = i == a ? b : i == b ? a : i;
  return eg_tensor_permute(out, tensor, order);
}

eg_status eg_shape_complete(eg_shape *shape, const eg_shape *of) {
  char from[96], to[96];
  int64_t known = 1, count = eg_shape_numel(of);
  int free = -1;
  if (shape->ndim < 0 || shape->ndim > EG_MAX_DIMS)
    return eg_shape_check(shape);
  for (int i = 0; i < shape->ndim; i++) {
    if (shape->dims[i] == -1 && free >= 0)
      return eg_fail(EG_USAGE, "only one dimension may be -1, got %s", eg_shape_text(shape, to, sizeof to));
    if (shape->dims[i] == -1)
      free = i;
    else if (shape->dims[i] < 0 || __builtin_mul_overflow(known, shape->dims[i], &known))
      return eg_fail(EG_USAGE, "cannot reshape %s to %s", eg_shape_text(of, from, sizeof from),
                     eg_shape_text(shape, to, sizeof to));
  }
  if (free >= 0 ? known == 0 || count % known != 0 : known != count)
    return eg_fail(EG_USAGE, "cannot reshape %s (%" PRId64 " elements) to %s", eg_shape_text(of, from, sizeof from),
                   count, eg_shape_text(shape, to, sizeof to));
  if (free >= 0)
    shape->dims[free] = count / known;
  return eg_shape_check(shape);
}

/* Strides that give the same elements in the same order under a new shape; false where a copy is needed. Both shapes
   are cut into groups of dims with equal products; a group works where its old dims lie behind one another. */
static bool restride(const eg_tensor *tensor, const eg_shape *shape, int64_t *strides) {
  eg_shape old = {0};
  int64_t old_strides[EG_MAX_DIMS] = {0};
  for (int i = 0; i < tensor->shape.ndim; i++) {
    if (tensor->shape.dims[i] != 1) {
      old_strides[old.ndim] = tensor->strides[i];
      old.dims[old.ndim++] = tensor->shape.dims[i];
    }
  }
  int i = 0, j = 0;
  while (i < old.ndim) {
    int i_end = i + 1, j_end = j;
    int64_t old_count = old.dims[i], new_count = 1;
    while (new_count != old_count) {
      if (new_count < old_count)
        new_count *= shape->dims[j_end++];
      else
        old_count *= old.dims[i_end++];
    }
    for (int k = i; k < i_end - 1; k++)
      if (old_strides[k] != old_strides[k + 1] * old.dims[k + 1])
        return false;
    int64_t stride = old_strides[i_end - 1];
    for (int k = j_end - 1; k >= j; k--) {
      strides[k] = stride;
      stride *= shape->dims[k];
    }
    i = i_end;
    j = j_end;
  }
  for (; j < shape->ndim; j++) /* what is left are ones */
    strides[j] = 1;
  return true;
}

eg_status eg_tensor_reshape(eg_tensor **out, const eg_tensor *tensor, eg_shape shape) {
  *out = NULL;
  EG_TRY(eg_shape_complete(&shape, &tensor->shape));
  int64_t strides[EG_MAX_DIMS] = {0};
  bool fits = eg_tensor_numel(tensor) > 0 && restride(tensor, &shape, strides);
  if (!fits) {
    EG_TRY(eg_tensor_clone(out, tensor));
    eg_tensor_row_major(&shape, strides);
  } else {
    EG_TRY(eg_tensor_view(out, tensor));
  }
  (*out)->shape = shape;
  for (int i = 0; i < shape.ndim; i++)
    (*out)->strides[i] = strides[i];
  return EG_OK;
}

eg_status eg_tensor_expand(eg_tensor **out, const eg_tensor *tensor, const eg_shape *shape) {
  *out = NULL;
  char from[96], to[96];
  int added = shape->ndim - tensor->shape.ndim;
  EG_TRY(eg_shape_check(shape));
  bool fits = added >= 0;
  for (int i = 0; fits && i < tensor->shape.ndim; i++)
    fits = tensor->shape.dims[i] == 1 || tensor->shape.dims[i] == shape->dims[i + added];
  if (!fits)
    return eg_fail(EG_USAGE, "cannot expand %s to %s", eg_shape_text(&tensor->shape, from, sizeof from),
                   eg_shape_text(shape, to, sizeof to));
  EG_TRY(eg_tensor_view(out, tensor));
  (*out)->shape = *shape;
  for (int i = 0; i < shape->ndim; i++) {
    int64_t size = i < added ? 1 : tensor->shape.dims[i - added];
    (*out)->strides[i] = size == 1 ? 0 : tensor->strides[i - added];
  }
  return EG_OK;
}
