#include <inttypes.h>

#include "autograd/scratch.h"
#include "ecgraft/ops.h"
#include "kernels/matmul.h"
#include "kernels/skinny.h"

enum { X, WEIGHT, BIAS };

static eg_status shape(eg_call *call) {
  const eg_shape *x = &call->in[X]->shape, *w = &call->in[WEIGHT]->shape;
  char text[96];
  if (x->ndim < 1)
    return eg_fail(EG_USAGE, "expected an input of shape (..., I), got a scalar");
  if (w->ndim != 2)
    return eg_fail(EG_USAGE, "expected a weight of shape (O, I), got %s", eg_shape_text(w, text, sizeof text));
  if (x->dims[x->ndim - 1] != w->dims[1])
    return eg_fail(EG_USAGE, "input has %" PRId64 " features, weight expects %" PRId64, x->dims[x->ndim - 1],
                   w->dims[1]);
  if (call->n_in > BIAS && call->in[BIAS] && !eg_shape_equal(&call->in[BIAS]->shape, &EG_SHAPE(w->dims[0])))
    return eg_fail(EG_USAGE, "expected a bias of shape {%" PRId64 "}, got %s", w->dims[0],
                   eg_shape_text(&call->in[BIAS]->shape, text, sizeof text));
  call->shapes[0] = *x;
  call->shapes[0].dims[x->ndim - 1] = w->dims[0];
  return EG_OK;
}

/* The rows of an array (..., columns). */
static int64_t rows_of(const eg_shape *s) {
  int64_t rows = 1;
  for (int d = 0; d < s->ndim - 1; d++)
    rows *= s->dims[d];
  return rows;
}

static eg_status product(eg_call *call, int64_t rows, int64_t o, int64_t i) {
  const eg_real *x = eg_tensor_data(call->in[X]), *w = eg_tensor_data(call->in[WEIGHT]);
  const eg_real *bias = call->n_in > BIAS && call->in[BIAS] ? eg_tensor_data(call->in[BIAS]) : NULL;
  eg_real *y = eg_tensor_data(call->out[0]), *scratch;
  if (eg_k_skinny_fits(o, i)) {
    EG_TRY(eg_scratch(&scratch, eg_k_skinny_scratch(rows, o, i)));
    eg_k_skinny(y, bias, x, w, rows, o, i, scratch);
    eg_free(scratch);
    return EG_OK;
  }
  if (bias)
    eg_k_fill_rows(y, bias, rows, o);
  eg_k_product(false, true, rows, o, i, x, i, w, i, bias ? 1 : 0, y, o);
  return EG_OK;
}

static eg_status forward(eg_call *call) {
  const eg_shape *w = &call->in[WEIGHT]->shape;
  EG_TRY(product(call, rows_of(&call->shapes[0]), w->dims[0], w->dims[1]));
  eg_call_save_input(call, X, X);
  eg_call_save_input(call, WEIGHT, WEIGHT);
  return EG_OK;
}

static eg_status input_gradient(eg_call *call, const eg_real *dy, int64_t rows, int64_t o, int64_t i) {
  const eg_real *w = eg_tensor_data(eg_call_saved(call, WEIGHT));
  eg_tensor *buffer;
  eg_real beta;
  EG_TRY(eg_grad_buffer(call, X, &buffer, &beta));
  if (eg_k_skinny_fits(o, i))
    eg_k_skinny_to_input(eg_tensor_data(buffer), beta, dy, w, rows, o, i);
  else
    eg_k_product(false, false, rows, i, o, dy, o, w, i, beta, eg_tensor_data(buffer), i);
  return EG_OK;
}

static eg_status weight_gradient(eg_call *call, const eg_real *dy, int64_t rows, int64_t o, int64_t i) {
  eg_real *scratch, beta;
  eg_tensor *buffer;
  if (eg_k_skinny_fits(o, i)) {
    EG_TRY(eg_grad_buffer(call, WEIGHT, &buffer, &beta));
    eg_k_skinny_to_weight(eg_tensor_data(buffer), beta, dy, eg_tensor_data(eg_call_saved(call, X)), rows, o, i);
    return EG_OK;
  }
  EG_TRY(eg_scratch(&scratch, eg_k_product_over_rows_scratch(rows, o, i)));
  eg_status status = eg_grad_buffer(call, WEIGHT, &buffer, &beta);
  if (status == EG_OK)
    eg_k_product_over_rows(rows, o, i, dy, o, eg_tensor_data(eg_call_saved(call, X)), i, beta, eg_tensor_data(buffer),
                           scratch);
  eg_free(scratch);
  return status;
}

static eg_status bias_gradient(eg_call *call, const eg_real *dy, int64_t rows, int64_t o) {
  eg_real *scratch, beta;
  eg_tensor *buffer;
  EG_TRY(eg_scratch(&scratch, eg_k_column_sums_scratch(rows, o)));
  eg_status status = eg_grad_buffer(call, BIAS, &buffer, &beta);
  if (status == EG_OK)
    eg_k_column_sums(eg_tensor_data(buffer), beta, dy, rows, o, scratch);
  eg_free(scratch);
  return status;
}

static eg_status backward(eg_call *call) {
  const eg_shape *w = eg_call_input_shape(call, WEIGHT);
  int64_t rows = rows_of(&call->shapes[0]), o = w->dims[0], i = w->dims[1];
  const eg_real *dy = eg_tensor_data(call->grad);
  if (call->wants[X])
    EG_TRY(input_gradient(call, dy, rows, o, i));
  if (call->wants[WEIGHT])
    EG_TRY(weight_gradient(call, dy, rows, o, i));
  if (call->wants[BIAS])
    EG_TRY(bias_gradient(call, dy, rows, o));
  return EG_OK;
}

static const char *const inputs[] = {"x", "weight", "bias?", NULL};

const eg_op eg_op_linear = {.name = "linear",
                            .text = "x weight^T + bias; x (..., I), weight (O, I), bias (O) -> (..., O)",
                            .inputs = inputs,
                            .shape = shape,
                            .forward = forward,
                            .backward = backward};
