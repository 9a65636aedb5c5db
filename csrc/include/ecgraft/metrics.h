/* Metrics over (records x classes) scores and binary labels, and their bootstrap over records.

   Scores and labels are prepared once (eg_scored_new: transposed, widened to double, each class sorted); every metric
   then reads the prepared form together with a count for each record, so that a bootstrap resample costs one pass over
   the sorted records and no sort. A metric is one file in csrc/stats and one line in EG_METRICS below.

   A record is predicted positive for a class where its score >= the class's threshold. A metric is NaN where what it
   needs is absent (AUROC of a class whose labels are all one side). A macro average is the plain mean over the classes
   that have both sides. Formulas and sources: docs/metrics.md. */
#ifndef ECGRAFT_METRICS_H
#define ECGRAFT_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ecgraft/real.h"
#include "ecgraft/status.h"

/* One place in a ranking by falling score. */
typedef struct eg_ranked {
  int32_t record;
  uint8_t positive; /* the record's label */
  uint8_t last;     /* the last of its group of equal scores */
} eg_ranked;

/* Prepared scores. Class k's row of an array (classes, records) begins at k * records. */
typedef struct eg_scored {
  int64_t records, classes;
  double *scores;            /* (classes, records) */
  uint8_t *labels;           /* (classes, records), 0 or 1 */
  eg_ranked *ranking;        /* (classes, records), falling score; equal scores by record */
  eg_ranked *joint_ranking;  /* (classes * records) over all classes; NULL until eg_scored_rank_jointly */
  int64_t *support;          /* (classes) records whose label is 1 */
  int32_t *record_positives; /* (records) labels of the record that are 1 */
  uint32_t *ones;            /* (records) all 1: the counts of the sample itself */
  int64_t improbable; /* the first entry (record * classes + k) outside [0, 1]; -1: all scores are probabilities */
} eg_scored;

/* Prepares scores (records, classes) and labels of the same shape, both row-major; the inputs are not kept. At least
   one record and one class, at most 2^31 - 1 entries. EG_USAGE where a score is NaN or infinite or a label is neither 0
   nor 1; the text names the record and the class, both counted from 1, and the class by `names` (classes) unless NULL.
   `*out` is NULL on failure; to be freed by eg_scored_free. */
eg_status eg_scored_new(eg_scored **out, const eg_real *scores, const eg_real *labels, int64_t records, int64_t classes,
                        const char *const *names);
void eg_scored_free(eg_scored *scored); /* NULL is allowed */

/* Whether class k has records of both labels. */
bool eg_scored_has_both(const eg_scored *scored, int64_t k);

/* Makes joint_ranking where it is not yet made. */
eg_status eg_scored_rank_jointly(eg_scored *scored);

/* What a metric reads. */
typedef struct eg_metric_input {
  const eg_scored *scored;
  const uint32_t *counts;   /* (records) how often each record counts; scored->ones for the sample itself */
  const double *thresholds; /* (classes) */
  void *scratch; /* as many bytes as the metric's scratch() asks for, aligned to 8; NULL where it asks for none */
} eg_metric_input;

/* A metric has exactly one of of_class and of_all. */
typedef struct eg_metric {
  const char *name;
  double (*of_class)(const eg_metric_input *in, int64_t k);
  double (*of_all)(const eg_metric_input *in);
  size_t (*scratch)(const eg_scored *scored); /* bytes; NULL: none */
  eg_status (*prepare)(eg_scored *scored);    /* called once before values are asked for; NULL: nothing to prepare */
} eg_metric;

/* Every metric. A new one: a file in csrc/stats that defines `const eg_metric eg_metric_NAME`, and a line here. Tables
   and the Lua face follow this order. */
/* clang-format off */
#define EG_METRICS(X) \
  /* of one class, without a threshold */ \
  X(auroc) X(average_precision) \
  /* of one class, at its threshold */ \
  X(f1) X(precision) X(recall) X(specificity) X(accuracy) X(balanced_accuracy) \
  /* of one class, for probabilities */ \
  X(brier) X(ece) \
  /* of all classes together */ \
  X(weighted_f1) X(micro_f1) X(fmax)
/* clang-format on */

#ifdef __cplusplus
#define EG_DECLARE_METRIC(name) extern "C" const eg_metric eg_metric_##name;
#else
#define EG_DECLARE_METRIC(name) extern const eg_metric eg_metric_##name;
#endif
EG_METRICS(EG_DECLARE_METRIC)

/* All metrics in the order above, NULL at the end. */
extern const eg_metric *const eg_metrics[];
/* By name, or NULL. */
const eg_metric *eg_metric_find(const char *name);

