/* What the files of this folder share. */
#ifndef EG_TENSOR_INTERNAL_H
#define EG_TENSOR_INTERNAL_H

#include "ecgraft/tensor.h"

/* Row-major strides of a shape; a dim of 0 or 1 counts as 1. */
void eg_tensor_row_major(const eg_shape *shape, int64_t *strides);
/* A new tensor with the same storage, shape, strides and offset, no history: the start of every view. */
eg_status eg_tensor_view(eg_tensor **out, const eg_tensor *of);

#endif
