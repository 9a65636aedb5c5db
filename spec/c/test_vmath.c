/* The vector functions against the C library's in double, over the whole range of floats: every 997th, and all around
   the edges. ECGRAFT_EXHAUSTIVE in the environment tries every float (an hour). */
#include "kernels/unary_vector.h"
#include "support_layers.h"

#ifndef EG_DOUBLE

static double sigmoid(double x) {
  return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x));
}
static double softplus(double x) {
  return fmax(x, 0) + log1p(exp(-fabs(x)));
}
static double silu(double x) {
  return x * sigmoid(x);
}
static double elu(double x) {
  return x > 0 ? x : expm1(x);
}

static const struct function {
  const char *name;
  eg_unary f;
  double (*plain)(double);
  double most; /* units in the last place */
} functions[] = {{"exp", EG_UNARY_exp, exp, 2},    {"sigmoid", EG_UNARY_sigmoid, sigmoid, 4},
                 {"tanh", EG_UNARY_tanh, tanh, 2}, {"elu", EG_UNARY_elu, elu, 3},
                 {"silu", EG_UNARY_silu, silu, 5}, {"softplus", EG_UNARY_softplus, softplus, 4},
                 {"log", EG_UNARY_log, log, 2},    {"log1p", EG_UNARY_log1p, log1p, 2}};
enum { FUNCTIONS = sizeof functions / sizeof *functions, BLOCK = 4096 };

static float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* The distance of a float from a number, in units in the last place of that number, 2^-149 among subnormals. */
static double distance(float value, double expected) {
  if (isnan(expected))
    return isnan(value) ? 0 : INFINITY;
  if (isnan(value))
    return INFINITY;
  if (isinf((float)expected) || isinf(value)) /* where rounding makes it infinite, the largest float is near, too */
    return (float)expected == value || (fabs(expected) > FLT_MAX * 0.9999998 && fabsf(value) >= FLT_MAX * 0.9999998f)
               ? 0
               : INFINITY;
  int exponent;
  frexp(expected, &exponent);
  return fabs((double)value - expected) / ldexp(1, (exponent < -125 ? -125 : exponent) - 24);
}

/* Of silu = x sigmoid(x) where sigmoid is subnormal: in subnormal units times x. */
static double distance_of_silu(float x, float value, double expected) {
  if (isinf(x)) /* 0 times infinity */
    return 0;
  return x < -87 ? fabs((double)value - expected) / (fabs((double)x) * 0x1p-149) : distance(value, expected);
}

/* Checks a function at n floats (x (BLOCK)), with every instruction set; a failure is reported once a block and set. */
static void check_block(const struct function *f, const float *x, int64_t n) {
  float y[BLOCK];
  double expected[BLOCK];
  for (int64_t i = 0; i < n; i++)
    expected[i] = f->plain(x[i]);
  eg_cpu before = eg_cpu_in_use();
  for (int cpu = 0; cpu < EG_CPU_COUNT; cpu++) {
    if (!eg_cpu_force((eg_cpu)cpu))
      continue;
    eg_unary_kernels_now()->run[f->f](y, x, n, 1, 0);
    double most = 0;
    int64_t at = 0;
    for (int64_t i = 0; i < n; i++) {
      double far = f->f == EG_UNARY_silu ? distance_of_silu(x[i], y[i], expected[i]) : distance(y[i], expected[i]);
      at = far > most ? i : at;
      most = far > most ? far : most;
    }
    if (most > f->most)
      check_failed(__FILE__, __LINE__,
                   "%s(%.9g) with %s is %.9g, expected %.9g: %.3g units in the last place, allowed %g", f->name, x[at],
                   eg_cpu_name((eg_cpu)cpu), y[at], expected[at], most, f->most);
  }
  eg_cpu_force(before);
}

static void whole_range(void) {
  const uint64_t step = getenv("ECGRAFT_EXHAUSTIVE") ? 1 : 997;
  static float x[BLOCK];
  for (uint64_t bits = 0; bits <= UINT32_MAX;) {
    int64_t n = 0;
    for (; n < BLOCK && bits <= UINT32_MAX; bits += step)
      x[n++] = float_of((uint32_t)bits);
    for (int f = 0; f < FUNCTIONS; f++)
      check_block(&functions[f], x, n);
  }
}

/* 2000 floats around each place where an algorithm changes its way, or a result its kind. */
static void around_the_edges(void) {
  const float places[] = {0,           FLT_MIN,     1e-20f,      0.17328680f, 0.34657359f, 0.4f,        0.41421356f,
                          0.70710678f, 1,           1.41421356f, 9.01f,       10,          16.6355323f, 20,
                          44,          87.3365448f, 88.0296919f, 88.7228391f, 89,          103.278929f, 103.972084f,
                          104.5f,      126,         149,         FLT_MAX};
  static float x[BLOCK];
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    for (int sign = -1; sign <= 1; sign += 2) {
      int64_t n = 0;
      float up = (float)sign * places[i], down = up;
      for (int64_t k = 0; k < 1000; k++) {
        x[n++] = up;
        x[n++] = down;
        up = nextafterf(up, INFINITY);
        down = nextafterf(down, -INFINITY);
      }
      for (int f = 0; f < FUNCTIONS; f++)
        check_block(&functions[f], x, n);
    }
}

