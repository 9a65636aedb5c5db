/* Linear support vector machines, one against the rest for each label, and probabilities from their decisions. */
#ifndef ECGRAFT_LINEAR_SVM_H
#define ECGRAFT_LINEAR_SVM_H

#include <stdbool.h>
#include <stdint.h>

#include "ecgraft/real.h"
#include "ecgraft/status.h"

typedef struct eg_svm_options {
  double cost;      /* C, above 0 */
  bool squared;     /* the loss of a record with margin m: max(0, 1 - m) squared, or as it is */
  double intercept; /* every record is given one feature more, of this value, whose weight is the bias: above 0 */
  double tolerance; /* it is done where the projected gradients of a pass differ by no more */
  int64_t passes;   /* at most so many over the records */
  uint64_t seed;    /* of the order in which records are visited */
} eg_svm_options;

/* Minimises |w|^2 / 2 + C sum of losses by dual coordinate descent (Hsieh et al., ICML 2008, algorithm 3: records in a
   random order in each pass, those at a bound left out for a while), for each label by itself. features (n, d), labels
   (n, targets) of 0 and 1, row-major. Out: weights (targets, d), bias (targets), and in gaps (targets) the difference
   at which each ended: above options->tolerance where the passes were not enough. The numbers do not depend on the
   number of threads. EG_USAGE for options and labels that are none, EG_NUMERIC for a feature that is not finite. */
eg_status eg_linear_svm(double *weights, double *bias, double *gaps, const eg_real *features, const eg_real *labels,
                        int64_t n, int64_t d, int64_t targets, const eg_svm_options *options);

/* Platt's probabilities 1 / (1 + exp(-(slope f + offset))) for decisions f (n) with labels (n) of 0 and 1 (Platt 1999),
   by Newton's method with backtracking on his smoothed targets (Lin, Lin & Weng 2007). EG_USAGE for labels that are
   none, EG_NUMERIC for a decision that is not finite. */
eg_status eg_platt(double *slope, double *offset, const eg_real *decisions, const eg_real *labels, int64_t n);

#endif
