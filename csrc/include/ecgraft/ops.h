/* Every op there is. A new one: a file in csrc/autograd that defines `const eg_op eg_op_NAME`, and a line here
   (and its options struct, where it has options). The Lua face reads this list. ORDER OP: groups, then by name. */
#ifndef ECGRAFT_OPS_H
#define ECGRAFT_OPS_H

#include "ecgraft/autograd.h"

/* clang-format off */
#define EG_OPS(X) \
  /* elementwise, broadcasting */ \
  X(add) X(sub) X(mul) X(div) X(pow) X(maximum) X(minimum) X(eq) X(ne) X(lt) X(le) X(gt) X(ge) X(where) \
  /* elementwise, one input */ \
  X(abs) X(clamp) X(cos) X(elu) X(exp) X(gelu) X(leaky_relu) X(log) X(log1p) X(neg) X(relu) X(rsqrt) X(sigmoid) X(sign) \
  X(silu) X(sin) X(softplus) X(sqrt) X(square) X(tanh) \
  /* reductions */ \
  X(sum) X(mean) X(max) X(min) X(argmax) X(argmin) X(var) X(logsumexp) X(softmax) X(log_softmax) X(cumsum) \
  /* shape */ \
  X(reshape) X(transpose) X(permute) X(select) X(narrow) X(expand) X(cat) X(stack) X(index_select) X(flip) X(sort) \
  /* products */ \
  X(matmul) X(linear) \
  /* layers */ \
  X(conv1d) X(batch_norm) X(max_pool1d) X(avg_pool1d) X(global_avg_pool1d) X(global_max_pool1d) X(dropout) X(lstm) X(gru) \
  /* losses */ \
  X(bce_with_logits) X(cross_entropy) X(mse)

#define EG_DECLARE_OP(name) extern const eg_op eg_op_##name;
EG_OPS(EG_DECLARE_OP)

/* All ops in the order above, NULL at the end. */
extern const eg_op *const eg_ops[];

/* Options; the defaults stand in each op's file. A dim counts from 0 here, from 1 in Lua. */

typedef struct eg_dim_options { int64_t dim; bool keepdim; } eg_dim_options; /* reductions; dim -1: over everything */
typedef struct eg_var_options { int64_t dim; bool keepdim; bool unbiased; } eg_var_options;
typedef struct eg_clamp_options { double min, max; } eg_clamp_options;
typedef struct eg_slope_options { double slope; } eg_slope_options;           /* leaky_relu 0.01, elu 1 */
typedef struct eg_shape_options { eg_shape shape; } eg_shape_options;         /* reshape, expand */
typedef struct eg_two_dims_options { int64_t a, b; } eg_two_dims_options;     /* transpose */
typedef struct eg_permute_options { eg_shape order; } eg_permute_options;     /* entries count from 0 */
typedef struct eg_select_options { int64_t dim, index; } eg_select_options;
typedef struct eg_narrow_options { int64_t dim, first, length; } eg_narrow_options;
typedef struct eg_one_dim_options { int64_t dim; } eg_one_dim_options;        /* cat, stack, index_select, flip, softmax, cumsum */
typedef struct eg_sort_options { int64_t dim; bool descending; } eg_sort_options;

/* x (N, L, Cin)  weight (Cout, K, Cin/groups)  bias (Cout) -> (N, Lo, Cout), Lo = (L + 2 padding - dilation (K-1) - 1) / stride + 1 */
typedef struct eg_conv1d_options { int64_t stride, padding, dilation, groups; } eg_conv1d_options;
/* x (..., C)  gamma (C)  beta (C)  running_mean (C)  running_var (C)  residual like x, optional. In training the running
   values are changed in place (variance unbiased). relu: max(0, .) after the residual is added. */
typedef struct eg_batch_norm_options { bool training, relu; double momentum, eps; } eg_batch_norm_options;
/* x (N, L, C); padding counts as -inf for max and is left out of the mean when count_padding is false */
typedef struct eg_pool_options { int64_t kernel, stride, padding; bool count_padding; } eg_pool_options;
typedef struct eg_dropout_options { double p; bool training; } eg_dropout_options;
/* x (N, L, I)  w_ih (G H, I)  w_hh (G H, H)  b_ih (G H)?  b_hh (G H)?  h0 (N, H)?  [c0 (N, H)?] -> y (N, L, H); G = 4: i f g o, G = 3: r z n.
   One layer; `reverse` runs from the last sample to the first. With w_ih_reverse, w_hh_reverse, b_ih_reverse?, b_hh_reverse?
   both directions: h0, c0 (2, N, H) -> y (N, L, 2 H), forward first. lstm's second output is the last cell state, like c0. */
typedef struct eg_rnn_options { bool reverse; bool recompute; } eg_rnn_options;
/* Reduction: 0 mean (the default), 1 sum, 2 none. */
typedef struct eg_loss_options { int64_t reduction; } eg_loss_options;
/* logits (N, K), targets: class indices (N), from 0 here and from 1 in Lua's face, or probabilities (N, K); weight (K)? */
typedef struct eg_cross_entropy_options { int64_t reduction; double label_smoothing; } eg_cross_entropy_options;
/* clang-format on */

#endif
