/* Pooling over time, over windows or over all of it. */
#include <inttypes.h>

#include "ecgraft/ops.h"
#include "kernels/pool.h"

static eg_status check_input(const eg_shape *x) {
  char text[96];
  if (x->ndim != 3)
    return eg_fail(EG_USAGE, "expected an input of shape (N, L, C), got %s", eg_shape_text(x, text, sizeof text));
  if (x->dims[1] < 1)
    return eg_fail(EG_USAGE, "expected an input of at least one time step, got shape %s",
                   eg_shape_text(x, text, sizeof text));
  return EG_OK;
}

/* Windows by options; stride 0 stands for the kernel's length. */
static eg_k_pool windows(const eg_shape *x, const eg_pool_options *o) {
  eg_k_pool p = {.n = x->dims[0],
                 .l = x->dims[1],
                 .c = x->dims[2],
                 .kernel = o->kernel,
                 .stride = o->stride > 0 ? o->stride : o->kernel,
                 .padding = o->padding,
                 .count_padding = o->count_padding};
  p.lo = (p.l + 2 * p.padding - p.kernel) / p.stride + 1;
  return p;
}

static eg_k_pool one_window(const eg_shape *x) {
  return windows(x, &(eg_pool_options){.kernel = x->dims[1], .count_padding = true});
}

static eg_status check_option(const char *name, int64_t value, int64_t least, int64_t most) {
  if (value < least || value > most)
    return eg_fail(EG_USAGE, "%s must be from %" PRId64 " to %" PRId64 ", got %" PRId64, name, least, most, value);
  return EG_OK;
}

static eg_status windows_shape(eg_call *call) {
  const eg_pool_options *o = call->options;
  const eg_shape *x = &call->in[0]->shape;
  EG_TRY(check_option("kernel", o->kernel, 1, INT32_MAX));
  EG_TRY(check_option("stride", o->stride, 0, INT32_MAX));
  EG_TRY(check_option("padding", o->padding, 0, INT32_MAX));
  if (o->padding > o->kernel / 2) /* so that no window lies outside */
    return eg_fail(EG_USAGE, "padding must be at most half of the kernel, got padding %" PRId64 " and kernel %" PRId64,
                   o->padding, o->kernel);
  EG_TRY(check_input(x));
  if (x->dims[1] + 2 * o->padding < o->kernel)
    return eg_fail(EG_USAGE, "kernel spans %" PRId64 " samples, the padded input has %" PRId64, o->kernel,
                   x->dims[1] + 2 * o->padding);
  call->shapes[0] = EG_SHAPE(x->dims[0], windows(x, o).lo, x->dims[2]);
  return EG_OK;
}

static eg_status global_shape(eg_call *call) {
  const eg_shape *x = &call->in[0]->shape;
  EG_TRY(check_input(x));
  EG_TRY(check_option("the number of time steps", x->dims[1], 1, INT32_MAX));
  call->shapes[0] = EG_SHAPE(x->dims[0], x->dims[2]);
  return EG_OK;
}

/* Maximum: where each was is kept, in a tensor of as many bytes as that takes. */

static eg_status max_forward(eg_call *call, const eg_k_pool *p) {
  eg_tensor *index = NULL;
  if (call->recorded) {
    int64_t bytes = p->n * p->lo * p->c * (int64_t)eg_k_max_pool_index_bytes(p->kernel);
    EG_TRY(eg_tensor_new(&index, EG_SHAPE((bytes + (int64_t)sizeof(eg_real) - 1) / (int64_t)sizeof(eg_real))));
  }
  eg_k_max_pool(p, eg_tensor_data(call->out[0]), index ? eg_tensor_data(index) : NULL, eg_tensor_data(call->in[0]));
  eg_call_save(call, 0, index);
  eg_tensor_release(index);
  return EG_OK;
}

static eg_status max_backward(eg_call *call, const eg_k_pool *p) {
  eg_tensor *buffer;
  eg_real beta;
  EG_TRY(eg_grad_buffer(call, 0, &buffer, &beta));
  eg_k_max_pool_backward(p, eg_tensor_data(buffer), beta, eg_tensor_data(call->grad),
                         eg_tensor_data(eg_call_saved(call, 0)));
  return EG_OK;
}

