/* Signal quality in C: what counts as flat, cut off, missing; laws of the limb leads; every failed allocation. Noise
   and hum are compared with SciPy's in spec/data/quality_spec.lua, which has the swaps as well. */
#include "check.h"
#include "ecgraft/quality.h"

enum { RATE = 250, N = 10 * RATE };

/* A bump a second, from 0 to 1 mV; sharp: 12 ms wide as a QRS complex, else 45 ms as a T wave. */
static double bumps(int64_t i, bool sharp) {
  double t = fmod((double)i / RATE, 1) - .5, width = sharp ? .012 : .045;
  return exp(-t * t / (2 * width * width));
}

static eg_lead_quality judge(const eg_real *x) {
  eg_lead_quality q = {0};
  CHECK_OK(eg_quality_leads(&q, x, N, 1, RATE));
  return q;
}

static void still(void) {
  static eg_real x[N];
  for (int64_t i = 0; i < N; i++)
    x[i] = (eg_real)bumps(i, true);
  CHECK_NEAR(judge(x).flat, 0, 0); /* still for less than two seconds at a time */
  for (int64_t i = 0; i < N; i++)
    x[i] = i < 3 * RATE ? x[i] : 1;
  CHECK_NEAR(judge(x).flat, .7, .05);
  for (int64_t i = 0; i < N; i++)
    x[i] = (eg_real)NAN;
  eg_lead_quality q = judge(x);
  CHECK_NEAR(q.flat, 1, 0);
  CHECK_NEAR(q.clipped, 0, 0);
  CHECK_NEAR(q.noise, 0, 0);
  CHECK_INT(eg_lead_faults(&q, &eg_quality_defaults), EG_FAULT_FLAT);
}

static void cut_off(void) {
  static eg_real x[N];
  for (int sharp = 0; sharp < 2; sharp++) {
    for (int64_t i = 0; i < N; i++)
      x[i] = (eg_real)bumps(i, sharp);
    CHECK_NEAR(judge(x).clipped, 0, 0); /* the baseline is a plateau without corners */
    for (int64_t i = 0; i < N; i++)
      x[i] = (eg_real)(round(400 * bumps(i, sharp)) / 400);
    CHECK_NEAR(judge(x).clipped, 0, 0); /* nor is a rounded peak cut off */
  }
  for (int64_t i = 0; i < N; i++)
    x[i] = (eg_real)fmin(.6, bumps(i, true));
  eg_lead_quality q = judge(x);
  CHECK(q.clipped > .015 && q.clipped < .03); /* 2 * 1.01 * 12 ms of each second */
  CHECK_INT(eg_lead_faults(&q, &eg_quality_defaults), EG_FAULT_SATURATED);
  for (int64_t i = 0; i < N; i++)
    x[i] = -x[i];
  CHECK_NEAR(judge(x).clipped, q.clipped, 0);
}

/* Limb leads of two made-up ones. */
static void fill_limbs(eg_real *x) {
  for (int64_t i = 0; i < N; i++) {
    double one = .7 * bumps(i, true) + .1 * bumps(i + 35, false),
           two = 1.1 * bumps(i, true) + .15 * bumps(i + 35, false);
    const double leads[EG_LIMB_COLUMNS] = {one, two, two - one, -(one + two) / 2, one - two / 2, two - one / 2, one};
    for (int c = 0; c < EG_LIMB_COLUMNS; c++)
      x[i * EG_LIMB_COLUMNS + c] = (eg_real)leads[c];
  }
}

static const int all[EG_LIMB_COLUMNS] = {0, 1, 2, 3, 4, 5, 6};

static void laws(void) {
  static eg_real x[N * EG_LIMB_COLUMNS];
  fill_limbs(x);
  eg_limb_quality q;
  CHECK_OK(eg_quality_limbs(&q, x, N, EG_LIMB_COLUMNS, RATE, all));
  CHECK_NEAR(q.violation, 0, 1e-6);
  CHECK_INT(q.beats, 10);
  CHECK_INT(q.swap, EG_SWAP_NONE);
  x[700 * EG_LIMB_COLUMNS + EG_LIMB_AVL] += (eg_real).2;
  x[900 * EG_LIMB_COLUMNS + EG_LIMB_AVF] = (eg_real)NAN; /* what is missing breaks no law */
  CHECK_OK(eg_quality_limbs(&q, x, N, EG_LIMB_COLUMNS, RATE, all));
  CHECK_NEAR(q.violation, .2, 1e-6);
  CHECK_INT(q.law, EG_LAW_AVL);
  const int without[EG_LIMB_COLUMNS] = {0, 1, 2, 3, -1, -1, -1}, none[EG_LIMB_COLUMNS] = {-1, 1, 2, 3, 4, 5, 6};
  CHECK_OK(eg_quality_limbs(&q, x, N, EG_LIMB_COLUMNS, RATE, without));
  CHECK_NEAR(q.violation, 0, 1e-6);
  CHECK_OK(eg_quality_limbs(&q, x, N, EG_LIMB_COLUMNS, RATE, none));
  CHECK(isnan(q.violation));
}

static void nothing_at_all(void) {
  static eg_real x[N * EG_LIMB_COLUMNS];
  for (size_t i = 0; i < sizeof x / sizeof *x; i++)
    x[i] = (eg_real)NAN;
  eg_limb_quality q;
  CHECK_OK(eg_quality_limbs(&q, x, N, EG_LIMB_COLUMNS, RATE, all));
  CHECK(isnan(q.violation));
  CHECK_INT(q.beats, 0);
  CHECK_INT(q.swap, EG_SWAP_NONE);
}

static void refusals(void) {
  static eg_real x[N];
  eg_lead_quality q;
  eg_limb_quality limbs;
  CHECK_FAILS(eg_quality_leads(&q, x, RATE - 1, 1, RATE), EG_USAGE, "a second or more, got 249 samples at 250 Hz");
  CHECK_FAILS(eg_quality_leads(&q, x, N, 1, 49), EG_USAGE, "50 samples a second or more, got 49");
  CHECK_FAILS(eg_quality_leads(&q, x, N, 1, NAN), EG_USAGE, "50 samples a second or more");
  CHECK_FAILS(eg_quality_limbs(&limbs, x, 10, 1, RATE, all), EG_USAGE, "a second or more");
  CHECK_OK(eg_quality_leads(&q, x, 50, 1, 50)); /* the shortest and slowest there is */
}

static void no_memory(void) {
  static eg_real x[N * EG_LIMB_COLUMNS];
  fill_limbs(x);
  eg_lead_quality q[EG_LIMB_COLUMNS];
  eg_limb_quality limbs;
  size_t before = eg_memory().blocks;
  int failed = 0;
  for (uint64_t nth = 1; nth <= 6; nth++) {
    eg_memory_fail_at(nth, true);
    failed += eg_quality_leads(q, x, N, EG_LIMB_COLUMNS, RATE) == EG_NOMEM;
    eg_memory_fail_at(nth, true);
    failed += eg_quality_limbs(&limbs, x, N, EG_LIMB_COLUMNS, RATE, all) == EG_NOMEM;
    eg_memory_fail_at(0, false);
    CHECK_INT(eg_memory().blocks, before);
  }
  CHECK_INT(failed, 8); /* four allocations each, one of them the filter's */
}

CHECK_MAIN(TEST(still), TEST(cut_off), TEST(laws), TEST(nothing_at_all), TEST(refusals), TEST(no_memory))
