/* Ops whose result is a view of their input: another shape, strides or offset on the same storage. */
#include <inttypes.h>

#include "autograd/support.h"

/* Passes on the gradient seen under other strides. */
static eg_status pass(eg_call *call, eg_tensor *view) {
  eg_status status = eg_grad_pass(call, 0, view);
  eg_tensor_release(view);
  return status;
}

/* reshape */

static eg_status reshape_shape(eg_call *call) {
  const eg_shape_options *o = call->options;
  if (o->shape.ndim < 0)
    return eg_fail(EG_USAGE, "a shape must be given");
  call->shapes[0] = o->shape;
  return eg_shape_complete(&call->shapes[0], &call->in[0]->shape);
}

static eg_status reshape_forward(eg_call *call) {
  return eg_tensor_reshape(&call->out[0], call->in[0], call->shapes[0]);
}

static eg_status reshape_backward(eg_call *call) {
  eg_tensor *view;
  EG_TRY(eg_tensor_reshape(&view, call->grad, *eg_call_input_shape(call, 0)));
  return pass(call, view);
}

/* transpose: the last two dims by default */

static int a_of(const eg_call *call, int ndim) {
  const eg_two_dims_options *o = call->options;
  return o->a < 0 ? ndim - 2 : (int)o->a;
}

static int b_of(const eg_call *call, int ndim) {
  const eg_two_dims_options *o = call->options;
  return o->b < 0 ? ndim - 1 : (int)o->b;
}

static eg_status transpose_shape(eg_call *call) {
  const eg_two_dims_options *o = call->options;
  const eg_shape *shape = &call->in[0]->shape;
  EG_TRY(eg_check_dim(o->a, shape));
  EG_TRY(eg_check_dim(o->b, shape));
  int a = a_of(call, shape->ndim), b = b_of(call, shape->ndim);
  if (a < 0 || b < 0)
    return eg_fail(EG_USAGE, "expected a tensor of at least two dimensions, got %d", shape->ndim);
  call->shapes[0] = *shape;
  call->shapes[0].dims[a] = shape->dims[b];
  call->shapes[0].dims[b] = shape->dims[a];
  return EG_OK;
}

static eg_status transpose_forward(eg_call *call) {
  int ndim = call->shapes[0].ndim;
  return eg_tensor_transpose(&call->out[0], call->in[0], a_of(call, ndim), b_of(call, ndim));
}

static eg_status transpose_backward(eg_call *call) {
  int ndim = call->shapes[0].ndim;
  eg_tensor *view;
  EG_TRY(eg_tensor_transpose(&view, call->grad, a_of(call, ndim), b_of(call, ndim)));
  return pass(call, view);
}

/* permute */

static eg_status permute_shape(eg_call *call) {
  const eg_shape *order = &((const eg_permute_options *)call->options)->order, *shape = &call->in[0]->shape;
  bool seen[EG_MAX_DIMS] = {false};
  if (order->ndim != shape->ndim)
    return eg_fail(EG_USAGE, "expected an order of all %d dims, got %d of them", shape->ndim,
                   order->ndim < 0 ? 0 : order->ndim);
  call->shapes[0].ndim = shape->ndim;
  for (int i = 0; i < shape->ndim; i++) {
    int64_t from = order->dims[i];
    if (from < 0 || from >= shape->ndim)
      return eg_fail(EG_USAGE, "dim %" PRId64 " of a tensor with %d dimensions", eg_from_1(from), shape->ndim);
    if (seen[from])
      return eg_fail(EG_USAGE, "dim %" PRId64 " is named twice in the order", from + 1);
    seen[from] = true;
    call->shapes[0].dims[i] = shape->dims[from];
  }
  return EG_OK;
}

static eg_status permute_forward(eg_call *call) {
  const eg_permute_options *o = call->options;
  int order[EG_MAX_DIMS];
  for (int i = 0; i < o->order.ndim; i++)
    order[i] = (int)o->order.dims[i];
  return eg_tensor_permute(&call->out[0], call->in[0], order);
}

static eg_status permute_backward(eg_call *call) {
  const eg_permute_options *o = call->options;
  int back[EG_MAX_DIMS];
  for (int i = 0; i < o->order.ndim; i++)
    back[o->order.dims[i]] = i;
  eg_tensor *view;
  EG_TRY(eg_tensor_permute(&view, call->grad, back));
  return pass(call, view);
}

/* select and narrow: the gradient is 0 but for the part that was taken. */

static eg_status whole_gradient(eg_call *call, eg_tensor **buffer) {
  eg_real beta;
  EG_TRY(eg_grad_buffer(call, 0, buffer, &beta));
  if (beta == 0)
    eg_tensor_fill(*buffer, 0);
  return EG_OK;
}

static eg_status add_to_part(eg_call *call, eg_tensor *part) {
  eg_status status = eg_tensor_add_into(part, call->grad, 1);
  eg_tensor_release(part);
  return status;
}

static eg_status select_shape(eg_call *call) {
  const eg_select_options *o = call->options;
  const eg_shape *shape = &call->in[0]->shape;
  EG_TRY(eg_check_dim(o->dim, shape));
  if (o->dim < 0 || o->index == -1)
    return eg_fail(EG_USAGE, "a dim and an index must be given");
  if (o->index < 0 || o->index >= shape->dims[o->dim])
    return eg_fail(EG_USAGE, "index %" PRId64 " of dim %" PRId64 ", which has size %" PRId64, eg_from_1(o->index),
                   o->dim + 1, shape->dims[o->dim]);
  call->shapes[0] = eg_reduced_shape(shape, o->dim, false);
  return EG_OK;
}

