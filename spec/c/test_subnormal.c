/* Values that settle among the subnormals: they count as 0 inside the tasks that would meet many, and the thread's
   setting is as before afterwards. */
#include "kernels/optim.h"
#include "kernels/rnn.h"
#include "kernels/subnormal.h"
#include "support_layers.h"

#if defined(__SSE2__) || defined(__aarch64__)
#define HAVE_SETTING 1
#else
#define HAVE_SETTING 0
#endif

enum { UNITS = 37 };

/* Whether ordinary arithmetic of this thread still knows subnormals. */
static bool subnormals_work(void) {
  volatile float small = 1e-30f, smaller = 1e-10f, product = small * smaller; /* volatile: computed here and now */
  return product > 0;
}

static int64_t count_subnormals(const eg_real *x, int64_t n) {
  int64_t count = 0;
  for (int64_t i = 0; i < n; i++)
    count += x[i] != 0 && fabs((double)x[i]) < 1.17549435e-38 && sizeof *x == sizeof(float);
  return count;
}

static void the_setting_is_restored(void) {
  CHECK(subnormals_work());
  unsigned before = eg_subnormals_off();
  bool off = !subnormals_work();
  eg_subnormals_restore(before);
  CHECK(off || !HAVE_SETTING);
  CHECK(subnormals_work());
}

/* A unit that has died after its first gradient: Adam's mean shrinks by 0.9 a step. */
static void check_dead_unit(void) {
  eg_real p[UNITS] = {0}, g[UNITS], m[UNITS] = {0}, v[UNITS] = {0};
  eg_adam c = {.step_size = 1e-3, .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8, .root = 1, .shrink = 1};
  for (int i = 0; i < UNITS; i++)
    g[i] = 1;
  for (int step = 0; step < 1200; step++) {
    eg_k_adam(p, g, m, v, UNITS, &c);
    memset(g, 0, sizeof g);
  }
  CHECK(count_subnormals(m, UNITS) == 0 || !HAVE_SETTING);
  CHECK(subnormals_work());
}

static void a_dead_unit(void) {
  with_each_cpu(check_dead_unit);
}

/* The gradient of the last output vanishes on its way to the first of 400 steps: with weights 0, z = 1/2 in each. */
static void check_vanishing(void) {
  enum { N = 3, L = 400, INPUTS = 2, HIDDEN = 5 };
  eg_real *w_ih = calloc(3 * HIDDEN * INPUTS, sizeof *w_ih), *w_hh = calloc(3 * HIDDEN * HIDDEN, sizeof *w_hh);
  eg_real *x = numbers(N * L * INPUTS, -1, 1, 1), *dy = calloc(N * L * HIDDEN, sizeof *dy);
  for (int64_t i = 0; i < 3 * HIDDEN * INPUTS; i++)
    w_ih[i] = (eg_real)1e-3;
  for (int64_t n = 0; n < N; n++)
    for (int64_t j = 0; j < HIDDEN; j++)
      dy[(n * L + L - 1) * HIDDEN + j] = 1;
  eg_k_rnn r = {.kind = EG_K_GRU, .n = N, .l = L, .inputs = INPUTS, .hidden = HIDDEN, .directions = 1, .x = x};
  r.weights[0] = (eg_k_rnn_weights){.w_ih = w_ih, .w_hh = w_hh};
  eg_real *y = nans(N * L * HIDDEN), *gates = nans((int64_t)eg_k_rnn_gates(&r)), *dx = nans(N * L * INPUTS);
  eg_real *scratch = scratch_of(eg_k_rnn_forward_scratch(&r));
  eg_k_rnn_forward(&r, y, NULL, gates, NULL, scratch);
  free(scratch);
  scratch = scratch_of(eg_k_rnn_backward_scratch(&r));
  eg_k_rnn_backward(&r, &(eg_k_rnn_gradients){.x = {dx, 0}}, dy, y, gates, NULL, scratch);
  CHECK(fabs((double)dx[(L - 1) * INPUTS]) > 0);
  CHECK(count_subnormals(dx, N * L * INPUTS) == 0 || !HAVE_SETTING);
  CHECK(subnormals_work());
  free(scratch);
  free(y);
  free(gates);
  free(dx);
  free(x);
  free(dy);
  free(w_ih);
  free(w_hh);
}

static void a_vanishing_gradient(void) {
  with_each_cpu(check_vanishing);
}

CHECK_MAIN(TEST(the_setting_is_restored), TEST(a_dead_unit), TEST(a_vanishing_gradient))
