/* Tests, intervals and learning curves over results: the gain of one arm over another, seed by seed; many p values;
   the score against the number of training records. Sources of formulas: docs/metrics.md. */
#ifndef ECGRAFT_STATS_H
#define ECGRAFT_STATS_H

#include <stdbool.h>
#include <stdint.h>

#include "ecgraft/status.h"

/* Distributions. */

/* Regularized incomplete beta function I_x(a, b); a, b > 0, x in [0, 1]. */
double eg_incomplete_beta(double a, double b, double x);
/* P(|T| >= |t|) for Student's t with `df` > 0 degrees of freedom. */
double eg_student_t_two_sided(double t, double df);
/* The t >= 0 with P(|T| <= t) = confidence, 0 < confidence < 1. */
double eg_student_t_quantile(double confidence, double df);
/* P(X >= x) for chi-square with one degree of freedom. */
double eg_chi_square_tail(double x);
/* P(X <= k) for a binomial of n draws with probability 1/2. */
double eg_binomial_half(int64_t k, int64_t n);

/* Intervals. */

typedef struct eg_interval {
  double estimate, low, high;
} eg_interval;

/* The ends that leave (1 - confidence) / 2 of the values (n >= 1) on either side, between order statistics by linear
   interpolation at places q (n + 1): type 6 of Hyndman & Fan, which a new value falls beyond with the chance asked for.
   Values may be infinite. EG_NUMERIC where one is NaN. Sorts `values`. */
eg_status eg_percentile_interval(double *low, double *high, double *values, int64_t n, double confidence);

/* Two-sided p value of "no gain" from resampled gains (n >= 1): twice the smaller of the shares on either side of 0,
   both with one more hit and draw, at most 1. NaN where a gain is. */
double eg_resampled_p(const double *gains, int64_t n);

/* Mean of n >= 2 values with the t interval: mean +- t(n - 1) s / sqrt(n). */
eg_status eg_mean_interval_t(eg_interval *out, const double *values, int64_t n, double confidence);

/* Mean of n >= 2 values with the percentile interval of the means of resamples of them. Too narrow for few values: by
   sqrt((n - 1) / n) and more. */
eg_status eg_mean_interval_bootstrap(eg_interval *out, const double *values, int64_t n, double confidence,
                                     int64_t resamples, uint64_t seed);

/* A gain over other test records and other seeds. */
typedef struct eg_crossed {
  eg_interval interval;
  double p;       /* two-sided, of no gain */
  double df;      /* degrees of freedom; at most 1e9 */
  double between; /* variance of the mean gain as the seeds show it */
  double records; /* covariance of two seeds' gains over records: what more seeds do not take away; may be below 0 */
} eg_crossed;

/* Mean of `gains` (seeds >= 2), with resampled (seeds, resamples >= 2) the same gains on resampled records and pooled
   (resamples) their means over seeds. Variance: s^2 / seeds + max(records, 0); Student's t with (seeds - 1) (variance /
   (s^2 / seeds))^2 degrees of freedom (Obuchowski & Rockette 1995, Hillis 2007); never narrower than the normal
   interval of pooled's variance, which is that over records alone. EG_NUMERIC where a gain is NaN. */
eg_status eg_crossed_interval(eg_crossed *out, const double *gains, const double *resampled, const double *pooled,
                              int64_t seeds, int64_t resamples, double confidence);

/* Tests. */

typedef struct eg_sign_flip {
  double mean;      /* of the differences */
  double p;         /* two-sided */
  int64_t patterns; /* of signs that were tried */
  bool exact;       /* all of them */
} eg_sign_flip;

enum { EG_SIGN_FLIP_EXACT = 20 }; /* up to so many differences all patterns of signs are tried */

/* Sign-flip (Fisher's randomization) test of paired differences (n >= 1): under the hypothesis of no gain each is as
   likely with the other sign. p is the share of the patterns of signs whose mean is at least as far from 0 as the one
   seen: all 2^n up to n = EG_SIGN_FLIP_EXACT, else (1 + hits) / (1 + draws) of `draws` random ones. The same p for any
   number of threads. */
