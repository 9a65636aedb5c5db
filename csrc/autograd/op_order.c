/* Ops along one dim that keep its entries: running sums, turning round, sorting. */
#include "autograd/support.h"
#include "ecgraft/memory.h"
#include "kernels/gather.h"
#include "kernels/reduce.h"
#include "kernels/sort.h"

static eg_split around(const eg_call *call, const eg_shape *shape) {
  const eg_one_dim_options *o = call->options;
  return eg_split_at(shape, eg_or_last(o->dim, shape));
}

static eg_status same_shape(eg_call *call) {
  const eg_one_dim_options *o = call->options;
  call->shapes[0] = call->in[0]->shape;
  return eg_check_dim(o->dim, &call->in[0]->shape);
}

static eg_status cumsum_forward(eg_call *call) {
  eg_split split = around(call, &call->in[0]->shape);
  eg_k_cumsum(eg_tensor_data(call->out[0]), false, false, eg_tensor_data(call->in[0]), split.outer, split.R,
              split.inner);
  return EG_OK;
}

static eg_status cumsum_backward(eg_call *call) {
  eg_split split = around(call, &call->shapes[0]);
  eg_tensor *buffer;
  eg_real beta;
  EG_TRY(eg_grad_buffer(call, 0, &buffer, &beta));
  eg_k_cumsum(eg_tensor_data(buffer), beta != 0, true, eg_tensor_data(call->grad), split.outer, split.R, split.inner);
  return EG_OK;
}

static eg_status flip_forward(eg_call *call) {
  eg_split split = around(call, &call->in[0]->shape);
  eg_k_flip(eg_tensor_data(call->out[0]), false, eg_tensor_data(call->in[0]), split.outer, split.R, split.inner);
  return EG_OK;
}

static eg_status flip_backward(eg_call *call) {
  eg_split split = around(call, &call->shapes[0]);
  eg_tensor *buffer;
  eg_real beta;
  EG_TRY(eg_grad_buffer(call, 0, &buffer, &beta));
  eg_k_flip(eg_tensor_data(buffer), beta != 0, eg_tensor_data(call->grad), split.outer, split.R, split.inner);
  return EG_OK;
}

static eg_split sort_split(const eg_call *call, const eg_shape *shape) {
  const eg_sort_options *o = call->options;
  return eg_split_at(shape, eg_or_last(o->dim, shape));
}

static eg_status sort_shape(eg_call *call) {
  const eg_sort_options *o = call->options;
  const eg_shape *shape = &call->in[0]->shape;
  EG_TRY(eg_check_dim(o->dim, shape));
  call->shapes[0] = call->shapes[1] = *shape;
  return eg_check_index_limit(shape, eg_or_last(o->dim, shape));
}

static eg_status sort_forward(eg_call *call) {
  const eg_sort_options *o = call->options;
  eg_split split = sort_split(call, &call->in[0]->shape);
  size_t bytes;
  if (!eg_k_sort_scratch(&bytes, split.R))
    return eg_fail(EG_NOMEM, "out of memory: sorting %lld entries", (long long)split.R);
  void *scratch = eg_alloc(bytes);
  if (!scratch)
    return EG_NOMEM;
  eg_k_sort(eg_tensor_data(call->out[0]), eg_tensor_data(call->out[1]), o->descending, eg_tensor_data(call->in[0]),
            split.outer, split.R, split.inner, scratch);
  eg_free(scratch);
  /* A copy: the positions are the caller's to change (the Lua face counts them from 1). */
  eg_tensor *at = NULL;
  if (call->recorded)
    EG_TRY(eg_tensor_clone(&at, call->out[1]));
  eg_call_save(call, 0, at);
  eg_tensor_release(at);
  return EG_OK;
}

static eg_status sort_backward(eg_call *call) {
  eg_split split = sort_split(call, &call->shapes[0]);
  eg_tensor *buffer;
  eg_real beta;
  EG_TRY(eg_grad_buffer(call, 0, &buffer, &beta));
  eg_k_unsort(eg_tensor_data(buffer), beta != 0, eg_tensor_data(call->grad), eg_tensor_data(eg_call_saved(call, 0)),
              split.outer, split.R, split.inner);
  return EG_OK;
}

static const char *const inputs[] = {"input", NULL};
static const eg_option options[] = {
    {"dim", EG_OPTION_DIM, offsetof(eg_one_dim_options, dim), -1, "along which; the last by default"}, {0}};
static const eg_option sort_options[] = {
    {"dim", EG_OPTION_DIM, offsetof(eg_sort_options, dim), -1, "along which; the last by default"},
    {"descending", EG_OPTION_BOOL, offsetof(eg_sort_options, descending), 0, "the largest first"},
    {0}};

const eg_op eg_op_cumsum = {.name = "cumsum",
                            .text = "the running sum along a dim, added up in double",
                            .inputs = inputs,
                            .options = options,
                            .shape = same_shape,
                            .forward = cumsum_forward,
                            .backward = cumsum_backward};
const eg_op eg_op_flip = {.name = "flip",
                          .text = "the entries along a dim in reverse order",
                          .inputs = inputs,
                          .options = options,
                          .shape = same_shape,
                          .forward = flip_forward,
                          .backward = flip_backward};
const eg_op eg_op_sort = {.name = "sort",
                          .text = "the entries along a dim in order, and the positions they had; equal ones keep their "
                                  "order, a NaN counts as larger than everything",
                          .inputs = inputs,
                          .options = sort_options,
                          .extra = 1,
                          .shape = sort_shape,
                          .forward = sort_forward,
                          .backward = sort_backward};
