/* Elementwise ops of two inputs, and comparisons. What they compute, and their derivatives, is the table in
   kernels/binary.c. Inputs broadcast by NumPy's rule. */
#include "autograd/support.h"
#include "kernels/binary.h"

enum { A = 1, B = 2 };

/* Which inputs the gradients for a and for b are computed from. */
static const int needed[][2] = {[EG_BINARY_add] = {0, 0},
                                [EG_BINARY_sub] = {0, 0},
                                [EG_BINARY_mul] = {B, A},
                                [EG_BINARY_div] = {B, A | B},
                                [EG_BINARY_pow] = {A | B, A | B},
                                [EG_BINARY_maximum] = {A | B, A | B},
                                [EG_BINARY_minimum] = {A | B, A | B}};

static eg_status shape(eg_call *call) {
  return eg_shape_broadcast(&call->shapes[0], &call->in[0]->shape, &call->in[1]->shape);
}

static eg_status run(eg_call *call, eg_binary f) {
  const eg_shape *shape = &call->shapes[0];
  int64_t strides[2][EG_MAX_DIMS];
  for (int i = 0; i < 2; i++)
    eg_stretched_strides(strides[i], call->in[i], shape);
  eg_walk walk;
  eg_walk_make(&walk, shape->dims, shape->ndim, (const int64_t *const[]){strides[0], strides[1]}, 2);
  eg_k_binary(f, eg_tensor_data(call->out[0]), &walk, eg_tensor_data(call->in[0]), eg_tensor_data(call->in[1]));
  return EG_OK;
}

static eg_status forward(eg_call *call, eg_binary f) {
  EG_TRY(run(call, f));
  int keep = 0;
  for (int i = 0; i < 2; i++)
    keep |= eg_tensor_is_recorded(call->in[i]) ? needed[f][i] : 0;
  for (int i = 0; i < 2; i++)
    if (keep & (i == 0 ? A : B))
      eg_call_save_input(call, i, i);
  return EG_OK;
}

static eg_status backward_to(eg_call *call, eg_binary f, int which) {
  if (f == EG_BINARY_add || (f == EG_BINARY_sub && which == 0))
    return eg_grad_reduce(call, which, call->grad);
  /* Operands g, a, b; one that was not kept is not needed, and g stands in for it. */
  const eg_shape *shape = &call->shapes[0];
  int64_t strides[3][EG_MAX_DIMS] = {{0}};
  const eg_tensor *from[3] = {call->grad, eg_call_saved(call, 0), eg_call_saved(call, 1)};
  const eg_real *data[3];
  for (int i = 0; i < 3; i++) {
    data[i] = eg_tensor_data(from[i] ? from[i] : call->grad);
    if (from[i])
      eg_stretched_strides(strides[i], from[i], shape);
  }
  eg_walk walk;
  eg_walk_make(&walk, shape->dims, shape->ndim, (const int64_t *const[]){strides[0], strides[1], strides[2]}, 3);
  eg_full_grad full;
  EG_TRY(eg_full_grad_open(&full, call, which));
  eg_k_binary_grad(f, which, full.data, full.add, &walk, data[0], data[1], data[2]);
  return eg_full_grad_close(&full, call, which);
}

static eg_status backward(eg_call *call, eg_binary f) {
  for (int i = 0; i < 2; i++)
    if (call->wants[i])
      EG_TRY(backward_to(call, f, i));
  return EG_OK;
}

static const char *const inputs[] = {"a", "b", NULL};

#define DIFFERENTIABLE(op_name, line)                                                                                  \
  static eg_status op_name##_forward(eg_call *call) {                                                                  \
    return forward(call, EG_BINARY_##op_name);                                                                         \
  }                                                                                                                    \
  static eg_status op_name##_backward(eg_call *call) {                                                                 \
    return backward(call, EG_BINARY_##op_name);                                                                        \
  }                                                                                                                    \
  const eg_op eg_op_##op_name = {.name = #op_name,                                                                     \
                                 .text = line,                                                                         \
                                 .inputs = inputs,                                                                     \
                                 .shape = shape,                                                                       \
                                 .forward = op_name##_forward,                                                         \
                                 .backward = op_name##_backward,                                                       \
                                 .strided = true};
#define COMPARISON(op_name, line)                                                                                      \
  static eg_status op_name##_forward(eg_call *call) {                                                                  \
    return run(call, EG_BINARY_##op_name);                                                                             \
  }                                                                                                                    \
  const eg_op eg_op_##op_name = {.name = #op_name,                                                                     \
                                 .text = line,                                                                         \
                                 .inputs = inputs,                                                                     \
                                 .shape = shape,                                                                       \
                                 .forward = op_name##_forward,                                                         \
                                 .strided = true};

DIFFERENTIABLE(add, "a + b; shapes broadcast")
DIFFERENTIABLE(sub, "a - b; shapes broadcast")
DIFFERENTIABLE(mul, "a b, element by element; shapes broadcast")
DIFFERENTIABLE(div, "a / b; shapes broadcast")
DIFFERENTIABLE(pow, "a to the power of b; shapes broadcast")
DIFFERENTIABLE(maximum,
               "the larger of a and b, NaN where one is; shapes broadcast; a tie gives half the gradient to each")
DIFFERENTIABLE(minimum,
               "the smaller of a and b, NaN where one is; shapes broadcast; a tie gives half the gradient to each")
COMPARISON(eq, "1 where a = b, else 0; shapes broadcast")
COMPARISON(ne, "1 where a differs from b, else 0; shapes broadcast")
COMPARISON(lt, "1 where a < b, else 0; shapes broadcast")
COMPARISON(le, "1 where a <= b, else 0; shapes broadcast")
COMPARISON(gt, "1 where a > b, else 0; shapes broadcast")
COMPARISON(ge, "1 where a >= b, else 0; shapes broadcast")
