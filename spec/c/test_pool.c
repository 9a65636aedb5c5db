/* Pooling and dropout against their definitions. */
#include "kernels/dropout.h"
#include "kernels/pool.h"
#include "kernels/ref/dropout.h"
#include "support_layers.h"

static const eg_k_pool pools[] = {
    /* n, l, c, lo (filled in), kernel, stride, padding, count_padding */
    {1, 1, 1, 0, 1, 1, 0, true},           {2, 7, 3, 0, 3, 2, 1, true},           {2, 7, 3, 0, 3, 2, 1, false},
    {3, 33, 65, 0, 3, 2, 1, true},         {3, 20, 64, 0, 2, 2, 0, true},         {2, 9, 5, 0, 2, 3, 1, false},
    {1, 300, 7, 0, 300, 1, 0, true},       {2, 700, 3, 0, 257, 100, 5, true},     {0, 10, 4, 0, 3, 1, 0, true},
    {5, 12, 1, 0, 4, 1, 2, false},         {2, 1000, 12, 0, 1000, 1000, 0, true}, {2, 40, 130, 0, 5, 1, 2, false},
    {2, 600, 19, 0, 257, 100, 128, false},
};

/* From the definition; `which` (N, Lo, C) says where in x the maximum lies. */
static void plain(const eg_k_pool *p, eg_real *most, int64_t *which, double *mean) {
  eg_real *x = numbers(p->n * p->l * p->c, -1, 1, 1);
  for (int64_t i = 0; i < p->n * p->lo * p->c; i++) {
    int64_t c = i % p->c, t = i / p->c % p->lo, n = i / p->c / p->lo, inside = 0;
    most[i] = (eg_real)-INFINITY;
    mean[i] = 0;
    for (int64_t k = 0; k < p->kernel; k++) {
      int64_t at = t * p->stride - p->padding + k;
      if (at < 0 || at >= p->l)
        continue;
      eg_real value = x[(n * p->l + at) * p->c + c];
      inside++;
      mean[i] += value;
      if (value > most[i]) {
        most[i] = value;
        which[i] = (n * p->l + at) * p->c + c;
      }
    }
    mean[i] /= (double)(p->count_padding ? p->kernel : inside);
  }
  free(x);
}

static void check_pool(eg_k_pool p) {
  p.lo = (p.l + 2 * p.padding - p.kernel) / p.stride + 1;
  int64_t in = p.n * p.l * p.c, out = p.n * p.lo * p.c;
  eg_real *x = numbers(in, -1, 1, 1), *dy = numbers(out, -1, 1, 2), *y = nans(out), *most = nans(out), *dx = nans(in);
  double *mean = doubles(out), *expected = doubles(in);
  int64_t *which = calloc((size_t)out + 1, sizeof *which);
  void *index = malloc((size_t)out * eg_k_max_pool_index_bytes(p.kernel) + 1);
  plain(&p, most, which, mean);

  eg_k_max_pool(&p, y, index, x);
  CHECK_SAME_BITS(y, most, (size_t)out * sizeof *y);
  for (int64_t i = 0; i < out; i++)
    expected[which[i]] += dy[i];
  eg_k_max_pool_backward(&p, dx, 0, dy, index);
  CHECK_ARRAY_NEAR(dx, expected, in, TIGHT * 4);
  eg_k_max_pool_backward(&p, dx, 1, dy, index);
  for (int64_t i = 0; i < in; i++)
    expected[i] *= 2;
  CHECK_ARRAY_NEAR(dx, expected, in, TIGHT * 8);

  eg_k_avg_pool(&p, y, x);
  CHECK_ARRAY_NEAR(y, mean, out, TIGHT);
  memset(expected, 0, (size_t)in * sizeof *expected);
  for (int64_t i = 0; i < out; i++) { /* each sample's share, by the definition once more */
    int64_t c = i % p.c, t = i / p.c % p.lo, n = i / p.c / p.lo, first = t * p.stride - p.padding, inside = 0;
    for (int64_t at = first; at < first + p.kernel; at++)
      inside += at >= 0 && at < p.l;
    for (int64_t at = first; at < first + p.kernel; at++)
      if (at >= 0 && at < p.l)
        expected[(n * p.l + at) * p.c + c] += dy[i] / (double)(p.count_padding ? p.kernel : inside);
  }
  eg_k_avg_pool_backward(&p, dx, 0, dy);
  CHECK_ARRAY_NEAR(dx, expected, in, TIGHT * 4);
  free(x), free(dy), free(y), free(most), free(dx), free(mean), free(expected), free(which), free(index);
}

static void check_pools(void) {
  for (size_t i = 0; i < sizeof pools / sizeof *pools; i++)
    check_pool(pools[i]);
}

static void pooling(void) {
  with_each_cpu(check_pools);
}