/* A number to compute: a metric of one class, the macro average of a metric of one class (k = EG_MACRO), or a metric of
   all classes (k is not read). */
enum { EG_MACRO = -1 };
typedef struct eg_statistic {
  const eg_metric *metric;
  int64_t k;
} eg_statistic;

/* The value of a statistic; `in` as above, prepared for the metric. The macro average is over the classes that have
   both sides in the sample itself (counts do not change which), NaN where there is none. */
double eg_statistic_value(const eg_statistic *statistic, const eg_metric_input *in);

/* Values of `count` statistics of the sample itself, into values (count). EG_USAGE where a class is out of range. */
eg_status eg_statistics_evaluate(double *values, const eg_statistic *statistics, int64_t count, eg_scored *scored,
                                 const double *thresholds);

/* Records of class k by label and prediction. */
typedef struct eg_confusion {
  int64_t true_positive, false_positive, false_negative, true_negative;
} eg_confusion;
eg_confusion eg_confusion_count(const eg_metric_input *in, int64_t k);

/* Curves of one class, from the highest threshold to the lowest: point i predicts positive where score >=
   thresholds[i], one point for each distinct score, after a first point at +infinity that predicts none. Arrays of
   records + 1 entries; returns how many points there are. ROC: x false-positive rate, y recall. Precision-recall: x
   recall, y precision (1 at the first point). A rate whose denominator is 0 is NaN. */
int64_t eg_curve_roc(double *x, double *y, double *thresholds, const eg_scored *scored, int64_t k);
int64_t eg_curve_precision_recall(double *x, double *y, double *thresholds, const eg_scored *scored, int64_t k);

/* Reliability of class k in `bins` bins of equal width over [0, 1]: in each the number of records, their mean score and
   the share of them that is positive (NaN where the bin is empty). EG_USAGE where a score is no probability. */
eg_status eg_curve_calibration(int64_t *count, double *mean_score, double *frequency, int64_t bins,
                               const eg_scored *scored, int64_t k);

/* Temperature scaling of one class. */
typedef struct eg_temperature {
  double temperature;   /* above 1: the scores were too sure */
  double before, after; /* mean negative log-likelihood */
  bool fitted;          /* false: too few records of a side, temperature 1 */
} eg_temperature;

#define EG_TEMPERATURE_LEAST 0.05
#define EG_TEMPERATURE_MOST 20.0

/* The temperature of class k that minimises the negative log-likelihood, within the bounds above; 1 where either side
   has fewer than `fewest` records. EG_USAGE where a score is no probability. */
eg_status eg_fit_temperature(eg_temperature *out, const eg_scored *scored, int64_t k, int64_t fewest);
/* sigmoid(logit(p) / temperature); p within 2^-24 of 0 or 1 counts as there. */
double eg_scale_temperature(double p, double temperature);

/* The threshold of class k with the largest F1, by search over every distinct score: half-way between the lowest score
   still predicted positive and the next lower one (that score itself where there is none lower). Of equal F1 the
   highest threshold. Where no record is positive: threshold 0.5 and *f1 NaN. */
double eg_tune_threshold(double *f1, const eg_scored *scored, int64_t k);

/* Runs of one arm: the same test records scored by models of several seeds, each with its thresholds (classes). */
typedef struct eg_arm {
  eg_scored *const *runs;
  const double *const *thresholds;
  int64_t count;
} eg_arm;

typedef struct eg_bootstrap_options {
  int64_t resamples; /* at least 1 */
  uint64_t seed;
  bool stratified;       /* resample within records of equal label rows: each class keeps its support */
  const int32_t *groups; /* (records) from 0: whole groups, such as patients, are drawn; NULL: records are */
  int64_t group_count;
} eg_bootstrap_options;

/* Bootstrap over test records (Efron & Tibshirani 1993). values (arms, statistics, resamples): each is the mean over
   the arm's runs of the statistic on that resample; all runs of all arms see the same resamples, so that a difference
   of two arms' values is paired. A resample in which a class that has both sides loses one is drawn again; *redrawn
   (may be NULL) counts these. Resample r depends on the seed and r only: the numbers do not depend on the number of
   threads. EG_USAGE where runs differ in shape or labels, or where 10,000 draws in a row lose a class. */
eg_status eg_bootstrap(double *values, int64_t *redrawn, const eg_arm *arms, int64_t arm_count,
                       const eg_statistic *statistics, int64_t statistic_count, const eg_bootstrap_options *options);

#endif
