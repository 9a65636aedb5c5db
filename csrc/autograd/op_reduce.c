/* Sum, mean and variance along a dim or over everything. */
#include "autograd/support.h"
#include "ecgraft/memory.h"
#include "kernels/reduce.h"

static eg_status dim_shape(eg_call *call) {
  const eg_dim_options *o = call->options;
  EG_TRY(eg_check_dim(o->dim, &call->in[0]->shape));
  call->shapes[0] = eg_reduced_shape(&call->in[0]->shape, o->dim, o->keepdim);
  return EG_OK;
}

static eg_status sum_forward(eg_call *call) {
  const eg_dim_options *o = call->options;
  return eg_sum(eg_tensor_data(call->out[0]), false, 1, eg_tensor_data(call->in[0]),
                eg_split_at(&call->in[0]->shape, o->dim));
}

static eg_status mean_forward(eg_call *call) {
  const eg_dim_options *o = call->options;
  eg_split split = eg_split_at(&call->in[0]->shape, o->dim);
  return eg_sum(eg_tensor_data(call->out[0]), false, 1 / (double)split.R, eg_tensor_data(call->in[0]), split);
}

static eg_status spread(eg_call *call, bool mean) {
  const eg_dim_options *o = call->options;
  eg_split split = eg_split_at(eg_call_input_shape(call, 0), o->dim);
  eg_tensor *buffer;
  eg_real beta;
  EG_TRY(eg_grad_buffer(call, 0, &buffer, &beta));
  eg_k_spread(eg_tensor_data(buffer), beta != 0, mean ? 1 / (double)split.R : 1, eg_tensor_data(call->grad),
              split.outer, split.R, split.inner);
  return EG_OK;
}

static eg_status sum_backward(eg_call *call) {
  return spread(call, false);
}

static eg_status mean_backward(eg_call *call) {
  return spread(call, true);
}

static eg_status var_shape(eg_call *call) {
  const eg_var_options *o = call->options;
  EG_TRY(eg_check_dim(o->dim, &call->in[0]->shape));
  call->shapes[0] = eg_reduced_shape(&call->in[0]->shape, o->dim, o->keepdim);
  return EG_OK;
}

/* What the sum of squares is divided by: 0 where there are too few, which makes the variance NaN. */
static double var_count(const eg_var_options *o, int64_t R) {
  int64_t count = o->unbiased ? R - 1 : R;
  return count > 0 ? (double)count : 0;
}

static eg_status var_forward(eg_call *call) {
  const eg_var_options *o = call->options;
  eg_split split = eg_split_at(&call->in[0]->shape, o->dim);
  const eg_real *x = eg_tensor_data(call->in[0]);
  eg_tensor *mean;
  EG_TRY(eg_tensor_new(&mean, call->shapes[0]));
  eg_status status = eg_sum(eg_tensor_data(mean), false, 1 / (double)split.R, x, split);
  double *scratch = NULL;
  if (status == EG_OK) {
    scratch = eg_alloc(eg_k_sum_scratch(split.outer, split.R, split.inner) * sizeof(double));
    status = scratch ? EG_OK : EG_NOMEM;
  }
  if (status == EG_OK) {
    eg_k_sum_squares(eg_tensor_data(call->out[0]), 1 / var_count(o, split.R), x, eg_tensor_data(mean), split.outer,
                     split.R, split.inner, scratch);
    eg_call_save_input(call, 0, 0);
    eg_call_save(call, 1, mean);
  }
  eg_free(scratch);
  eg_tensor_release(mean);
  return status;
}

static eg_status var_backward(eg_call *call) {
  const eg_var_options *o = call->options;
  eg_split split = eg_split_at(eg_call_input_shape(call, 0), o->dim);
  eg_tensor *buffer;
  eg_real beta;
  EG_TRY(eg_grad_buffer(call, 0, &buffer, &beta));
  eg_k_spread_deviation(eg_tensor_data(buffer), beta != 0, 2 / var_count(o, split.R), eg_tensor_data(call->grad),
                        eg_tensor_data(eg_call_saved(call, 0)), eg_tensor_data(eg_call_saved(call, 1)), split.outer,
                        split.R, split.inner);
  return EG_OK;
}

static const char *const inputs[] = {"input", NULL};
static const eg_option dim_options[] = {
    {"dim", EG_OPTION_DIM, offsetof(eg_dim_options, dim), -1, "the dim that goes; without it, all of them"},
    {"keepdim", EG_OPTION_BOOL, offsetof(eg_dim_options, keepdim), 0, "leave 1 in place of the dim"},
    {0}};
static const eg_option var_options[] = {
    {"dim", EG_OPTION_DIM, offsetof(eg_var_options, dim), -1, "the dim that goes; without it, all of them"},
    {"keepdim", EG_OPTION_BOOL, offsetof(eg_var_options, keepdim), 0, "leave 1 in place of the dim"},
    {"unbiased", EG_OPTION_BOOL, offsetof(eg_var_options, unbiased), 1, "divide by n - 1 rather than by n"},
    {0}};

const eg_op eg_op_sum = {.name = "sum",
                         .text = "the sum along a dim or of everything, added up in double",
                         .inputs = inputs,
                         .options = dim_options,
                         .shape = dim_shape,
                         .forward = sum_forward,
                         .backward = sum_backward};
const eg_op eg_op_mean = {.name = "mean",
                          .text = "the mean along a dim or of everything; NaN of nothing",
                          .inputs = inputs,
                          .options = dim_options,
                          .shape = dim_shape,
                          .forward = mean_forward,
                          .backward = mean_backward};
const eg_op eg_op_var = {.name = "var",
                         .text = "the variance along a dim or of everything; NaN of too few",
                         .inputs = inputs,
                         .options = var_options,
                         .shape = var_shape,
                         .forward = var_forward,
                         .backward = var_backward};
