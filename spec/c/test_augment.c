/* Augmentation against plain loops from its definition, for any number of threads, and what its draws are like. */
#include "check.h"
#include "ecgraft/augment.h"
#include "ecgraft/parallel.h"

enum { N = 5, LENGTH = 333, LEADS = 17, ROW = LENGTH * LEADS, CLASSES = 3 };

static eg_real x[N * ROW], y[N * ROW], wanted[N * ROW], labels[N * CLASSES], mixed[N * CLASSES];

static const double TAU = 6.283185307179586;

static void fill(void) {
  eg_rng g = eg_rng_seed(5);
  eg_rng_fill_normal(&g, x, N * ROW, 0, 1);
  eg_rng_fill_uniform(&g, labels, N * CLASSES, 0, 1);
}

/* The number of each purpose, as csrc/ecg/augment.c has them (ORDER AUGMENT). */
enum { FOR_SCALE = 1, FOR_NOISE, FOR_WANDER, FOR_DROPOUT, FOR_SHIFT, FOR_SHARE, FOR_ORDER, FOR_WINDOW };

/* One record by the words of the header, a step at a time. */
static void plain_record(double *to, const eg_real *from, int64_t i, const eg_augment_options *o, const eg_rng *rng) {
  static double moved[ROW];
  static eg_real noise[ROW];
  eg_rng g = eg_rng_at(rng, (uint64_t)i, FOR_SCALE, 0);
  double factor = exp(log(o->scale_low) + (log(o->scale_high) - log(o->scale_low)) * eg_rng_uniform(&g));
  g = eg_rng_at(rng, (uint64_t)i, FOR_NOISE, 0);
  eg_rng_fill_normal(&g, noise, ROW, 0, o->noise);
  for (int k = 0; k < ROW; k++)
    to[k] = (double)from[k] * factor + (double)noise[k];
  g = eg_rng_at(rng, (uint64_t)i, FOR_WANDER, 0);
  for (int lead = 0; lead < LEADS; lead++) {
    double frequency = .05 + .45 * eg_rng_uniform(&g), phase = TAU * eg_rng_uniform(&g);
    double amplitude = o->wander * eg_rng_uniform(&g);
    for (int t = 0; t < LENGTH; t++)
      to[t * LEADS + lead] += amplitude * sin(TAU * frequency * t / o->rate + phase);
  }
  double draws[LEADS];
  int best = 0;
  g = eg_rng_at(rng, (uint64_t)i, FOR_DROPOUT, 0);
  for (int lead = 0; lead < LEADS; lead++) {
    draws[lead] = eg_rng_uniform(&g);
    best = draws[lead] > draws[best] ? lead : best;
  }
  for (int k = 0; k < ROW; k++)
    if (draws[k % LEADS] < o->lead_dropout && k % LEADS != best)
      to[k] = 0;
  g = eg_rng_at(rng, (uint64_t)i, FOR_SHIFT, 0);
  int64_t by = (int64_t)eg_rng_below(&g, 2 * (uint64_t)o->shift + 1) - o->shift;
  memcpy(moved, to, sizeof moved);
  for (int64_t t = 0; t < LENGTH; t++)
    for (int lead = 0; lead < LEADS; lead++)
      to[t * LEADS + lead] = t - by >= 0 && t - by < LENGTH ? moved[(t - by) * LEADS + lead] : 0;
}

static void agrees_with_its_definition(void) {
  static double plain[ROW];
  fill();
  for (int64_t shift = 0; shift <= 1000; shift = shift * 10 + 10) { /* also further than records are long */
    eg_augment_options o = {
        .scale_low = .5, .scale_high = 2, .noise = .1, .wander = .3, .rate = 50, .lead_dropout = .4};
    o.shift = shift;
    REQUIRE_OK(eg_augment_check(&o, "test"));
    eg_rng rng = eg_rng_seed(7 + (uint64_t)shift);
    eg_augment(y, x, N, LENGTH, LEADS, &o, &rng);
    for (int i = 0; i < N; i++) {
      plain_record(plain, x + i * ROW, i, &o, &rng);
      for (int k = 0; k < ROW; k++)
        CHECK_NEAR(y[i * ROW + k], plain[k], 2e-6 * (1 + fabs(plain[k]))); /* eg_real is float */
    }
  }
}

