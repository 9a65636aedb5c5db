/* Sums, running sums, extremes, softmax and sorting along a dimension, against loops from the definition. */
#include "kernels/extreme.h"
#include "kernels/gather.h"
#include "kernels/reduce.h"
#include "kernels/softmax.h"
#include "kernels/sort.h"
#include "support_layers.h"

typedef struct split {
  int64_t outer, R, inner;
} split;
static const split splits[] = {{1, 1, 1},    {1, 7, 1},    {3, 33, 1},    {1, 33, 5},    {4, 5, 7},      {2, 9, 65},
                               {1, 3, 300},  {5, 0, 3},    {0, 4, 3},     {3, 4, 0},     {1, 100003, 1}, {1, 40000, 3},
                               {2, 513, 70}, {300, 70, 1}, {1, 20000, 1}, {3, 17000, 1}, {131, 5, 1},    {5, 4097, 1}};
enum { SPLITS = sizeof splits / sizeof *splits };

static int64_t total(split s) {
  return s.outer * s.R * s.inner;
}

/* The place of (r, j) of an array (outer, R, inner), where j is a place of (outer, inner). */
static int64_t at(split s, int64_t r, int64_t j) {
  return (j / s.inner * s.R + r) * s.inner + j % s.inner;
}

static double *scratch_for(split s) {
  return doubles((int64_t)eg_k_sum_scratch(s.outer, s.R, s.inner));
}

static void sums(void) {
  for (int k = 0; k < SPLITS; k++) {
    split s = splits[k];
    int64_t m = s.outer * s.inner;
    eg_real *x = numbers(total(s), -1, 1, 1), *y = numbers(m, 5, 6, 2), *center = numbers(m, -1, 1, 3);
    double *expected = doubles(m), *squares = doubles(m), *scratch = scratch_for(s);
    for (int64_t j = 0; j < m; j++)
      for (int64_t r = 0; r < s.R; r++) {
        double v = x[at(s, r, j)], d = v - center[j];
        expected[j] += 0.5 * v;
        squares[j] += 0.25 * d * d;
      }
    double tolerance = TIGHT * (1 + sqrt((double)s.R));
    eg_k_sum(y, false, 0.5, x, s.outer, s.R, s.inner, scratch);
    CHECK_ARRAY_NEAR(y, expected, m, tolerance);
    for (int64_t j = 0; j < m; j++)
      expected[j] *= 2;
    eg_k_sum(y, true, 0.5, x, s.outer, s.R, s.inner, scratch);
    CHECK_ARRAY_NEAR(y, expected, m, 2 * tolerance);
    eg_k_sum_squares(y, 0.25, x, center, s.outer, s.R, s.inner, scratch);
    CHECK_ARRAY_NEAR(y, squares, m, TIGHT * (1 + (double)s.R));
    free(x), free(y), free(center), free(expected), free(squares), free(scratch);
  }
}

static void a_long_sum_keeps_its_digits(void) {
  enum { N = 3000000 };
  eg_real *x = malloc(N * sizeof *x), y;
  double *scratch = scratch_for((split){1, N, 1});
  for (int i = 0; i < N; i++)
    x[i] = (eg_real)0.1;
  eg_k_sum(&y, false, 1, x, 1, N, 1, scratch);
  CHECK_NEAR(y, (double)(eg_real)0.1 * N, sizeof(eg_real) == 4 ? 0.02 : 1e-6);
  free(x), free(scratch);
}

