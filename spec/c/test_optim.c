/* Optimizers against their update rules written as plain loops in double, groups and state, clipping, failed
   allocations. (Against PyTorch: spec/optim.) */
#include "ecgraft/ops.h"
#include "ecgraft/optim.h"
#include "support_layers.h"

static eg_tensor *parameter(eg_shape shape, uint64_t seed) {
  eg_tensor *x = NULL;
  eg_rng rng = eg_rng_seed(seed);
  CHECK_OK(eg_tensor_uniform(&x, shape, &rng, -1, 1));
  CHECK_OK(eg_tensor_require_grad(x, true));
  return x;
}

static void set_grad(eg_tensor *x, uint64_t seed) {
  eg_rng rng = eg_rng_seed(seed);
  eg_tensor_zero_grad(x);
  CHECK_OK(eg_tensor_uniform(&x->grad, x->shape, &rng, -1, 1));
}

/* The state of the plain rules: up to three arrays. */
typedef struct plain {
  double *p, *a, *b, *c;
  int64_t n;
  const double *s;
} plain;

static void plain_sgd(plain *o, const eg_real *g, int step) {
  for (int64_t i = 0; i < o->n; i++) {
    double d = g[i] + o->s[3] * o->p[i];
    if (o->s[1] != 0) {
      o->a[i] = step == 1 ? d : o->s[1] * o->a[i] + (1 - o->s[2]) * d;
      d = o->s[4] != 0 ? d + o->s[1] * o->a[i] : o->a[i];
    }
    o->p[i] -= o->s[0] * d;
  }
}

static void plain_adam(plain *o, const eg_real *g, int step, bool decoupled) {
  for (int64_t i = 0; i < o->n; i++) {
    double d = g[i];
    if (decoupled)
      o->p[i] -= o->s[0] * o->s[4] * o->p[i];
    else
      d += o->s[4] * o->p[i];
    o->a[i] = o->s[1] * o->a[i] + (1 - o->s[1]) * d;
    o->b[i] = o->s[2] * o->b[i] + (1 - o->s[2]) * d * d;
    double m = o->a[i] / (1 - pow(o->s[1], step)), v = o->b[i] / (1 - pow(o->s[2], step));
    o->p[i] -= o->s[0] * m / (sqrt(v) + o->s[3]);
  }
}

static void plain_rmsprop(plain *o, const eg_real *g) {
  for (int64_t i = 0; i < o->n; i++) {
    double d = g[i] + o->s[3] * o->p[i];
    o->a[i] = o->s[1] * o->a[i] + (1 - o->s[1]) * d * d;
    double v = o->a[i];
    if (o->s[5] != 0) {
      o->b[i] = o->s[1] * o->b[i] + (1 - o->s[1]) * d;
      v -= o->b[i] * o->b[i];
    }
    d /= sqrt(v) + o->s[2];
    if (o->s[4] != 0)
      d = o->c[i] = o->s[4] * o->c[i] + d;
    o->p[i] -= o->s[0] * d;
  }
}

static void check_rule(const eg_optim_kind *kind, const double *settings, int64_t n) {
  eg_tensor *x = parameter(EG_SHAPE(n), 1);
  eg_optim *optim;
  plain o = {doubles(n), doubles(n), doubles(n), doubles(n), n, settings};
  for (int64_t i = 0; i < n; i++)
    o.p[i] = eg_tensor_data(x)[i];
  CHECK_OK(eg_optim_new(&optim, kind));
  CHECK_OK(eg_optim_add_group(optim, &x, 1, settings));
  for (int step = 1; step <= 4; step++) {
    set_grad(x, 100 + (uint64_t)step);
    const eg_real *g = eg_tensor_data(x->grad);
    if (kind == &eg_optim_sgd)
      plain_sgd(&o, g, step);
    else if (kind == &eg_optim_rmsprop)
      plain_rmsprop(&o, g);
    else
      plain_adam(&o, g, step, kind == &eg_optim_adamw);
    uint64_t version = x->storage->version;
    CHECK_OK(eg_optim_step(optim));
    CHECK(x->storage->version > version);
    CHECK_ARRAY_NEAR(eg_tensor_data(x), o.p, n, 100 * TIGHT);
  }
  eg_optim_free(optim);
  eg_tensor_release(x);
  free(o.p), free(o.a), free(o.b), free(o.c);
}

