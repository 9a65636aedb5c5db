/* Saturated runs: what counts, what they are filled with, what stays. On real waves: spec/data/real_spec.lua. */
#include "check.h"
#include "ecgraft/signal.h"

enum { N = 400 };
static const double RATE = 500, TAU = 6.283185307179586;

/* A wave of 1 mV, 16 ms as a deviation, at every hundredth sample, of both signs. */
static double wave(int i) {
  double t = (i % 100 - 50) / 8.;
  return (i / 100 % 2 ? -1 : 1) * exp(-t * t / 2);
}

static void waves_rise_above_the_end(void) {
  eg_real x[N], cut[N];
  eg_saturation_report report;
  double wrong = 0, before = 0;
  for (int i = 0; i < N; i++)
    x[i] = cut[i] = (eg_real)fmax(-.75, fmin(.75, wave(i)));
  REQUIRE_OK(eg_repair_saturated(x, N, 1, RATE, 1, NULL, &report));
  CHECK_INT(report.runs, 4);
  CHECK_INT(report.left, 0);
  int64_t count = 0;
  for (int i = 0; i < N; i++) {
    bool flat = fabs(wave(i)) >= .75;
    count += flat;
    if (!flat)
      CHECK(x[i] == cut[i]);
    wrong = fmax(wrong, fabs((double)x[i] - wave(i)));
    before = fmax(before, fabs((double)cut[i] - wave(i)));
  }
  CHECK_INT(report.repaired, count);
  CHECK(before > .249 && wrong < .075); /* the cubic of this wave is off by 0.072 */
}

/* The cubic through four points gives back a cubic. Two leads, whose rails differ. */
static void cubics_come_back(void) {
  enum { LEADS = 2 };
  eg_real x[N * LEADS], rails[2 * LEADS] = {-40, 40, (eg_real)NAN, (eg_real)NAN};
  eg_saturation_report report;
  for (int i = 0; i < N; i++) {
    double t = i / 100.;
    x[i * LEADS] = (eg_real)(t * t * t - 3 * t * t + 1);
    x[i * LEADS + 1] = i == 200 ? 40 : (eg_real)sin(i / 10.);
  }
  for (int i = 150; i < 150 + 30; i++)
    x[i * LEADS] = 40;
  x[300 * LEADS] = -40; /* a single one */
  REQUIRE_OK(eg_repair_saturated(x, N, LEADS, RATE, 1, rails, &report));
  CHECK_INT(report.runs, 2);
  CHECK_INT(report.repaired, 31);
  for (int i = 0; i < N; i++) {
    double t = i / 100.;
    CHECK_NEAR(x[i * LEADS], t * t * t - 3 * t * t + 1, 2e-5); /* float at four points, drawn out over 30 samples */
  }
  CHECK_NEAR(x[200 * LEADS + 1], 40, 0); /* where the rails are not known one sample is a sample */
}

static void long_runs_and_ends(void) {
  eg_real x[N], rails[2] = {-5, 5};
  eg_saturation_report report;
  for (int i = 0; i < N; i++)
    x[i] = (eg_real)(i * .01);
  for (int i = 100; i < 180; i++) /* 0.16 s: longer than a wave */
    x[i] = 5;
  x[99] = (eg_real)1.5; /* a cubic would follow this jump */
  x[0] = x[1] = x[N - 1] = -5;
  REQUIRE_OK(eg_repair_saturated(x, N, 1, RATE, 1, rails, &report));
  CHECK_INT(report.runs, 3);
  for (int i = 100; i < 180; i++)
    CHECK_NEAR(x[i], 1.5 + .3 * (i - 99) / 81., 1e-5);
  CHECK(x[0] == x[2] && x[1] == x[2] && x[N - 1] == x[N - 2]);
  /* Longer than asked for, or all there is: stays. */
  for (int i = 100; i < 180; i++)
    x[i] = 5;
  REQUIRE_OK(eg_repair_saturated(x, N, 1, RATE, .15, rails, &report));
  CHECK_INT(report.runs, 0);
  CHECK_INT(report.left, 80);
  CHECK(x[140] == 5);
  for (int i = 0; i < N; i++)
    x[i] = 5;
  REQUIRE_OK(eg_repair_saturated(x, N, 1, RATE, 10, rails, &report));
  CHECK_INT(report.left, N);
  CHECK(x[7] == 5);
}

static void beside_a_gap(void) {
  eg_real x[N], rails[2] = {-5, 5};
  eg_saturation_report report;
  for (int i = 0; i < N; i++)
    x[i] = (eg_real)sin(TAU * i / 97);
  x[50] = x[51] = 5;
  x[52] = (eg_real)NAN;
  x[80] = 5; /* a missing sample two away: no four points, so a line */
  x[82] = (eg_real)NAN;
  REQUIRE_OK(eg_repair_saturated(x, N, 1, RATE, 1, rails, &report));
  CHECK(isnan(x[50]) && isnan(x[51]) && isnan(x[52]));
  CHECK_INT(report.repaired, 1);
  CHECK_NEAR(x[80], ((double)x[79] + (double)x[81]) / 2, 1e-6);
}

static eg_status any(void) {
  eg_real x[4] = {0};
  eg_saturation_report report;
  return eg_repair_saturated(x, 2, 2, RATE, 1, NULL, &report);
}

static void little(void) {
  CHECK_NOMEM(any());
  eg_saturation_report report;
  REQUIRE_OK(eg_repair_saturated(NULL, 0, 3, RATE, 1, NULL, &report));
  CHECK_INT(report.runs, 0);
}

CHECK_MAIN(TEST(waves_rise_above_the_end), TEST(cubics_come_back), TEST(long_runs_and_ends), TEST(beside_a_gap),
           TEST(little))
