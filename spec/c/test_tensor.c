/* Tensors and the tape from C: views against their definition on random strides, sizes that cannot be, storage that
   outlives its first owner, failing allocations, and what the tape promises. */
#include "check.h"
#include "ecgraft/ops.h"
#include "ecgraft/parallel.h"

static eg_tensor *counting(eg_shape shape) {
  eg_tensor *x = NULL;
  CHECK_OK(eg_tensor_new(&x, shape));
  for (int64_t i = 0; x && i < eg_tensor_numel(x); i++)
    eg_tensor_data(x)[i] = (eg_real)i;
  return x;
}

/* A view of random shape and strides: dims permuted, narrowed, one of them selected away at times. */
static eg_tensor *random_view(eg_rng *rng) {
  eg_shape shape = {.ndim = 1 + (int)eg_rng_below(rng, 4)};
  for (int i = 0; i < shape.ndim; i++)
    shape.dims[i] = 1 + (int64_t)eg_rng_below(rng, 4);
  eg_tensor *x = counting(shape), *next = NULL;
  int64_t order[EG_MAX_DIMS];
  int dims[EG_MAX_DIMS];
  eg_rng_permutation(rng, order, shape.ndim);
  for (int i = 0; i < shape.ndim; i++)
    dims[i] = (int)order[i];
  CHECK_OK(eg_tensor_permute(&next, x, dims));
  eg_tensor_release(x);
  x = next;
  for (int i = 0; i < x->shape.ndim; i++) {
    int64_t size = x->shape.dims[i], first = (int64_t)eg_rng_below(rng, (uint64_t)size);
    CHECK_OK(eg_tensor_narrow(&next, x, i, first, 1 + (int64_t)eg_rng_below(rng, (uint64_t)(size - first))));
    eg_tensor_release(x);
    x = next;
  }
  return x;
}

/* A random factorization of n into up to five dims, ones among them. */
static eg_shape random_factors(eg_rng *rng, int64_t n) {
  eg_shape shape = {0};
  while (n > 1 && shape.ndim < 4) {
    int64_t factor = n;
    for (int tries = 0; tries < 8; tries++) {
      int64_t f = 1 + (int64_t)eg_rng_below(rng, (uint64_t)n);
      if (n % f == 0)
        factor = f;
    }
    shape.dims[shape.ndim++] = factor;
    n /= factor;
  }
  shape.dims[shape.ndim++] = n;
  return shape;
}

static void reshape_keeps_the_order_of_elements(void) {
  eg_rng rng = eg_rng_seed(4);
  int views = 0, copies = 0;
  for (int round = 0; round < 3000; round++) {
    eg_tensor *x = random_view(&rng), *y = NULL;
    CHECK_OK(eg_tensor_reshape(&y, x, random_factors(&rng, eg_tensor_numel(x))));
    REQUIRE(y && eg_tensor_numel(y) == eg_tensor_numel(x));
    for (int64_t i = 0; i < eg_tensor_numel(x); i++)
      CHECK(eg_tensor_at(y, i) == eg_tensor_at(x, i));
    if (y->storage == x->storage)
      views++;
    else
      copies++;
    if (eg_tensor_is_contiguous(x))
      CHECK(y->storage == x->storage); /* never a copy where none is needed */
    eg_tensor_release(x);
    eg_tensor_release(y);
  }
  CHECK(views > 500 && copies > 100);
}

static void copies_agree_with_the_view(void) {
  eg_rng rng = eg_rng_seed(5);
  for (int round = 0; round < 1000; round++) {
    eg_tensor *x = random_view(&rng), *y = NULL, *z = NULL;
    CHECK_OK(eg_tensor_clone(&y, x));
    CHECK_OK(eg_tensor_zeros(&z, x->shape));
    CHECK_OK(eg_tensor_add_into(z, x, 2));
    CHECK(eg_tensor_is_contiguous(y));
    for (int64_t i = 0; i < eg_tensor_numel(x); i++)
      CHECK(eg_tensor_at(y, i) == eg_tensor_at(x, i) && eg_tensor_at(z, i) == 2 * eg_tensor_at(x, i));
    eg_tensor_release(x);
    eg_tensor_release(y);
    eg_tensor_release(z);
  }
}

