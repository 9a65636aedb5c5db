/* Ops through the tape: values and gradients of small cases worked out by hand, what each finds fault with, and that a
   failed allocation leaves nothing behind. Gradients over a grid of shapes are checked from Lua (gradients_spec). */
#include "check.h"
#include "ecgraft/ops.h"

static eg_tape tape = {.recording = true};

static eg_tensor *leaf(eg_shape shape, const eg_real *values) {
  eg_tensor *x = NULL;
  CHECK_OK(eg_tensor_from(&x, shape, values));
  CHECK_OK(eg_tensor_require_grad(x, true));
  return x;
}

#define VALUES(...) ((const eg_real[]){__VA_ARGS__})
#define CHECK_VALUES(tensor, ...)                                                                                      \
  do {                                                                                                                 \
    const double check_e[] = {__VA_ARGS__};                                                                            \
    REQUIRE(eg_tensor_numel(tensor) == (int64_t)(sizeof check_e / sizeof *check_e));                                   \
    for (int64_t check_k = 0; check_k < eg_tensor_numel(tensor); check_k++)                                            \
      CHECK_NEAR(eg_tensor_at(tensor, check_k), check_e[check_k], 1e-5 * (1 + fabs(check_e[check_k])));                \
  } while (0)

/* Applies an op; the outputs beside the first are let go. */
static eg_tensor *apply(const eg_op *op, const void *options, eg_tensor *a, eg_tensor *b, eg_tensor *c) {
  eg_tensor *in[] = {a, b, c}, *out[1 + EG_MAX_EXTRA] = {NULL};
  CHECK_OK(eg_apply(out, &tape, op, in, c ? 3 : b ? 2 : 1, options));
  for (int i = 1; i <= op->extra; i++)
    eg_tensor_release(out[i]);
  return out[0];
}

/* The gradients of sum(y w), with w = 1, 2, 3, ... */
static void backward(eg_tensor *y) {
  eg_tensor *w = NULL;
  CHECK_OK(eg_tensor_new(&w, y->shape));
  for (int64_t i = 0; i < eg_tensor_numel(w); i++)
    eg_tensor_data(w)[i] = (eg_real)(i + 1);
  CHECK_OK(eg_backward(y, w, false));
  eg_tensor_release(w);
}

static void gradients_of_stretched_inputs(void) {
  eg_tensor *a = leaf(EG_SHAPE(2, 3), VALUES(1, 2, 3, 4, 5, 6)), *b = leaf(EG_SHAPE(3), VALUES(1, -1, 2));
  eg_tensor *y = apply(&eg_op_mul, NULL, a, b, NULL);
  CHECK_VALUES(y, 1, -2, 6, 4, -5, 12);
  backward(y);
  CHECK_VALUES(a->grad, 1, -2, 6, 4, -5, 12);
  CHECK_VALUES(b->grad, 1 * 1 + 4 * 4, 2 * 2 + 5 * 5, 3 * 3 + 6 * 6);
  eg_tensor_release(y);
  /* A second time: gradients add up. */
  y = apply(&eg_op_sub, NULL, a, b, NULL);
  backward(y);
  CHECK_VALUES(a->grad, 2, 0, 9, 8, 0, 18);
  CHECK_VALUES(b->grad, 17 - 5, 29 - 7, 45 - 9);
  eg_tensor_release(y), eg_tensor_release(a), eg_tensor_release(b);
}

static void both_stretched_in_dims_between(void) {
  eg_tensor *a = leaf(EG_SHAPE(2, 1, 2), VALUES(1, 2, 3, 4)), *b = leaf(EG_SHAPE(1, 3, 1), VALUES(5, 6, 7));
  eg_tensor *y = apply(&eg_op_add, NULL, a, b, NULL);
  CHECK_VALUES(y, 6, 7, 7, 8, 8, 9, 8, 9, 9, 10, 10, 11);
  backward(y);
  CHECK_VALUES(a->grad, 1 + 3 + 5, 2 + 4 + 6, 7 + 9 + 11, 8 + 10 + 12);
  CHECK_VALUES(b->grad, 1 + 2 + 7 + 8, 3 + 4 + 9 + 10, 5 + 6 + 11 + 12);
  eg_tensor_release(y), eg_tensor_release(a), eg_tensor_release(b);
}

