/* Signals: resampling, gaps, scaling. All work on x (n, leads), channels last, in plain memory. */
#ifndef ECGRAFT_SIGNAL_H
#define ECGRAFT_SIGNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "ecgraft/real.h"
#include "ecgraft/status.h"

/* What is beyond the ends of a signal that is filtered. */
typedef enum eg_edges {
  EG_EDGES_ZERO, /* zeros (SciPy's default) */
  EG_EDGES_HOLD, /* the first and the last value */
} eg_edges;

/* The ratio to/from in lowest terms, up/down, found by continued fractions to 1e-9 relative. EG_USAGE where a rate is
   not positive or finite, or where either term would exceed 10,000. */
eg_status eg_resample_ratio(int64_t *up, int64_t *down, double from, double to);

/* How many samples n become: ceil(n * up / down). n * up must not overflow: n <= INT64_MAX / 10,000. */
int64_t eg_resample_length(int64_t n, int64_t up, int64_t down);

/* A polyphase filter for one ratio: a Kaiser-windowed (beta 5) sinc of half-length 10 max(up, down) at the upsampled
   rate, cut off at half the lower of the two rates. Same design and alignment as scipy.signal.resample_poly. */
typedef struct eg_resampler eg_resampler;
eg_status eg_resampler_new(eg_resampler **out, int64_t up, int64_t down);
void eg_resampler_free(eg_resampler *resampler); /* NULL is allowed */
/* Whether a resampler is there and has this ratio. */
bool eg_resampler_is(const eg_resampler *resampler, int64_t up, int64_t down);

/* y (n_out, leads): the first n_out <= eg_resample_length(n) samples of x (n, leads) at the new rate; n >= 1. Sums are
   eg_real's. Cannot fail. */
void eg_resample(const eg_resampler *resampler, eg_real *y, int64_t n_out, const eg_real *x, int64_t n, int64_t leads,
                 eg_edges edges);

/* y (ceil(n / step), leads): every step-th sample, from the first on; no low-pass. */
void eg_decimate(eg_real *y, const eg_real *x, int64_t n, int64_t leads, int64_t step);

/* Gaps: runs of NaN or infinite samples in a lead. Each gap of at most `longest` samples is filled by a straight line
   between its neighbours; at an end by the one neighbour's value. Longer ones, and a lead with no valid sample, stay.
 */
typedef struct eg_gap_report {
  int64_t gaps, repaired; /* filled, and samples in them */
  int64_t left, longest;  /* samples left missing, and the longest gap left */
  int64_t lead;           /* of the longest gap left, counted from 0; -1 where none is */
} eg_gap_report;
void eg_repair_gaps(eg_real *x, int64_t n, int64_t leads, int64_t longest, eg_gap_report *report);

/* Scales each lead to [-1, 1] by its smallest and largest value, in place (Nguyen & Do 2025). A lead with one value
   throughout becomes 0. Values that are not finite are left out, and stay. Returns the number of such flat leads. */
int64_t eg_scale_minmax(eg_real *x, int64_t n, int64_t leads);

/* Mean and deviation (population) over all finite values of x (n), in double, in a fixed order for any number of
   threads; both 0 where there is none. Returns how many there were. */
int64_t eg_moments(double *mean, double *deviation, const eg_real *x, int64_t n);

/* x <- (x - mean) / deviation, in place. A deviation of 0 counts as 1. */
void eg_standardise(eg_real *x, int64_t n, double mean, double deviation);

/* Each lead of x (n, leads) by its own mean and deviation over time, in place. */
void eg_standardise_leads(eg_real *x, int64_t n, int64_t leads);

/* A hash of x (n) as float32: the sum over i of mix(bits(x[i]) + (i + 1) 0x9e3779b97f4a7c15), mix being splitmix64's.
   Equal signals have equal hashes in both scalar builds. */
uint64_t eg_signal_hash(const eg_real *x, int64_t n);

#endif