static void one_thing_changes_no_other_draw(void) {
  fill();
  eg_augment_options o = {.wander = .3, .rate = 50};
  eg_rng rng = eg_rng_seed(3);
  eg_augment(y, x, N, LENGTH, LEADS, &o, &rng);
  memcpy(wanted, y, sizeof y);
  o.shift = 5;
  eg_augment(y, x, N, LENGTH, LEADS, &o, &rng);
  eg_rng g = eg_rng_at(&rng, 0, FOR_SHIFT, 0);
  int64_t by = (int64_t)eg_rng_below(&g, 11) - 5;
  for (int64_t t = 10; t < LENGTH - 10; t++)
    CHECK(y[t * LEADS] == wanted[(t - by) * LEADS]);
}

static void same_for_any_number_of_threads(void) {
  fill();
  eg_augment_options o = {
      .scale_low = .5, .scale_high = 2, .noise = .1, .wander = .3, .rate = 50, .lead_dropout = .4, .shift = 20};
  eg_rng rng = eg_rng_seed(11);
  int threads = eg_num_threads();
  static eg_real all[3][2 * N * ROW + N * CLASSES + N * 100 * LEADS];
  for (int n = 1; n <= 3; n++) {
    eg_real *to = all[n - 1];
    eg_set_num_threads(n);
    eg_augment(to, x, N, LENGTH, LEADS, &o, &rng);
    REQUIRE_OK(eg_mixup(to + N * ROW, to + 2 * N * ROW, NULL, x, labels, N, ROW, CLASSES, .3, &rng));
    eg_random_windows(to + 2 * N * ROW + N * CLASSES, 100, x, N, LENGTH, LEADS, &rng);
  }
  eg_set_num_threads(threads);
  CHECK(memcmp(all[0], all[1], sizeof all[0]) == 0);
  CHECK(memcmp(all[0], all[2], sizeof all[0]) == 0);
}

static void in_place(void) {
  fill();
  eg_augment_options o = {.noise = .1, .shift = 20};
  eg_rng rng = eg_rng_seed(2);
  eg_augment(wanted, x, N, LENGTH, LEADS, &o, &rng);
  eg_augment(x, x, N, LENGTH, LEADS, &o, &rng);
  CHECK(memcmp(x, wanted, sizeof x) == 0);
}

static eg_status any_mixup(void) {
  eg_rng rng = eg_rng_seed(1);
  return eg_mixup(y, mixed, NULL, x, labels, N, ROW, CLASSES, 1, &rng);
}

static void mixes_by_one_share(void) {
  fill();
  double share;
  eg_rng rng = eg_rng_seed(1);
  REQUIRE_OK(eg_mixup(y, mixed, &share, x, labels, N, ROW, CLASSES, 1, &rng));
  CHECK(share > 0 && share < 1);
  bool taken[N] = {false};
  for (int i = 0; i < N; i++) {
    int partner = -1;
    for (int j = 0; j < N; j++)
      if (fabs((double)y[i * ROW] - share * (double)x[i * ROW] - (1 - share) * (double)x[j * ROW]) < 1e-6)
        partner = j;
    REQUIRE(partner >= 0);
    CHECK(!taken[partner]);
    taken[partner] = true;
    for (int k = 0; k < ROW; k++)
      CHECK_NEAR(y[i * ROW + k], share * (double)x[i * ROW + k] + (1 - share) * (double)x[partner * ROW + k], 1e-6);
    for (int k = 0; k < CLASSES; k++)
      CHECK_NEAR(mixed[i * CLASSES + k],
                 share * (double)labels[i * CLASSES + k] + (1 - share) * (double)labels[partner * CLASSES + k], 1e-6);
  }
  CHECK_FAILS(eg_mixup(y, mixed, NULL, x, labels, N, ROW, CLASSES, 0, &rng), EG_USAGE, "above 0, got 0");
  CHECK_NOMEM(any_mixup());
}

