/* Augmentation of training batches: x (n, length, leads), channels last. Every number is drawn from a stream of `rng`
   that the record's place in the batch and what it is drawn for name, so that results depend neither on the number of
   threads nor on what else is asked for. */
#ifndef ECGRAFT_AUGMENT_H
#define ECGRAFT_AUGMENT_H

#include <stdint.h>

#include "ecgraft/random.h"
#include "ecgraft/real.h"
#include "ecgraft/status.h"

/* What is done to each record by itself, in this order. A field of 0 does nothing. */
typedef struct eg_augment_options {
  double scale_low, scale_high; /* the record times a factor drawn log-uniformly from [low, high]; both 0: not scaled */
  double noise;                 /* white noise of this deviation */
  double wander;                /* to each lead a sine of 0.05 to 0.5 Hz of at most this amplitude, its own */
  double rate;                  /* samples a second, for wander */
  double lead_dropout;          /* each lead is 0 with this probability; one stays in any case */
  int64_t shift; /* moved by up to so many samples either way, all equally likely; 0 fills what is open */
} eg_augment_options;

/* EG_USAGE where the options make no sense; `where` begins the message. */
eg_status eg_augment_check(const eg_augment_options *options, const char *where);

/* y (n, length, leads) from x, which may be y; with options that eg_augment_check took. Cannot fail. */
void eg_augment(eg_real *y, const eg_real *x, int64_t n, int64_t length, int64_t leads,
                const eg_augment_options *options, const eg_rng *rng);

/* Mixup (Zhang et al., "mixup: beyond empirical risk minimization", ICLR 2018): y_i = share x_i + (1 - share) x_j, and
   so the labels, with one share from Beta(alpha, alpha) a batch, alpha > 0, and a random j for each i, all different.
     y, x  (n, row)    y_labels, labels  (n, classes)
   Where share is not NULL it is told. EG_NOMEM. */
eg_status eg_mixup(eg_real *y, eg_real *y_labels, double *share, const eg_real *x, const eg_real *labels, int64_t n,
                   int64_t row, int64_t classes, double alpha, const eg_rng *rng);

/* y (n, window, leads): of each record of x (n, length, leads) a window of 1 <= window <= length samples, all places
   equally likely. Cannot fail. */
void eg_random_windows(eg_real *y, int64_t window, const eg_real *x, int64_t n, int64_t length, int64_t leads,
                       const eg_rng *rng);

#endif
