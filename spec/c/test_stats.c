/* Metrics and statistics in C: against plain definitions, over threads, with allocations that fail, and on simulated
   studies whose truth is known. Agreement with scikit-learn and SciPy is tested through Lua (spec/metrics_spec.lua). */
#include "check.h"

#include "ecgraft/metrics.h"
#include "ecgraft/parallel.h"
#include "ecgraft/random.h"
#include "ecgraft/stats.h"

enum { MOST = 400 };

/* Scores N(shift, 1) of positives and N(0, 1) of negatives, through the logistic function; K columns. */
static void draw_scores(eg_real *scores, eg_real *labels, int64_t records, int64_t classes, double shift, double share,
                        eg_rng *rng) {
  for (int64_t i = 0; i < records * classes; i++) {
    labels[i] = eg_rng_uniform(rng) < share;
    scores[i] = (eg_real)(1 / (1 + exp(-(eg_rng_normal(rng) + shift * labels[i]))));
  }
}

static double plain_auroc(const eg_real *scores, const eg_real *labels, int64_t records, int64_t classes, int64_t k) {
  double sum = 0, pairs = 0;
  for (int64_t i = 0; i < records; i++)
    for (int64_t j = 0; j < records; j++)
      if (labels[i * classes + k] == 1 && labels[j * classes + k] == 0) {
        eg_real a = scores[i * classes + k], b = scores[j * classes + k];
        sum += a > b ? 1 : a == b ? 0.5 : 0;
        pairs++;
      }
  return pairs > 0 ? sum / pairs : NAN;
}

static void auroc_is_the_share_of_ordered_pairs(void) {
  eg_rng rng = eg_rng_seed(1);
  eg_real scores[99], labels[99];
  for (int rounding = 0; rounding < 3; rounding++) {
    draw_scores(scores, labels, 33, 3, 1, .4, &rng);
    for (int i = 0; rounding > 0 && i < 99; i++) /* ties */
      scores[i] = (eg_real)(floor(scores[i] * (rounding == 1 ? 7 : 2)) / 8);
    eg_scored *scored;
    REQUIRE(eg_scored_new(&scored, scores, labels, 33, 3, NULL) == EG_OK);
    for (int64_t k = 0; k < 3; k++) {
      eg_statistic q = {&eg_metric_auroc, k};
      double value, thresholds[3] = {.5, .5, .5};
      CHECK(eg_statistics_evaluate(&value, &q, 1, scored, thresholds) == EG_OK);
      CHECK_NEAR(value, plain_auroc(scores, labels, 33, 3, k), 1e-15);
    }
    eg_scored_free(scored);
  }
}

/* A resample's counts give what a sample with the records repeated gives, for every metric. */
static void counts_equal_repetition(void) {
  enum { N = 40, K = 3 };
  eg_rng rng = eg_rng_seed(2);
  eg_real scores[N * K], labels[N * K], more_scores[3 * N * K], more_labels[3 * N * K];
  uint32_t counts[N];
  double thresholds[K] = {.4, .5, .7};
  draw_scores(scores, labels, N, K, 1, .4, &rng);
  for (int i = 0; i < N * K; i += 2)
    scores[i] = (eg_real)(floor(scores[i] * 10) / 10);
  int64_t total = 0;
  for (int i = 0; i < N; i++) {
    counts[i] = (uint32_t)eg_rng_below(&rng, 4);
    for (uint32_t c = 0; c < counts[i]; c++, total++) {
      memcpy(more_scores + total * K, scores + i * K, K * sizeof *scores);
      memcpy(more_labels + total * K, labels + i * K, K * sizeof *labels);
    }
  }
  eg_scored *scored, *repeated;
  REQUIRE(eg_scored_new(&scored, scores, labels, N, K, NULL) == EG_OK);
  REQUIRE(eg_scored_new(&repeated, more_scores, more_labels, total, K, NULL) == EG_OK);
  int64_t metrics = 0;
  for (const eg_metric *const *m = eg_metrics; *m; m++, metrics++) {
    CHECK(eg_metric_find((*m)->name) == *m);
    CHECK(((*m)->of_class != NULL) != ((*m)->of_all != NULL));
    for (int64_t k = EG_MACRO; k < K; k++) {
      eg_statistic q = {*m, k};
      double expected, scratch[N];
      REQUIRE((*m)->scratch == NULL || (*m)->scratch(scored) <= sizeof scratch);
      if ((*m)->prepare)
        REQUIRE((*m)->prepare(scored) == EG_OK);
      eg_metric_input in = {scored, counts, thresholds, scratch};
      REQUIRE(eg_statistics_evaluate(&expected, &q, 1, repeated, thresholds) == EG_OK);
      CHECK(expected > 0 && expected < 1);
      CHECK_NEAR(eg_statistic_value(&q, &in), expected, 1e-13);
    }
  }
  CHECK(metrics >= 13);
  CHECK(eg_metric_find("nonsense") == NULL);
  eg_scored_free(scored);
  eg_scored_free(repeated);
}