static void check_rules(void) {
  static const struct {
    const eg_optim_kind *kind;
    double settings[EG_MAX_SETTINGS];
  } cases[] = {{&eg_optim_sgd, {0.1, 0, 0, 0, 0}},
               {&eg_optim_sgd, {0.1, 0.9, 0, 0.01, 0}},
               {&eg_optim_sgd, {0.1, 0.9, 0.3, 0, 0}},
               {&eg_optim_sgd, {0.1, 0.9, 0, 0.01, 1}},
               {&eg_optim_adam, {0.1, 0.9, 0.999, 1e-3, 0}},
               {&eg_optim_adam, {0.1, 0.8, 0.9, 1e-3, 0.1}},
               {&eg_optim_adamw, {0.1, 0.8, 0.9, 1e-3, 0.1}},
               {&eg_optim_rmsprop, {0.1, 0.9, 1e-3, 0, 0, 0}},
               {&eg_optim_rmsprop, {0.1, 0.9, 1e-3, 0.1, 0.5, 0}},
               {&eg_optim_rmsprop, {0.1, 0.5, 1e-3, 0.1, 0.5, 1}}};
  const int64_t sizes[] = {0, 1, 7, 33, 40001};
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
      check_rule(cases[c].kind, cases[c].settings, sizes[s]);
}

static void update_rules(void) {
  with_each_cpu(check_rules);
}

static void groups_have_their_own_settings(void) {
  eg_tensor *a = parameter(EG_SHAPE(1), 1), *b = parameter(EG_SHAPE(1), 2), *idle = parameter(EG_SHAPE(1), 3);
  eg_real a0 = *eg_tensor_data(a), b0 = *eg_tensor_data(b), idle0 = *eg_tensor_data(idle);
  double settings[EG_MAX_SETTINGS];
  eg_optim *optim;
  eg_optim_defaults(&eg_optim_sgd, settings);
  CHECK_NEAR(settings[0], 1e-3, 0);
  CHECK_OK(eg_optim_new(&optim, &eg_optim_sgd));
  settings[0] = 0.5;
  CHECK_OK(eg_optim_add_group(optim, (eg_tensor *[]){a, idle}, 2, settings));
  settings[0] = 2;
  CHECK_OK(eg_optim_add_group(optim, &b, 1, settings));
  CHECK_INT(eg_optim_groups(optim), 2);
  CHECK_INT(eg_optim_count(optim), 3);
  CHECK_INT(eg_optim_group_of(optim, 2), 1);
  CHECK_OK(eg_tensor_full(&a->grad, a->shape, 1));
  CHECK_OK(eg_tensor_full(&b->grad, b->shape, 1));
  CHECK_OK(eg_optim_step(optim));
  CHECK_NEAR(*eg_tensor_data(a), a0 - 0.5, TIGHT);
  CHECK_NEAR(*eg_tensor_data(b), b0 - 2, TIGHT);
  CHECK(*eg_tensor_data(idle) == idle0); /* it has no gradient */
  CHECK_INT(eg_optim_steps(optim, 1), 0);
  settings[0] = 1;
  CHECK_OK(eg_optim_configure(optim, 1, settings));
  CHECK_NEAR(eg_optim_settings(optim, 1)[0], 1, 0);
  CHECK_NEAR(eg_optim_settings(optim, 0)[0], 0.5, 0);
  CHECK_OK(eg_optim_step(optim));
  CHECK_NEAR(*eg_tensor_data(b), b0 - 3, TIGHT);
  eg_optim_zero_grad(optim);
  CHECK(!a->grad && !b->grad);
  eg_optim_free(optim);
  eg_tensor_release(a), eg_tensor_release(b), eg_tensor_release(idle);
}

