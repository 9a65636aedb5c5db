/* Elementwise kernels against their definitions in double. */
#include "kernels/binary.h"
#include "kernels/unary.h"
#include "support_kernels.h"

/* Sizes around a vector, a block and a piece. */
static const int64_t sizes[] = {0, 1, 7, 33, 513, 16384, 40001};
enum { SIZES = sizeof sizes / sizeof *sizes };

static double plain_clamp(double x, double p, double q) {
  return fmin(fmax(x, p), q);
}
static double plain_elu(double x, double p, double q) {
  (void)q;
  return x > 0 ? x : p * (exp(x) - 1);
}
static double plain_leaky_relu(double x, double p, double q) {
  (void)q;
  return x > 0 ? x : p * x;
}

#define PLAIN(name, value)                                                                                             \
  static double plain_##name(double x, double p, double q) {                                                           \
    (void)p, (void)q;                                                                                                  \
    return value;                                                                                                      \
  }
PLAIN(abs, fabs(x))
PLAIN(cos, cos(x))
PLAIN(exp, exp(x))
PLAIN(gelu, 0.5 * x * erfc(-x / sqrt(2)))
PLAIN(log, log(x))
PLAIN(log1p, log1p(x))
PLAIN(neg, -x)
PLAIN(relu, fmax(x, 0))
PLAIN(rsqrt, 1 / sqrt(x))
PLAIN(sigmoid, 1 / (1 + exp(-x)))
PLAIN(sign, x > 0 ? 1 : x < 0 ? -1 : 0)
PLAIN(silu, x / (1 + exp(-x)))
PLAIN(sin, sin(x))
PLAIN(softplus, log(1 + exp(x)))
PLAIN(sqrt, sqrt(x))
PLAIN(square, x *x)
PLAIN(tanh, tanh(x))

enum { INPUT, OUTPUT, NOTHING };

static const struct unary_case {
  eg_unary f;
  const char *name;
  int kept;
  double (*plain)(double, double, double);
} unary_cases[] = {
#define ENTRY(name, from) {EG_UNARY_##name, #name, from, plain_##name},
    EG_UNARY_FUNCTIONS(ENTRY)};

static double slope(const struct unary_case *c, double x, double p, double q) {
  double h = 1e-6;
  return (c->plain(x + h, p, q) - c->plain(x - h, p, q)) / (2 * h);
}

/* Numbers off the kinks at 0 and at the bounds of clamp; above 0 where the function needs it. */
static eg_real *arguments(const struct unary_case *c, int64_t n) {
  bool positive = c->f == EG_UNARY_log || c->f == EG_UNARY_sqrt || c->f == EG_UNARY_rsqrt || c->f == EG_UNARY_log1p;
  eg_real *x = numbers(n, positive ? 0.1 : -3, 3, 11);
  for (int64_t i = 0; i < n; i++)
    if (fabs((double)x[i]) < 1e-3 || fabs(fabs((double)x[i]) - 1) < 1e-3)
      x[i] = (eg_real)0.5;
  return x;
}

static void check_unary(const struct unary_case *c, int64_t n) {
  const double p = c->f == EG_UNARY_clamp ? -1 : 0.3, q = 1;
  eg_real *x = arguments(c, n), *y = numbers(n, 5, 6, 1), *g = numbers(n, -2, 2, 12), *d = numbers(n, 5, 6, 1);
  double *expected = doubles(n), *gradient = doubles(n);
  for (int64_t i = 0; i < n; i++) {
    expected[i] = c->plain(x[i], p, q);
    gradient[i] = g[i] * slope(c, x[i], p, q);
  }
  eg_k_unary(c->f, y, x, n, (eg_real)p, (eg_real)q);
  CHECK_ARRAY_NEAR(y, expected, n, 10 * TIGHT);
  const eg_real *kept = c->kept == INPUT ? x : c->kept == OUTPUT ? y : NULL;
  const double tolerance = 20 * TIGHT + 1e-6; /* of the central difference */
  eg_k_unary_grad(c->f, d, false, g, kept, n, (eg_real)p, (eg_real)q);
  CHECK_ARRAY_NEAR(d, gradient, n, tolerance);
  for (int64_t i = 0; i < n; i++)
    gradient[i] *= 2;
  eg_k_unary_grad(c->f, d, true, g, kept, n, (eg_real)p, (eg_real)q);
  CHECK_ARRAY_NEAR(d, gradient, n, 2 * tolerance);
  free(x), free(y), free(g), free(d), free(expected), free(gradient);
}

