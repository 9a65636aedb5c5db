/* Will it transfer? Measures of a pretrained network on a target set, computed before any training. Higher is better,
   but for MELEP. Arrays are row-major; n >= 1 records. Wrong sizes are EG_USAGE, what is not finite EG_NUMERIC. */
#ifndef ECGRAFT_TRANSFERABILITY_H
#define ECGRAFT_TRANSFERABILITY_H

#include <stdint.h>

#include "ecgraft/status.h"

/* LEEP (Nguyen et al., ICML 2020). theta (n, sources): for each record a distribution over the source classes (rows are
   divided by their sum); y (n): its target class, 0 .. targets - 1. P(y, z) = 1/n sum of theta_z over the records of y;
   score = 1/n sum log sum_z P(y_i | z) theta_z(x_i). A source class that no record is given is left out. */
eg_status eg_leep(double *score, const double *theta, const int64_t *y, int64_t n, int64_t sources, int64_t targets);

/* MELEP for many labels (Nguyen & Do, arXiv 2311.04224). p (n, sources): the source labels' probabilities, each for
   itself; labels (n, targets): 0 or 1. For each pair a LEEP of two classes each with theta = (1 - p_z, p_z); the mean
   of -LEEP over z, then the mean over the target labels weighted by their share of positive records. Lower is better.
   Labels without a positive have no weight; EG_NUMERIC where none has one. */
eg_status eg_melep(double *score, const double *p, const double *labels, int64_t n, int64_t sources, int64_t targets);

/* LogME (You et al., ICML 2021): the logarithm of the evidence of a Bayesian linear model from features (n, d) to a
   label, divided by n, its two precisions found by at most 11 rounds of the fixed point; the mean over the target
   labels (n, targets). */
eg_status eg_logme(double *score, const double *features, const double *labels, int64_t n, int64_t d, int64_t targets);

/* H-score (Bao et al., ICIP 2019) with the shrinkage of Ledoit & Wolf 2004 (Ibrahim et al. 2021): tr(cov(f)^-1 cov(E[f
   | y])) for each target label, present or absent; the mean over the labels that have both. */
eg_status eg_h_score(double *score, const double *features, const double *labels, int64_t n, int64_t d,
                     int64_t targets);

/* Linear centred kernel alignment of two sets of features of the same records (Kornblith et al., ICML 2019), 0 .. 1:
   |B'A|^2 / (|A'A| |B'B|), Frobenius norms of centred features a (n, da), b (n, db). EG_NUMERIC where one of them is
   constant. */
eg_status eg_linear_cka(double *score, const double *a, const double *b, int64_t n, int64_t da, int64_t db);

#endif