static void bad_entries_are_named(void) {
  const char *const names[] = {"NORM", "AF"};
  eg_scored *scored;
  CHECK(eg_scored_new(&scored, (eg_real[]){.5, .5, .5, (eg_real)NAN}, (eg_real[]){0, 1, 1, 0}, 2, 2, names) ==
        EG_USAGE);
  CHECK(scored == NULL);
  CHECK(strstr(eg_failure(), "score of record 2, class 2 (AF) must be a finite number, got NaN"));
  CHECK(eg_scored_new(&scored, (eg_real[]){.5, .5}, (eg_real[]){0, 2}, 1, 2, NULL) == EG_USAGE);
  CHECK(strstr(eg_failure(), "label of record 1, class 2 must be 0 or 1, got 2"));
  CHECK(eg_scored_new(&scored, NULL, NULL, 0, 2, NULL) == EG_USAGE);
  CHECK(eg_scored_new(&scored, NULL, NULL, INT32_MAX, 2, NULL) == EG_USAGE);
  CHECK(eg_scored_new(&scored, NULL, NULL, 3, INT64_MAX / 2, NULL) == EG_USAGE);
  REQUIRE(eg_scored_new(&scored, (eg_real[]){.5, .5}, (eg_real[]){0, 1}, 2, 1, NULL) == EG_OK);
  double value, threshold = .5;
  eg_statistic beyond = {&eg_metric_f1, 1};
  CHECK(eg_statistics_evaluate(&value, &beyond, 1, scored, &threshold) == EG_USAGE);
  eg_scored_free(scored);
}

typedef struct study {
  eg_real scores[4][MOST * 3], labels[MOST * 3];
  eg_scored *runs[4];
  const double *thresholds[4];
  int32_t groups[MOST];
} study;

static const double halves[3] = {.5, .5, .5};

static bool make_study(study *s, int64_t records, uint64_t seed) {
  eg_rng rng = eg_rng_seed(seed);
  draw_scores(s->scores[0], s->labels, records, 3, 1, .3, &rng);
  for (int j = 0; j < 4; j++) {
    for (int64_t i = 0; i < records * 3; i++)
      s->scores[j][i] = (eg_real)(1 / (1 + exp(-(eg_rng_normal(&rng) + (j < 2 ? 1.2 : 1) * s->labels[i]))));
    s->thresholds[j] = halves;
    if (eg_scored_new(&s->runs[j], s->scores[j], s->labels, records, 3, NULL) != EG_OK)
      return false;
  }
  for (int64_t i = 0; i < records; i++)
    s->groups[i] = (int32_t)(i / 2);
  return true;
}

static void free_study(study *s) {
  for (int j = 0; j < 4; j++)
    eg_scored_free(s->runs[j]);
}

static study shared;

