#include "autograd/support.h"
#include "kernels/loss.h"

static eg_status shape(eg_call *call) {
  const eg_loss_options *o = call->options;
  const eg_shape *input = &call->in[0]->shape, *target = &call->in[1]->shape;
  if (!eg_shape_equal(input, target)) {
    char a[96], b[96];
    return eg_fail(EG_USAGE, "the input has shape %s, the target %s; expected the same",
                   eg_shape_text(input, a, sizeof a), eg_shape_text(target, b, sizeof b));
  }
  return eg_loss_shape(call, input, o->reduction);
}

static eg_status forward(eg_call *call) {
  const eg_loss_options *o = call->options;
  int64_t n = eg_tensor_numel(call->in[0]);
  eg_real *entries;
  eg_tensor *temporary;
  EG_TRY(eg_loss_open(call, &call->in[0]->shape, o->reduction, &entries, &temporary));
  eg_k_squared_error(entries, eg_tensor_data(call->in[0]), eg_tensor_data(call->in[1]), n);
  EG_TRY(eg_loss_close(call, o->reduction, (double)n, temporary));
  eg_call_save_input(call, 0, 0);
  eg_call_save_input(call, 1, 1);
  return EG_OK;
}

static eg_status backward(eg_call *call) {
  const eg_loss_options *o = call->options;
  const eg_tensor *saved[2] = {eg_call_saved(call, 0), eg_call_saved(call, 1)};
  int64_t n = eg_tensor_numel(saved[0]);
  for (int i = 0; i < 2; i++) {
    eg_tensor *buffer;
    eg_real beta;
    if (!call->wants[i])
      continue;
    EG_TRY(eg_grad_buffer(call, i, &buffer, &beta));
    eg_k_squared_error_grad(eg_tensor_data(buffer), beta != 0, o->reduction == 0 ? 1 / (double)n : 1,
                            eg_tensor_data(call->grad), o->reduction == 2, eg_tensor_data(saved[i]),
                            eg_tensor_data(saved[1 - i]), n);
  }
  return EG_OK;
}

static const char *const inputs[] = {"input", "target", NULL};
static const eg_option options[] = {
    {"reduction", EG_OPTION_INT, offsetof(eg_loss_options, reduction), 0, "0 mean, 1 sum, 2 none"}, {0}};

const eg_op eg_op_mse = {.name = "mse",
                         .text = "(input - target)^2, of one shape, reduced",
                         .inputs = inputs,
                         .options = options,
                         .shape = shape,
                         .forward = forward,
                         .backward = backward};