static float value_of(eg_unary f, float x) {
  float y;
  eg_unary_kernels_now()->run[f](&y, &x, 1, 1, 0);
  return y;
}

static void check_special(void) {
  CHECK(value_of(EG_UNARY_exp, INFINITY) == INFINITY && value_of(EG_UNARY_exp, -INFINITY) == 0);
  CHECK(value_of(EG_UNARY_exp, 0) == 1 && value_of(EG_UNARY_exp, -0.0f) == 1);
  CHECK(value_of(EG_UNARY_sigmoid, INFINITY) == 1 && value_of(EG_UNARY_sigmoid, -INFINITY) == 0);
  CHECK(value_of(EG_UNARY_sigmoid, 0) == 0.5f);
  CHECK(value_of(EG_UNARY_tanh, INFINITY) == 1 && value_of(EG_UNARY_tanh, -INFINITY) == -1);
  CHECK(value_of(EG_UNARY_tanh, 0) == 0 && !signbit(value_of(EG_UNARY_tanh, 0)));
  CHECK(signbit(value_of(EG_UNARY_tanh, -0.0f)));
  CHECK(value_of(EG_UNARY_tanh, 1e-42f) == 1e-42f); /* subnormal */
  CHECK(value_of(EG_UNARY_exp, -100) > 0 && value_of(EG_UNARY_exp, -100) < FLT_MIN);
  CHECK(value_of(EG_UNARY_log, 0) == -INFINITY && value_of(EG_UNARY_log, INFINITY) == INFINITY);
  CHECK(value_of(EG_UNARY_log, 1) == 0 && isnan(value_of(EG_UNARY_log, -1)) &&
        isnan(value_of(EG_UNARY_log, -INFINITY)));
  CHECK(value_of(EG_UNARY_log1p, -1) == -INFINITY && value_of(EG_UNARY_log1p, INFINITY) == INFINITY);
  CHECK(value_of(EG_UNARY_log1p, 1e-42f) == 1e-42f && isnan(value_of(EG_UNARY_log1p, -1.5f)));
  CHECK(value_of(EG_UNARY_gelu, -20) == 0 && value_of(EG_UNARY_gelu, 20) == 20);
  for (int f = 0; f < FUNCTIONS; f++)
    CHECK(isnan(value_of(functions[f].f, NAN)) && isnan(value_of(functions[f].f, -NAN)));
}

static void special_values(void) {
  with_each_cpu(check_special);
}

/* Rows of every length up to some vectors: what lies behind them is left alone. */
static void check_ends(void) {
  for (int f = 0; f < FUNCTIONS; f++)
    for (int64_t n = 0; n <= 70; n++) {
      double least = functions[f].f == EG_UNARY_log ? 0.1 : functions[f].f == EG_UNARY_log1p ? -0.9 : -3;
      eg_real *x = numbers(n, least, 3, 1), *y = numbers(n + 1, 5, 6, 2), behind = y[n];
      eg_unary_kernels_now()->run[functions[f].f](y, x, n, 1, 0);
      CHECK(y[n] == behind);
      for (int64_t i = 0; i < n; i++)
        CHECK_NEAR(y[i], functions[f].plain(x[i]), 1e-5);
      free(x), free(y);
    }
}

static void ends_of_rows(void) {
  with_each_cpu(check_ends);
}

/* Growing arguments give growing values, also where one way to compute them ends and another begins. */
static void check_order(void) {
  enum { N = 4000 };
  static float x[N], y[N];
  const eg_unary growing[] = {EG_UNARY_sigmoid, EG_UNARY_tanh};
  for (size_t f = 0; f < sizeof growing / sizeof *growing; f++) {
    for (int i = 0; i < N; i++)
      x[i] = -4 + 8 * (float)i / N;
    eg_unary_kernels_now()->run[growing[f]](y, x, N, 1, 0);
    for (int i = 1; i < N; i++)
      CHECK(y[i] >= y[i - 1]);
  }
}

static void order(void) {
  with_each_cpu(check_order);
}

CHECK_MAIN(TEST(whole_range), TEST(around_the_edges), TEST(special_values), TEST(ends_of_rows), TEST(order))

#else

/* The double build has no vector functions of its own; test_elementwise.c checks the C library's behind the same face.
 */
static void nothing_to_check(void) {
  SKIP("the double build uses the C library's functions");
}

CHECK_MAIN(TEST(nothing_to_check))

#endif