static void the_same_tensor_twice(void) {
  eg_tensor *a = leaf(EG_SHAPE(2), VALUES(3, 4)), *y = apply(&eg_op_mul, NULL, a, a, NULL);
  backward(y);
  CHECK_VALUES(a->grad, 6, 16);
  eg_tensor_release(y), eg_tensor_release(a);
}

/* A product with a number keeps the number, not the tensor. */
static void keeps_only_what_backward_needs(void) {
  eg_tensor *a = leaf(EG_SHAPE(2), VALUES(3, 4)), *two = NULL;
  CHECK_OK(eg_tensor_full(&two, (eg_shape){0}, 2));
  eg_tensor *y = apply(&eg_op_mul, NULL, a, two, NULL);
  CHECK_INT(a->storage->references, 1);
  CHECK_INT(two->storage->references, 2);
  backward(y);
  CHECK_VALUES(a->grad, 2, 4);
  CHECK_INT(two->storage->references, 1);
  eg_tensor_release(y), eg_tensor_release(a), eg_tensor_release(two);
}

static void reductions(void) {
  eg_tensor *a = leaf(EG_SHAPE(2, 3), VALUES(1, 5, 3, 5, 5, -2));
  eg_dim_options second = {.dim = 1}, all = {.dim = -1};
  eg_tensor *y = apply(&eg_op_max, &second, a, NULL, NULL);
  CHECK_VALUES(y, 5, 5);
  backward(y);
  CHECK_VALUES(a->grad, 0, 1, 0, 2, 0, 0); /* the first among equals */
  eg_tensor_release(y);
  eg_tensor_zero_grad(a);
  y = apply(&eg_op_min, &all, a, NULL, NULL);
  CHECK_INT(y->shape.ndim, 0);
  CHECK_VALUES(y, -2);
  backward(y);
  CHECK_VALUES(a->grad, 0, 0, 0, 0, 0, 1);
  eg_tensor_release(y);
  eg_tensor_zero_grad(a);
  y = apply(&eg_op_var, &(eg_var_options){.dim = 1, .unbiased = true}, a, NULL, NULL);
  CHECK_VALUES(y, 4, 49.0 / 3);
  backward(y);
  CHECK_VALUES(a->grad, -2, 2, 0, 14.0 / 3, 14.0 / 3, -28.0 / 3);
  eg_tensor_release(y), eg_tensor_release(a);
}

static void reductions_of_nothing(void) {
  eg_tensor *none = NULL, *out[2] = {NULL};
  eg_dim_options second = {.dim = 1}, all = {.dim = -1};
  CHECK_OK(eg_tensor_new(&none, EG_SHAPE(2, 0)));
  eg_tensor *y = apply(&eg_op_sum, &second, none, NULL, NULL);
  CHECK_VALUES(y, 0, 0);
  eg_tensor_release(y);
  y = apply(&eg_op_mean, &all, none, NULL, NULL);
  CHECK(isnan(eg_tensor_at(y, 0)));
  eg_tensor_release(y);
  y = apply(&eg_op_var, &(eg_var_options){.dim = 1, .unbiased = true}, none, NULL, NULL);
  CHECK(isnan(eg_tensor_at(y, 0)) && isnan(eg_tensor_at(y, 1)));
  eg_tensor_release(y);
  CHECK_FAILS(eg_apply(out, &tape, &eg_op_max, &none, 1, &second), EG_USAGE,
              "max: dim 2 of shape {2, 0} has no entries");
  CHECK_FAILS(eg_apply(out, &tape, &eg_op_argmin, &none, 1, &all), EG_USAGE,
              "argmin: a tensor of shape {2, 0} has no elements");
  y = apply(&eg_op_max, &(eg_dim_options){.dim = 0}, none, NULL, NULL);
  CHECK_INT(eg_tensor_numel(y), 0);
  eg_tensor_release(y), eg_tensor_release(none);
}