static void bootstrap_does_not_depend_on_threads(void) {
  enum { N = 90, B = 3000, Q = 3 }; /* enough work to be shared */
  static double values[3][2 * Q * B];
  eg_statistic statistics[Q] = {{&eg_metric_auroc, EG_MACRO}, {&eg_metric_fmax, 0}, {&eg_metric_f1, 2}};
  REQUIRE(make_study(&shared, N, 3));
  eg_arm arms[2] = {{shared.runs, shared.thresholds, 2}, {shared.runs + 2, shared.thresholds, 2}};
  int before = eg_num_threads();
  for (int kind = 0; kind < 3; kind++) {
    eg_bootstrap_options options = {.resamples = B, .seed = 5, .stratified = kind == 1};
    if (kind == 2) {
      options.groups = shared.groups;
      options.group_count = N / 2;
    }
    for (int threads = 1; threads <= 3; threads++) {
      eg_set_num_threads(threads);
      REQUIRE(eg_bootstrap(values[threads - 1], NULL, arms, 2, statistics, Q, &options) == EG_OK);
      CHECK(memcmp(values[0], values[threads - 1], sizeof values[0]) == 0);
    }
    double spread = 0;
    for (int r = 1; r < B; r++)
      spread += fabs(values[0][r] - values[0][0]);
    CHECK(spread > 0.01);
  }
  eg_set_num_threads(before);
  free_study(&shared);
}

static void tests_do_not_depend_on_threads(void) {
  eg_rng rng = eg_rng_seed(9);
  double d[40], scores[4][5];
  eg_curve_cell cells[4];
  for (int i = 0; i < 40; i++)
    d[i] = .4 + eg_rng_normal(&rng);
  for (int i = 0; i < 4; i++) {
    for (int s = 0; s < 5; s++)
      scores[i][s] = .9 - .3 / (i + 1) + .01 * eg_rng_normal(&rng);
    cells[i] = (eg_curve_cell){100 * (i + 1), scores[i], 5};
  }
  eg_sign_flip exact[3], drawn[3];
  eg_effective_size sizes[3][4];
  eg_power_curve curve;
  int before = eg_num_threads();
  for (int threads = 1; threads <= 3; threads++) {
    eg_set_num_threads(threads);
    REQUIRE(eg_sign_flip_test(&exact[threads - 1], d, 18, 1, 1) == EG_OK);
    REQUIRE(eg_sign_flip_test(&drawn[threads - 1], d, 40, 20000, 1) == EG_OK);
    REQUIRE(eg_effective_sizes(sizes[threads - 1], &curve, cells, 4, cells, 4, .9, 60, 1, NULL) == EG_OK);
    CHECK(exact[threads - 1].p == exact[0].p && drawn[threads - 1].p == drawn[0].p);
    for (int i = 0; i < 4; i++)
      CHECK(sizes[threads - 1][i].records.low == sizes[0][i].records.low &&
            sizes[threads - 1][i].records.high == sizes[0][i].records.high);
  }
  CHECK(exact[0].p > 0 && exact[0].p < 1 && sizes[0][1].records.low < sizes[0][1].records.high);
  eg_set_num_threads(before);
}

static double support_share(const eg_metric_input *in, int64_t k) {
  eg_confusion c = eg_confusion_count(in, k);
  return (double)(c.true_positive + c.false_negative) /
         (double)(c.true_positive + c.false_negative + c.true_negative + c.false_positive);
}

/* Also shows that a metric of the caller's own can be resampled. */
static void stratified_resamples_keep_each_class(void) {
  enum { N = 60, B = 50 };
  const eg_metric prevalence = {.name = "prevalence", .of_class = support_share};
  double values[3 * B];
  REQUIRE(make_study(&shared, N, 4));
  eg_statistic statistics[3] = {{&prevalence, 0}, {&prevalence, 1}, {&prevalence, 2}};
  eg_arm arm = {shared.runs, shared.thresholds, 1};
  REQUIRE(eg_bootstrap(values, NULL, &arm, 1, statistics, 3,
                       &(eg_bootstrap_options){.resamples = B, .stratified = true}) == EG_OK);
  for (int i = 0; i < 3 * B; i++)
    CHECK_NEAR(values[i], (double)shared.runs[0]->support[i / B] / N, 1e-15);
  REQUIRE(eg_bootstrap(values, NULL, &arm, 1, statistics, 3, &(eg_bootstrap_options){.resamples = B}) == EG_OK);
  int moved = 0;
  for (int i = 0; i < B; i++)
    moved += fabs(values[i] - (double)shared.runs[0]->support[0] / N) > 1e-9;
  CHECK(moved > B / 2);
  free_study(&shared);
}

