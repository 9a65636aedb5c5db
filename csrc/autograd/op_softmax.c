/* Softmax, its logarithm, and logsumexp, along one dim (the last by default). */
#include "autograd/support.h"
#include "kernels/softmax.h"

static eg_split around(const eg_call *call, const eg_shape *shape) {
  const eg_one_dim_options *o = call->options;
  return eg_split_at(shape, eg_or_last(o->dim, shape));
}

static eg_status same_shape(eg_call *call) {
  const eg_one_dim_options *o = call->options;
  call->shapes[0] = call->in[0]->shape;
  return eg_check_dim(o->dim, &call->in[0]->shape);
}

static eg_status forward(eg_call *call, bool log) {
  eg_split split = around(call, &call->in[0]->shape);
  eg_k_softmax(eg_tensor_data(call->out[0]), log, eg_tensor_data(call->in[0]), split.outer, split.R, split.inner);
  eg_call_save(call, 0, call->out[0]);
  return EG_OK;
}

static eg_status backward(eg_call *call, bool log) {
  eg_split split = around(call, &call->shapes[0]);
  eg_tensor *buffer;
  eg_real beta;
  EG_TRY(eg_grad_buffer(call, 0, &buffer, &beta));
  eg_k_softmax_grad(eg_tensor_data(buffer), beta != 0, log, eg_tensor_data(call->grad),
                    eg_tensor_data(eg_call_saved(call, 0)), split.outer, split.R, split.inner);
  return EG_OK;
}

static eg_status softmax_forward(eg_call *call) {
  return forward(call, false);
}

static eg_status softmax_backward(eg_call *call) {
  return backward(call, false);
}

static eg_status log_softmax_forward(eg_call *call) {
  return forward(call, true);
}

static eg_status log_softmax_backward(eg_call *call) {
  return backward(call, true);
}

static eg_status logsumexp_shape(eg_call *call) {
  const eg_dim_options *o = call->options;
  const eg_shape *shape = &call->in[0]->shape;
  EG_TRY(eg_check_dim(o->dim, shape));
  call->shapes[0] = eg_reduced_shape(shape, eg_or_last(o->dim, shape), o->keepdim);
  return EG_OK;
}

static eg_split logsumexp_split(const eg_call *call, const eg_shape *shape) {
  const eg_dim_options *o = call->options;
  return eg_split_at(shape, eg_or_last(o->dim, shape));
}

static eg_status logsumexp_forward(eg_call *call) {
  eg_split split = logsumexp_split(call, &call->in[0]->shape);
  eg_k_logsumexp(eg_tensor_data(call->out[0]), eg_tensor_data(call->in[0]), split.outer, split.R, split.inner);
  eg_call_save_input(call, 0, 0);
  eg_call_save(call, 1, call->out[0]);
  return EG_OK;
}

static eg_status logsumexp_backward(eg_call *call) {
  eg_split split = logsumexp_split(call, eg_call_input_shape(call, 0));
  eg_tensor *buffer;
  eg_real beta;
  EG_TRY(eg_grad_buffer(call, 0, &buffer, &beta));
  eg_k_logsumexp_grad(eg_tensor_data(buffer), beta != 0, eg_tensor_data(call->grad),
                      eg_tensor_data(eg_call_saved(call, 0)), eg_tensor_data(eg_call_saved(call, 1)), split.outer,
                      split.R, split.inner);
  return EG_OK;
}

static const char *const inputs[] = {"input", NULL};
static const eg_option options[] = {
    {"dim", EG_OPTION_DIM, offsetof(eg_one_dim_options, dim), -1, "along which entries sum to 1; the last by default"},
    {0}};
static const eg_option logsumexp_options[] = {
    {"dim", EG_OPTION_DIM, offsetof(eg_dim_options, dim), -1, "the dim that goes; the last by default"},
    {"keepdim", EG_OPTION_BOOL, offsetof(eg_dim_options, keepdim), 0, "leave 1 in place of the dim"},
    {0}};

const eg_op eg_op_softmax = {.name = "softmax",
                             .text = "exp(x) / sum of exp(x) along a dim",
                             .inputs = inputs,
                             .options = options,
                             .shape = same_shape,
                             .forward = softmax_forward,
                             .backward = softmax_backward};
const eg_op eg_op_log_softmax = {.name = "log_softmax",
                                 .text = "the logarithm of softmax, exact also where that is tiny",
                                 .inputs = inputs,
                                 .options = options,
                                 .shape = same_shape,
                                 .forward = log_softmax_forward,
                                 .backward = log_softmax_backward};
const eg_op eg_op_logsumexp = {.name = "logsumexp",
                               .text = "log of the sum of exp(x) along a dim, without overflow",
                               .inputs = inputs,
                               .options = logsumexp_options,
                               .shape = logsumexp_shape,
                               .forward = logsumexp_forward,
                               .backward = logsumexp_backward};
