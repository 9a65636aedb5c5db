#include "autograd/support.h"
#include "kernels/loss.h"

enum { LOGITS, TARGET, POSITIVE, WEIGHT };

/* pos_weight or weight must stretch to the logits' shape. */
static eg_status stretches(const eg_tensor *weight, const char *name, const eg_shape *to) {
  eg_shape both;
  char a[96], b[96];
  if (weight && (eg_shape_broadcast(&both, &weight->shape, to) != EG_OK || !eg_shape_equal(&both, to)))
    return eg_fail(EG_USAGE, "%s has shape %s, which does not stretch to the logits' %s", name,
                   eg_shape_text(&weight->shape, a, sizeof a), eg_shape_text(to, b, sizeof b));
  return EG_OK;
}

static eg_status shape(eg_call *call) {
  const eg_loss_options *o = call->options;
  const eg_shape *logits = &call->in[LOGITS]->shape, *target = &call->in[TARGET]->shape;
  if (!eg_shape_equal(logits, target)) {
    char a[96], b[96];
    return eg_fail(EG_USAGE, "the logits have shape %s, the targets %s; expected the same",
                   eg_shape_text(logits, a, sizeof a), eg_shape_text(target, b, sizeof b));
  }
  EG_TRY(stretches(call->n_in > POSITIVE ? call->in[POSITIVE] : NULL, "pos_weight", logits));
  EG_TRY(stretches(call->n_in > WEIGHT ? call->in[WEIGHT] : NULL, "weight", logits));
  return eg_loss_shape(call, logits, o->reduction);
}

static const eg_real one = 1;

/* Adds an operand to a walk's: its strides under `shape`, and its data; an absent weight is 1 everywhere. */
static const eg_real *operand(int64_t *strides, const eg_tensor *tensor, const eg_shape *shape) {
  for (int i = 0; i < shape->ndim; i++)
    strides[i] = 0;
  if (tensor)
    eg_stretched_strides(strides, tensor, shape);
  return tensor ? eg_tensor_data(tensor) : &one;
}

static eg_status forward(eg_call *call) {
  const eg_loss_options *o = call->options;
  const eg_shape *shape = &call->in[LOGITS]->shape;
  int64_t strides[4][EG_MAX_DIMS];
  const eg_real *data[4];
  for (int i = 0; i < 4; i++)
    data[i] = operand(strides[i], i < call->n_in ? call->in[i] : NULL, shape);
  eg_walk walk;
  eg_walk_make(&walk, shape->dims, shape->ndim,
               (const int64_t *const[]){strides[0], strides[1], strides[2], strides[3]}, 4);
  eg_real *entries;
  eg_tensor *temporary;
  EG_TRY(eg_loss_open(call, shape, o->reduction, &entries, &temporary));
  eg_k_bce(entries, &walk, data[0], data[1], data[2], data[3]);
  EG_TRY(eg_loss_close(call, o->reduction, (double)eg_shape_numel(shape), temporary));
  for (int i = 0; i < call->n_in; i++)
    eg_call_save_input(call, i, i);
  return EG_OK;
}

static eg_status backward(eg_call *call) {
  const eg_loss_options *o = call->options;
  const eg_shape *shape = eg_call_input_shape(call, LOGITS);
  int64_t strides[5][EG_MAX_DIMS];
  const eg_real *data[5];
  data[0] = operand(strides[0], call->grad, shape); /* one number, or of the logits' shape */
  for (int i = 0; i < 4; i++)
    data[1 + i] = operand(strides[1 + i], eg_call_saved(call, i), shape);
  eg_walk walk;
  eg_walk_make(&walk, shape->dims, shape->ndim,
               (const int64_t *const[]){strides[0], strides[1], strides[2], strides[3], strides[4]}, 5);
  double scale = o->reduction == 0 ? 1 / (double)eg_shape_numel(shape) : 1;
  for (int i = 0; i <= TARGET; i++) {
    eg_tensor *buffer;
    eg_real beta;
    if (!call->wants[i])
      continue;
    EG_TRY(eg_grad_buffer(call, i, &buffer, &beta));
    eg_k_bce_grad(eg_tensor_data(buffer), i, beta != 0, scale, &walk, data[0], data[1], data[2], data[3], data[4]);
  }
  return EG_OK;
}

static const char *const inputs[] = {"logits", "target", "pos_weight?", "weight?", NULL};
static const eg_option options[] = {
    {"reduction", EG_OPTION_INT, offsetof(eg_loss_options, reduction), 0, "0 mean, 1 sum, 2 none"}, {0}};

const eg_op eg_op_bce_with_logits = {
    .name = "bce_with_logits",
    .text = "binary cross-entropy of sigmoid(logits) with targets in 0 .. 1, stable for large logits; pos_weight (the "
            "classes' weights of positives) and weight stretch to the logits' shape and have no gradient",
    .inputs = inputs,
    .options = options,
    .shape = shape,
    .forward = forward,
    .backward = backward};
