#include "ecgraft/ops.h"
#include "kernels/dropout.h"

/* Nothing is kept: backward draws the same mask again. */

static bool identity(const eg_dropout_options *o) {
  return !o->training || o->p == 0;
}

static eg_status shape(eg_call *call) {
  const eg_dropout_options *o = call->options;
  if (!(o->p >= 0 && o->p <= 1))
    return eg_fail(EG_USAGE, "p must be from 0 to 1, got %g", o->p);
  call->shapes[0] = call->in[0]->shape;
  return EG_OK;
}

static eg_status forward(eg_call *call) {
  const eg_dropout_options *o = call->options;
  if (identity(o)) {
    call->out[0] = eg_tensor_retain(call->in[0]);
    return EG_OK;
  }
  EG_TRY(eg_tensor_new(&call->out[0], call->shapes[0]));
  eg_rng rng = eg_call_rng(call);
  eg_k_dropout(eg_tensor_data(call->out[0]), 0, eg_tensor_data(call->in[0]), eg_tensor_numel(call->in[0]), o->p, &rng);
  return EG_OK;
}

static eg_status backward(eg_call *call) {
  const eg_dropout_options *o = call->options;
  if (identity(o))
    return eg_grad_pass(call, 0, call->grad);
  eg_tensor *buffer;
  eg_real beta;
  EG_TRY(eg_grad_buffer(call, 0, &buffer, &beta));
  eg_rng rng = eg_call_rng(call);
  eg_k_dropout(eg_tensor_data(buffer), beta, eg_tensor_data(call->grad), eg_tensor_numel(call->grad), o->p, &rng);
  return EG_OK;
}

static const char *const inputs[] = {"x", NULL};
static const eg_option options[] = {
    {"p", EG_OPTION_REAL, offsetof(eg_dropout_options, p), 0.5, "the probability to drop an element"},
    {"training", EG_OPTION_BOOL, offsetof(eg_dropout_options, training), 1, "false: x itself"},
    {0}};

const eg_op eg_op_dropout = {.name = "dropout",
                             .text = "0 with probability p, else x / (1 - p); Srivastava et al. 2014",
                             .inputs = inputs,
                             .options = options,
                             .shape = shape,
                             .forward = forward,
                             .backward = backward,
                             .views = true};
