#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "autograd/scratch.h"
#include "ecgraft/ops.h"
#include "kernels/batch_norm.h"

enum { X, GAMMA, BETA, RUNNING_MEAN, RUNNING_VAR, RESIDUAL };
/* What is kept. The output, in whose place ReLU's mask could stand, is kept only where there is a residual: without one
   the mask is computed again from x. */
enum { SAVED_X, SAVED_GAMMA, SAVED_BETA, SAVED_STATISTICS /* (2, C): mean, 1 / sqrt(variance + eps) */, SAVED_Y };

static eg_tensor *input(const eg_call *call, int i) {
  return i < call->n_in ? call->in[i] : NULL;
}

static int64_t channels_of(const eg_shape *x) {
  return x->dims[x->ndim - 1];
}

static eg_status check_channels(const eg_call *call, int i, int64_t channels) {
  char text[96];
  const eg_tensor *tensor = input(call, i);
  if (tensor && !eg_shape_equal(&tensor->shape, &EG_SHAPE(channels)))
    return eg_fail(EG_USAGE, "input has %" PRId64 " channels, %.*s has shape %s", channels,
                   (int)strcspn(call->op->inputs[i], "?"), call->op->inputs[i],
                   eg_shape_text(&tensor->shape, text, sizeof text));
  /* It is changed in place, which must not happen to a copy. */
  if (tensor && (i == RUNNING_MEAN || i == RUNNING_VAR) && !eg_tensor_is_contiguous(tensor))
    return eg_fail(EG_USAGE, "%.*s must be contiguous", (int)strcspn(call->op->inputs[i], "?"), call->op->inputs[i]);
  return EG_OK;
}

static eg_status shape(eg_call *call) {
  const eg_batch_norm_options *o = call->options;
  const eg_shape *x = &call->in[X]->shape;
  char a[96], b[96];
  if (x->ndim < 2)
    return eg_fail(EG_USAGE, "expected an input of shape (N, C) or (N, L, C), got %s", eg_shape_text(x, a, sizeof a));
  if (!(o->momentum >= 0 && o->momentum <= 1))
    return eg_fail(EG_USAGE, "momentum must be from 0 to 1, got %g", o->momentum);
  if (!(o->eps >= 0))
    return eg_fail(EG_USAGE, "eps must be at least 0, got %g", o->eps);
  for (int i = GAMMA; i <= RUNNING_VAR; i++)
    EG_TRY(check_channels(call, i, channels_of(x)));
  bool mean = input(call, RUNNING_MEAN), var = input(call, RUNNING_VAR);
  if (mean != var || (!o->training && !mean))
    return eg_fail(EG_USAGE, mean != var ? "running_mean and running_var go together, only one was given"
                                         : "evaluation needs running_mean and running_var");
  if (input(call, RESIDUAL) && !eg_shape_equal(&call->in[RESIDUAL]->shape, x))
    return eg_fail(EG_USAGE, "the input has shape %s, the residual %s; expected the same",
                   eg_shape_text(x, a, sizeof a), eg_shape_text(&call->in[RESIDUAL]->shape, b, sizeof b));
  if (o->training && channels_of(x) > 0 && eg_shape_numel(x) == channels_of(x))
    return eg_fail(EG_USAGE, "needs more than 1 value per channel in training, got an input of shape %s",
                   eg_shape_text(x, a, sizeof a));
  call->shapes[0] = *x;
  return EG_OK;
}

static const eg_real *data_or_null(const eg_tensor *tensor) {
  return tensor ? eg_tensor_data(tensor) : NULL;
}

/* running = (1 - momentum) running + momentum new; PyTorch's rule, with the unbiased variance */
static void follow(eg_tensor *mean, eg_tensor *var, const double *new_mean, const double *new_var, double momentum,
                   int64_t rows) {
  int64_t channels = eg_tensor_numel(mean);
  eg_real *m = eg_tensor_data(mean), *v = eg_tensor_data(var);
  double unbiased = (double)rows / (double)(rows - 1);
  for (int64_t c = 0; c < channels; c++) {
    m[c] = (eg_real)((1 - momentum) * m[c] + momentum * new_mean[c]);
    v[c] = (eg_real)((1 - momentum) * v[c] + momentum * new_var[c] * unbiased);
  }
  eg_tensor_touch(mean);
  eg_tensor_touch(var);
}