static eg_status max_windows_forward(eg_call *call) {
  eg_k_pool p = windows(&call->in[0]->shape, call->options);
  return max_forward(call, &p);
}

static eg_status max_windows_backward(eg_call *call) {
  eg_k_pool p = windows(eg_call_input_shape(call, 0), call->options);
  return max_backward(call, &p);
}

static eg_status max_global_forward(eg_call *call) {
  eg_k_pool p = one_window(&call->in[0]->shape);
  return max_forward(call, &p);
}

static eg_status max_global_backward(eg_call *call) {
  eg_k_pool p = one_window(eg_call_input_shape(call, 0));
  return max_backward(call, &p);
}

/* Mean */

static eg_status mean_backward(eg_call *call, const eg_k_pool *p) {
  eg_tensor *buffer;
  eg_real beta;
  EG_TRY(eg_grad_buffer(call, 0, &buffer, &beta));
  eg_k_avg_pool_backward(p, eg_tensor_data(buffer), beta, eg_tensor_data(call->grad));
  return EG_OK;
}

static eg_status mean_windows_forward(eg_call *call) {
  eg_k_pool p = windows(&call->in[0]->shape, call->options);
  eg_k_avg_pool(&p, eg_tensor_data(call->out[0]), eg_tensor_data(call->in[0]));
  return EG_OK;
}

static eg_status mean_windows_backward(eg_call *call) {
  eg_k_pool p = windows(eg_call_input_shape(call, 0), call->options);
  return mean_backward(call, &p);
}

static eg_status mean_global_forward(eg_call *call) {
  eg_k_pool p = one_window(&call->in[0]->shape);
  eg_k_avg_pool(&p, eg_tensor_data(call->out[0]), eg_tensor_data(call->in[0]));
  return EG_OK;
}

static eg_status mean_global_backward(eg_call *call) {
  eg_k_pool p = one_window(eg_call_input_shape(call, 0));
  return mean_backward(call, &p);
}

static const char *const inputs[] = {"x", NULL};
#define WINDOW_OPTIONS                                                                                                 \
  {"kernel", EG_OPTION_INT, offsetof(eg_pool_options, kernel), 2, "samples in a window"},                              \
      {"stride", EG_OPTION_INT, offsetof(eg_pool_options, stride), 0,                                                  \
       "samples from one window to the next; 0: the kernel's length"},                                                 \
  {                                                                                                                    \
    "padding", EG_OPTION_INT, offsetof(eg_pool_options, padding), 0, "samples added at each end, at most kernel / 2"   \
  }
static const eg_option max_options[] = {WINDOW_OPTIONS, {0}};
static const eg_option mean_options[] = {WINDOW_OPTIONS,
                                         {"count_padding", EG_OPTION_BOOL, offsetof(eg_pool_options, count_padding), 1,
                                          "padding counts as zeros; false: it is left out of the mean"},
                                         {0}};

const eg_op eg_op_max_pool1d = {.name = "max_pool1d",
                                .text = "the largest of each window of x (N, L, C) -> (N, Lo, C), "
                                        "Lo = (L + 2 padding - kernel) / stride + 1; the first on ties",
                                .inputs = inputs,
                                .options = max_options,
                                .shape = windows_shape,
                                .forward = max_windows_forward,
                                .backward = max_windows_backward};

const eg_op eg_op_avg_pool1d = {.name = "avg_pool1d",
                                .text = "the mean of each window of x (N, L, C) -> (N, Lo, C)",
                                .inputs = inputs,
                                .options = mean_options,
                                .shape = windows_shape,
                                .forward = mean_windows_forward,
                                .backward = mean_windows_backward};

const eg_op eg_op_global_max_pool1d = {.name = "global_max_pool1d",
                                       .text = "the largest over time: x (N, L, C) -> (N, C)",
                                       .inputs = inputs,
                                       .shape = global_shape,
                                       .forward = max_global_forward,
                                       .backward = max_global_backward};

const eg_op eg_op_global_avg_pool1d = {.name = "global_avg_pool1d",
                                       .text = "the mean over time: x (N, L, C) -> (N, C)",
                                       .inputs = inputs,
                                       .shape = global_shape,
                                       .forward = mean_global_forward,
                                       .backward = mean_global_backward};
