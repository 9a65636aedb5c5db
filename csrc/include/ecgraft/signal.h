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

/* Saturation: runs of samples at an end of the range, where the signal was cut off. In a lead these are samples equal
   to one of its two `rails` (leads, 2), where they are known (NULL: of no lead; NaN: not of that one), and plateaus at
   its own extremes as eg_quality_leads counts them. A run of at most `longest` seconds is filled: up to 0.1 s by the
   cubic through the two samples before and the two behind, longer ones, and those with fewer valid neighbours, by a
   straight line as a gap. A run beside a missing sample becomes missing. Longer runs stay, and so does a lead that is
   nothing else. */
typedef struct eg_saturation_report {
  int64_t runs, repaired; /* filled, and samples in them */
  int64_t left;           /* samples of runs that stay */
} eg_saturation_report;
/* x (n, leads) at `rate`, in place; EG_NOMEM. */
eg_status eg_repair_saturated(eg_real *x, int64_t n, int64_t leads, double rate, double longest, const eg_real *rails,
                              eg_saturation_report *report);

/* Scales each lead to [-1, 1] by its smallest and largest value, in place (Nguyen & Do 2025). A lead with one value
   throughout becomes 0. Values that are not finite are left out, and stay. Returns the number of such flat leads. */
int64_t eg_scale_minmax(eg_real *x, int64_t n, int64_t leads);

/* Mean and deviation (population) over all finite values of x (n), in double, in a fixed order for any number of
   threads; both 0 where there is none. Returns how many there were. */
int64_t eg_moments(double *mean, double *deviation, const eg_real *x, int64_t n);

/* The same for each lead of x (n, leads) by itself: mean (leads), deviation (leads), count (leads). */
void eg_moments_by_lead(double *mean, double *deviation, int64_t *count, const eg_real *x, int64_t n, int64_t leads);

/* x <- (x - mean) / deviation, in place. A deviation of 0 counts as 1. */
void eg_standardise(eg_real *x, int64_t n, double mean, double deviation);

/* The same for each lead of x (n, leads) by its own of mean (leads) and deviation (leads). */
void eg_standardise_by_lead(eg_real *x, int64_t n, int64_t leads, const double *mean, const double *deviation);

/* Each lead of x (n, leads) by the mean and deviation that it has in x, in place. */
void eg_standardise_leads(eg_real *x, int64_t n, int64_t leads);

/* A hash of x (n) as float32: the sum over i of mix(bits(x[i]) + (i + 1) 0x9e3779b97f4a7c15), mix being splitmix64's.
   Equal signals have equal hashes in both scalar builds. */
uint64_t eg_signal_hash(const eg_real *x, int64_t n);

#endif