/* Mean and variance (channels each) of the batch, in doubles, from scratch that comes and goes. */
static eg_status batch_statistics(eg_call *call, double *mean, double *var, int64_t rows, int64_t channels) {
  eg_real *scratch;
  EG_TRY(eg_scratch(&scratch, eg_k_batch_norm_scratch(rows, channels)));
  eg_k_batch_norm_statistics(mean, var, eg_tensor_data(call->in[X]), rows, channels, scratch);
  eg_free(scratch);
  return EG_OK;
}

/* statistics (2, C) as kept; in training the running values follow. */
static eg_status take_statistics(eg_call *call, eg_tensor *statistics, int64_t rows, int64_t channels) {
  const eg_batch_norm_options *o = call->options;
  eg_real *out = eg_tensor_data(statistics);
  if (!o->training || rows == 0) {
    const eg_real *mean = data_or_null(input(call, RUNNING_MEAN)), *var = data_or_null(input(call, RUNNING_VAR));
    for (int64_t c = 0; c < channels; c++) {
      out[c] = mean ? mean[c] : 0;
      out[channels + c] = (eg_real)(1 / sqrt((var ? (double)var[c] : 1) + o->eps));
    }
    return EG_OK;
  }
  double *mean = eg_alloc((size_t)(2 * channels) * sizeof *mean);
  if (!mean)
    return EG_NOMEM;
  eg_status status = batch_statistics(call, mean, mean + channels, rows, channels);
  for (int64_t c = 0; c < channels && status == EG_OK; c++) {
    out[c] = (eg_real)mean[c];
    out[channels + c] = (eg_real)(1 / sqrt(mean[channels + c] + o->eps));
  }
  if (status == EG_OK && input(call, RUNNING_MEAN))
    follow(call->in[RUNNING_MEAN], call->in[RUNNING_VAR], mean, mean + channels, o->momentum, rows);
  eg_free(mean);
  return status;
}

static eg_k_batch_norm describe(const eg_batch_norm_options *o, const eg_shape *x, const eg_tensor *data,
                                const eg_tensor *gamma, const eg_tensor *beta, const eg_tensor *statistics) {
  int64_t channels = channels_of(x);
  return (eg_k_batch_norm){.rows = channels > 0 ? eg_shape_numel(x) / channels : 0,
                           .channels = channels,
                           .relu = o->relu,
                           .x = eg_tensor_data(data),
                           .mean = eg_tensor_data(statistics),
                           .inverse = eg_tensor_data(statistics) + channels,
                           .gamma = data_or_null(gamma),
                           .beta = data_or_null(beta)};
}

static eg_status forward(eg_call *call) {
  const eg_batch_norm_options *o = call->options;
  const eg_shape *x = &call->in[X]->shape;
  int64_t channels = channels_of(x);
  eg_tensor *statistics, *residual = input(call, RESIDUAL);
  EG_TRY(eg_tensor_new(&statistics, EG_SHAPE(2, channels)));
  eg_status status = take_statistics(call, statistics, channels > 0 ? eg_shape_numel(x) / channels : 0, channels);
  if (status == EG_OK) {
    eg_k_batch_norm b = describe(o, x, call->in[X], input(call, GAMMA), input(call, BETA), statistics);
    eg_k_batch_norm_apply(&b, eg_tensor_data(call->out[0]), data_or_null(residual));
    eg_call_save_input(call, SAVED_X, X);
    eg_call_save(call, SAVED_GAMMA, input(call, GAMMA));
    eg_call_save(call, SAVED_BETA, input(call, BETA));
    eg_call_save(call, SAVED_STATISTICS, statistics);
    if (o->relu && residual)
      eg_call_save(call, SAVED_Y, call->out[0]);
  }
  eg_tensor_release(statistics);
  return status;
}

/* A gradient (channels) that is there already, as doubles. */
static eg_status give(eg_call *call, int i, const double *gradient) {
  eg_tensor *buffer;
  eg_real beta;
  if (!call->wants[i])
    return EG_OK;
  EG_TRY(eg_grad_buffer(call, i, &buffer, &beta));
  eg_real *out = eg_tensor_data(buffer);
  for (int64_t c = 0; c < eg_tensor_numel(buffer); c++)
    out[c] = (eg_real)(beta == 0 ? gradient[c] : out[c] + gradient[c]);
  return EG_OK;
}

/* Room of a backward call: sums in doubles, then three numbers a channel, then the kernels' scratch. */
typedef struct room {
  double *sum_dz, *sum_dz_xhat;
  eg_real *k0, *k1, *k2, *scratch;
} room;