static void spreading(void) {
  for (int k = 0; k < SPLITS; k++) {
    split s = splits[k];
    int64_t m = s.outer * s.inner, n = total(s);
    eg_real *g = numbers(m, -1, 1, 1), *x = numbers(n, -1, 1, 2), *c = numbers(m, -1, 1, 3), *d = numbers(n, 5, 6, 4);
    double *expected = doubles(n), *deviation = doubles(n);
    for (int64_t j = 0; j < m; j++)
      for (int64_t r = 0; r < s.R; r++) {
        expected[at(s, r, j)] = 3.0 * g[j];
        deviation[at(s, r, j)] = 3.0 * g[j] * ((double)x[at(s, r, j)] - c[j]);
      }
    eg_k_spread(d, false, 3, g, s.outer, s.R, s.inner);
    CHECK_ARRAY_NEAR(d, expected, n, 4 * TIGHT);
    eg_k_spread_deviation(d, true, 3, g, x, c, s.outer, s.R, s.inner);
    for (int64_t i = 0; i < n; i++)
      expected[i] += deviation[i];
    CHECK_ARRAY_NEAR(d, expected, n, 10 * TIGHT);
    eg_k_spread_deviation(d, false, 3, g, x, c, s.outer, s.R, s.inner);
    CHECK_ARRAY_NEAR(d, deviation, n, 10 * TIGHT);
    eg_k_spread(d, true, 3, g, s.outer, s.R, s.inner);
    CHECK_ARRAY_NEAR(d, expected, n, 10 * TIGHT);
    free(g), free(x), free(c), free(d), free(expected), free(deviation);
  }
}

static void running_sums(void) {
  for (int k = 0; k < SPLITS; k++) {
    split s = splits[k];
    int64_t m = s.outer * s.inner, n = total(s);
    eg_real *x = numbers(n, -1, 1, 1), *y = numbers(n, 5, 6, 2);
    double *forth = doubles(n), *back = doubles(n);
    for (int64_t j = 0; j < m; j++) {
      double sum = 0;
      for (int64_t r = 0; r < s.R; r++)
        forth[at(s, r, j)] = sum += x[at(s, r, j)];
      sum = 0;
      for (int64_t r = s.R - 1; r >= 0; r--)
        back[at(s, r, j)] = (sum += x[at(s, r, j)]) + forth[at(s, r, j)];
    }
    double tolerance = TIGHT * (2 + sqrt((double)s.R));
    eg_k_cumsum(y, false, false, x, s.outer, s.R, s.inner);
    CHECK_ARRAY_NEAR(y, forth, n, tolerance);
    eg_k_cumsum(y, true, true, x, s.outer, s.R, s.inner);
    CHECK_ARRAY_NEAR(y, back, n, 2 * tolerance);
    free(x), free(y), free(forth), free(back);
  }
}

static void extremes(void) {
  for (int k = 0; k < SPLITS; k++) {
    split s = splits[k];
    int64_t m = s.outer * s.inner, n = total(s);
    if (s.R == 0)
      continue;
    eg_real *x = numbers(n, 0, 50, 1), *y = numbers(m, 5, 6, 2), *g = numbers(m, -1, 1, 3), *d = numbers(n, 5, 6, 4);
    eg_real *high = numbers(m, 0, 1, 5), *low = numbers(m, 0, 1, 6);
    int64_t *where = calloc((size_t)m + 1, sizeof *where);
    double *expected = doubles(n);
    for (int64_t i = 0; i < n; i++)
      x[i] = (eg_real)floor((double)x[i]); /* so that there are ties */
    for (int largest = 0; largest < 2; largest++) {
      int wrong = 0;
      eg_k_extreme(y, where, largest, x, s.outer, s.R, s.inner);
      for (int64_t i = 0; i < n; i++)
        expected[i] = 0;
      for (int64_t j = 0; j < m; j++) {
        int64_t best = 0;
        for (int64_t r = 1; r < s.R; r++)
          if (largest ? x[at(s, r, j)] > x[at(s, best, j)] : x[at(s, r, j)] < x[at(s, best, j)])
            best = r;
        wrong += where[j] != best || y[j] != x[at(s, best, j)];
        expected[at(s, best, j)] = g[j];
        high[j] = (eg_real)(best >> 20);
        low[j] = (eg_real)(best & 0xfffff);
      }
      CHECK_INT(wrong, 0);
      eg_k_extreme_grad(d, false, g, high, low, s.outer, s.R, s.inner);
      CHECK_ARRAY_NEAR(d, expected, n, 0);
      eg_k_extreme_grad(d, true, g, high, low, s.outer, s.R, s.inner);
      for (int64_t i = 0; i < n; i++)
        expected[i] *= 2;
      CHECK_ARRAY_NEAR(d, expected, n, 0);
    }
    free(x), free(y), free(g), free(d), free(high), free(low), free(where), free(expected);
  }
}