static void lost_classes_are_drawn_again(void) {
  enum { N = 12, B = 40 };
  eg_real scores[N], labels[N] = {1};
  double values[B];
  for (int i = 0; i < N; i++)
    scores[i] = (eg_real)i / N;
  eg_scored *scored;
  REQUIRE(eg_scored_new(&scored, scores, labels, N, 1, NULL) == EG_OK);
  const double *threshold = halves;
  eg_arm arm = {&scored, &threshold, 1};
  eg_statistic auroc = {&eg_metric_auroc, 0};
  int64_t redrawn = 0;
  CHECK(eg_bootstrap(values, &redrawn, &arm, 1, &auroc, 1, &(eg_bootstrap_options){.resamples = B}) == EG_OK);
  CHECK(redrawn > B / 8); /* (11/12)^12 = 0.35 of the draws lose the one positive */
  for (int r = 0; r < B; r++)
    CHECK(values[r] == 0);
  int32_t groups[N] = {0}; /* one group that holds all: drawn, nothing varies */
  CHECK(eg_bootstrap(values, NULL, &arm, 1, &auroc, 1,
                     &(eg_bootstrap_options){.resamples = B, .groups = groups, .group_count = 1}) == EG_OK);
  CHECK(eg_bootstrap(values, NULL, &arm, 1, &auroc, 1,
                     &(eg_bootstrap_options){.resamples = B, .groups = groups, .group_count = 2}) == EG_USAGE);
  CHECK(strstr(eg_failure(), "group 2 of 2 has no record"));
  groups[3] = 7;
  CHECK(eg_bootstrap(values, NULL, &arm, 1, &auroc, 1,
                     &(eg_bootstrap_options){.resamples = B, .groups = groups, .group_count = 2}) == EG_USAGE);
  CHECK(eg_bootstrap(values, NULL, &arm, 1, &auroc, 1, &(eg_bootstrap_options){.resamples = 0}) == EG_USAGE);
  eg_scored_free(scored);
}

static void hopeless_draws_are_given_up(void) {
  enum { K = 30, N = 60 };
  eg_real scores[N * K] = {0}, labels[N * K] = {0};
  double thresholds[K] = {0}, value, many[40];
  for (int k = 0; k < K; k++) /* thirty classes of one positive each: all drawn in fewer than 1 of 10^6 */
    labels[k * K + k] = 1;
  eg_scored *scored;
  REQUIRE(eg_scored_new(&scored, scores, labels, N, K, NULL) == EG_OK);
  const double *threshold = thresholds;
  eg_arm arm = {&scored, &threshold, 1};
  eg_statistic auroc = {&eg_metric_auroc, EG_MACRO};
  CHECK(eg_bootstrap(many, NULL, &arm, 1, &auroc, 1, &(eg_bootstrap_options){.resamples = 40}) == EG_USAGE);
  CHECK(strstr(eg_failure(), "10000 draws in a row"));
  CHECK(eg_bootstrap(&value, NULL, &arm, 1, &auroc, 1, &(eg_bootstrap_options){.resamples = 1, .stratified = true}) ==
        EG_OK);
  CHECK_NEAR(value, .5, 0);
  eg_scored_free(scored);
}