static void state_can_be_carried_over(void) {
  eg_tensor *a = parameter(EG_SHAPE(3, 5), 1), *b = NULL, *wrong = NULL;
  double settings[EG_MAX_SETTINGS];
  eg_optim *first, *second;
  eg_optim_defaults(&eg_optim_adam, settings);
  CHECK_OK(eg_optim_new(&first, &eg_optim_adam));
  CHECK_OK(eg_optim_new(&second, &eg_optim_adam));
  CHECK_OK(eg_optim_add_group(first, &a, 1, settings));
  CHECK(!eg_optim_slot(first, 0, 0));
  set_grad(a, 7);
  CHECK_OK(eg_optim_step(first));
  CHECK_OK(eg_tensor_clone(&b, a));
  CHECK_OK(eg_optim_add_group(second, &b, 1, settings));
  for (int slot = 0; slot < 2; slot++) {
    REQUIRE(eg_optim_slot(first, 0, slot) != NULL);
    CHECK_OK(eg_optim_set_slot(second, 0, slot, eg_optim_slot(first, 0, slot)));
  }
  eg_optim_set_steps(second, 0, eg_optim_steps(first, 0));
  set_grad(a, 8), set_grad(b, 8);
  CHECK_OK(eg_optim_step(first));
  CHECK_OK(eg_optim_step(second));
  CHECK_SAME_BITS(eg_tensor_data(b), eg_tensor_data(a), 15 * sizeof(eg_real));
  CHECK_OK(eg_tensor_zeros(&wrong, EG_SHAPE(5, 3)));
  CHECK_FAILS(eg_optim_set_slot(second, 0, 1, wrong), EG_USAGE,
              "Adam: exp_avg_sq of parameter 1 has shape {5, 3}, expected {3, 5}");
  CHECK_OK(eg_optim_set_slot(second, 0, 1, NULL));
  CHECK(!eg_optim_slot(second, 0, 1));
  eg_optim_free(first), eg_optim_free(second);
  eg_tensor_release(a), eg_tensor_release(b), eg_tensor_release(wrong);
}

static void what_it_finds_fault_with(void) {
  eg_tensor *a = parameter(EG_SHAPE(2, 3), 1), *t = NULL, *y = NULL;
  eg_tape tape = {.recording = true};
  double s[EG_MAX_SETTINGS];
  eg_optim *optim;
  CHECK_OK(eg_optim_new(&optim, &eg_optim_sgd));
#define REFUSED(place, value, text)                                                                                    \
  eg_optim_defaults(&eg_optim_sgd, s);                                                                                 \
  s[place] = value;                                                                                                    \
  CHECK_FAILS(eg_optim_add_group(optim, &a, 1, s), EG_USAGE, text)
  REFUSED(0, -1, "SGD: lr must be a number of at least 0, got -1");
  REFUSED(0, NAN, "SGD: lr must be a number of at least 0");
  REFUSED(0, INFINITY, "SGD: lr must be a number of at least 0");
  REFUSED(4, 2, "SGD: nesterov must be 0 or 1, got 2");
  REFUSED(4, 1, "SGD: nesterov needs momentum above 0 and dampening 0, got 0 and 0");
  eg_optim_defaults(&eg_optim_sgd, s);
  CHECK_OK(eg_tensor_transpose(&t, a, 0, 1));
  CHECK_FAILS(eg_optim_add_group(optim, &t, 1, s), EG_USAGE, "SGD: parameter 1 is not contiguous");
  CHECK_OK(eg_apply(&y, &tape, &eg_op_neg, &a, 1, NULL));
  CHECK_FAILS(eg_optim_add_group(optim, &y, 1, s), EG_USAGE, "SGD: parameter 1 is the result of an op");
  CHECK_FAILS(eg_optim_add_group(optim, (eg_tensor *[]){a, a}, 2, s), EG_USAGE, "are the same tensor");
  CHECK_INT(eg_optim_count(optim), 0);
  CHECK_OK(eg_optim_add_group(optim, &a, 1, s));
  CHECK_FAILS(eg_optim_add_group(optim, &a, 1, s), EG_USAGE, "SGD: parameter 1 is in group 1 already");
  s[0] = -1;
  CHECK_FAILS(eg_optim_configure(optim, 0, s), EG_USAGE, "lr must be");
  CHECK_NEAR(eg_optim_settings(optim, 0)[0], 1e-3, 0);
  CHECK_INT(eg_optim_setting(&eg_optim_adam, "beta2"), 2);
  CHECK_INT(eg_optim_setting(&eg_optim_adam, "betas"), -1);
  eg_optim_free(optim);
  eg_tensor_release(a), eg_tensor_release(t), eg_tensor_release(y);
}

