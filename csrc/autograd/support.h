/* What op files share: dims of options, arrays seen as (outer, R, inner), gradients of stretched inputs, loss
 * reductions. */
#ifndef EG_AUTOGRAD_SUPPORT_H
#define EG_AUTOGRAD_SUPPORT_H

#include <stddef.h>

#include "ecgraft/ops.h"

/* Up to this size a dim's positions are whole numbers that an eg_real holds exactly. */
#ifdef EG_DOUBLE
#define EG_INDEX_LIMIT ((int64_t)1 << 53)
#else
#define EG_INDEX_LIMIT ((int64_t)1 << 24)
#endif

/* A dim or index as messages show it, counted from 1. */
static inline int64_t eg_from_1(int64_t i) {
  return i < INT64_MAX ? i + 1 : i;
}

/* Fails unless `dim` is one of the shape's, or -1. */
eg_status eg_check_dim(int64_t dim, const eg_shape *shape);
/* Fails where positions along the dim (-1: over all elements) are not exact. */
eg_status eg_check_index_limit(const eg_shape *shape, int64_t dim);

/* A contiguous array seen around one dim; -1: all elements as R. */
typedef struct eg_split {
  int64_t outer, R, inner;
} eg_split;
eg_split eg_split_at(const eg_shape *shape, int64_t dim);
/* The last dim where `dim` is -1 (-1 again for a scalar, which eg_split_at takes). */
int64_t eg_or_last(int64_t dim, const eg_shape *shape);
/* The shape without the dim, or with 1 in its place; dim -1: without all. */
eg_shape eg_reduced_shape(const eg_shape *shape, int64_t dim, bool keepdim);

/* The strides of a tensor that is stretched to `shape`, to which it broadcasts. */
void eg_stretched_strides(int64_t *strides, const eg_tensor *tensor, const eg_shape *shape);

/* y (outer, inner) = scale * the sum of x over R; y += it where `add`. */
eg_status eg_sum(eg_real *y, bool add, double scale, const eg_real *x, eg_split split);

/* In backward: gives input i the gradient `full`, contiguous and of the output's shape, summed over the dims along
   which the input was stretched. */
eg_status eg_grad_reduce(eg_call *call, int i, eg_tensor *full);

/* In backward, for an input that may have been stretched: where to write its gradient in the output's shape. Open,
   write to `data` (add to it where `add`), close; close comes also after a failure of what lies between. */
typedef struct eg_full_grad {
  eg_real *data;
  bool add;
  eg_tensor *temporary; /* NULL where data is the gradient itself */
} eg_full_grad;
eg_status eg_full_grad_open(eg_full_grad *full, eg_call *call, int i);
eg_status eg_full_grad_close(eg_full_grad *full, eg_call *call, int i);

/* Losses: entries of shape `each` are reduced to mean (0), sum (1) or none (2). */
eg_status eg_loss_shape(eg_call *call, const eg_shape *each, int64_t reduction);
/* In forward: where the entries go (the output itself, or *temporary, to be released); then their reduction. */
eg_status eg_loss_open(eg_call *call, const eg_shape *each, int64_t reduction, eg_real **entries,
                       eg_tensor **temporary);
eg_status eg_loss_close(eg_call *call, int64_t reduction, double denominator, eg_tensor *temporary);

#endif