static void views_and_their_gradients(void) {
  eg_tensor *a = leaf(EG_SHAPE(2, 3), VALUES(1, 2, 3, 4, 5, 6));
  eg_tensor *t = apply(&eg_op_transpose, &(eg_two_dims_options){-1, -1}, a, NULL, NULL);
  CHECK(t->storage == a->storage);
  CHECK_VALUES(t, 1, 4, 2, 5, 3, 6);
  eg_tensor *n = apply(&eg_op_narrow, &(eg_narrow_options){.dim = 0, .first = 1, .length = 2}, t, NULL, NULL);
  CHECK_VALUES(n, 2, 5, 3, 6);
  eg_tensor *r = apply(&eg_op_reshape, &(eg_shape_options){EG_SHAPE(1, -1)}, n, NULL, NULL);
  CHECK_VALUES(r, 2, 5, 3, 6);
  eg_tensor *e = apply(&eg_op_expand, &(eg_shape_options){EG_SHAPE(2, 2, -1)}, r, NULL, NULL);
  CHECK(e->storage == r->storage);
  eg_tensor *s = apply(&eg_op_select, &(eg_select_options){.dim = 2, .index = 1}, e, NULL, NULL);
  CHECK_VALUES(s, 5, 5, 5, 5);
  backward(s);
  CHECK_VALUES(a->grad, 0, 0, 0, 0, 10, 0);
  eg_tensor *p = apply(&eg_op_permute, &(eg_permute_options){EG_SHAPE(1, 0)}, a, NULL, NULL);
  CHECK_VALUES(p, 1, 4, 2, 5, 3, 6);
  backward(p);
  CHECK_VALUES(a->grad, 1, 3, 5, 2, 14, 6);
  eg_tensor *all[] = {a, t, n, r, e, s, p};
  for (int i = 0; i < 7; i++)
    eg_tensor_release(all[i]);
}

static void joining_and_choosing(void) {
  eg_tensor *a = leaf(EG_SHAPE(2, 1), VALUES(1, 2)), *b = leaf(EG_SHAPE(2, 2), VALUES(3, 4, 5, 6));
  eg_tensor *y = apply(&eg_op_cat, &(eg_one_dim_options){1}, a, b, NULL);
  CHECK_VALUES(y, 1, 3, 4, 2, 5, 6);
  backward(y);
  CHECK_VALUES(a->grad, 1, 4);
  CHECK_VALUES(b->grad, 2, 3, 5, 6);
  eg_tensor_release(y);
  y = apply(&eg_op_stack, &(eg_one_dim_options){2}, b, b, NULL);
  CHECK_INT(y->shape.ndim, 3);
  CHECK_VALUES(y, 3, 3, 4, 4, 5, 5, 6, 6);
  backward(y);
  CHECK_VALUES(b->grad, 2 + 3, 3 + 7, 5 + 11, 6 + 15);
  eg_tensor_release(y);
  eg_tensor_zero_grad(b);
  eg_tensor *index = NULL;
  CHECK_OK(eg_tensor_from(&index, EG_SHAPE(3), VALUES(1, 0, 1)));
  y = apply(&eg_op_index_select, &(eg_one_dim_options){-1}, b, index, NULL);
  CHECK_VALUES(y, 5, 6, 3, 4, 5, 6);
  backward(y);
  CHECK_VALUES(b->grad, 3, 4, 1 + 5, 2 + 6);
  eg_tensor_release(y), eg_tensor_release(a), eg_tensor_release(b), eg_tensor_release(index);
}

static void losses(void) {
  eg_tensor *x = leaf(EG_SHAPE(2, 2), VALUES(100, -100, 0, 2)), *z = NULL, *w = NULL;
  CHECK_OK(eg_tensor_from(&z, EG_SHAPE(2, 2), VALUES(1, 1, 0, 1)));
  CHECK_OK(eg_tensor_from(&w, EG_SHAPE(2), VALUES(1, 3)));
  eg_loss_options sum = {.reduction = 1}, mean = {.reduction = 0};
  double s2 = log(1 + exp(-2));
  eg_tensor *y = apply(&eg_op_bce_with_logits, &sum, x, z, w);
  CHECK_VALUES(y, 300 + log(2) + 3 * s2);
  CHECK_OK(eg_backward(y, NULL, false));
  CHECK_VALUES(x->grad, 0, -3, 0.5, -3 * (1 - 1 / (1 + exp(-2))));
  eg_tensor_release(y);
  eg_tensor_zero_grad(x);
  y = apply(&eg_op_mse, &mean, x, z, NULL);
  CHECK_NEAR(eg_tensor_at(y, 0), (99 * 99 + 101 * 101 + 0 + 1) / 4.0, 1e-2);
  CHECK_OK(eg_backward(y, NULL, false));
  CHECK_VALUES(x->grad, 49.5, -50.5, 0, 0.5);
  eg_tensor_release(y), eg_tensor_release(z);
  eg_tensor_zero_grad(x);
  CHECK_OK(eg_tensor_from(&z, EG_SHAPE(2), VALUES(1, 0)));
  y = apply(&eg_op_cross_entropy, &(eg_cross_entropy_options){0}, x, z, w);
  CHECK_NEAR(eg_tensor_at(y, 0), (3 * 200 + 1 * (2 + s2)) / 4, 1e-3);
  CHECK_OK(eg_backward(y, NULL, false));
  double q = 1 / (1 + exp(2));
  CHECK_VALUES(x->grad, 0.75, -0.75, (q - 1) / 4, (1 - q) / 4);
  eg_tensor_release(y), eg_tensor_release(x), eg_tensor_release(z), eg_tensor_release(w);
}