static void unary_functions_and_their_gradients(void) {
  for (size_t f = 0; f < sizeof unary_cases / sizeof *unary_cases; f++) {
    int before = check_state.failures;
    for (int s = 0; s < SIZES; s++)
      check_unary(&unary_cases[f], sizes[s]);
    if (check_state.failures > before)
      fprintf(stderr, "  (those were %s)\n", unary_cases[f].name);
  }
}

static eg_real unary1(eg_unary f, double x, double p, double q) {
  eg_real in = (eg_real)x, out;
  eg_k_unary(f, &out, &in, 1, (eg_real)p, (eg_real)q);
  return out;
}

static void unary_functions_at_the_edges(void) {
  const eg_unary all[] = {EG_UNARY_abs,        EG_UNARY_clamp,    EG_UNARY_elu,  EG_UNARY_gelu,
                          EG_UNARY_leaky_relu, EG_UNARY_relu,     EG_UNARY_sign, EG_UNARY_sigmoid,
                          EG_UNARY_silu,       EG_UNARY_softplus, EG_UNARY_tanh};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    CHECK(isnan(unary1(all[i], NAN, -1, 1))); /* a NaN is never hidden */
  CHECK(unary1(EG_UNARY_sigmoid, 1000, 0, 0) == 1);
  CHECK(unary1(EG_UNARY_sigmoid, -1000, 0, 0) == 0);
  CHECK(unary1(EG_UNARY_softplus, 1000, 0, 0) == 1000);
  CHECK(unary1(EG_UNARY_softplus, -1000, 0, 0) == 0);
  CHECK_NEAR(unary1(EG_UNARY_softplus, -20, 0, 0), 2.0611536181902037e-9, 1e-15);
  CHECK(unary1(EG_UNARY_clamp, 5, 2, 1) == 1); /* bounds the wrong way round: the upper one, as in PyTorch */
  CHECK(isinf(unary1(EG_UNARY_log, 0, 0, 0)));
  CHECK(isnan(unary1(EG_UNARY_sqrt, -1, 0, 0)));
  /* A gradient that is infinite does not become NaN where ReLU is closed. */
  eg_real g = INFINITY, y = 0, d;
  eg_k_unary_grad(EG_UNARY_relu, &d, false, &g, &y, 1, 0, 0);
  CHECK(d == 0);
}

/* Two operands under one shape: strides with 0 where they are stretched. */
typedef struct broadcast {
  int ndim;
  int64_t dims[4], a[4], b[4];
  int64_t a_size, b_size;
} broadcast;
static const broadcast broadcasts[] = {
    {1, {7}, {1}, {1}, 7, 7},                                   /* equal */
    {2, {33, 5}, {5, 1}, {0, 1}, 165, 5},                       /* bias */
    {2, {33, 5}, {5, 1}, {1, 0}, 165, 33},                      /* one a row */
    {1, {40000}, {1}, {0}, 40000, 1},                           /* scalar */
    {1, {40000}, {0}, {1}, 1, 40000},                           /* scalar on the left */
    {3, {3, 4, 5}, {5, 0, 1}, {0, 1, 0}, 15, 4},                /* both stretched */
    {3, {3, 1, 7}, {7, 7, 1}, {1, 3, 3}, 21, 21},               /* b transposed */
    {4, {2, 3, 4, 5}, {60, 20, 5, 1}, {1, 2, 6, 24}, 120, 120}, /* b turned round */
    {3, {130, 17, 9}, {153, 9, 1}, {0, 9, 1}, 130 * 153, 153},  /* more than one piece */
    {2, {0, 5}, {5, 1}, {0, 1}, 0, 5},                          /* nothing */
    {0, {0}, {0}, {0}, 1, 1}};                                  /* no dims */

static int64_t count_of(const broadcast *c) {
  int64_t n = 1;
  for (int d = 0; d < c->ndim; d++)
    n *= c->dims[d];
  return n;
}

static int64_t place(const broadcast *c, const int64_t *strides, int64_t element) {
  int64_t at = 0;
  for (int d = c->ndim - 1; d >= 0; d--) {
    at += element % c->dims[d] * strides[d];
    element /= c->dims[d];
  }
  return at;
}