/* Overlapping views of one storage: the values are those from before. */
static void copying_within_one_storage(void) {
  eg_tensor *x = counting(EG_SHAPE(6)), *from = NULL, *to = NULL;
  CHECK_OK(eg_tensor_narrow(&from, x, 0, 0, 5));
  CHECK_OK(eg_tensor_narrow(&to, x, 0, 1, 5));
  CHECK_OK(eg_tensor_copy_into(to, from));
  for (int64_t i = 0; i < 6; i++)
    CHECK_NEAR(eg_tensor_at(x, i), i == 0 ? 0 : i - 1, 0);
  eg_tensor_release(from);
  eg_tensor_release(to);
  eg_tensor_release(x);
}

static void sizes_that_cannot_be(void) {
  eg_tensor *x = NULL;
  CHECK_STATUS(eg_tensor_zeros(&x, EG_SHAPE(INT64_MAX, 2)), EG_USAGE);
  CHECK_STATUS(eg_tensor_zeros(&x, EG_SHAPE(1LL << 40, 1LL << 40)), EG_USAGE);
  CHECK_STATUS(eg_tensor_zeros(&x, EG_SHAPE(INT64_MAX, 0, INT64_MAX)), EG_USAGE); /* strides would overflow */
  CHECK_STATUS(eg_tensor_zeros(&x, EG_SHAPE(-1)), EG_USAGE);
  CHECK_STATUS(eg_tensor_zeros(&x, EG_SHAPE(1LL << 50)), EG_NOMEM);
  CHECK(x == NULL);
  CHECK_OK(eg_tensor_zeros(&x, EG_SHAPE(3, 0, 4)));
  CHECK(eg_tensor_numel(x) == 0 && eg_tensor_is_contiguous(x));
  eg_tensor_release(x);
  x = counting(EG_SHAPE(4, 6));
  eg_tensor *y = NULL;
  CHECK_STATUS(eg_tensor_reshape(&y, x, EG_SHAPE(-1, -1)), EG_USAGE);
  CHECK_STATUS(eg_tensor_reshape(&y, x, EG_SHAPE(-1, 7)), EG_USAGE);
  CHECK_STATUS(eg_tensor_reshape(&y, x, EG_SHAPE(INT64_MAX, 4)), EG_USAGE);
  CHECK_STATUS(eg_tensor_reshape(&y, x, EG_SHAPE(-1, 0)), EG_USAGE);
  CHECK_STATUS(eg_tensor_select(&y, x, 2, 0), EG_USAGE);
  CHECK_STATUS(eg_tensor_select(&y, x, 0, 4), EG_USAGE);
  CHECK_STATUS(eg_tensor_narrow(&y, x, 1, INT64_MAX, INT64_MAX), EG_USAGE);
  CHECK(y == NULL);
  eg_tensor_release(x);
}

static void storage_lives_as_long_as_a_view(void) {
  size_t before = eg_memory().live;
  eg_tensor *x = counting(EG_SHAPE(10, 10)), *row = NULL;
  CHECK_OK(eg_tensor_select(&row, x, 0, 7));
  eg_tensor_release(x);
  CHECK_NEAR(eg_tensor_at(row, 3), 73, 0);
  eg_tensor_release(row);
  CHECK(eg_memory().live == before);
}