static void clipping(void) {
  eg_tensor *p[3] = {parameter(EG_SHAPE(2), 1), parameter(EG_SHAPE(40000), 2), parameter(EG_SHAPE(1), 3)};
  double norm = 0;
  CHECK_OK(eg_tensor_full(&p[0]->grad, p[0]->shape, 3));
  CHECK_OK(eg_tensor_full(&p[1]->grad, p[1]->shape, 0.1)); /* 18 + 400 = 418; the third has none */
  CHECK_OK(eg_clip_grad_norm(&norm, p, 3, 100));
  CHECK_NEAR(norm, sqrt(418), 1e-5);
  CHECK_NEAR(eg_tensor_at(p[0]->grad, 0), 3, 0); /* below the limit: as it was */
  CHECK_OK(eg_clip_grad_norm(&norm, p, 3, 2));
  CHECK_NEAR(eg_tensor_at(p[0]->grad, 1), 3 * 2 / (sqrt(418) + 1e-6), 1e-6);
  CHECK_OK(eg_clip_grad_norm(&norm, p, 3, 10));
  CHECK_NEAR(norm, 2, 1e-5);
  eg_tensor_data(p[0]->grad)[0] = -5;
  eg_tensor_data(p[0]->grad)[1] = NAN;
  CHECK_OK(eg_clip_grad_value(p, 3, 0.25));
  CHECK_NEAR(eg_tensor_at(p[0]->grad, 0), -0.25, 0);
  CHECK(isnan(eg_tensor_at(p[0]->grad, 1)));
  CHECK_OK(eg_clip_grad_norm(&norm, p, 3, 1));
  CHECK(isnan(norm));
  CHECK_FAILS(eg_clip_grad_norm(&norm, p, 3, 0), EG_USAGE, "clip_grad_norm: expected a limit above 0, got 0");
  CHECK_FAILS(eg_clip_grad_value(p, 3, NAN), EG_USAGE, "clip_grad_value: expected a limit above 0");
  for (int i = 0; i < 3; i++)
    eg_tensor_release(p[i]);
}

static eg_status train(void) {
  eg_tensor *p[2] = {NULL, NULL};
  eg_optim *optim = NULL;
  double settings[EG_MAX_SETTINGS], norm;
  eg_optim_defaults(&eg_optim_rmsprop, settings);
  settings[4] = 0.9;
  eg_status status = eg_tensor_full(&p[0], EG_SHAPE(3), 1);
  if (status == EG_OK)
    status = eg_tensor_full(&p[1], EG_SHAPE(4), 1);
  for (int i = 0; i < 2 && status == EG_OK; i++)
    status = eg_tensor_full(&p[i]->grad, p[i]->shape, 1);
  if (status == EG_OK)
    status = eg_optim_new(&optim, &eg_optim_rmsprop);
  if (status == EG_OK)
    status = eg_optim_add_group(optim, p, 2, settings);
  if (status == EG_OK)
    status = eg_clip_grad_norm(&norm, p, 2, 1);
  if (status == EG_OK) {
    status = eg_optim_step(optim);
    if (status != EG_OK) /* all or nothing */
      CHECK(eg_tensor_at(p[0], 0) == 1 && eg_tensor_at(p[1], 0) == 1 && !eg_optim_slot(optim, 0, 0));
  }
  eg_optim_free(optim);
  eg_tensor_release(p[0]);
  eg_tensor_release(p[1]);
  return status;
}

static void memory_that_fails(void) {
  CHECK_OK(train());
  CHECK_NOMEM(train());
}

static void make_steps(eg_real *out) {
  eg_tensor *x = parameter(EG_SHAPE(50001), 1);
  double settings[EG_MAX_SETTINGS], norm;
  eg_optim *optim;
  eg_optim_defaults(&eg_optim_adam, settings);
  CHECK_OK(eg_optim_new(&optim, &eg_optim_adam));
  CHECK_OK(eg_optim_add_group(optim, &x, 1, settings));
  for (uint64_t step = 0; step < 3; step++) {
    set_grad(x, step);
    CHECK_OK(eg_clip_grad_norm(&norm, &x, 1, 1));
    CHECK_OK(eg_optim_step(optim));
  }
  memcpy(out, eg_tensor_data(x), 50001 * sizeof *out);
  eg_optim_free(optim);
  eg_tensor_release(x);
}

static void the_same_bits_for_any_number_of_threads(void) {
  check_threads(make_steps, 50001);
}

CHECK_MAIN(TEST(update_rules), TEST(groups_have_their_own_settings), TEST(state_can_be_carried_over),
           TEST(what_it_finds_fault_with), TEST(clipping), TEST(memory_that_fails),
           TEST(the_same_bits_for_any_number_of_threads))
