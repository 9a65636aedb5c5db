#include <inttypes.h>

#include "autograd/scratch.h"
#include "ecgraft/ops.h"
#include "kernels/conv1d.h"
#include "kernels/matmul.h"

enum { X, WEIGHT, BIAS };

static eg_conv1d_shape shape_of(const eg_shape *x, const eg_shape *w, const eg_conv1d_options *o) {
  eg_conv1d_shape s = {.n = x->dims[0],
                       .l = x->dims[1],
                       .ci = x->dims[2],
                       .co = w->dims[0],
                       .k = w->dims[1],
                       .stride = o->stride,
                       .padding = o->padding,
                       .dilation = o->dilation,
                       .groups = o->groups};
  s.lo = eg_conv1d_length(s.l, s.k, s.stride, s.padding, s.dilation);
  return s;
}

static eg_status check_option(const char *name, int64_t value, int64_t least) {
  if (value < least || value > INT32_MAX)
    return eg_fail(EG_USAGE, "%s must be from %" PRId64 " to %" PRId32 ", got %" PRId64, name, least, INT32_MAX, value);
  return EG_OK;
}

static eg_status shape(eg_call *call) {
  const eg_conv1d_options *o = call->options;
  const eg_shape *x = &call->in[X]->shape, *w = &call->in[WEIGHT]->shape;
  char text[96];
  EG_TRY(check_option("stride", o->stride, 1));
  EG_TRY(check_option("padding", o->padding, 0));
  EG_TRY(check_option("dilation", o->dilation, 1));
  EG_TRY(check_option("groups", o->groups, 1));
  if (x->ndim != 3)
    return eg_fail(EG_USAGE, "expected an input of shape (N, L, C), got %s", eg_shape_text(x, text, sizeof text));
  if (w->ndim != 3)
    return eg_fail(EG_USAGE, "expected a weight of shape (outputs, kernel, channels / groups), got %s",
                   eg_shape_text(w, text, sizeof text));
  if (w->dims[1] < 1 || w->dims[1] > INT32_MAX)
    return eg_fail(EG_USAGE, "the weight's kernel length must be from 1 to %" PRId32 ", got %" PRId64, INT32_MAX,
                   w->dims[1]);
  if (x->dims[2] % o->groups != 0 || w->dims[0] % o->groups != 0)
    return eg_fail(EG_USAGE,
                   "groups %" PRId64 " must divide the %" PRId64 " channels of the input and the %" PRId64
                   " outputs of the weight",
                   o->groups, x->dims[2], w->dims[0]);
  if (x->dims[2] != w->dims[2] * o->groups)
    return eg_fail(EG_USAGE, "input has %" PRId64 " channels, weight expects %" PRId64, x->dims[2],
                   w->dims[2] * o->groups);
  if (call->n_in > BIAS && call->in[BIAS] && !eg_shape_equal(&call->in[BIAS]->shape, &EG_SHAPE(w->dims[0])))
    return eg_fail(EG_USAGE, "expected a bias of shape {%" PRId64 "}, got %s", w->dims[0],
                   eg_shape_text(&call->in[BIAS]->shape, text, sizeof text));
  eg_conv1d_shape s = shape_of(x, w, o);
  if (s.lo < 1)
    return eg_fail(EG_USAGE, "kernel spans %" PRId64 " samples, the padded input has %" PRId64,
                   s.dilation * (s.k - 1) + 1, s.l + 2 * s.padding);
  call->shapes[0] = EG_SHAPE(s.n, s.lo, s.co);
  return EG_OK;
}

