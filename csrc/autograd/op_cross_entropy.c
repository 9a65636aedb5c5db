#include <inttypes.h>
#include <math.h>

#include "autograd/support.h"
#include "kernels/loss.h"
#include "kernels/softmax.h"

enum { LOGITS, TARGET, WEIGHT };

/* Targets name classes where they have one dim less than the logits, and are probabilities where they have the same
 * shape. */
static bool by_index(const eg_shape *logits, const eg_shape *target) {
  return target->ndim < logits->ndim;
}

static eg_shape samples(const eg_shape *logits) {
  return eg_reduced_shape(logits, logits->ndim - 1, false);
}

static eg_status check_indices(const eg_tensor *target, int64_t K) {
  for (int64_t i = 0, n = eg_tensor_numel(target); i < n; i++) {
    double k = eg_tensor_at(target, i);
    if (!(k >= 0 && k < (double)K && k == floor(k)))
      return eg_fail(EG_USAGE, "target %" PRId64 " is %.9g, expected a class from 1 to %" PRId64, i + 1, k + 1, K);
  }
  return EG_OK;
}

static eg_status shape(eg_call *call) {
  const eg_cross_entropy_options *o = call->options;
  const eg_shape *logits = &call->in[LOGITS]->shape, *target = &call->in[TARGET]->shape;
  const eg_tensor *weight = call->n_in > WEIGHT ? call->in[WEIGHT] : NULL;
  char a[96], b[96];
  eg_shape_text(logits, a, sizeof a);
  if (logits->ndim == 0)
    return eg_fail(EG_USAGE, "the logits have no dimensions, expected {samples, classes}");
  int64_t K = logits->dims[logits->ndim - 1];
  eg_shape each = samples(logits);
  if (K == 0)
    return eg_fail(EG_USAGE, "the logits have shape %s: no classes", a);
  if (!eg_shape_equal(target, by_index(logits, target) ? &each : logits))
    return eg_fail(EG_USAGE,
                   "the logits have shape %s, the targets %s; expected classes, without the last dim, or probabilities",
                   a, eg_shape_text(target, b, sizeof b));
  if (weight && !eg_shape_equal(&weight->shape, &EG_SHAPE(K)))
    return eg_fail(EG_USAGE, "weight has shape %s, expected one number for each of %" PRId64 " classes",
                   eg_shape_text(&weight->shape, b, sizeof b), K);
  if (!(o->label_smoothing >= 0 && o->label_smoothing <= 1))
    return eg_fail(EG_USAGE, "label_smoothing must lie between 0 and 1, got %g", o->label_smoothing);
  if (by_index(logits, target))
    EG_TRY(check_indices(call->in[TARGET], K));
  return eg_loss_shape(call, &each, o->reduction);
}

static eg_ce_target describe(const eg_cross_entropy_options *o, const eg_shape *logits, const eg_tensor *target,
                             const eg_tensor *weight) {
  bool index = by_index(logits, &target->shape);
  return (eg_ce_target){.index = index ? eg_tensor_data(target) : NULL,
                        .t = index ? NULL : eg_tensor_data(target),
                        .w = weight ? eg_tensor_data(weight) : NULL,
                        .smoothing = o->label_smoothing,
                        .K = logits->dims[logits->ndim - 1]};
}

/* What the mean divides by: the number of samples or, as in PyTorch, the sum of the weights of the classes named. */
static double denominator(const eg_ce_target *target, int64_t N) {
  double sum = 0;
  if (!target->w || !target->index)
    return (double)N;
  for (int64_t n = 0; n < N; n++)
    sum += target->w[(int64_t)target->index[n]];
  return sum;
}

static eg_status forward(eg_call *call) {
  const eg_cross_entropy_options *o = call->options;
  const eg_shape *logits = &call->in[LOGITS]->shape;
  const eg_tensor *weight = call->n_in > WEIGHT ? call->in[WEIGHT] : NULL;
  eg_ce_target target = describe(o, logits, call->in[TARGET], weight);
  eg_shape each = samples(logits);
  int64_t N = eg_shape_numel(&each);
  eg_tensor *log_q, *temporary;
  eg_real *entries;
  EG_TRY(eg_tensor_new(&log_q, *logits));
  eg_k_softmax(eg_tensor_data(log_q), true, eg_tensor_data(call->in[LOGITS]), N, target.K, 1);
  eg_status status = eg_loss_open(call, &each, o->reduction, &entries, &temporary);
  if (status == EG_OK) {
    eg_k_cross_entropy(entries, eg_tensor_data(log_q), &target, N);
    status = eg_loss_close(call, o->reduction, denominator(&target, N), temporary);
  }
  eg_call_save(call, 0, log_q);
  eg_call_save_input(call, 1, TARGET);
  if (weight)
    eg_call_save_input(call, 2, WEIGHT);
  eg_tensor_release(log_q);
  return status;
}

static eg_status backward(eg_call *call) {
  const eg_cross_entropy_options *o = call->options;
  const eg_shape *logits = eg_call_input_shape(call, LOGITS);
  const eg_real *log_q = eg_tensor_data(eg_call_saved(call, 0)), *g = eg_tensor_data(call->grad);
  eg_ce_target target = describe(o, logits, eg_call_saved(call, 1), eg_call_saved(call, 2));
  int64_t N = eg_shape_numel(logits) / target.K;
  double scale = o->reduction == 0 ? 1 / denominator(&target, N) : 1;
  eg_tensor *buffer;
  eg_real beta;
  if (call->wants[LOGITS]) {
    EG_TRY(eg_grad_buffer(call, LOGITS, &buffer, &beta));
    eg_k_cross_entropy_grad(eg_tensor_data(buffer), beta != 0, scale, g, o->reduction == 2, log_q, &target, N);
  }
  if (call->wants[TARGET] && target.t) {
    EG_TRY(eg_grad_buffer(call, TARGET, &buffer, &beta));
    eg_k_cross_entropy_grad_target(eg_tensor_data(buffer), beta != 0, scale, g, o->reduction == 2, log_q, &target, N);
  }
  return EG_OK;
}

static const char *const inputs[] = {"logits", "target", "weight?", NULL};
static const eg_option options[] = {
    {"reduction", EG_OPTION_INT, offsetof(eg_cross_entropy_options, reduction), 0, "0 mean, 1 sum, 2 none"},
    {"label_smoothing", EG_OPTION_REAL, offsetof(eg_cross_entropy_options, label_smoothing), 0,
     "the share of each target that is spread evenly over the classes, 0 .. 1"},
    {0}};

const eg_op eg_op_cross_entropy = {
    .name = "cross_entropy",
    .text = "cross-entropy of softmax(logits), over the last dim, with classes {N} or probabilities {N, K}; weight {K} "
            "is one for each class, by which the mean over named classes is taken, and has no gradient",
    .inputs = inputs,
    .options = options,
    .shape = shape,
    .forward = forward,
    .backward = backward};