static void an_extreme_beyond_what_float_counts(void) {
  /* 2^24 + 5 entries, the last of them the largest: its place in two parts is exact. */
  const int64_t n = (1 << 24) + 5;
  eg_real *d = malloc((size_t)n * sizeof *d), *x = calloc((size_t)n, sizeof *x), g = 2;
  int64_t where;
  x[n - 1] = 1;
  eg_k_extreme(NULL, &where, true, x, 1, n, 1);
  CHECK_INT(where, n - 1);
  eg_real high = (eg_real)(where >> 20), low = (eg_real)(where & 0xfffff);
  eg_k_extreme_grad(d, false, &g, &high, &low, 1, n, 1);
  CHECK(d[n - 1] == 2 && d[n - 2] == 0);
  free(d), free(x);
}

static void a_nan_is_an_extreme(void) {
  eg_real x[] = {1, NAN, 3, NAN}, y;
  int64_t where;
  for (int largest = 0; largest < 2; largest++) {
    eg_k_extreme(&y, &where, largest, x, 1, 4, 1);
    CHECK(isnan(y));
    CHECK_INT(where, 1);
  }
}

/* softmax (kind 0), its logarithm (1) and logsumexp (2) in double */
static void plain_softmax(double *y, int kind, const eg_real *x, split s) {
  for (int64_t j = 0; j < s.outer * s.inner; j++) {
    double top = -INFINITY, sum = 0;
    for (int64_t r = 0; r < s.R; r++)
      top = fmax(top, x[at(s, r, j)]);
    for (int64_t r = 0; r < s.R; r++)
      sum += exp(x[at(s, r, j)] - top);
    for (int64_t r = 0; r < s.R; r++)
      if (kind < 2)
        y[at(s, r, j)] = kind == 0 ? exp(x[at(s, r, j)] - top) / sum : x[at(s, r, j)] - top - log(sum);
    if (kind == 2)
      y[j] = top + log(sum);
  }
}

static void check_softmaxes(void) {
  for (int k = 0; k < SPLITS; k++) {
    split s = splits[k];
    int64_t m = s.outer * s.inner, n = total(s);
    if (s.R == 0)
      continue;
    eg_real *x = numbers(n, -5, 5, 1), *y = numbers(n, 5, 6, 2), *g = numbers(n, -1, 1, 3), *d = numbers(n, 5, 6, 4);
    double *expected = doubles(n);
    for (int log = 0; log < 2; log++) {
      plain_softmax(expected, log, x, s);
      eg_k_softmax(y, log, x, s.outer, s.R, s.inner);
      CHECK_ARRAY_NEAR(y, expected, n, 10 * TIGHT);
      /* d x(r) = sum over q of g(q) d y(q) / d x(r), from the Jacobian; the sums in double */
      double *gradient = doubles(n);
      for (int64_t j = 0; j < m; j++) {
        double sum = 0;
        for (int64_t r = 0; r < s.R; r++)
          sum += log ? g[at(s, r, j)] : g[at(s, r, j)] * expected[at(s, r, j)];
        for (int64_t r = 0; r < s.R; r++) {
          double gr = g[at(s, r, j)], yr = expected[at(s, r, j)];
          gradient[at(s, r, j)] = log ? gr - exp(yr) * sum : yr * (gr - sum);
        }
      }
      eg_k_softmax_grad(d, false, log, g, y, s.outer, s.R, s.inner);
      CHECK_ARRAY_NEAR(d, gradient, n, 20 * TIGHT);
      eg_k_softmax_grad(d, true, log, g, y, s.outer, s.R, s.inner);
      for (int64_t i = 0; i < n; i++)
        gradient[i] *= 2;
      CHECK_ARRAY_NEAR(d, gradient, n, 40 * TIGHT);
      free(gradient);
    }
    plain_softmax(expected, 2, x, s);
    eg_k_logsumexp(y, x, s.outer, s.R, s.inner);
    CHECK_ARRAY_NEAR(y, expected, m, 10 * TIGHT);
    eg_k_logsumexp_grad(d, false, g, x, y, s.outer, s.R, s.inner);
    eg_k_logsumexp_grad(d, true, g, x, y, s.outer, s.R, s.inner);
    plain_softmax(expected, 0, x, s);
    for (int64_t j = 0; j < m; j++)
      for (int64_t r = 0; r < s.R; r++)
        expected[at(s, r, j)] *= 2 * g[j];
    CHECK_ARRAY_NEAR(d, expected, n, 20 * TIGHT);
    free(x), free(y), free(g), free(d), free(expected);
  }
}