static eg_status room_open(room *r, const eg_k_batch_norm *b) {
  size_t c = (size_t)b->channels;
  r->sum_dz = eg_alloc(2 * c * sizeof(double));
  if (!r->sum_dz)
    return EG_NOMEM;
  r->sum_dz_xhat = r->sum_dz + c;
  eg_status status = eg_scratch(&r->k0, 3 * c + eg_k_batch_norm_scratch(b->rows, b->channels));
  if (status != EG_OK) {
    eg_free(r->sum_dz);
    return status;
  }
  r->k1 = r->k0 + c;
  r->k2 = r->k1 + c;
  r->scratch = r->k2 + c;
  return EG_OK;
}

static void room_close(room *r) {
  eg_free(r->sum_dz);
  eg_free(r->k0);
}

/* dx = gamma inverse (dz - mean(dz) - xhat mean(dz xhat)) in training, gamma inverse dz with frozen statistics. */
static void input_factors(room *r, const eg_k_batch_norm *b, bool training) {
  for (int64_t c = 0; c < b->channels; c++) {
    double k0 = (b->gamma ? (double)b->gamma[c] : 1) * b->inverse[c];
    r->k0[c] = (eg_real)k0;
    r->k1[c] = (eg_real)(training ? -k0 * b->inverse[c] * r->sum_dz_xhat[c] / (double)b->rows : 0);
    r->k2[c] = (eg_real)(training ? -k0 * r->sum_dz[c] / (double)b->rows : 0);
  }
}

static eg_status run_backward(eg_call *call, const eg_k_batch_norm *b, room *r) {
  const eg_batch_norm_options *o = call->options;
  const eg_real *dy = eg_tensor_data(call->grad), *y = data_or_null(eg_call_saved(call, SAVED_Y));
  eg_k_batch_norm second = *b;
  eg_tensor *buffer = NULL;
  eg_real beta = 0;
  if (call->wants[RESIDUAL] && o->relu)
    EG_TRY(eg_grad_buffer(call, RESIDUAL, &buffer, &beta));
  eg_k_batch_norm_backward_sums(b, r->sum_dz, r->sum_dz_xhat, dy, y, buffer ? eg_tensor_data(buffer) : NULL, beta,
                                r->scratch);
  if (buffer && beta == 0) { /* dz lies there now: the second pass need not look at dy and y again */
    second.relu = false;
    dy = eg_tensor_data(buffer);
  }
  if (call->wants[RESIDUAL] && !o->relu)
    EG_TRY(eg_grad_pass(call, RESIDUAL, call->grad));
  EG_TRY(give(call, GAMMA, r->sum_dz_xhat));
  EG_TRY(give(call, BETA, r->sum_dz));
  if (!call->wants[X])
    return EG_OK;
  EG_TRY(eg_grad_buffer(call, X, &buffer, &beta));
  input_factors(r, b, o->training);
  eg_k_batch_norm_backward_input(&second, eg_tensor_data(buffer), beta, dy, y, r->k0, r->k1, r->k2);
  return EG_OK;
}

static eg_status backward(eg_call *call) {
  eg_k_batch_norm b =
      describe(call->options, &call->shapes[0], eg_call_saved(call, SAVED_X), eg_call_saved(call, SAVED_GAMMA),
               eg_call_saved(call, SAVED_BETA), eg_call_saved(call, SAVED_STATISTICS));
  room r;
  EG_TRY(room_open(&r, &b));
  eg_status status = run_backward(call, &b, &r);
  room_close(&r);
  return status;
}

static const char *const inputs[] = {"x", "gamma?", "beta?", "running_mean?", "running_var?", "residual?", NULL};
static const eg_option options[] = {
    {"training", EG_OPTION_BOOL, offsetof(eg_batch_norm_options, training), 1,
     "true: the batch's own mean and variance, and the running ones follow; false: the running ones"},
    {"relu", EG_OPTION_BOOL, offsetof(eg_batch_norm_options, relu), 0, "max(., 0) after the residual is added"},
    {"momentum", EG_OPTION_REAL, offsetof(eg_batch_norm_options, momentum), 0.1,
     "the new value's share in the running ones"},
    {"eps", EG_OPTION_REAL, offsetof(eg_batch_norm_options, eps), 1e-5, "added to the variance"},
    {0}};

const eg_op eg_op_batch_norm = {
    .name = "batch_norm",
    .text =
        "(x - mean) / sqrt(variance + eps) gamma + beta [+ residual] for each channel of x (..., C), over all other "
        "dims; gamma, beta, running_mean, running_var (C); residual like x; Ioffe & Szegedy 2015",
    .inputs = inputs,
    .options = options,
    .shape = shape,
    .forward = forward,
    .backward = backward};