static double plain_binary(eg_binary f, double a, double b) {
  switch (f) {
  case EG_BINARY_add:
    return a + b;
  case EG_BINARY_sub:
    return a - b;
  case EG_BINARY_mul:
    return a * b;
  case EG_BINARY_div:
    return a / b;
  case EG_BINARY_pow:
    return pow(a, b);
  case EG_BINARY_maximum:
    return fmax(a, b);
  case EG_BINARY_minimum:
    return fmin(a, b);
  case EG_BINARY_eq:
    return a == b;
  case EG_BINARY_ne:
    return a != b;
  case EG_BINARY_lt:
    return a < b;
  case EG_BINARY_le:
    return a <= b;
  case EG_BINARY_gt:
    return a > b;
  default:
    return a >= b;
  }
}

/* Positive numbers, of which some are equal in a and b; apart enough for central differences elsewhere. */
static eg_real *operands(int64_t n, uint64_t seed) {
  eg_real *x = numbers(n, 0, 20, seed);
  for (int64_t i = 0; i < n; i++)
    x[i] = (eg_real)(0.5 + 0.125 * floor((double)x[i]));
  return x;
}

static void check_binary(eg_binary f, const broadcast *c) {
  int64_t n = count_of(c);
  eg_real *a = operands(c->a_size, 1), *b = operands(c->b_size, 2), *y = numbers(n, 5, 6, 3);
  double *expected = doubles(n);
  eg_walk walk;
  eg_walk_make(&walk, c->dims, c->ndim, (const int64_t *const[]){c->a, c->b}, 2);
  for (int64_t i = 0; i < n; i++)
    expected[i] = plain_binary(f, a[place(c, c->a, i)], b[place(c, c->b, i)]);
  eg_k_binary(f, y, &walk, a, b);
  CHECK_ARRAY_NEAR(y, expected, n, 100 * TIGHT);
  free(a), free(b), free(y), free(expected);
}

static void check_binary_grad(eg_binary f, int which, const broadcast *c) {
  int64_t n = count_of(c), packed[4];
  int64_t stride = 1;
  for (int d = c->ndim - 1; d >= 0; d--) {
    packed[d] = stride;
    stride *= c->dims[d];
  }
  eg_real *a = operands(c->a_size, 1), *b = operands(c->b_size, 2), *g = numbers(n, -1, 1, 3), *d = numbers(n, 5, 6, 4);
  double *expected = doubles(n), h = 1e-6;
  eg_walk walk;
  eg_walk_make(&walk, c->dims, c->ndim, (const int64_t *const[]){packed, c->a, c->b}, 3);
  for (int64_t i = 0; i < n; i++) {
    double u = a[place(c, c->a, i)], v = b[place(c, c->b, i)];
    double up = which == 0 ? plain_binary(f, u + h, v) : plain_binary(f, u, v + h);
    double down = which == 0 ? plain_binary(f, u - h, v) : plain_binary(f, u, v - h);
    expected[i] = g[i] * (up - down) / (2 * h); /* at a tie: half the slope, which is the convention */
  }
  const double tolerance = 100 * TIGHT + 1e-6;
  eg_k_binary_grad(f, which, d, false, &walk, g, a, b);
  CHECK_ARRAY_NEAR(d, expected, n, tolerance);
  for (int64_t i = 0; i < n; i++)
    expected[i] *= 2;
  eg_k_binary_grad(f, which, d, true, &walk, g, a, b);
  CHECK_ARRAY_NEAR(d, expected, n, 2 * tolerance);
  free(a), free(b), free(g), free(d), free(expected);
}

static void binary_functions_broadcast(void) {
  for (size_t i = 0; i < sizeof broadcasts / sizeof *broadcasts; i++)
    for (int f = EG_BINARY_add; f <= EG_BINARY_ge; f++)
      check_binary((eg_binary)f, &broadcasts[i]);
}

static void binary_gradients_broadcast(void) {
  for (size_t i = 0; i < sizeof broadcasts / sizeof *broadcasts; i++)
    for (int f = EG_BINARY_add; f <= EG_BINARY_minimum; f++)
      for (int which = 0; which < 2; which++)
        check_binary_grad((eg_binary)f, which, &broadcasts[i]);
}

static eg_real binary1(eg_binary f, double a, double b) {
  eg_real x = (eg_real)a, y = (eg_real)b, out;
  eg_walk walk;
  eg_walk_make(&walk, NULL, 0, (const int64_t *const[]){NULL, NULL}, 2);
  eg_k_binary(f, &out, &walk, &x, &y);
  return out;
}