static eg_status forward(eg_call *call) {
  eg_conv1d_shape s = shape_of(&call->in[X]->shape, &call->in[WEIGHT]->shape, call->options);
  eg_real *scratch;
  EG_TRY(eg_scratch(&scratch, eg_conv1d_scratch(&s, EG_CONV1D_FORWARD)));
  bool bias = call->n_in > BIAS && call->in[BIAS];
  eg_k_conv1d_forward(&s, eg_tensor_data(call->out[0]), eg_tensor_data(call->in[X]), eg_tensor_data(call->in[WEIGHT]),
                      bias ? eg_tensor_data(call->in[BIAS]) : NULL, scratch);
  eg_free(scratch);
  eg_call_save_input(call, X, X);
  eg_call_save_input(call, WEIGHT, WEIGHT);
  return EG_OK;
}

static eg_status data_gradient(eg_call *call, const eg_conv1d_shape *s, const eg_real *dy) {
  eg_real *scratch, beta;
  eg_tensor *buffer;
  EG_TRY(eg_scratch(&scratch, eg_conv1d_scratch(s, EG_CONV1D_DATA)));
  eg_status status = eg_grad_buffer(call, X, &buffer, &beta);
  if (status == EG_OK)
    eg_k_conv1d_backward_data(s, eg_tensor_data(buffer), beta, dy, eg_tensor_data(eg_call_saved(call, WEIGHT)),
                              scratch);
  eg_free(scratch);
  return status;
}

static eg_status weight_gradient(eg_call *call, const eg_conv1d_shape *s, const eg_real *dy) {
  eg_real *scratch, beta;
  eg_tensor *buffer;
  EG_TRY(eg_scratch(&scratch, eg_conv1d_scratch(s, EG_CONV1D_WEIGHT)));
  eg_status status = eg_grad_buffer(call, WEIGHT, &buffer, &beta);
  if (status == EG_OK)
    eg_k_conv1d_backward_weight(s, eg_tensor_data(buffer), beta, dy, eg_tensor_data(eg_call_saved(call, X)), scratch);
  eg_free(scratch);
  return status;
}

static eg_status bias_gradient(eg_call *call, const eg_conv1d_shape *s, const eg_real *dy) {
  eg_real *scratch, beta;
  eg_tensor *buffer;
  EG_TRY(eg_scratch(&scratch, eg_k_column_sums_scratch(s->n * s->lo, s->co)));
  eg_status status = eg_grad_buffer(call, BIAS, &buffer, &beta);
  if (status == EG_OK)
    eg_k_column_sums(eg_tensor_data(buffer), beta, dy, s->n * s->lo, s->co, scratch);
  eg_free(scratch);
  return status;
}

static eg_status backward(eg_call *call) {
  eg_conv1d_shape s = shape_of(eg_call_input_shape(call, X), eg_call_input_shape(call, WEIGHT), call->options);
  const eg_real *dy = eg_tensor_data(call->grad);
  if (call->wants[X])
    EG_TRY(data_gradient(call, &s, dy));
  if (call->wants[WEIGHT])
    EG_TRY(weight_gradient(call, &s, dy));
  if (call->wants[BIAS])
    EG_TRY(bias_gradient(call, &s, dy));
  return EG_OK;
}

static const char *const inputs[] = {"x", "weight", "bias?", NULL};
static const eg_option options[] = {
    {"stride", EG_OPTION_INT, offsetof(eg_conv1d_options, stride), 1, "samples from one output to the next"},
    {"padding", EG_OPTION_INT, offsetof(eg_conv1d_options, padding), 0, "zeros at each end"},
    {"dilation", EG_OPTION_INT, offsetof(eg_conv1d_options, dilation), 1, "samples from one tap to the next"},
    {"groups", EG_OPTION_INT, offsetof(eg_conv1d_options, groups), 1,
     "channels are cut into so many separate convolutions"},
    {0}};

const eg_op eg_op_conv1d = {
    .name = "conv1d",
    .text = "x (N, L, Ci), weight (Co, K, Ci / groups), bias (Co) -> (N, Lo, Co), "
            "Lo = (L + 2 padding - dilation (K - 1) - 1) / stride + 1; cross-correlation, zeros beyond the ends",
    .inputs = inputs,
    .options = options,
    .shape = shape,
    .forward = forward,
    .backward = backward};
