/* Signals in C: ratios of rates, the resampler's invariants, gaps, hashes. Its numbers are compared with SciPy's in
   spec/data/signal_spec.lua. */
#include "check.h"
#include "ecgraft/signal.h"

static void ratios(void) {
  static const struct {
    double from, to;
    int64_t up, down;
  } cases[] = {{500, 100, 1, 5},         {100, 500, 5, 1},          {257, 100, 100, 257},
               {360, 250, 25, 36},       {1000, 1000, 1, 1},        {128.5, 100, 200, 257},
               {0.9765625, 1, 128, 125}, {99.99, 100, 10000, 9999}, {1, 10000, 10000, 1}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int64_t up = 0, down = 0;
    CHECK_OK(eg_resample_ratio(&up, &down, cases[i].from, cases[i].to));
    CHECK_INT(up, cases[i].up);
    CHECK_INT(down, cases[i].down);
  }
  int64_t up, down;
  CHECK_FAILS(eg_resample_ratio(&up, &down, 10001, 1), EG_USAGE, "a fraction of integers up to 10000");
  CHECK_FAILS(eg_resample_ratio(&up, &down, 1, 10001), EG_USAGE, "a fraction of integers up to 10000");
  CHECK_FAILS(eg_resample_ratio(&up, &down, 0, 1), EG_USAGE, "above 0, got 0 and 1");
  CHECK_FAILS(eg_resample_ratio(&up, &down, 1, -1), EG_USAGE, "above 0");
  CHECK_FAILS(eg_resample_ratio(&up, &down, NAN, 1), EG_USAGE, "above 0");
  CHECK_FAILS(eg_resample_ratio(&up, &down, 1e-308, 1e308), EG_USAGE, "a fraction");
  CHECK_INT(eg_resample_length(7499, 1, 5), 1500);
  CHECK_INT(eg_resample_length(1, 1, 5), 1);
  CHECK_INT(eg_resample_length(3, 5, 2), 8);
}

/* Each phase of the filter keeps a constant but for what its few taps cannot: inside, a constant stays one. */
static void constants_stay(void) {
  enum { N = 400 };
  static eg_real x[N * 3], y[N * 10 * 3];
  for (int i = 0; i < N * 3; i++)
    x[i] = (eg_real)(i % 3 + 1);
  static const int64_t terms[][2] = {{1, 5}, {5, 1}, {2, 3}, {3, 2}, {100, 257}, {7, 7}, {9, 10}};
  for (size_t t = 0; t < sizeof terms / sizeof *terms; t++) {
    eg_resampler *r;
    REQUIRE_OK(eg_resampler_new(&r, terms[t][0], terms[t][1]));
    int64_t n = eg_resample_length(N, terms[t][0], terms[t][1]);
    eg_resample(r, y, n, x, N, 3, EG_EDGES_HOLD);
    for (int64_t i = 0; i < n; i++)
      for (int c = 0; c < 3; c++)
        CHECK_NEAR(y[i * 3 + c], c + 1, 2e-3 * (c + 1));
    eg_resampler_free(r);
  }
}

static void one_sample(void) {
  eg_resampler *r;
  REQUIRE_OK(eg_resampler_new(&r, 3, 2));
  eg_real x = 2, y[2];
  eg_resample(r, y, 2, &x, 1, 1, EG_EDGES_HOLD);
  CHECK_NEAR(y[0], 2, 1e-2);
  eg_resampler_free(r);
}

static eg_status make_resampler(void) {
  eg_resampler *r;
  EG_TRY(eg_resampler_new(&r, 25, 36));
  eg_resampler_free(r);
  return EG_OK;
}

static void resampler_limits(void) {
  eg_resampler *r;
  CHECK_FAILS(eg_resampler_new(&r, 0, 1), EG_USAGE, "integers from 1 to 10000, got 0/1");
  CHECK_FAILS(eg_resampler_new(&r, 1, 10001), EG_USAGE, "got 1/10001");
  CHECK_NOMEM(make_resampler());
}

static void gaps(void) {
  eg_real x[] = {(eg_real)NAN, 1, (eg_real)INFINITY, (eg_real)NAN, 4, (eg_real)NAN};
  static const double filled[] = {1, 1, 2, 3, 4, 4};
  eg_gap_report report;
  eg_repair_gaps(x, 6, 1, 1, &report);
  CHECK_INT(report.gaps, 2);
  CHECK_INT(report.repaired, 2);
  CHECK_INT(report.left, 2);
  CHECK_INT(report.longest, 2);
  CHECK_INT(report.lead, 0);
  eg_repair_gaps(x, 6, 1, 2, &report);
  for (int i = 0; i < 6; i++)
    CHECK_NEAR(x[i], filled[i], 1e-6);
  CHECK_INT(report.lead, -1);
}

/* The numbers of spec/fixtures/generate_wfdb.py's signal_hash. */
static void hashes(void) {
  CHECK(eg_signal_hash((eg_real[]){0}, 0) == 0);
  CHECK(eg_signal_hash((eg_real[]){1, 2, 3}, 3) == 0x06eeadf07b8738b2u);
  CHECK(eg_signal_hash((eg_real[]){(eg_real)NAN, -0.0f}, 2) == eg_signal_hash((eg_real[]){(eg_real)-NAN, 0}, 2));
  CHECK(eg_signal_hash((eg_real[]){1, 2}, 2) != eg_signal_hash((eg_real[]){2, 1}, 2));
}

/* Means and deviations by lead are those of each lead's values taken out; long enough for several blocks of sums. */
static void moments_by_lead(void) {
  enum { N = 10007, LEADS = 3 };
  static eg_real x[N * LEADS], line[N], y[N * LEADS];
  for (int i = 0; i < N * LEADS; i++)
    x[i] = (eg_real)(sin(i * .7) * (i % LEADS + 1) + i % LEADS);
  x[5] = (eg_real)NAN;
  double mean[LEADS], deviation[LEADS], one, other;
  int64_t count[LEADS];
  eg_moments_by_lead(mean, deviation, count, x, N, LEADS);
  memcpy(y, x, sizeof y);
  eg_standardise_by_lead(y, N, LEADS, mean, deviation);
  for (int c = 0; c < LEADS; c++) {
    for (int i = 0; i < N; i++)
      line[i] = x[i * LEADS + c];
    CHECK_INT(eg_moments(&one, &other, line, N), count[c]);
    CHECK_INT(count[c], c == 2 ? N - 1 : N);
    CHECK(mean[c] == one && deviation[c] == other);
    CHECK_NEAR(deviation[c], (c + 1) * sqrt(.5), .01);
    eg_standardise(line, N, one, other);
    for (int i = 0; i < N; i++)
      CHECK(y[i * LEADS + c] == line[i] || (isnan(y[i * LEADS + c]) && isnan(line[i])));
  }
}

CHECK_MAIN(TEST(ratios), TEST(constants_stay), TEST(one_sample), TEST(resampler_limits), TEST(gaps), TEST(hashes),
           TEST(moments_by_lead))