/* loss = sum(relu(x w + b)), twice through the same leaf. */
static eg_status small_graph(eg_tape *tape, double *value) {
  eg_tensor *x = NULL, *w = NULL, *y = NULL, *z = NULL, *s = NULL;
  const eg_dim_options all = {.dim = -1};
  eg_status status = eg_tensor_full(&x, EG_SHAPE(3, 4), 2);
  if (status == EG_OK)
    status = eg_tensor_full(&w, EG_SHAPE(4), 0.5);
  if (status == EG_OK)
    status = eg_tensor_require_grad(w, true);
  if (status == EG_OK)
    status = eg_apply(&y, tape, &eg_op_mul, (eg_tensor *[]){x, w}, 2, NULL);
  if (status == EG_OK)
    status = eg_apply(&z, tape, &eg_op_mul, (eg_tensor *[]){y, w}, 2, NULL);
  if (status == EG_OK)
    status = eg_apply(&s, tape, &eg_op_sum, &z, 1, &all);
  if (status == EG_OK)
    status = eg_backward(s, NULL, false);
  if (status == EG_OK)
    *value = eg_tensor_at(w->grad, 0); /* d/dw of 3 x w^2 = 2 * 3 * 2 * 0.5 */
  eg_tensor_release(x);
  eg_tensor_release(w);
  eg_tensor_release(y);
  eg_tensor_release(z);
  eg_tensor_release(s);
  return status;
}

static void every_allocation_may_fail(void) {
  eg_tape tape = {.recording = true};
  double value = 0;
  CHECK_OK(small_graph(&tape, &value));
  CHECK_NEAR(value, 6, 1e-6);
  size_t before = eg_memory().live;
  for (int forever = 0; forever < 2; forever++) {
    bool passed = false;
    for (uint64_t nth = 1; nth < 200 && !passed; nth++) {
      eg_memory_fail_at(nth, forever);
      eg_status status = small_graph(&tape, &value);
      eg_memory_fail_at(0, false);
      CHECK(status == EG_OK || status == EG_NOMEM);
      CHECK(eg_memory().live == before);
      passed = status == EG_OK;
    }
    CHECK(passed);
  }
}

static void nothing_is_kept_without_recording(void) {
  eg_tape tape = {.recording = false};
  eg_tensor *w = NULL, *y = NULL;
  CHECK_OK(eg_tensor_full(&w, EG_SHAPE(2), 1));
  CHECK_OK(eg_tensor_require_grad(w, true));
  CHECK_OK(eg_apply(&y, &tape, &eg_op_exp, &w, 1, NULL));
  CHECK(y->node == NULL);
  CHECK_STATUS(eg_backward(y, NULL, false), EG_USAGE);
  eg_tensor_release(y);
  CHECK_OK(eg_apply(&y, NULL, &eg_op_exp, &w, 1, NULL)); /* no tape at all */
  CHECK(y->node == NULL);
  eg_tensor_release(y);
  eg_tensor_release(w);
}

static void random_ops_draw_from_the_tape(void) {
  const eg_dropout_options half = {.p = 0.5, .training = true};
  eg_tensor *x = NULL, *a = NULL, *b = NULL, *c = NULL;
  CHECK_OK(eg_tensor_full(&x, EG_SHAPE(500), 1));
  for (int threads = 1; threads <= 3; threads++) {
    eg_set_num_threads(threads);
    eg_tape tape = {.recording = true, .rng = eg_rng_seed(8)};
    CHECK_OK(eg_apply(&a, &tape, &eg_op_dropout, &x, 1, &half));
    CHECK_OK(eg_apply(&b, &tape, &eg_op_dropout, &x, 1, &half));
    tape.rng = eg_rng_seed(8);
    CHECK_OK(eg_apply(&c, &tape, &eg_op_dropout, &x, 1, &half));
    int same_ab = 0;
    for (int64_t i = 0; i < 500; i++) {
      same_ab += eg_tensor_at(a, i) == eg_tensor_at(b, i);
      CHECK(eg_tensor_at(a, i) == eg_tensor_at(c, i));
    }
    CHECK(same_ab > 180 && same_ab < 320);
    eg_tensor_release(a);
    eg_tensor_release(b);
    eg_tensor_release(c);
  }
  eg_tensor_release(x);
}

CHECK_MAIN(TEST(reshape_keeps_the_order_of_elements), TEST(copies_agree_with_the_view),
           TEST(copying_within_one_storage), TEST(sizes_that_cannot_be), TEST(storage_lives_as_long_as_a_view),
           TEST(every_allocation_may_fail), TEST(nothing_is_kept_without_recording),
           TEST(random_ops_draw_from_the_tape))