static eg_real binary_grad1(eg_binary f, int which, double a, double b) {
  eg_real x = (eg_real)a, y = (eg_real)b, g = 1, out;
  eg_walk walk;
  eg_walk_make(&walk, NULL, 0, (const int64_t *const[]){NULL, NULL, NULL}, 3);
  eg_k_binary_grad(f, which, &out, false, &walk, &g, &x, &y);
  return out;
}

static void binary_functions_at_the_edges(void) {
  CHECK(isnan(binary1(EG_BINARY_maximum, NAN, 1)) && isnan(binary1(EG_BINARY_maximum, 1, NAN)));
  CHECK(isnan(binary1(EG_BINARY_minimum, NAN, 1)) && isnan(binary1(EG_BINARY_minimum, 1, NAN)));
  CHECK(binary1(EG_BINARY_eq, NAN, NAN) == 0 && binary1(EG_BINARY_ne, NAN, NAN) == 1);
  CHECK(binary1(EG_BINARY_pow, 0, 0) == 1);
  CHECK(binary_grad1(EG_BINARY_pow, 0, 0, 0) == 0); /* not 0 * inf */
  CHECK(binary_grad1(EG_BINARY_pow, 1, 0, 2) == 0); /* not 0 * log 0 */
  CHECK_NEAR(binary_grad1(EG_BINARY_pow, 0, -2, 3), 12, 1e-5);
  CHECK(binary_grad1(EG_BINARY_maximum, 0, 2, 2) == (eg_real)0.5 &&
        binary_grad1(EG_BINARY_maximum, 1, 2, 2) == (eg_real)0.5);
}

static void where_chooses_and_passes_the_gradient(void) {
  enum { N = 1001 };
  eg_real *condition = numbers(N, 0, 3, 5), *a = numbers(N, -1, 1, 6), *y = numbers(N, 0, 1, 7), b = 9;
  for (int i = 0; i < N; i++)
    condition[i] = (eg_real)(floor((double)condition[i]) - 1); /* -1, 0, 1 */
  condition[3] = NAN;
  const int64_t dims[] = {N}, one[] = {1}, zero[] = {0};
  eg_walk walk;
  eg_walk_make(&walk, dims, 1, (const int64_t *const[]){one, one, zero}, 3);
  eg_k_where(y, &walk, condition, a, &b);
  int wrong = 0;
  for (int i = 0; i < N; i++)
    wrong += y[i] != (condition[i] != 0 ? a[i] : 9);
  CHECK_INT(wrong, 0);
  eg_walk_make(&walk, dims, 1, (const int64_t *const[]){one, one}, 2);
  for (int truth = 0; truth < 2; truth++) {
    for (int i = 0; i < N; i++)
      y[i] = 1;
    eg_k_where_grad(y, true, truth, &walk, a, condition);
    wrong = 0;
    for (int i = 0; i < N; i++)
      wrong += y[i] != 1 + ((condition[i] != 0) == truth ? a[i] : 0);
    CHECK_INT(wrong, 0);
    eg_k_where_grad(y, false, truth, &walk, a, condition);
    for (int i = 0; i < N; i++)
      wrong += y[i] != ((condition[i] != 0) == truth ? a[i] : 0);
    CHECK_INT(wrong, 0);
  }
  free(condition), free(a), free(y);
}

enum { MANY = 100003 };

static void make_tanh(eg_real *out) {
  eg_real *x = numbers(MANY, -3, 3, 1);
  eg_k_unary(EG_UNARY_tanh, out, x, MANY, 0, 0);
  free(x);
}

static void make_pow(eg_real *out) {
  eg_real *x = numbers(MANY, 0, 3, 1);
  const int64_t dims[] = {MANY}, one[] = {1};
  eg_walk walk;
  eg_walk_make(&walk, dims, 1, (const int64_t *const[]){one, one}, 2);
  eg_k_binary(EG_BINARY_pow, out, &walk, x, x);
  free(x);
}

static void the_same_bits_for_any_number_of_threads(void) {
  check_threads(make_tanh, MANY);
  check_threads(make_pow, MANY);
}

CHECK_MAIN(TEST(unary_functions_and_their_gradients), TEST(unary_functions_at_the_edges),
           TEST(binary_functions_broadcast), TEST(binary_gradients_broadcast), TEST(binary_functions_at_the_edges),
           TEST(where_chooses_and_passes_the_gradient), TEST(the_same_bits_for_any_number_of_threads))
