/* Products and layers as ops: every allocation of forward and backward fails in turn, and nothing is left behind. */
#include "check.h"
#include "ecgraft/ops.h"

enum { MOST = EG_MAX_INPUTS };

typedef struct trial {
  const eg_op *op;
  eg_shape inputs[MOST]; /* ndim -1: absent */
  int n;
  const void *options;
} trial;

#define ABSENT ((eg_shape){.ndim = -1})

static eg_status make_leaves(const trial *t, eg_tensor **leaves) {
  for (int i = 0; i < t->n; i++) {
    if (t->inputs[i].ndim < 0)
      continue;
    eg_rng rng = eg_rng_seed((uint64_t)i);
    EG_TRY(eg_tensor_uniform(&leaves[i], t->inputs[i], &rng, 0.1, 1));
    EG_TRY(eg_tensor_require_grad(leaves[i], true));
  }
  return EG_OK;
}

static eg_status forward_and_backward(const trial *t, eg_tensor **leaves, eg_tensor **out, eg_tensor **seed) {
  eg_tape tape = {.recording = true, .rng = eg_rng_seed(1)};
  EG_TRY(make_leaves(t, leaves));
  EG_TRY(eg_apply(out, &tape, t->op, leaves, t->n, t->options));
  EG_TRY(eg_tensor_full(seed, out[0]->shape, 1));
  return eg_backward(out[0], *seed, false);
}

static eg_status run(const trial *t) {
  eg_tensor *leaves[MOST] = {NULL}, *out[1 + EG_MAX_EXTRA] = {NULL}, *seed = NULL;
  eg_status status = forward_and_backward(t, leaves, out, &seed);
  for (int i = 0; i < MOST; i++)
    eg_tensor_release(leaves[i]);
  for (int i = 0; i <= EG_MAX_EXTRA; i++)
    eg_tensor_release(out[i]);
  eg_tensor_release(seed);
  return status;
}

static void failed_allocations(void) {
  const eg_conv1d_options plain = {1, 1, 1, 1}, grouped = {2, 1, 1, 2};
  const eg_batch_norm_options training = {true, true, 0.1, 1e-5}, evaluation = {false, false, 0.1, 1e-5};
  const eg_pool_options window = {3, 2, 1, true};
  const eg_dropout_options half = {0.5, true};
  const eg_rnn_options kept = {false, false}, again = {true, true}, both = {false, true};
  const eg_shape x = EG_SHAPE(20, 9, 16), c = EG_SHAPE(16);
  const trial trials[] = {
      {&eg_op_matmul, {EG_SHAPE(3, 4, 5), EG_SHAPE(5, 6)}, 2, NULL},
      {&eg_op_matmul, {EG_SHAPE(3, 4, 5), EG_SHAPE(3, 5, 6)}, 2, NULL},
      {&eg_op_linear, {x, EG_SHAPE(7, 16), EG_SHAPE(7)}, 3, NULL},
      {&eg_op_conv1d, {x, EG_SHAPE(32, 3, 16), EG_SHAPE(32)}, 3, &plain},
      {&eg_op_conv1d, {x, EG_SHAPE(32, 3, 8)}, 2, &grouped},
      {&eg_op_batch_norm, {x, c, c, c, c, x}, 6, &training},
      {&eg_op_batch_norm, {x, c, c, c, c}, 5, &evaluation},
      {&eg_op_max_pool1d, {x}, 1, &window},
      {&eg_op_avg_pool1d, {x}, 1, &window},
      {&eg_op_global_max_pool1d, {x}, 1, NULL},
      {&eg_op_global_avg_pool1d, {x}, 1, NULL},
      {&eg_op_dropout, {x}, 1, &half},
      {&eg_op_lstm, {x, EG_SHAPE(20, 16), EG_SHAPE(20, 5), EG_SHAPE(20), EG_SHAPE(20), EG_SHAPE(20, 5)}, 6, &kept},
      {&eg_op_lstm, {x, EG_SHAPE(20, 16), EG_SHAPE(20, 5), ABSENT, EG_SHAPE(20)}, 5, &again},
      {&eg_op_gru, {x, EG_SHAPE(15, 16), EG_SHAPE(15, 5), EG_SHAPE(15), ABSENT, EG_SHAPE(20, 5)}, 6, &kept},
      {&eg_op_gru, {x, EG_SHAPE(15, 16), EG_SHAPE(15, 5)}, 3, &again},
      {&eg_op_lstm,
       {x, EG_SHAPE(20, 16), EG_SHAPE(20, 5), EG_SHAPE(20), ABSENT, EG_SHAPE(2, 20, 5), EG_SHAPE(2, 20, 5),
        EG_SHAPE(20, 16), EG_SHAPE(20, 5), EG_SHAPE(20), EG_SHAPE(20)},
       11,
       &kept},
      {&eg_op_gru,
       {x, EG_SHAPE(15, 16), EG_SHAPE(15, 5), ABSENT, ABSENT, ABSENT, EG_SHAPE(15, 16), EG_SHAPE(15, 5)},
       8,
       &both},
  };
  for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) {
    CHECK_OK(run(&trials[i]));
    CHECK_NOMEM(run(&trials[i]));
  }
}

CHECK_MAIN(TEST(failed_allocations))
