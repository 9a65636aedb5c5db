/* Losses and their gradients against their definitions in double, with each instruction set. */
#include "kernels/loss.h"
#include "support_layers.h"

static const int64_t sizes[][2] = {{1, 1}, {3, 5}, {7, 16}, {2, 33}, {64, 71}, {300, 70}, {1, 20001}};
enum { SIZES = sizeof sizes / sizeof *sizes };

static void check_squared_error(void) {
  for (int s = 0; s < SIZES; s++)
    for (int64_t g_step = 0; g_step < 2; g_step++) {
      int64_t n = sizes[s][0] * sizes[s][1];
      eg_real *x = numbers(n, -2, 2, 1), *z = numbers(n, -2, 2, 2), *g = numbers(n, -1, 1, 3), *y = nans(n);
      double *loss = doubles(n), *gradient = doubles(n);
      for (int64_t i = 0; i < n; i++) {
        double apart = (double)x[i] - z[i];
        loss[i] = apart * apart;
        gradient[i] = 0.5 * g[i * g_step] * 2 * apart;
      }
      eg_k_squared_error(y, x, z, n);
      CHECK_ARRAY_NEAR(y, loss, n, 4 * TIGHT);
      eg_k_squared_error_grad(y, false, 0.5, g, g_step, x, z, n);
      CHECK_ARRAY_NEAR(y, gradient, n, 4 * TIGHT);
      eg_k_squared_error_grad(y, true, 0.5, g, g_step, x, z, n);
      for (int64_t i = 0; i < n; i++)
        gradient[i] *= 2;
      CHECK_ARRAY_NEAR(y, gradient, n, 8 * TIGHT);
      free(x), free(z), free(g), free(y), free(loss), free(gradient);
    }
}

static double plain_softplus(double x) {
  return fmax(x, 0) + log1p(exp(-fabs(x)));
}

/* The weights p and w (rows, columns) as walks see them: one number, one a column, one a row, one an entry, or every
   second entry of an array (the last dim's stride is 2). */
static const int64_t weight_strides[][2] = {{0, 0}, {0, 1}, {1, 0}, {-1, 1}, {-2, 2}};
enum { WEIGHTS = sizeof weight_strides / sizeof *weight_strides };

static void check_bce_with(int64_t rows, int64_t columns, const int64_t *strides) {
  int64_t n = rows * columns, dims[] = {rows, columns}, whole[] = {columns, 1}, number[] = {0, 0};
  int64_t weight[] = {strides[0] < 0 ? -strides[0] * columns : strides[0], strides[1]};
  eg_real *x = numbers(n, -8, 8, 1), *z = numbers(n, 0, 1, 2), *p = numbers(2 * n, 0.5, 3, 3);
  eg_real *w = numbers(2 * n, 0.5, 2, 4), *g = numbers(n, -1, 1, 5), *y = nans(n);
  double *loss = doubles(n), *gradient = doubles(n);
  eg_walk forward, back;
  eg_walk_make(&forward, dims, 2, (const int64_t *const[]){whole, whole, weight, weight}, 4);
  x[n / 2] = 200;
  x[n / 3] = -200;
  for (int64_t i = 0; i < n; i++) {
    int64_t at = i / columns * weight[0] + i % columns * weight[1];
    loss[i] = w[at] * ((1 - (double)z[i]) * x[i] + (1 + ((double)p[at] - 1) * z[i]) * plain_softplus(-(double)x[i]));
  }
  eg_k_bce(y, &forward, x, z, p, w);
  CHECK_ARRAY_NEAR(y, loss, n, 500 * TIGHT); /* losses up to 1200 */
  for (int which = 0; which < 2; which++)
    for (int one = 0; one < 2; one++) {
      eg_walk_make(&back, dims, 2, (const int64_t *const[]){one ? number : whole, whole, whole, weight, weight}, 5);
      for (int64_t i = 0; i < n; i++) {
        int64_t at = i / columns * weight[0] + i % columns * weight[1];
        double q = 1 / (1 + exp((double)x[i])), slope = 1 - z[i] - (1 + ((double)p[at] - 1) * z[i]) * q;
        if (which == 1)
          slope = ((double)p[at] - 1) * plain_softplus(-(double)x[i]) - x[i];
        gradient[i] = 0.25 * g[one ? 0 : i] * w[at] * slope;
      }
      double tolerance = (which == 0 ? 5 : 200) * TIGHT;
      eg_k_bce_grad(y, which, false, 0.25, &back, g, x, z, p, w);
      CHECK_ARRAY_NEAR(y, gradient, n, tolerance);
      eg_k_bce_grad(y, which, true, 0.25, &back, g, x, z, p, w);
      for (int64_t i = 0; i < n; i++)
        gradient[i] *= 2;
      CHECK_ARRAY_NEAR(y, gradient, n, 2 * tolerance);
    }
  free(x), free(z), free(p), free(w), free(g), free(y), free(loss), free(gradient);
}

