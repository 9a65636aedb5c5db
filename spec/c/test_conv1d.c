/* Every way to compute a convolution against the loops of the definition, in the three directions, and those against
   sums worked out by hand. */
#include "kernels/conv1d_algorithm.h"
#include "support_layers.h"

static const eg_conv1d_shape shapes[] = {
    /* n, l, ci, co, k, lo (filled in), stride, padding, dilation, groups */
    {1, 1, 1, 1, 1, 0, 1, 0, 1, 1},
    {2, 7, 3, 5, 3, 0, 1, 1, 1, 1},
    {3, 33, 7, 33, 5, 0, 2, 2, 1, 1},
    {2, 41, 12, 64, 7, 0, 2, 3, 1, 1},
    {3, 20, 16, 32, 3, 0, 1, 1, 1, 1},
    {5, 63, 32, 64, 3, 0, 2, 1, 1, 1},
    {2, 31, 32, 48, 1, 0, 1, 0, 1, 1},
    {3, 30, 33, 16, 1, 0, 2, 0, 1, 1},
    {3, 31, 16, 16, 1, 0, 2, 0, 1, 1},
    {1, 9, 4, 6, 3, 0, 3, 2, 2, 1},
    {2, 17, 6, 9, 3, 0, 1, 1, 1, 3},
    {2, 25, 8, 8, 5, 0, 1, 2, 1, 8},
    {2, 40, 16, 16, 3, 0, 1, 4, 4, 1},
    {1, 5, 2, 3, 3, 0, 1, 6, 1, 1},
    {19, 13, 64, 32, 3, 0, 1, 1, 1, 1},
    {70, 5, 5, 7, 3, 0, 2, 1, 1, 1},
    {300, 3, 2, 3, 3, 0, 1, 0, 1, 1},
    {2, 2, 16, 32, 3, 0, 1, 1, 1, 1},
    {3, 1, 32, 32, 3, 0, 1, 1, 1, 1},
    {2, 32, 96, 80, 3, 0, 1, 1, 1, 1},
    {1, 37, 64, 64, 9, 0, 4, 4, 1, 1},
    {4, 18, 128, 64, 3, 0, 1, 0, 1, 1},
    {2, 19, 48, 33, 5, 0, 1, 2, 1, 1},
    {0, 10, 3, 4, 3, 0, 1, 1, 1, 1},
    /* dy packed, several blocks of outputs; one piece whose chunks the threads share; pieces of several chunks; ends
       that lack two taps and more */
    {2, 20, 16, 300, 3, 0, 1, 1, 1, 1},
    {230, 1, 256, 176, 3, 0, 1, 1, 1, 1},
    {22000, 1, 4, 4, 3, 0, 1, 1, 1, 1},
    {5, 9, 8, 16, 7, 0, 1, 3, 1, 1},
    {2, 50, 64, 16, 7, 0, 1, 3, 1, 1},
    {17, 32, 32, 96, 1, 0, 1, 0, 1, 1},
    {1, 10, 1, 1, 10, 0, 1, 0, 1, 1},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

/* One convolution: data, and results of one way. */
typedef struct trial {
  eg_conv1d_shape s;
  int64_t x_size, y_size, w_size;
  eg_real *x, *w, *bias, *dy;
} trial;

static trial trial_of(const eg_conv1d_shape *shape) {
  trial t = {.s = *shape};
  t.s.lo = eg_conv1d_length(t.s.l, t.s.k, t.s.stride, t.s.padding, t.s.dilation);
  t.x_size = t.s.n * t.s.l * t.s.ci;
  t.y_size = t.s.n * t.s.lo * t.s.co;
  t.w_size = t.s.co * t.s.k * (t.s.ci / t.s.groups);
  t.x = numbers(t.x_size, -1, 1, 1);
  t.w = numbers(t.w_size, -1, 1, 2);
  t.bias = numbers(t.s.co, -1, 1, 3);
  t.dy = numbers(t.y_size, -1, 1, 4);
  return t;
}

static void trial_end(trial *t) {
  free(t->x);
  free(t->w);
  free(t->bias);
  free(t->dy);
}

static int64_t result_size(const trial *t, int direction) {
  return direction == EG_CONV1D_FORWARD ? t->y_size : direction == EG_CONV1D_DATA ? t->x_size : t->w_size;
}

/* Forward: with bias; as it is; with bias, residual and ReLU. Backward: overwriting; added to numbers that are the same
   for every way. */
enum { WITH_BIAS, AS_IT_IS, WITH_ENDS, VARIANTS };

/* The result of a way, to be freed. */
static eg_real *result(const trial *t, const eg_conv1d_algorithm *way, int direction, int variant) {
  int64_t n = result_size(t, direction);
  double beta = variant == AS_IT_IS ? 1 : 0;
  eg_real *out = beta == 0 ? nans(n) : numbers(n, -1, 1, 5), *residual = numbers(t->y_size, 0, 2, 6);
  eg_conv1d_ends ends = {.bias = variant == AS_IT_IS ? NULL : t->bias,
                         .residual = variant == WITH_ENDS ? residual : NULL,
                         .relu = variant == WITH_ENDS};
  bool forward = direction == EG_CONV1D_FORWARD;
  eg_real *scratch = scratch_of(forward ? eg_conv1d_forward_scratch(way, &t->s) : way->scratch(&t->s, direction));
  if (forward)
    eg_conv1d_pack_and_run(way, &t->s, out, t->x, t->w, &ends, scratch);
  else if (direction == EG_CONV1D_DATA)
    way->backward_data(&t->s, out, (eg_real)beta, t->dy, t->w, scratch);
  else
    way->backward_weight(&t->s, out, (eg_real)beta, t->dy, t->x, scratch);
  free(scratch);
  free(residual);
  return out;
}

static void describe(const trial *t, const eg_conv1d_algorithm *way, int direction, int variant) {
  fprintf(stderr,
          "  there: %s, direction %d, n %" PRId64 " l %" PRId64 " ci %" PRId64 " co %" PRId64 " k %" PRId64
          " stride %" PRId64 " padding %" PRId64 " dilation %" PRId64 " groups %" PRId64 ", variant %d, %s\n",
          way->name, direction, t->s.n, t->s.l, t->s.ci, t->s.co, t->s.k, t->s.stride, t->s.padding, t->s.dilation,
          t->s.groups, variant, eg_cpu_name(eg_cpu_in_use()));
}

static void check_way(const trial *t, const eg_conv1d_algorithm *way, int direction, int variant,
                      const eg_real *expected) {
  int64_t n = result_size(t, direction);
  int failures = check_state.failures;
  eg_set_num_threads(1);
  eg_real *one = result(t, way, direction, variant);
  CHECK_TWIN(one, expected, n, 60);
  for (int threads = 2; threads <= 3; threads++) {
    eg_set_num_threads(threads);
    eg_real *more = result(t, way, direction, variant);
    CHECK_SAME_BITS(more, one, (size_t)n * sizeof *one);
    free(more);
  }
  if (check_state.failures > failures)
    describe(t, way, direction, variant);
  free(one);
}

/* With every instruction set. tried: a bit for each way that did the shape. */
static void check_ways(const trial *t, int direction, int variant, unsigned *tried) {
  eg_real *expected = result(t, &eg_conv1d_plain, direction, variant);
  for (int cpu = 0; cpu < EG_CPU_COUNT; cpu++)
    for (int way = 0; eg_cpu_force((eg_cpu)cpu) && eg_conv1d_algorithms[way]; way++)
      if (eg_conv1d_algorithms[way]->fits(&t->s, direction, true)) {
        *tried |= 1u << way;
        check_way(t, eg_conv1d_algorithms[way], direction, variant, expected);
      }
  free(expected);
}

static void every_way_agrees_with_the_definition(void) {
  int threads = eg_num_threads();
  eg_cpu cpu = eg_cpu_in_use();
  unsigned tried = 0;
  for (int i = 0; i < SHAPES; i++) {
    trial t = trial_of(&shapes[i]);
    for (int direction = EG_CONV1D_FORWARD; direction <= EG_CONV1D_WEIGHT; direction++)
      for (int variant = 0; variant < (direction == EG_CONV1D_FORWARD ? VARIANTS : WITH_ENDS); variant++)
        check_ways(&t, direction, variant, &tried);
    trial_end(&t);
  }
  eg_set_num_threads(threads);
  eg_cpu_force(cpu);
  for (int way = 0; eg_conv1d_algorithms[way]; way++) /* a way of this build that no shape reaches would go untested */
    CHECK((tried >> way & 1) || !eg_conv1d_algorithms[way]->forward);
}

/* x = 1 2 3 4, w = 1 10 100, padding 1: y = 210, 321, 432, 43; with bias 0.5 and a residual, and ReLU */
static void the_definition_by_hand(void) {
  eg_conv1d_shape s = {1, 4, 1, 1, 3, 4, 1, 1, 1, 1};
  const eg_real x[] = {1, 2, 3, 4}, w[] = {1, 10, 100}, bias[] = {0.5}, dy[] = {1, 0, 0, 2};
  eg_real y[4], dx[4] = {0}, dw[3] = {0};
  const eg_real residual[] = {0, -1000, NAN, 1};
  eg_conv1d_run(&eg_conv1d_plain, &s, y, x, w, &(eg_conv1d_ends){.bias = bias}, NULL);
  CHECK_ARRAY_NEAR(y, ((double[]){210.5, 321.5, 432.5, 43.5}), 4, 1e-4);
  eg_conv1d_run(&eg_conv1d_plain, &s, y, x, w, &(eg_conv1d_ends){bias, residual, true}, NULL);
  CHECK_ARRAY_NEAR(y, ((double[]){210.5, 0}), 2, 1e-4);
  CHECK(isnan(y[2]));
  CHECK_NEAR(y[3], 44.5, 1e-4);
  eg_conv1d_plain.backward_data(&s, dx, 0, dy, w, NULL);
  CHECK_ARRAY_NEAR(dx, ((double[]){10, 100, 2, 20}), 4, 1e-5);
  eg_conv1d_plain.backward_weight(&s, dw, 0, dy, x, NULL);
  CHECK_ARRAY_NEAR(dw, ((double[]){0 + 2 * 3, 1 + 2 * 4, 2 + 0}), 3, 1e-5);
}

/* ReLU passes a NaN, so that it is found. */
static void check_nan(void) {
  eg_conv1d_shape s = {2, 20, 32, 32, 3, 20, 1, 1, 1, 1};
  int64_t n = s.n * s.lo * s.co, at = 77;
  eg_real *x = numbers(s.n * s.l * s.ci, -1, 1, 1), *w = numbers(s.co * s.k * s.ci, -1, 1, 2);
  eg_real *residual = numbers(n, -1, 1, 3), *y = nans(n);
  residual[at] = (eg_real)NAN;
  for (int i = 0; eg_conv1d_algorithms[i]; i++) {
    const eg_conv1d_algorithm *way = eg_conv1d_algorithms[i];
    if (!way->fits(&s, EG_CONV1D_FORWARD, true))
      continue;
    eg_real *scratch = scratch_of(eg_conv1d_forward_scratch(way, &s));
    eg_conv1d_pack_and_run(way, &s, y, x, w, &(eg_conv1d_ends){.residual = residual, .relu = true}, scratch);
    for (int64_t j = 0; j < n; j++)
      CHECK(j == at ? isnan(y[j]) : y[j] >= 0);
    free(scratch);
  }
  free(x);
  free(w);
  free(residual);
  free(y);
}

static void a_nan_in_the_residual(void) {
  with_each_cpu(check_nan);
}

static void lengths(void) {
  CHECK_INT(eg_conv1d_length(10, 3, 1, 1, 1), 10);
  CHECK_INT(eg_conv1d_length(1000, 7, 2, 3, 1), 500);
  CHECK_INT(eg_conv1d_length(5, 3, 1, 0, 2), 1);
  CHECK_INT(eg_conv1d_length(4, 3, 1, 0, 2), 0);
}

static void a_way_can_be_forced(void) {
  eg_conv1d_shape s = {2, 16, 32, 32, 3, 16, 1, 1, 1, 1};
  CHECK(!eg_conv1d_force("no such way"));
  for (int way = 0; eg_conv1d_algorithms[way]; way++) {
    CHECK(eg_conv1d_force(eg_conv1d_algorithms[way]->name));
    const eg_conv1d_algorithm *chosen = eg_conv1d_choose(&s, EG_CONV1D_FORWARD);
    if (eg_conv1d_algorithms[way]->fits(&s, EG_CONV1D_FORWARD, true))
      CHECK_STRING(chosen->name, eg_conv1d_algorithms[way]->name);
    else
      CHECK(chosen->fits(&s, EG_CONV1D_FORWARD, false));
  }
  CHECK(eg_conv1d_force(NULL));
}

/* One record of a late stage: making Winograd's filters is not worth it, reading them is. */
static void check_packed(void) {
  eg_conv1d_shape s = {1, 32, 512, 512, 3, 32, 1, 1, 1, 1};
  if (eg_cpu_in_use() == EG_CPU_PLAIN)
    return;
  CHECK_STRING(eg_conv1d_choose(&s, EG_CONV1D_FORWARD)->name, "direct");
  CHECK_STRING(eg_conv1d_choose(&s, EG_CONV1D_PACKED)->name, "winograd");
}

static void packed_weights_change_the_choice(void) {
  with_each_cpu(check_packed);
}

CHECK_MAIN(TEST(every_way_agrees_with_the_definition), TEST(the_definition_by_hand), TEST(a_nan_in_the_residual),
           TEST(lengths), TEST(a_way_can_be_forced), TEST(packed_weights_change_the_choice))
