#include <inttypes.h>
#include <math.h>

#include "autograd/support.h"
#include "kernels/gather.h"

/* The dim is the first by default: rows, that is records. */
static int64_t dim_of(const eg_call *call) {
  const eg_one_dim_options *o = call->options;
  return o->dim < 0 ? 0 : o->dim;
}

static eg_status shape(eg_call *call) {
  const eg_shape *from = &call->in[0]->shape;
  const eg_tensor *index = call->in[1];
  int64_t dim = dim_of(call);
  EG_TRY(eg_check_dim(dim, from));
  if (index->shape.ndim != 1) {
    char text[96];
    return eg_fail(EG_USAGE, "the index must have one dimension, got shape %s",
                   eg_shape_text(&index->shape, text, sizeof text));
  }
  for (int64_t i = 0; i < index->shape.dims[0]; i++) {
    double at = eg_tensor_data(index)[i * index->strides[0]];
    if (!(at >= 0 && at < (double)from->dims[dim] && at == floor(at)))
      return eg_fail(EG_USAGE, "index %" PRId64 " is %.9g, expected a whole number from 1 to %" PRId64, i + 1, at + 1,
                     from->dims[dim]);
  }
  call->shapes[0] = *from;
  call->shapes[0].dims[dim] = index->shape.dims[0];
  return EG_OK;
}

static eg_status forward(eg_call *call) {
  eg_split split = eg_split_at(&call->in[0]->shape, dim_of(call));
  eg_k_index_select(eg_tensor_data(call->out[0]), eg_tensor_data(call->in[0]), eg_tensor_data(call->in[1]), split.outer,
                    split.R, split.inner, eg_tensor_numel(call->in[1]));
  eg_call_save_input(call, 0, 1);
  return EG_OK;
}

static eg_status backward(eg_call *call) {
  if (!call->wants[0])
    return EG_OK;
  eg_split split = eg_split_at(eg_call_input_shape(call, 0), dim_of(call));
  const eg_tensor *index = eg_call_saved(call, 0);
  eg_tensor *buffer;
  eg_real beta;
  EG_TRY(eg_grad_buffer(call, 0, &buffer, &beta));
  if (beta == 0)
    eg_tensor_fill(buffer, 0);
  eg_k_index_add(eg_tensor_data(buffer), eg_tensor_data(call->grad), eg_tensor_data(index), split.outer, split.R,
                 split.inner, eg_tensor_numel(index));
  return EG_OK;
}

static const char *const inputs[] = {"input", "index", NULL};
static const eg_option options[] = {
    {"dim", EG_OPTION_DIM, offsetof(eg_one_dim_options, dim), -1, "along which; the first by default"}, {0}};

const eg_op eg_op_index_select = {
    .name = "index_select",
    .text = "the entries along a dim at the positions in index, in its order; one may come several times",
    .inputs = inputs,
    .options = options,
    .shape = shape,
    .forward = forward,
    .backward = backward};
