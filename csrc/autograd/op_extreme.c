/* The largest and smallest entries, and where they are. Positions count from 0. */
#include <inttypes.h>
#include <math.h>

#include "autograd/support.h"
#include "ecgraft/memory.h"
#include "kernels/extreme.h"

static eg_status reduced(eg_call *call) {
  const eg_dim_options *o = call->options;
  const eg_shape *shape = &call->in[0]->shape;
  EG_TRY(eg_check_dim(o->dim, shape));
  call->shapes[0] = eg_reduced_shape(shape, o->dim, o->keepdim);
  if (eg_split_at(shape, o->dim).R == 0 && eg_shape_numel(&call->shapes[0]) > 0) {
    char text[96];
    eg_shape_text(shape, text, sizeof text);
    if (o->dim < 0)
      return eg_fail(EG_USAGE, "a tensor of shape %s has no elements", text);
    return eg_fail(EG_USAGE, "dim %" PRId64 " of shape %s has no entries", o->dim + 1, text);
  }
  return EG_OK;
}

static eg_status values_shape(eg_call *call) {
  const eg_dim_options *o = call->options;
  EG_TRY(reduced(call));
  call->shapes[1] = call->shapes[0];
  return o->dim < 0 ? EG_OK : eg_check_index_limit(&call->in[0]->shape, o->dim);
}

static eg_status places_shape(eg_call *call) {
  const eg_dim_options *o = call->options;
  EG_TRY(reduced(call));
  return eg_check_index_limit(&call->in[0]->shape, o->dim);
}

/* For backward: each place in two parts, both exact in float (2, outer * inner). */
static eg_status keep_places(eg_call *call, const int64_t *at, int64_t n) {
  eg_tensor *parts;
  if (!call->recorded)
    return EG_OK;
  EG_TRY(eg_tensor_new(&parts, EG_SHAPE(2, n)));
  eg_real *high = eg_tensor_data(parts), *low = high + n;
  for (int64_t i = 0; i < n; i++) {
    high[i] = (eg_real)(at[i] >> 20);
    low[i] = (eg_real)(at[i] & ((1 << 20) - 1));
  }
  eg_call_save(call, 0, parts);
  eg_tensor_release(parts);
  return EG_OK;
}

static eg_status forward(eg_call *call, bool largest, bool with_values) {
  const eg_dim_options *o = call->options;
  eg_split split = eg_split_at(&call->in[0]->shape, o->dim);
  int64_t n = split.outer * split.inner;
  int64_t *at = eg_alloc_zero((size_t)n, sizeof *at);
  if (!at)
    return EG_NOMEM;
  eg_tensor *places = call->out[with_values ? 1 : 0];
  eg_k_extreme(with_values ? eg_tensor_data(call->out[0]) : NULL, at, largest, eg_tensor_data(call->in[0]), split.outer,
               split.R, split.inner);
  /* Over everything a place may be beyond what a real counts exactly: it is not given then. */
  for (int64_t i = 0; i < n; i++)
    eg_tensor_data(places)[i] = at[i] < EG_INDEX_LIMIT ? (eg_real)at[i] : NAN;
  eg_status status = with_values ? keep_places(call, at, n) : EG_OK;
  eg_free(at);
  return status;
}

static eg_status backward(eg_call *call) {
  const eg_dim_options *o = call->options;
  eg_split split = eg_split_at(eg_call_input_shape(call, 0), o->dim);
  eg_tensor *buffer;
  eg_real beta;
  EG_TRY(eg_grad_buffer(call, 0, &buffer, &beta));
  const eg_real *high = eg_tensor_data(eg_call_saved(call, 0)), *low = high + split.outer * split.inner;
  eg_k_extreme_grad(eg_tensor_data(buffer), beta != 0, eg_tensor_data(call->grad), high, low, split.outer, split.R,
                    split.inner);
  return EG_OK;
}

static eg_status max_forward(eg_call *call) {
  return forward(call, true, true);
}

static eg_status min_forward(eg_call *call) {
  return forward(call, false, true);
}

static eg_status argmax_forward(eg_call *call) {
  return forward(call, true, false);
}

static eg_status argmin_forward(eg_call *call) {
  return forward(call, false, false);
}

static const char *const inputs[] = {"input", NULL};
static const eg_option options[] = {
    {"dim", EG_OPTION_DIM, offsetof(eg_dim_options, dim), -1, "the dim that goes; without it, all of them"},
    {"keepdim", EG_OPTION_BOOL, offsetof(eg_dim_options, keepdim), 0, "leave 1 in place of the dim"},
    {0}};

const eg_op eg_op_max = {.name = "max",
                         .text = "the largest entry along a dim and its position, or the largest of all; the first "
                                 "among equals, a NaN before everything; the gradient goes to that entry",
                         .inputs = inputs,
                         .options = options,
                         .extra = 1,
                         .shape = values_shape,
                         .forward = max_forward,
                         .backward = backward};
const eg_op eg_op_min = {.name = "min",
                         .text = "the smallest entry along a dim and its position, or the smallest of all; the first "
                                 "among equals, a NaN before everything; the gradient goes to that entry",
                         .inputs = inputs,
                         .options = options,
                         .extra = 1,
                         .shape = values_shape,
                         .forward = min_forward,
                         .backward = backward};
const eg_op eg_op_argmax = {.name = "argmax",
                            .text = "the position of the largest entry along a dim, or of all in row-major order",
                            .inputs = inputs,
                            .options = options,
                            .shape = places_shape,
                            .forward = argmax_forward};
const eg_op eg_op_argmin = {.name = "argmin",
                            .text = "the position of the smallest entry along a dim, or of all in row-major order",
                            .inputs = inputs,
                            .options = options,
                            .shape = places_shape,
                            .forward = argmin_forward};