static void arms_must_share_labels(void) {
  double values[4];
  REQUIRE(make_study(&shared, 30, 6));
  eg_scored *other;
  shared.labels[5] = 1 - shared.labels[5];
  REQUIRE(eg_scored_new(&other, shared.scores[0], shared.labels, 30, 3, NULL) == EG_OK);
  eg_scored *pair[2] = {shared.runs[0], other};
  eg_arm arm = {pair, shared.thresholds, 2};
  eg_statistic auroc = {&eg_metric_auroc, 0};
  CHECK(eg_bootstrap(values, NULL, &arm, 1, &auroc, 1, &(eg_bootstrap_options){.resamples = 4}) == EG_USAGE);
  CHECK(strstr(eg_failure(), "other labels"));
  eg_scored_free(other);
  REQUIRE(eg_scored_new(&other, shared.scores[0], shared.labels, 29, 3, NULL) == EG_OK);
  pair[1] = other;
  CHECK(eg_bootstrap(values, NULL, &arm, 1, &auroc, 1, &(eg_bootstrap_options){.resamples = 4}) == EG_USAGE);
  CHECK(strstr(eg_failure(), "{29, 3}"));
  eg_scored_free(other);
  free_study(&shared);
}

/* Everything that allocates, once; EG_OK or EG_NOMEM. */
static eg_status allocate_all(void) {
  enum { N = 20, B = 8 };
  static eg_real scores[N * 2], labels[N * 2];
  static double values[B];
  eg_rng rng = eg_rng_seed(8);
  draw_scores(scores, labels, N, 2, 1, .5, &rng);
  eg_scored *scored;
  EG_TRY(eg_scored_new(&scored, scores, labels, N, 2, NULL));
  const double *threshold = halves;
  eg_arm arm = {&scored, &threshold, 1};
  eg_statistic fmax_of_all = {&eg_metric_fmax, 0};
  eg_status status = eg_statistics_evaluate(values, &fmax_of_all, 1, scored, halves);
  if (status == EG_OK)
    status = eg_bootstrap(values, NULL, &arm, 1, &fmax_of_all, 1,
                          &(eg_bootstrap_options){.resamples = B, .stratified = true});
  eg_scored_free(scored);
  EG_TRY(status);
  EG_TRY(eg_holm(values, (double[]){.1, .2}, 2));
  eg_interval interval;
  EG_TRY(eg_mean_interval_bootstrap(&interval, (double[]){1, 2, 3}, 3, .9, 20, 1));
  double at[3][2] = {{.7, .71}, {.8, .8}, {.85, .86}};
  eg_curve_cell cells[3] = {{100, at[0], 2}, {200, at[1], 2}, {400, at[2], 2}};
  eg_effective_size sizes[3];
  eg_power_curve curve;
  EG_TRY(eg_power_curve_fit(&curve, (double[]){1, 2, 3}, (double[]){.5, .6, .65}, 3, NULL));
  return eg_effective_sizes(sizes, &curve, cells, 3, cells, 3, .9, 10, 1, NULL);
}

static void failing_allocations_leave_nothing(void) {
  size_t live = eg_memory().live;
  REQUIRE(allocate_all() == EG_OK);
  for (int forever = 0; forever < 2; forever++) {
    uint64_t nth = 1;
    eg_status status;
    do {
      eg_memory_fail_at(nth++, forever);
      status = allocate_all();
      eg_memory_fail_at(0, false);
      CHECK(status == EG_OK || status == EG_NOMEM);
      CHECK_INT(eg_memory().live, live);
    } while (status == EG_NOMEM && nth < 1000);
    CHECK(nth > 20 && nth < 1000);
  }
}

/* Tests and intervals on simulated studies: at a level of 5 % tests reject in 3 to 7 %, intervals cover 93 to 97 %. */

static void share_is_about(const char *what, int64_t hits, int64_t studies, double low, double high) {
  double share = (double)hits / (double)studies;
  if (!(share >= low && share <= high))
    check_failed(__FILE__, __LINE__, "%s: %.4f of %" PRId64 " studies, expected %.2f to %.2f", what, share, studies,
                 low, high);
}