static void check_bce(void) {
  for (int s = 0; s < SIZES; s++)
    for (int k = 0; k < WEIGHTS; k++)
      check_bce_with(sizes[s][0], sizes[s][1], weight_strides[k]);
}

static double share(const eg_ce_target *target, int64_t n, int64_t k) {
  double t = target->index ? (double)(target->index[n] == (eg_real)k) : (double)target->t[n * target->K + k];
  return (target->w ? (double)target->w[k] : 1) * ((1 - target->smoothing) * t + target->smoothing / (double)target->K);
}

static void check_cross_entropy_of(eg_ce_target target, int64_t N) {
  int64_t K = target.K, n = N * K;
  eg_real *log_q = numbers(n, -6, 0, 1), *g = numbers(N, -1, 1, 2), *y = nans(N), *d = nans(n);
  double *loss = doubles(N), *gradient = doubles(n), *to_target = doubles(n);
  log_q[n / 2] = 0;
  for (int64_t i = 0; i < N; i++) {
    double sum = 0;
    for (int64_t k = 0; k < K; k++) {
      loss[i] -= share(&target, i, k) * log_q[i * K + k];
      sum += share(&target, i, k);
    }
    loss[i] /= (double)K; /* scaled, so that a tolerance suits every size */
    for (int64_t k = 0; k < K; k++) {
      gradient[i * K + k] = 3.0 / (double)K * g[i] * (exp((double)log_q[i * K + k]) * sum - share(&target, i, k));
      to_target[i * K + k] = -3 * g[i] * (1 - target.smoothing) * (target.w ? target.w[k] : 1) * log_q[i * K + k];
    }
  }
  eg_k_cross_entropy(y, log_q, &target, N);
  for (int64_t i = 0; i < N; i++)
    y[i] /= (eg_real)K;
  CHECK_ARRAY_NEAR(y, loss, N, 4 * TIGHT);
  for (int add = 0; add < 2; add++) {
    eg_k_cross_entropy_grad(d, add, 3.0 / (double)K, g, 1, log_q, &target, N);
    for (int64_t i = 0; i < n; i++)
      gradient[i] *= 1 + add;
    CHECK_ARRAY_NEAR(d, gradient, n, 8 * (1 + add) * TIGHT);
  }
  for (int add = 0; add < 2; add++) {
    eg_k_cross_entropy_grad_target(d, add, 3, g, 1, log_q, &target, N);
    for (int64_t i = 0; i < n; i++)
      to_target[i] *= 1 + add;
    CHECK_ARRAY_NEAR(d, to_target, n, 20 * (1 + add) * TIGHT);
  }
  free(log_q), free(g), free(y), free(d), free(loss), free(gradient), free(to_target);
}

static void check_cross_entropy(void) {
  for (int s = 0; s < SIZES; s++)
    for (int which = 0; which < 8; which++) {
      int64_t N = sizes[s][0], K = sizes[s][1];
      eg_real *index = numbers(N, 0, (double)K, 1), *t = numbers(N * K, 0, 1, 2), *w = numbers(K, 0.5, 2, 3);
      for (int64_t i = 0; i < N; i++)
        index[i] = (eg_real)floor((double)index[i]);
      w[K / 2] = 0;
      check_cross_entropy_of((eg_ce_target){.index = which & 1 ? index : NULL,
                                            .t = which & 1 ? NULL : t,
                                            .w = which & 2 ? w : NULL,
                                            .smoothing = which & 4 ? 0.1 : 0,
                                            .K = K},
                             N);
      free(index), free(t), free(w);
    }
}