static void what_they_find_fault_with(void) {
  eg_tensor *a = leaf(EG_SHAPE(2, 3), VALUES(1, 2, 3, 4, 5, 6)), *b = leaf(EG_SHAPE(4), VALUES(1, 2, 3, 4));
  eg_tensor *bad = leaf(EG_SHAPE(2), VALUES(0, 1.5)), *out[2], *ab[] = {a, b}, *aa[] = {a, a}, *a_bad[] = {a, bad};
  eg_tensor *ba[] = {b, a};
#define FAILS(op, inputs, n, options, text)                                                                            \
  CHECK_FAILS(eg_apply(out, &tape, &eg_op_##op, inputs, n, options), EG_USAGE, text)
  FAILS(add, ab, 2, NULL, "add: shapes {2, 3} and {4} do not broadcast");
  FAILS(where, ((eg_tensor *[]){a, a, b}), 3, NULL, "where: shapes {2, 3} and {4} do not broadcast");
  FAILS(sum, aa, 1, &((eg_dim_options){.dim = 2}), "sum: dim 3 of a tensor with 2 dimensions");
  FAILS(clamp, aa, 1, &((eg_clamp_options){NAN, 1}), "clamp: min must be a number, got nan");
  FAILS(narrow, aa, 1, &((eg_narrow_options){1, 1, 3}), "narrow: first 2 + length 3 goes beyond dim 2 of size 3");
  FAILS(narrow, aa, 1, &((eg_narrow_options){1, INT64_MAX, INT64_MAX}), "narrow: first");
  FAILS(select, aa, 1, &((eg_select_options){1, 3}), "select: index 4 of dim 2, which has size 3");
  FAILS(transpose, &b, 1, &((eg_two_dims_options){-1, -1}), "transpose: expected a tensor of at least two dimensions");
  FAILS(permute, aa, 1, &((eg_permute_options){EG_SHAPE(0, 0)}), "permute: dim 1 is named twice");
  FAILS(permute, aa, 1, &((eg_permute_options){EG_SHAPE(0)}), "permute: expected an order of all 2 dims, got 1");
  FAILS(reshape, aa, 1, &((eg_shape_options){EG_SHAPE(4, -1)}), "reshape: cannot reshape {2, 3} (6 elements)");
  FAILS(reshape, aa, 1, &((eg_shape_options){EG_SHAPE(INT64_MAX, INT64_MAX)}), "reshape: cannot reshape");
  FAILS(expand, aa, 1, &((eg_shape_options){EG_SHAPE(4, 3)}), "expand: shape {2, 3} does not stretch to {4, 3}");
  FAILS(expand, aa, 1, &((eg_shape_options){EG_SHAPE(3)}), "expand: shape {2, 3} does not stretch to {3}");
  FAILS(cat, ab, 2, &((eg_one_dim_options){0}), "cat: tensor 1 has shape {2, 3} and tensor 2 has {4}");
  FAILS(stack, ab, 2, &((eg_one_dim_options){0}), "stack: tensor 1 has shape {2, 3} and tensor 2 has {4}");
  FAILS(stack, aa, 2, &((eg_one_dim_options){3}), "stack: no dim 4 can be added to a tensor with 2 dimensions");
  FAILS(index_select, a_bad, 2, &((eg_one_dim_options){0}),
        "index_select: index 2 is 2.5, expected a whole number from 1 to 2");
  FAILS(index_select, aa, 2, &((eg_one_dim_options){0}), "index_select: the index must have one dimension");
  FAILS(mse, ab, 2, &((eg_loss_options){0}), "mse: the input has shape {2, 3}, the target {4}");
  FAILS(mse, aa, 2, &((eg_loss_options){3}), "mse: reduction must be 0 (mean), 1 (sum) or 2 (none), got 3");
  FAILS(bce_with_logits, ab, 2, &((eg_loss_options){0}), "bce_with_logits: the logits have shape {2, 3}");
  FAILS(bce_with_logits, ((eg_tensor *[]){a, a, b}), 3, &((eg_loss_options){0}),
        "bce_with_logits: pos_weight has shape {4}, which does not stretch to the logits' {2, 3}");
  FAILS(cross_entropy, a_bad, 2, &((eg_cross_entropy_options){0}),
        "cross_entropy: target 2 is 2.5, expected a class from 1 to 3");
  FAILS(cross_entropy, ba, 2, &((eg_cross_entropy_options){0}), "cross_entropy: the logits have shape {4}");
  FAILS(cross_entropy, aa, 2, &((eg_cross_entropy_options){0, 2}), "label_smoothing must lie between 0 and 1, got 2");
  eg_tensor_release(a), eg_tensor_release(b), eg_tensor_release(bad);
}

/* A forward and backward pass over many ops; what it makes it lets go of, also when it fails. */
static eg_status passes(void) {
  eg_tensor *a = NULL, *b = NULL, *made[24] = {NULL}, *pair[2] = {NULL};
  int n = 0;
  eg_status status = eg_tensor_full(&a, EG_SHAPE(2, 3, 4), 0.5);
  if (status == EG_OK)
    status = eg_tensor_full(&b, EG_SHAPE(3, 1), 2);
  if (status == EG_OK)
    status = eg_tensor_require_grad(a, true);
  if (status == EG_OK)
    status = eg_tensor_require_grad(b, true);
#define STEP(op, options, ...)                                                                                         \
  if (status == EG_OK) {                                                                                               \
    eg_tensor *inputs[] = {__VA_ARGS__};                                                                               \
    status = eg_apply(pair, &tape, &eg_op_##op, inputs, sizeof inputs / sizeof *inputs, options);                      \
    made[n++] = pair[0];                                                                                               \
    if (eg_op_##op.extra)                                                                                              \
      eg_tensor_release(pair[1]);                                                                                      \
  }
#define LAST made[n - 1]
  STEP(mul, NULL, a, b)
  STEP(tanh, NULL, LAST)
  STEP(pow, NULL, LAST, b)
  STEP(softmax, (&(eg_one_dim_options){1}), LAST)
  STEP(sort, (&(eg_sort_options){.dim = 1}), LAST)
  STEP(transpose, (&(eg_two_dims_options){0, 2}), LAST)
  STEP(var, (&(eg_var_options){.dim = 2, .keepdim = true}), LAST)
  STEP(maximum, NULL, LAST, b)
  STEP(narrow, (&(eg_narrow_options){.dim = 1, .first = 1, .length = 2}), LAST)
  STEP(cat, (&(eg_one_dim_options){0}), LAST, LAST)
  STEP(reshape, (&(eg_shape_options){EG_SHAPE(8, 2)}), LAST)
  STEP(max, (&(eg_dim_options){.dim = 1}), LAST)
  STEP(logsumexp, (&(eg_dim_options){.dim = -1, .keepdim = true}), LAST)
  STEP(expand, (&(eg_shape_options){EG_SHAPE(3, 2)}), LAST)
  STEP(cross_entropy, (&(eg_cross_entropy_options){.label_smoothing = 0.1}), LAST, LAST)
  STEP(bce_with_logits, (&(eg_loss_options){0}), LAST, LAST)
  STEP(mse, (&(eg_loss_options){0}), LAST, LAST)
  if (status == EG_OK)
    status = eg_backward(LAST, NULL, false);
  for (int i = 0; i < n; i++)
    eg_tensor_release(made[i]);
  eg_tensor_release(a);
  eg_tensor_release(b);
  return status;
}

static void memory_that_fails(void) {
  CHECK_OK(passes());
  CHECK_NOMEM(passes());
}

CHECK_MAIN(TEST(gradients_of_stretched_inputs), TEST(both_stretched_in_dims_between), TEST(the_same_tensor_twice),
           TEST(keeps_only_what_backward_needs), TEST(reductions), TEST(reductions_of_nothing),
           TEST(views_and_their_gradients), TEST(joining_and_choosing), TEST(losses), TEST(what_they_find_fault_with),
           TEST(memory_that_fails))