static void tests_over_seeds_hold_their_level(void) {
  enum { STUDIES = 4000, SEEDS = 8 };
  int64_t flips = 0, many_flips = 0, covered = 0, families = 0;
  for (int64_t study = 0; study < STUDIES; study++) {
    eg_rng parent = eg_rng_seed(11), rng = eg_rng_at(&parent, (uint64_t)study, 0, 0);
    double d[24], p[5];
    for (int i = 0; i < 24; i++)
      d[i] = .01 * eg_rng_normal(&rng);
    eg_sign_flip test;
    REQUIRE(eg_sign_flip_test(&test, d, SEEDS, 0, 0) == EG_OK);
    CHECK(test.exact && test.patterns == 256);
    flips += test.p <= .05;
    if (study < STUDIES / 4) {
      REQUIRE(eg_sign_flip_test(&test, d, 24, 999, (uint64_t)study) == EG_OK);
      CHECK(!test.exact);
      many_flips += test.p <= .05;
    }
    for (int i = 0; i < 8; i++)
      d[i] += .02;
    eg_interval interval;
    REQUIRE(eg_mean_interval_t(&interval, d, 6, .95) == EG_OK);
    covered += interval.low <= .02 && .02 <= interval.high;
    for (int i = 0; i < 5; i++)
      p[i] = eg_rng_uniform(&rng);
    REQUIRE(eg_holm(p, p, 5) == EG_OK);
    families += p[0] <= .05 || p[1] <= .05 || p[2] <= .05 || p[3] <= .05 || p[4] <= .05;
  }
  share_is_about("the exact sign-flip test rejects", flips, STUDIES, .03, .07);
  share_is_about("the drawn sign-flip test rejects", many_flips, STUDIES / 4, .03, .07);
  share_is_about("the t interval covers", covered, STUDIES, .93, .97);
  share_is_about("Holm's family rejects", families, STUDIES, .03, .07);
}

/* AUROC of shift d is Phi(d / sqrt 2); the gain is the difference of two of them, on the same records. */
static void bootstrap_intervals_cover(void) {
  enum { STUDIES = 1500, N = 200, B = 400 };
  static eg_real scores[2][N], labels[N];
  static double values[2 * B];
  const double shift[2] = {1.4, 1.0};
  double truth[2] = {.5 * erfc(-shift[0] / 2), .5 * erfc(-shift[1] / 2)};
  int64_t covered = 0, gains = 0, nulls = 0;
  for (int64_t study = 0; study < STUDIES; study++) {
    eg_rng parent = eg_rng_seed(12), rng = eg_rng_at(&parent, (uint64_t)study, 0, 0);
    for (int i = 0; i < N; i++) {
      labels[i] = eg_rng_uniform(&rng) < .4;
      double common = eg_rng_normal(&rng); /* the arms' errors correlate by 1/2 */
      for (int arm = 0; arm < 2; arm++)
        scores[arm][i] = (eg_real)((common + eg_rng_normal(&rng)) / sqrt(2) + shift[arm] * labels[i]);
    }
    eg_scored *runs[2];
    REQUIRE(eg_scored_new(&runs[0], scores[0], labels, N, 1, NULL) == EG_OK);
    REQUIRE(eg_scored_new(&runs[1], scores[1], labels, N, 1, NULL) == EG_OK);
    const double *threshold = halves;
    eg_arm arms[2] = {{&runs[0], &threshold, 1}, {&runs[1], &threshold, 1}};
    eg_statistic auroc = {&eg_metric_auroc, 0};
    REQUIRE(eg_bootstrap(values, NULL, arms, 2, &auroc, 1,
                         &(eg_bootstrap_options){.resamples = B, .seed = (uint64_t)study}) == EG_OK);
    double low, high, gain[B];
    for (int r = 0; r < B; r++)
      gain[r] = values[r] - values[B + r];
    REQUIRE(eg_percentile_interval(&low, &high, gain, B, .95) == EG_OK);
    gains += low <= truth[0] - truth[1] && truth[0] - truth[1] <= high;
    nulls += low > 0;
    REQUIRE(eg_percentile_interval(&low, &high, values, B, .95) == EG_OK);
    covered += low <= truth[0] && truth[0] <= high;
    eg_scored_free(runs[0]);
    eg_scored_free(runs[1]);
  }
  share_is_about("the interval of an AUROC covers", covered, STUDIES, .93, .97);
  share_is_about("the interval of a paired gain covers", gains, STUDIES, .93, .97);
  CHECK(nulls > STUDIES / 4); /* and is narrow enough to see the gain */
}