static eg_status select_forward(eg_call *call) {
  const eg_select_options *o = call->options;
  return eg_tensor_select(&call->out[0], call->in[0], (int)o->dim, o->index);
}

static eg_status select_backward(eg_call *call) {
  const eg_select_options *o = call->options;
  eg_tensor *buffer, *part;
  EG_TRY(whole_gradient(call, &buffer));
  EG_TRY(eg_tensor_select(&part, buffer, (int)o->dim, o->index));
  return add_to_part(call, part);
}

static eg_status narrow_shape(eg_call *call) {
  const eg_narrow_options *o = call->options;
  const eg_shape *shape = &call->in[0]->shape;
  EG_TRY(eg_check_dim(o->dim, shape));
  if (o->dim < 0 || o->first == -1 || o->length == -1)
    return eg_fail(EG_USAGE, "a dim, a first index and a length must be given");
  int64_t size = shape->dims[o->dim];
  if (o->first < 0 || o->length < 0 || o->first > size || o->length > size - o->first)
    return eg_fail(EG_USAGE, "first %" PRId64 " + length %" PRId64 " goes beyond dim %" PRId64 " of size %" PRId64,
                   eg_from_1(o->first), o->length, o->dim + 1, size);
  call->shapes[0] = *shape;
  call->shapes[0].dims[o->dim] = o->length;
  return EG_OK;
}

static eg_status narrow_forward(eg_call *call) {
  const eg_narrow_options *o = call->options;
  return eg_tensor_narrow(&call->out[0], call->in[0], (int)o->dim, o->first, o->length);
}

static eg_status narrow_backward(eg_call *call) {
  const eg_narrow_options *o = call->options;
  eg_tensor *buffer, *part;
  EG_TRY(whole_gradient(call, &buffer));
  EG_TRY(eg_tensor_narrow(&part, buffer, (int)o->dim, o->first, o->length));
  return add_to_part(call, part);
}

/* expand: -1 keeps a dim as it is */

static eg_status expand_shape(eg_call *call) {
  const eg_shape *to = &((const eg_shape_options *)call->options)->shape, *from = &call->in[0]->shape;
  char came[96], wanted[96];
  eg_shape both, shape = *to;
  int added = to->ndim - from->ndim;
  if (to->ndim < 0)
    return eg_fail(EG_USAGE, "a shape must be given");
  for (int i = 0; i < shape.ndim && shape.ndim <= EG_MAX_DIMS; i++)
    if (shape.dims[i] == -1 && i >= added)
      shape.dims[i] = from->dims[i - added];
  EG_TRY(eg_shape_check(&shape));
  if (eg_shape_broadcast(&both, from, &shape) != EG_OK || !eg_shape_equal(&both, &shape))
    return eg_fail(EG_USAGE, "shape %s does not stretch to %s", eg_shape_text(from, came, sizeof came),
                   eg_shape_text(to, wanted, sizeof wanted));
  call->shapes[0] = shape;
  return EG_OK;
}

static eg_status expand_forward(eg_call *call) {
  return eg_tensor_expand(&call->out[0], call->in[0], &call->shapes[0]);
}

static eg_status expand_backward(eg_call *call) {
  return eg_grad_reduce(call, 0, call->grad);
}

static const char *const inputs[] = {"input", NULL};
static const eg_option reshape_options[] = {
    {"shape", EG_OPTION_DIMS, offsetof(eg_shape_options, shape), 0, "the new shape; one dim may be -1: what is left"},
    {0}};
static const eg_option transpose_options[] = {
    {"a", EG_OPTION_DIM, offsetof(eg_two_dims_options, a), -1, "one dim; the last but one by default"},
    {"b", EG_OPTION_DIM, offsetof(eg_two_dims_options, b), -1, "the other; the last by default"},
    {0}};
static const eg_option permute_options[] = {
    {"order", EG_OPTION_DIMS, offsetof(eg_permute_options, order), 0, "which dim comes to each place"}, {0}};
static const eg_option select_options[] = {
    {"dim", EG_OPTION_DIM, offsetof(eg_select_options, dim), -1, "the dim that goes"},
    {"index", EG_OPTION_DIM, offsetof(eg_select_options, index), -1, "which entry of it stays"},
    {0}};
static const eg_option narrow_options[] = {
    {"dim", EG_OPTION_DIM, offsetof(eg_narrow_options, dim), -1, "the dim that is cut"},
    {"first", EG_OPTION_DIM, offsetof(eg_narrow_options, first), -1, "the first entry that stays"},
    {"length", EG_OPTION_INT, offsetof(eg_narrow_options, length), -1, "how many stay"},
    {0}};
static const eg_option expand_options[] = {
    {"shape", EG_OPTION_DIMS, offsetof(eg_shape_options, shape), 0, "the shape to stretch to; -1 keeps a dim as it is"},
    {0}};

#define VIEW(op_name, option_list, line)                                                                               \
  const eg_op eg_op_##op_name = {.name = #op_name,                                                                     \
                                 .text = line,                                                                         \
                                 .inputs = inputs,                                                                     \
                                 .options = option_list,                                                               \
                                 .shape = op_name##_shape,                                                             \
                                 .forward = op_name##_forward,                                                         \
                                 .backward = op_name##_backward,                                                       \
                                 .views = true,                                                                        \
                                 .strided = true};

VIEW(reshape, reshape_options, "the same elements in the same order under another shape; a view where strides allow")
VIEW(transpose, transpose_options, "a view with two dims exchanged")
VIEW(permute, permute_options, "a view with the dims in another order")
VIEW(select, select_options, "a view of one entry of a dim, which goes")
VIEW(narrow, narrow_options, "a view of some neighbouring entries of a dim")
VIEW(expand, expand_options, "a view with dims of size 1 stretched, and new ones in front")
