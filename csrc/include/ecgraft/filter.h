/* Recursive filters for signals (L, C), zero-phase: run forwards and backwards, so that no wave is moved. */
#ifndef ECGRAFT_FILTER_H
#define ECGRAFT_FILTER_H

#include <stdint.h>

#include "ecgraft/real.h"
#include "ecgraft/status.h"

enum { EG_MAX_SECTIONS = 12 };

/* y[t] = b0 x[t] + b1 x[t-1] + b2 x[t-2] - a1 y[t-1] - a2 y[t-2] */
typedef struct eg_section {
  double b0, b1, b2, a1, a2;
} eg_section;

typedef struct eg_filter {
  int count;
  eg_section sections[EG_MAX_SECTIONS]; /* one after the other */
} eg_filter;

typedef enum eg_filter_kind { EG_LOW_PASS, EG_HIGH_PASS, EG_BAND_PASS, EG_BAND_STOP } eg_filter_kind;

/* A Butterworth filter by the bilinear transform with prewarped corners (-3 dB there), as scipy.signal.butter designs
   it. rate in Hz; LOW_PASS takes `high`, HIGH_PASS `low`, the others both, 0 < low < high < rate / 2 (Hz). order: of
   the low-pass prototype, at least 1, at most EG_MAX_SECTIONS; BAND_ filters have twice that order. EG_USAGE otherwise.
 */
eg_status eg_butterworth(eg_filter *filter, eg_filter_kind kind, int order, double rate, double low, double high);

/* A notch at `frequency` (Hz) whose -3 dB width is frequency / q: scipy.signal.iirnotch. */
eg_status eg_notch(eg_filter *filter, double rate, double frequency, double q);

/* y (L, C) = x (L, C) filtered forwards and backwards, each channel for itself: scipy.signal.sosfiltfilt with its odd
   extension of 3 (2 sections + 1) samples at both ends. EG_USAGE where the signal is not longer than that, EG_NOMEM. y
   may be x. */
eg_status eg_filter_zero_phase(eg_real *y, const eg_real *x, int64_t length, int64_t channels, const eg_filter *filter);

#endif