static void softmaxes(void) {
  with_each_cpu(check_softmaxes);
}

static void check_edges(void) {
  eg_real large[] = {1000, 1001, -INFINITY}, y[3], whole;
  eg_k_softmax(y, false, large, 1, 3, 1);
  CHECK_NEAR(y[1], 1 / (1 + exp(-1)), TIGHT);
  CHECK(y[2] == 0);
  eg_k_softmax(y, true, large, 1, 3, 1);
  CHECK_NEAR(y[1], -log(1 + exp(-1)), TIGHT); /* not an ulp of 1000 away */
  eg_k_logsumexp(&whole, large, 1, 3, 1);
  CHECK_NEAR(whole, 1001 + log(1 + exp(-1)), 1000 * TIGHT);
  eg_real none[] = {-INFINITY, -INFINITY}, g = 1, d[2] = {5, 5};
  eg_k_logsumexp(&whole, none, 1, 2, 1);
  CHECK(isinf(whole) && whole < 0);
  eg_k_logsumexp_grad(d, false, &g, none, &whole, 1, 2, 1);
  CHECK(d[0] == 0 && d[1] == 0);
  eg_real bad[] = {1, NAN, 2};
  eg_k_softmax(y, false, bad, 1, 3, 1);
  CHECK(isnan(y[0]) && isnan(y[1]) && isnan(y[2]));
}

static void softmax_at_the_edges(void) {
  with_each_cpu(check_edges);
}

static void sorting(void) {
  for (int k = 0; k < SPLITS; k++) {
    split s = splits[k];
    int64_t m = s.outer * s.inner, n = total(s);
    eg_real *x = numbers(n, 0, 40, 1), *y = numbers(n, 5, 6, 2), *where = numbers(n, 0, 1, 3), *d = numbers(n, 5, 6, 4);
    for (int64_t i = 0; i < n; i++)
      x[i] = i % 23 == 5 ? (eg_real)NAN : (eg_real)floor((double)x[i]);
    size_t bytes;
    REQUIRE(eg_k_sort_scratch(&bytes, s.R));
    void *scratch = malloc(bytes + 1);
    for (int descending = 0; descending < 2; descending++) {
      int wrong = 0;
      eg_k_sort(y, where, descending, x, s.outer, s.R, s.inner, scratch);
      for (int64_t j = 0; j < m; j++) {
        char *seen = calloc((size_t)s.R + 1, 1);
        for (int64_t r = 0; r < s.R; r++) {
          int64_t from = (int64_t)where[at(s, r, j)];
          eg_real v = y[at(s, r, j)], source = x[at(s, from, j)];
          wrong += seen[from]++ || !(v == source || (isnan(v) && isnan(source)));
          if (r == 0)
            continue;
          int64_t last = (int64_t)where[at(s, r - 1, j)];
          eg_real before = y[at(s, r - 1, j)];
          bool equal = v == before || (isnan(v) && isnan(before));
          bool above = !equal && (isnan(v) || v > before);
          wrong += equal ? last > from : above == descending;
        }
        free(seen);
      }
      CHECK_INT(wrong, 0);
      /* Brought back twice: once set, once added. */
      eg_k_unsort(d, false, y, where, s.outer, s.R, s.inner);
      eg_k_unsort(d, true, y, where, s.outer, s.R, s.inner);
      for (int64_t i = 0; i < n; i++)
        wrong += isnan(x[i]) ? !isnan(d[i]) : d[i] != 2 * x[i];
      CHECK_INT(wrong, 0);
    }
    free(x), free(y), free(where), free(d), free(scratch);
  }
}

