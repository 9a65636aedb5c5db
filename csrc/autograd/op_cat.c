/* Joining tensors along a dim that they have (cat) or along a new one (stack). The dim is the first by default. */
#include "autograd/support.h"
#include "kernels/gather.h"

static int64_t dim_of(const eg_call *call) {
  const eg_one_dim_options *o = call->options;
  return o->dim < 0 ? 0 : o->dim;
}

static eg_status differ(int i, const eg_shape *first, const eg_shape *other, const char *where) {
  char a[96], b[96];
  return eg_fail(EG_USAGE, "tensor 1 has shape %s and tensor %d has %s; %s", eg_shape_text(first, a, sizeof a), i + 1,
                 eg_shape_text(other, b, sizeof b), where);
}

static eg_status cat_shape(eg_call *call) {
  int64_t dim = dim_of(call);
  const eg_shape *first = &call->in[0]->shape;
  if (first->ndim == 0)
    return eg_fail(EG_USAGE, "a tensor without dimensions cannot be joined to others; stack them");
  EG_TRY(eg_check_dim(dim, first));
  call->shapes[0] = *first;
  for (int i = 1; i < call->n_in; i++) {
    const eg_shape *other = &call->in[i]->shape;
    eg_shape fitted = *other;
    if (other->ndim == first->ndim)
      fitted.dims[dim] = first->dims[dim];
    if (!eg_shape_equal(&fitted, first))
      return differ(i, first, other, "they must agree in all dims but the one along which they are joined");
    call->shapes[0].dims[dim] += other->dims[dim];
  }
  return EG_OK;
}

static eg_status stack_shape(eg_call *call) {
  int64_t dim = dim_of(call);
  const eg_shape *first = &call->in[0]->shape;
  if (dim > first->ndim || first->ndim == EG_MAX_DIMS)
    return eg_fail(EG_USAGE, "no dim %lld can be added to a tensor with %d dimensions (of at most %d)",
                   (long long)eg_from_1(dim), first->ndim, EG_MAX_DIMS);
  for (int i = 1; i < call->n_in; i++)
    if (!eg_shape_equal(first, &call->in[i]->shape))
      return differ(i, first, &call->in[i]->shape, "they must be the same");
  eg_shape *shape = &call->shapes[0];
  *shape = *first;
  for (int i = shape->ndim++; i > dim; i--)
    shape->dims[i] = shape->dims[i - 1];
  shape->dims[dim] = call->n_in;
  return EG_OK;
}

/* The output as rows of `pitch` elements, of which input i has `width` from `first` on. */
typedef struct part {
  int64_t rows, pitch, first, width;
} part;

static part part_of(const eg_call *call, int64_t first, const eg_shape *shape) {
  eg_split whole = eg_split_at(&call->shapes[0], dim_of(call));
  int64_t rows = whole.outer;
  return (part){rows, whole.R * whole.inner, first, rows > 0 ? eg_shape_numel(shape) / rows : 0};
}

static eg_status forward(eg_call *call) {
  int64_t first = 0;
  for (int i = 0; i < call->n_in; i++) {
    part p = part_of(call, first, &call->in[i]->shape);
    eg_k_copy_rows(eg_tensor_data(call->out[0]) + p.first, p.pitch, false, eg_tensor_data(call->in[i]), p.width, p.rows,
                   p.width);
    first += p.width;
  }
  return EG_OK;
}

static eg_status backward(eg_call *call) {
  int64_t first = 0;
  for (int i = 0; i < call->n_in; i++) {
    part p = part_of(call, first, eg_call_input_shape(call, i));
    first += p.width;
    if (!call->wants[i])
      continue;
    eg_tensor *buffer;
    eg_real beta;
    EG_TRY(eg_grad_buffer(call, i, &buffer, &beta));
    eg_k_copy_rows(eg_tensor_data(buffer), p.width, beta != 0, eg_tensor_data(call->grad) + p.first, p.pitch, p.rows,
                   p.width);
  }
  return EG_OK;
}

static const char *const inputs[] = {"tensors...", NULL};
static const eg_option cat_options[] = {
    {"dim", EG_OPTION_DIM, offsetof(eg_one_dim_options, dim), -1, "along which; the first by default"}, {0}};
static const eg_option stack_options[] = {
    {"dim", EG_OPTION_DIM, offsetof(eg_one_dim_options, dim), -1, "the new dim's place; the first by default"}, {0}};

const eg_op eg_op_cat = {.name = "cat",
                         .text = "tensors joined along a dim; the other dims agree",
                         .inputs = inputs,
                         .options = cat_options,
                         .shape = cat_shape,
                         .forward = forward,
                         .backward = backward};
const eg_op eg_op_stack = {.name = "stack",
                           .text = "tensors of one shape joined along a new dim",
                           .inputs = inputs,
                           .options = stack_options,
                           .shape = stack_shape,
                           .forward = forward,
                           .backward = backward};
