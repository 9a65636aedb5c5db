#include "autograd/support.h"
#include "kernels/binary.h"

static eg_status shape(eg_call *call) {
  eg_shape both;
  EG_TRY(eg_shape_broadcast(&both, &call->in[1]->shape, &call->in[2]->shape));
  return eg_shape_broadcast(&call->shapes[0], &call->in[0]->shape, &both);
}

static eg_status forward(eg_call *call) {
  const eg_shape *shape = &call->shapes[0];
  int64_t strides[3][EG_MAX_DIMS];
  for (int i = 0; i < 3; i++)
    eg_stretched_strides(strides[i], call->in[i], shape);
  eg_walk walk;
  eg_walk_make(&walk, shape->dims, shape->ndim, (const int64_t *const[]){strides[0], strides[1], strides[2]}, 3);
  eg_k_where(eg_tensor_data(call->out[0]), &walk, eg_tensor_data(call->in[0]), eg_tensor_data(call->in[1]),
             eg_tensor_data(call->in[2]));
  eg_call_save_input(call, 0, 0);
  return EG_OK;
}

static eg_status backward(eg_call *call) {
  const eg_shape *shape = &call->shapes[0];
  const eg_tensor *condition = eg_call_saved(call, 0);
  int64_t strides[2][EG_MAX_DIMS];
  eg_stretched_strides(strides[0], call->grad, shape);
  eg_stretched_strides(strides[1], condition, shape);
  eg_walk walk;
  eg_walk_make(&walk, shape->dims, shape->ndim, (const int64_t *const[]){strides[0], strides[1]}, 2);
  for (int i = 1; i <= 2; i++) {
    eg_full_grad full;
    if (!call->wants[i])
      continue;
    EG_TRY(eg_full_grad_open(&full, call, i));
    eg_k_where_grad(full.data, full.add, i == 1, &walk, eg_tensor_data(call->grad), eg_tensor_data(condition));
    EG_TRY(eg_full_grad_close(&full, call, i));
  }
  return EG_OK;
}

static const char *const inputs[] = {"condition", "a", "b", NULL};

const eg_op eg_op_where = {
    .name = "where",
    .text = "a where the condition is not 0, else b; shapes broadcast; the condition has no gradient",
    .inputs = inputs,
    .shape = shape,
    .forward = forward,
    .backward = backward,
    .strided = true};