static void check_ties(void) {
  eg_k_pool p = {1, 4, 1, 2, 2, 2, 0, true};
  const eg_real x[] = {3, 3, 1, (eg_real)NAN}, dy[] = {1, 1};
  eg_real y[2], dx[4];
  unsigned char index[2];
  eg_k_max_pool(&p, y, index, x);
  CHECK(y[0] == 3 && isnan((double)y[1]));
  CHECK_INT(index[0], 0); /* the first */
  eg_k_max_pool_backward(&p, dx, 0, dy, index);
  CHECK_ARRAY_NEAR(dx, ((double[]){1, 0, 0, 1}), 4, 0);
  /* In whole vectors, too: channel 5 holds ties, channel 6 a NaN at a place of its own in each window. */
  enum { C = 67, L = 6 };
  eg_k_pool wide = {1, L, C, 2, 3, 3, 0, true};
  eg_real *many = numbers(L * C, -1, 1, 1), *most = nans(2 * C);
  unsigned char where[2 * C];
  for (int i = 0; i < L; i++)
    many[i * C + 5] = i == 0 || i == 3 ? 1 : 2;
  many[1 * C + 6] = many[3 * C + 6] = (eg_real)NAN;
  many[1 * C + 66] = many[3 * C + 66] = (eg_real)NAN;
  eg_k_max_pool(&wide, most, where, many);
  CHECK(most[5] == 2 && where[5] == 1 && most[C + 5] == 2 && where[C + 5] == 1);
  CHECK(isnan(most[6]) && where[6] == 1 && isnan(most[C + 6]) && where[C + 6] == 0);
  CHECK(isnan(most[66]) && where[66] == 1 && isnan(most[C + 66]) && where[C + 66] == 0);
  CHECK(!isnan(most[7]) && !isnan(most[65]));
  free(many), free(most);
}

static void ties_and_nan(void) {
  with_each_cpu(check_ties);
}

static void make_gradients(eg_real *out) {
  eg_k_pool p = {5, 99, 33, 50, 3, 2, 1, false};
  eg_real *x = numbers(p.n * p.l * p.c, -1, 1, 1), *dy = numbers(p.n * p.lo * p.c, -1, 1, 2),
          *y = nans(p.n * p.lo * p.c);
  unsigned char *index = malloc((size_t)(p.n * p.lo * p.c));
  eg_k_max_pool(&p, y, index, x);
  eg_k_max_pool_backward(&p, out, 0, dy, index);
  eg_k_avg_pool_backward(&p, out, 1, dy);
  free(x), free(dy), free(y), free(index);
}

static void the_same_bits_for_any_number_of_threads(void) {
  check_threads(make_gradients, 5 * 99 * 33);
}

enum { N = 100003 };

static void dropped(eg_real *out) {
  eg_real *x = numbers(N, 1, 2, 1);
  eg_rng rng = eg_rng_seed(5);
  eg_k_dropout(out, 0, x, N, 0.25, &rng);
  free(x);
}

static void dropout(void) {
  eg_real *x = numbers(N, 1, 2, 1), *y = nans(N), *again = nans(N);
  eg_rng rng = eg_rng_seed(5), other = eg_rng_seed(6);
  dropped(y);
  int64_t zeros = 0, differ = 0;
  for (int64_t i = 0; i < N; i++) {
    zeros += y[i] == 0;
    if (y[i] != 0)
      CHECK_NEAR(y[i], x[i] / 0.75, TIGHT * 3);
  }
  CHECK_NEAR((double)zeros / N, 0.25, 5 * sqrt(0.25 * 0.75 / N)); /* five deviations of the binomial */
  eg_k_dropout(again, 0, x, N, 0.25, &rng);
  CHECK_SAME_BITS(again, y, N * sizeof *y);
  eg_k_dropout(again, 1, x, N, 0.25, &rng); /* added */
  for (int64_t i = 0; i < N; i += 997)
    CHECK_NEAR(again[i], 2 * y[i], TIGHT);
  eg_k_dropout(again, 0, x, N, 0.25, &other);
  for (int64_t i = 0; i < N; i++)
    differ += (again[i] == 0) != (y[i] == 0);
  CHECK_NEAR((double)differ / N, 2 * 0.25 * 0.75, 0.01);
  eg_k_dropout(again, 0, x, N, 1, &rng);
  CHECK(largest(again, N) == 0);
  eg_k_dropout(again, 0, x, N, 0, &rng);
  CHECK_SAME_BITS(again, x, N * sizeof *x);
  check_threads(dropped, N);
  free(x), free(y), free(again);
}

/* The same bits as the scalar generator gives, whatever the instruction set, the length, and the place in the stream;
   at probabilities that a draw can equal, too. */
static void check_mask(void) {
  const int64_t sizes[] = {0, 1, 3, 4, 5, 31, 33, 64, 127, 1023, 1025, 8195, 20001};
  const double chances[] = {0, 0.1, 0.25, 0.5, 1 / 3.0, 0x1p-24, 1 - 0x1p-24, 1};
  const uint64_t positions[] = {0, 5, UINT32_MAX - 3ull, UINT64_MAX - 2};
  for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
    for (size_t j = 0; j < sizeof chances / sizeof *chances; j++)
      for (size_t i = 0; i < sizeof positions / sizeof *positions; i++) {
        int64_t n = sizes[k];
        eg_real *x = numbers(n, -1, 1, 1), *y = nans(n), *expected = nans(n);
        eg_rng root = eg_rng_seed(0x123456789abcdefull), rng = eg_rng_at(&root, 1, 2, 3);
        rng.position = positions[i];
        if (n > 3)
          x[3] = (eg_real)INFINITY;
        eg_k_dropout(y, 0, x, n, chances[j], &rng);
        eg_ref_dropout(expected, 0, x, n, chances[j], &rng);
        CHECK_SAME_BITS(y, expected, (size_t)n * sizeof *y);
        free(x), free(y), free(expected);
      }
}

static void the_same_mask_as_the_scalar_generator_draws(void) {
  with_each_cpu(check_mask);
}

CHECK_MAIN(TEST(pooling), TEST(ties_and_nan), TEST(the_same_bits_for_any_number_of_threads), TEST(dropout),
           TEST(the_same_mask_as_the_scalar_generator_draws))