static void mcnemar_holds_its_level(void) {
  enum { STUDIES = 3000 };
  int64_t hits = 0;
  for (int64_t study = 0; study < STUDIES; study++) {
    eg_rng parent = eg_rng_seed(13), rng = eg_rng_at(&parent, (uint64_t)study, 0, 0);
    int64_t b = 0;
    for (int i = 0; i < 4000; i++)
      b += eg_rng_bits(&rng) & 1;
    eg_mcnemar test;
    REQUIRE(eg_mcnemar_test(&test, b, 4000 - b) == EG_OK);
    hits += test.p_chi_square <= .05;
    CHECK(fabs(test.p_exact - test.p_chi_square) < .01);
  }
  share_is_about("McNemar's test rejects", hits, STUDIES, .03, .07);
}

/* Scratch a - b n^-c with noise; pretrained with n records as good as scratch with 3 n + 200. */
static void effective_sizes_cover(void) {
  enum { STUDIES = 120, SIZES = 6, SEEDS = 12 };
  const double at[SIZES] = {100, 200, 400, 800, 1600, 3200};
  int64_t covered = 0;
  for (int64_t study = 0; study < STUDIES; study++) {
    eg_rng parent = eg_rng_seed(14), rng = eg_rng_at(&parent, (uint64_t)study, 0, 0);
    double scratch[SIZES][SEEDS], pretrained[SEEDS];
    eg_curve_cell cells[SIZES], other = {200, pretrained, SEEDS};
    for (int i = 0; i < SIZES; i++) {
      for (int s = 0; s < SEEDS; s++)
        scratch[i][s] = .93 - 2 * pow(at[i], -.5) + .005 * eg_rng_normal(&rng);
      cells[i] = (eg_curve_cell){at[i], scratch[i], SEEDS};
    }
    for (int s = 0; s < SEEDS; s++)
      pretrained[s] = .93 - 2 * pow(800, -.5) + .005 * eg_rng_normal(&rng);
    eg_effective_size out;
    eg_power_curve curve;
    REQUIRE(eg_effective_sizes(&out, &curve, cells, SIZES, &other, 1, .95, 200, (uint64_t)study, NULL) == EG_OK);
    CHECK(out.records.estimate > 500 && out.records.estimate < 1300 && !out.extrapolated);
    CHECK_NEAR(out.ratio.estimate, out.records.estimate / 200, 1e-9);
    covered += out.records.low <= 800 && 800 <= out.records.high;
  }
  share_is_about("the interval of an effective size covers", covered, STUDIES, .9, .995);
}