eg_status eg_sign_flip_test(eg_sign_flip *out, const double *differences, int64_t n, int64_t draws, uint64_t seed);

/* Holm's step-down adjustment (1979) of p values (n), each in [0, 1], in their order: compare with the level wanted for
   the whole family. adjusted may be p. */
eg_status eg_holm(double *adjusted, const double *p, int64_t n);

typedef struct eg_mcnemar {
  double p_exact;      /* two-sided binomial */
  double chi_square;   /* (|b - c| - 1)^2 / (b + c), with Edwards' continuity correction; 0 where b = c */
  double p_chi_square; /* its tail */
} eg_mcnemar;

/* McNemar's test of two classifiers on the same records: b records only the first got right, c only the second. With
   b + c = 0 both p are 1. */
eg_status eg_mcnemar_test(eg_mcnemar *out, int64_t b, int64_t c);

/* Learning curves. */

/* score(n) = a - b n^-c, b >= 0, c > 0: the score rises with the number of training records n towards a. */
typedef struct eg_power_curve {
  double a, b, c;
  double spread; /* of the points about the curve: 1.4826 x median |residual| */
} eg_power_curve;

typedef struct eg_power_curve_options {
  double a_most;        /* upper bound of a; for a score that cannot exceed 1: 1 */
  double c_low, c_high; /* bounds of c, 0 < c_low < c_high */
  double huber; /* residuals beyond huber x spread count less (Huber's weights); INFINITY: plain least squares */
} eg_power_curve_options;

/* {1, 0.02, 4, 1.345} */
extern const eg_power_curve_options eg_power_curve_defaults;

/* Fits `count` points (sizes > 0, scores finite) of at least three different sizes. For each c the best a and b follow
   in closed form within their bounds; c is found on a grid and refined by golden section; the whole is repeated with
   Huber's weights until they settle. NULL options: the defaults. */
eg_status eg_power_curve_fit(eg_power_curve *out, const double *sizes, const double *scores, int64_t count,
                             const eg_power_curve_options *options);
double eg_power_curve_at(const eg_power_curve *curve, double n);
/* The n at which the curve reaches `score`: infinite from a on, 0 for a flat curve (b = 0) that lies above it. */
double eg_power_curve_inverse(const eg_power_curve *curve, double score);

/* Scores of one arm at one size, one for each seed. */
typedef struct eg_curve_cell {
  double size;
  const double *scores;
  int64_t seeds;
} eg_curve_cell;

/* What `size` records are worth to the pretrained arm, in records from scratch (the effective data of Hernandez et al.
   2021). records may be infinite: scratch would never get there. */
typedef struct eg_effective_size {
  double size, score;
  eg_interval records; /* D_eff */
  eg_interval ratio;   /* D_eff / size */
  bool extrapolated;   /* D_eff lies outside the sizes from scratch that were measured */
} eg_effective_size;

/* Fits the scratch arm's curve over all its cells and inverts it at the mean score of each pretrained cell: out
   (pretrained_count). Intervals: percentile, over `resamples` in which the seeds of every cell are drawn with
   replacement and the curve is fitted anew; deviations are stretched so that means spread as Student's t. Cells of the
   same size and number of seeds in both arms draw the same seeds. Cells need not be sorted. */
eg_status eg_effective_sizes(eg_effective_size *out, eg_power_curve *curve, const eg_curve_cell *scratch,
                             int64_t scratch_count, const eg_curve_cell *pretrained, int64_t pretrained_count,
                             double confidence, int64_t resamples, uint64_t seed,
                             const eg_power_curve_options *options);

/* The size from which on a gain is lost: the first one from which on no lower end of its interval is above 0. */
typedef struct eg_break_even {
  bool reached;    /* there is one */
  double size;     /* that size; NaN where there is none */
  double estimate; /* where the lower end crosses 0 on the way to it from the size before, linear in log n; the size
                      itself where it is the first; NaN where there is none */
} eg_break_even;
/* lows (count >= 1): lower ends of the gain's interval at rising sizes. */
eg_status eg_break_even_size(eg_break_even *out, const double *sizes, const double *lows, int64_t count);

#endif