static void choosing_by_index(void) {
  enum { OUTER = 3, R = 7, INNER = 1100, COUNT = 12 };
  eg_real *x = numbers(OUTER * R * INNER, -1, 1, 1), *index = numbers(COUNT, 0, R, 2);
  eg_real *y = numbers(OUTER * COUNT * INNER, 5, 6, 3), *d = numbers(OUTER * R * INNER, 5, 6, 4);
  double *expected = doubles(OUTER * R * INNER);
  int wrong = 0;
  for (int i = 0; i < COUNT; i++)
    index[i] = (eg_real)floor((double)index[i]);
  eg_k_index_select(y, x, index, OUTER, R, INNER, COUNT);
  for (int64_t i = 0; i < OUTER * R * INNER; i++)
    expected[i] = d[i];
  for (int o = 0; o < OUTER; o++)
    for (int c = 0; c < COUNT; c++)
      for (int i = 0; i < INNER; i++) {
        int64_t from = (o * R + (int64_t)index[c]) * INNER + i;
        wrong += y[(o * COUNT + c) * INNER + i] != x[from];
        expected[from] += y[(o * COUNT + c) * INNER + i];
      }
  CHECK_INT(wrong, 0);
  eg_k_index_add(d, y, index, OUTER, R, INNER, COUNT);
  CHECK_ARRAY_NEAR(d, expected, OUTER * R * INNER, 10 * TIGHT);
  free(x), free(index), free(y), free(d), free(expected);
}

static void turning_round(void) {
  for (int k = 0; k < SPLITS; k++) {
    split s = splits[k];
    int64_t m = s.outer * s.inner, n = total(s);
    eg_real *x = numbers(n, -1, 1, 1), *y = numbers(n, 5, 6, 2);
    int wrong = 0;
    eg_k_flip(y, false, x, s.outer, s.R, s.inner);
    eg_k_flip(y, true, x, s.outer, s.R, s.inner);
    for (int64_t j = 0; j < m; j++)
      for (int64_t r = 0; r < s.R; r++)
        wrong += y[at(s, r, j)] != 2 * x[at(s, s.R - 1 - r, j)];
    CHECK_INT(wrong, 0);
    free(x), free(y);
  }
}

static void make_sum(eg_real *out) {
  eg_real *x = numbers(3 * 50001, -1, 1, 1);
  double *scratch = scratch_for((split){1, 50001, 3});
  eg_k_sum(out, false, 1, x, 1, 50001, 3, scratch);
  eg_k_sum(out + 3, false, 1, x, 1, 150003, 1, scratch);
  free(x), free(scratch);
}

static void make_softmax(eg_real *out) {
  eg_real *x = numbers(40000, -1, 1, 1);
  eg_k_softmax(out, false, x, 40, 100, 10);
  free(x);
}

static void the_same_bits_for_any_number_of_threads(void) {
  check_threads(make_sum, 4);
  check_threads(make_softmax, 40000);
}

CHECK_MAIN(TEST(sums), TEST(a_long_sum_keeps_its_digits), TEST(spreading), TEST(running_sums), TEST(extremes),
           TEST(an_extreme_beyond_what_float_counts), TEST(a_nan_is_an_extreme), TEST(softmaxes),
           TEST(softmax_at_the_edges), TEST(sorting), TEST(choosing_by_index), TEST(turning_round),
           TEST(the_same_bits_for_any_number_of_threads))