static void learning_curves_invert(void) {
  double sizes[] = {50, 100, 400, 1000}, scores[4];
  eg_power_curve curve;
  for (int i = 0; i < 4; i++)
    scores[i] = .9 - 1.5 * pow(sizes[i], -.6);
  REQUIRE(eg_power_curve_fit(&curve, sizes, scores, 4, NULL) == EG_OK);
  CHECK_NEAR(curve.a, .9, 1e-7);
  CHECK_NEAR(curve.b, 1.5, 1e-5);
  CHECK_NEAR(curve.c, .6, 1e-6);
  CHECK_NEAR(eg_power_curve_inverse(&curve, eg_power_curve_at(&curve, 777)), 777, 1e-6);
  CHECK(isinf(eg_power_curve_inverse(&curve, .95)));
  /* A score that falls with n: the best curve that rises is flat. */
  REQUIRE(eg_power_curve_fit(&curve, sizes, (double[]){.9, .8, .7, .6}, 4, NULL) == EG_OK);
  CHECK(curve.b == 0);
  CHECK(eg_power_curve_inverse(&curve, .5) == 0);
  CHECK(eg_power_curve_fit(&curve, sizes, scores, 2, NULL) == EG_USAGE);
  CHECK(eg_power_curve_fit(&curve, (double[]){5, 5, 6}, scores, 3, NULL) == EG_USAGE);
  CHECK(strstr(eg_failure(), "three different sizes, got 2"));
  CHECK(eg_power_curve_fit(&curve, (double[]){5, -5, 6}, scores, 3, NULL) == EG_USAGE);
  CHECK(eg_power_curve_fit(&curve, sizes, (double[]){.5, NAN, .6, .7}, 4, NULL) == EG_USAGE);
}

static void break_even_is_where_the_interval_meets_zero(void) {
  double sizes[] = {100, 200, 400, 800};
  double gains[] = {.06, .02, -.02, -.03};
  eg_break_even out;
  REQUIRE(eg_break_even_size(&out, sizes, gains, 4) == EG_OK);
  CHECK(out.reached && out.size == 400);
  CHECK_NEAR(out.estimate, 200 * sqrt(2), 1e-9);
  REQUIRE(eg_break_even_size(&out, sizes, (double[]){.06, -.02, .01, -.01}, 4) == EG_OK);
  CHECK(out.reached && out.size == 800);
  REQUIRE(eg_break_even_size(&out, sizes, gains, 2) == EG_OK);
  CHECK(!out.reached && isnan(out.size) && isnan(out.estimate));
  REQUIRE(eg_break_even_size(&out, sizes + 2, gains + 2, 2) == EG_OK);
  CHECK(out.reached && out.estimate == 400);
  CHECK(eg_break_even_size(&out, (double[]){2, 1}, gains, 2) == EG_USAGE);
}

static void bad_arguments_are_refused(void) {
  eg_sign_flip flip;
  eg_interval interval;
  eg_mcnemar mcnemar;
  double value = 2, low, high;
  CHECK(eg_sign_flip_test(&flip, &value, 0, 10, 1) == EG_USAGE);
  CHECK(eg_sign_flip_test(&flip, (double[]){1, NAN}, 2, 10, 1) == EG_USAGE);
  CHECK(eg_holm(&value, &value, 1) == EG_USAGE);
  CHECK(eg_mcnemar_test(&mcnemar, -1, 2) == EG_USAGE);
  CHECK(eg_mean_interval_t(&interval, &value, 1, .95) == EG_USAGE);
  CHECK(eg_mean_interval_t(&interval, (double[]){1, 2}, 2, 1) == EG_USAGE);
  CHECK(eg_percentile_interval(&low, &high, (double[]){1, NAN}, 2, .9) == EG_NUMERIC);
  REQUIRE(eg_percentile_interval(&low, &high, (double[]){INFINITY, 3, INFINITY}, 3, .9) == EG_OK);
  CHECK(low == 3 && isinf(high));
}

CHECK_MAIN(TEST(auroc_is_the_share_of_ordered_pairs), TEST(counts_equal_repetition), TEST(bad_entries_are_named),
           TEST(bootstrap_does_not_depend_on_threads), TEST(tests_do_not_depend_on_threads),
           TEST(stratified_resamples_keep_each_class), TEST(lost_classes_are_drawn_again),
           TEST(hopeless_draws_are_given_up), TEST(arms_must_share_labels), TEST(failing_allocations_leave_nothing),
           TEST(tests_over_seeds_hold_their_level), TEST(bootstrap_intervals_cover), TEST(mcnemar_holds_its_level),
           TEST(effective_sizes_cover), TEST(learning_curves_invert), TEST(break_even_is_where_the_interval_meets_zero),
           TEST(bad_arguments_are_refused))