/* 0 log 0 counts as 0, in whole vectors and at the end of a row; a NaN is not hidden. */
static void check_edges(void) {
  enum { K = 21 };
  for (int64_t place = 0; place < K; place += 20) {
    eg_real log_q[K], t[K] = {0}, index = 1, y, d[K], g = 1;
    for (int k = 0; k < K; k++)
      log_q[k] = -1;
    log_q[place] = -INFINITY;
    t[1] = 1;
    eg_ce_target soft = {.t = t, .K = K}, named = {.index = &index, .K = K};
    eg_k_cross_entropy(&y, log_q, &soft, 1);
    CHECK(y == 1);
    eg_k_cross_entropy(&y, log_q, &named, 1);
    CHECK(y == 1);
    eg_k_cross_entropy_grad(d, false, 1, &g, 0, log_q, &named, 1);
    CHECK(d[place] == 0);
    t[place] = (eg_real)NAN;
    eg_k_cross_entropy(&y, log_q, &soft, 1);
    CHECK(isnan(y));
    t[place] = 0, t[1] = 0, t[2] = 1;
    log_q[2] = (eg_real)NAN;
    eg_k_cross_entropy(&y, log_q, &soft, 1);
    CHECK(isnan(y));
  }
  /* All of the probability at the class that is named: nothing is left to learn. */
  eg_real sure[] = {-INFINITY, 0, -INFINITY}, class = 1, g = (eg_real)0.3, d[3];
  eg_k_cross_entropy_grad(d, false, 1 / 3.0, &g, 0, sure, &(eg_ce_target){.index = &class, .K = 3}, 1);
  CHECK(d[0] == 0 && d[1] == 0 && d[2] == 0);
  const int64_t dims[] = {1}, one[] = {1};
  eg_real x = (eg_real)NAN, z = 1, w = 1, y;
  eg_walk walk;
  eg_walk_make(&walk, dims, 1, (const int64_t *const[]){one, one, one, one}, 4);
  eg_k_bce(&y, &walk, &x, &z, &w, &w);
  CHECK(isnan(y));
  eg_walk_make(&walk, dims, 1, (const int64_t *const[]){one, one, one, one, one}, 5);
  eg_k_bce_grad(&y, 0, false, 1, &walk, &w, &x, &z, &w, &w);
  CHECK(isnan(y));
}

static void squared_error(void) {
  with_each_cpu(check_squared_error);
}
static void binary_cross_entropy(void) {
  with_each_cpu(check_bce);
}
static void cross_entropy(void) {
  with_each_cpu(check_cross_entropy);
}
static void edges(void) {
  with_each_cpu(check_edges);
}

enum { ROWS = 700, CLASSES = 71 };

static void make_gradient(eg_real *out) {
  eg_real *log_q = numbers(ROWS * CLASSES, -6, 0, 1), *t = numbers(ROWS * CLASSES, 0, 1, 2),
          *g = numbers(ROWS, -1, 1, 3);
  eg_k_cross_entropy_grad(out, false, 1, g, 1, log_q, &(eg_ce_target){.t = t, .smoothing = 0.1, .K = CLASSES}, ROWS);
  free(log_q), free(t), free(g);
}

static void make_bce(eg_real *out) {
  const int64_t dims[] = {ROWS, CLASSES}, whole[] = {CLASSES, 1}, row[] = {0, 1};
  eg_real *x = numbers(ROWS * CLASSES, -6, 6, 1), *z = numbers(ROWS * CLASSES, 0, 1, 2), *w = numbers(CLASSES, 1, 2, 3);
  eg_walk walk;
  eg_walk_make(&walk, dims, 2, (const int64_t *const[]){whole, whole, row, row}, 4);
  eg_k_bce(out, &walk, x, z, w, w);
  free(x), free(z), free(w);
}

static void the_same_bits_for_any_number_of_threads(void) {
  check_threads(make_gradient, ROWS * CLASSES);
  check_threads(make_bce, ROWS * CLASSES);
}

CHECK_MAIN(TEST(squared_error), TEST(binary_cross_entropy), TEST(cross_entropy), TEST(edges),
           TEST(the_same_bits_for_any_number_of_threads))
