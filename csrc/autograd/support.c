#include "autograd/support.h"

#include <inttypes.h>

#include "ecgraft/memory.h"
#include "kernels/reduce.h"

eg_status eg_check_dim(int64_t dim, const eg_shape *shape) {
  if (dim < -1 || dim >= shape->ndim)
    return eg_fail(EG_USAGE, "dim %" PRId64 " of a tensor with %d dimensions", eg_from_1(dim), shape->ndim);
  return EG_OK;
}

eg_status eg_check_index_limit(const eg_shape *shape, int64_t dim) {
  int64_t size = dim < 0 ? eg_shape_numel(shape) : shape->dims[dim];
  if (size > EG_INDEX_LIMIT)
    return eg_fail(EG_USAGE,
                   "expected at most %" PRId64 " entries, whose positions " EG_REAL_NAME " holds exactly, got %" PRId64,
                   EG_INDEX_LIMIT, size);
  return EG_OK;
}

eg_split eg_split_at(const eg_shape *shape, int64_t dim) {
  if (dim < 0)
    return (eg_split){1, eg_shape_numel(shape), 1};
  eg_split split = {1, shape->dims[dim], 1};
  for (int i = 0; i < shape->ndim; i++) {
    if (i < dim)
      split.outer *= shape->dims[i];
    else if (i > dim)
      split.inner *= shape->dims[i];
  }
  return split;
}

int64_t eg_or_last(int64_t dim, const eg_shape *shape) {
  return dim < 0 ? shape->ndim - 1 : dim;
}

eg_shape eg_reduced_shape(const eg_shape *shape, int64_t dim, bool keepdim) {
  eg_shape reduced = {0};
  for (int i = 0; i < shape->ndim; i++) {
    if (dim >= 0 && i != dim)
      reduced.dims[reduced.ndim++] = shape->dims[i];
    else if (keepdim)
      reduced.dims[reduced.ndim++] = 1;
  }
  return reduced;
}

void eg_stretched_strides(int64_t *strides, const eg_tensor *tensor, const eg_shape *shape) {
  int added = shape->ndim - tensor->shape.ndim;
  for (int i = 0; i < shape->ndim; i++)
    strides[i] = i < added || tensor->shape.dims[i - added] == 1 ? 0 : tensor->strides[i - added];
}

eg_status eg_sum(eg_real *y, bool add, double scale, const eg_real *x, eg_split split) {
  size_t count = eg_k_sum_scratch(split.outer, split.R, split.inner), bytes;
  if (!eg_size_mul(&bytes, count, sizeof(double)))
    return eg_fail(EG_NOMEM, "out of memory");
  double *scratch = eg_alloc(bytes);
  if (!scratch)
    return EG_NOMEM;
  eg_k_sum(y, add, scale, x, split.outer, split.R, split.inner, scratch);
  eg_free(scratch);
  return EG_OK;
}

/* A run of neighbouring dims of the output that are all summed over, or all kept. */
typedef struct group {
  int64_t size;
  bool summed;
} group;

static int find_groups(group *groups, const eg_shape *full, const eg_shape *kept) {
  int n = 0, added = full->ndim - kept->ndim;
  for (int i = 0; i < full->ndim; i++) {
    if (full->dims[i] == 1)
      continue;
    bool summed = i < added || kept->dims[i - added] == 1;
    if (n == 0 || groups[n - 1].summed != summed)
      groups[n++] = (group){1, summed};
    groups[n - 1].size *= full->dims[i];
  }
  return n;
}

eg_status eg_grad_reduce(eg_call *call, int i, eg_tensor *full) {
  group groups[EG_MAX_DIMS];
  const eg_shape *kept = eg_call_input_shape(call, i);
  int n = find_groups(groups, &full->shape, kept), left = 0;
  for (int k = 0; k < n; k++)
    left += groups[k].summed;
  if (left == 0) { /* nothing was stretched: at most ones were put in front */
    eg_tensor *same;
    EG_TRY(eg_tensor_reshape(&same, full, *kept));
    eg_status status = eg_grad_pass(call, i, same);
    eg_tensor_release(same);
    return status;
  }
  /* One group after the other, the outermost first; the last goes to the gradient. */
  eg_tensor *from = eg_tensor_retain(full);
  eg_status status = EG_OK;
  int64_t outer = 1;
  for (int k = 0; k < n && status == EG_OK; k++) {
    eg_split split = {outer, groups[k].size, 1};
    for (int j = k + 1; j < n; j++)
      split.inner *= groups[j].size;
    if (!groups[k].summed) {
      outer *= groups[k].size;
      continue;
    }
    eg_tensor *to;
    eg_real beta = 0;
    if (--left == 0)
      status = eg_grad_buffer(call, i, &to, &beta);
    else
      status = eg_tensor_new(&to, EG_SHAPE(split.outer, split.inner));
    if (status == EG_OK)
      status = eg_sum(eg_tensor_data(to), beta != 0, 1, eg_tensor_data(from), split);
    eg_tensor_release(from);
    from = left == 0 ? NULL : to;
  }
  eg_tensor_release(from);
  return status;
}

eg_status eg_full_grad_open(eg_full_grad *full, eg_call *call, int i) {
  *full = (eg_full_grad){0};
  eg_tensor *buffer;
  eg_real beta = 0;
  if (eg_shape_numel(eg_call_input_shape(call, i)) == eg_shape_numel(&call->shapes[0])) {
    EG_TRY(eg_grad_buffer(call, i, &buffer, &beta));
  } else {
    EG_TRY(eg_tensor_new(&full->temporary, call->shapes[0]));
    buffer = full->temporary;
  }
  full->data = eg_tensor_data(buffer);
  full->add = beta != 0;
  return EG_OK;
}

eg_status eg_full_grad_close(eg_full_grad *full, eg_call *call, int i) {
  if (!full->temporary)
    return EG_OK;
  eg_status status = eg_grad_reduce(call, i, full->temporary);
  eg_tensor_release(full->temporary);
  return status;
}

eg_status eg_loss_shape(eg_call *call, const eg_shape *each, int64_t reduction) {
  if (reduction < 0 || reduction > 2)
    return eg_fail(EG_USAGE, "reduction must be 0 (mean), 1 (sum) or 2 (none), got %" PRId64, reduction);
  call->shapes[0] = reduction == 2 ? *each : (eg_shape){0};
  return EG_OK;
}

eg_status eg_loss_open(eg_call *call, const eg_shape *each, int64_t reduction, eg_real **entries,
                       eg_tensor **temporary) {
  *temporary = NULL;
  if (reduction != 2)
    EG_TRY(eg_tensor_new(temporary, *each));
  *entries = eg_tensor_data(*temporary ? *temporary : call->out[0]);
  return EG_OK;
}

eg_status eg_loss_close(eg_call *call, int64_t reduction, double denominator, eg_tensor *temporary) {
  if (!temporary)
    return EG_OK;
  eg_status status = eg_sum(eg_tensor_data(call->out[0]), false, reduction == 0 ? 1 / denominator : 1,
                            eg_tensor_data(temporary), (eg_split){1, eg_tensor_numel(temporary), 1});
  eg_tensor_release(temporary);
  return status;
}