/* Beta(a, a) has mean 1/2 and variance 1 / (4 (2a + 1)); 4000 draws, bounds five deviations of their mean wide. */
static void shares_are_of_beta(void) {
  static const double alphas[] = {.1, .4, 1, 3};
  enum { DRAWS = 4000 };
  for (size_t a = 0; a < sizeof alphas / sizeof *alphas; a++) {
    double sum = 0, squares = 0, variance = 1 / (4 * (2 * alphas[a] + 1));
    for (uint64_t seed = 1; seed <= DRAWS; seed++) {
      eg_rng rng = eg_rng_seed(seed);
      double share;
      REQUIRE_OK(eg_mixup(y, mixed, &share, x, labels, 1, 1, 1, alphas[a], &rng));
      CHECK(share >= 0 && share <= 1);
      sum += share / DRAWS;
      squares += (share - .5) * (share - .5) / DRAWS;
    }
    CHECK_NEAR(sum, .5, 5 * sqrt(variance / DRAWS));
    CHECK_NEAR(squares, variance, 5 * variance / sqrt(DRAWS / 2.));
  }
}

static void windows_are_anywhere(void) {
  enum { MANY = 4000, LONG = 12, WINDOW = 9 };
  static eg_real from[MANY * LONG * 2], to[MANY * WINDOW * 2];
  for (int i = 0; i < MANY * LONG * 2; i++)
    from[i] = (eg_real)(i % (LONG * 2));
  eg_rng rng = eg_rng_seed(9);
  eg_random_windows(to, WINDOW, from, MANY, LONG, 2, &rng);
  int seen[LONG - WINDOW + 1] = {0};
  for (int i = 0; i < MANY; i++) {
    int first = (int)to[i * WINDOW * 2];
    REQUIRE(first % 2 == 0 && first / 2 <= LONG - WINDOW);
    seen[first / 2]++;
    for (int k = 0; k < WINDOW * 2; k++)
      CHECK(to[i * WINDOW * 2 + k] == (eg_real)(first + k));
  }
  for (int k = 0; k <= LONG - WINDOW; k++) /* binomial, five deviations */
    CHECK_NEAR(seen[k], MANY / 4., 5 * sqrt(MANY * 3 / 16.));
  eg_random_windows(to, LONG, from, 3, LONG, 2, &rng); /* the whole record has one place */
  CHECK(memcmp(to, from, 3 * LONG * 2 * sizeof *to) == 0);
}

static void refuses_what_makes_no_sense(void) {
  CHECK_FAILS(eg_augment_check(&(eg_augment_options){.scale_low = 2, .scale_high = 1}, "f"), EG_USAGE,
              "f: scale must be from low to high with 0 < low <= high, got 2 and 1");
  CHECK_FAILS(eg_augment_check(&(eg_augment_options){.scale_high = 1}, "f"), EG_USAGE, "0 < low");
  CHECK_FAILS(eg_augment_check(&(eg_augment_options){.noise = NAN}, "f"), EG_USAGE, "0 or more, got nan");
  CHECK_FAILS(eg_augment_check(&(eg_augment_options){.wander = 1}, "f"), EG_USAGE, "wander needs a rate above 0");
  CHECK_FAILS(eg_augment_check(&(eg_augment_options){.lead_dropout = 1.5}, "f"), EG_USAGE, "from 0 to 1, got 1.5");
  CHECK_FAILS(eg_augment_check(&(eg_augment_options){.shift = -1}, "f"), EG_USAGE, "0 or more samples, got -1");
}

CHECK_MAIN(TEST(agrees_with_its_definition), TEST(one_thing_changes_no_other_draw),
           TEST(same_for_any_number_of_threads), TEST(in_place), TEST(mixes_by_one_share), TEST(shares_are_of_beta),
           TEST(windows_are_anywhere), TEST(refuses_what_makes_no_sense))
