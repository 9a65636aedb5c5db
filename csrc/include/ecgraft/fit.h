/* Fitting a recording to a row of a set: its gaps filled, its rate changed, its first samples kept, what is missing at
   its end padded. Every reader of records ends here, so that all sets are made the same way. */
#ifndef ECGRAFT_FIT_H
#define ECGRAFT_FIT_H

#include <stdbool.h>
#include <stdint.h>

#include "ecgraft/real.h"
#include "ecgraft/signal.h"
#include "ecgraft/status.h"

typedef enum eg_rate_change {
  EG_RATE_RESAMPLE, /* anti-aliased, eg_resample */
  EG_RATE_DECIMATE, /* every nth sample; the record's rate must be a whole multiple of the one asked for */
} eg_rate_change;

typedef struct eg_fit_options {
  const char *const *leads; /* names of the columns, for messages */
  int n_leads;
  double rate;    /* samples a second of the row */
  int64_t length; /* samples in a row: the first of each record */
  eg_rate_change method;
  eg_edges edges;     /* of EG_RATE_RESAMPLE */
  bool pad;           /* a shorter record is filled with zeros at its end; else it fails */
  double longest_gap; /* seconds: missing samples are interpolated in gaps up to this; a longer one fails the record */
  bool repair_saturated; /* saturated runs up to longest_gap are filled first (eg_repair_saturated) */
} eg_fit_options;

/* What was done to one record. */
typedef struct eg_fit_report {
  int64_t gaps, repaired; /* gaps filled, and samples in them */
  eg_saturation_report saturation;
  int flat;       /* leads with one value throughout */
  bool shorter;   /* it failed for being too short, and for nothing else */
  int64_t padded; /* samples of the row that are padding */
} eg_fit_report;

/* EG_USAGE where the options make no sense; `where` begins the message. */
eg_status eg_fit_check(const eg_fit_options *options, const char *where);

/* A recording. */
typedef struct eg_fit_source {
  const char *name; /* for messages */
  eg_real *x;       /* (length, n_leads) in mV, length >= 1; changed where gaps are filled */
  int64_t length;
  double rate;
  const eg_real
      *rails;    /* (n_leads, 2): the ends of each lead's range as values of x, for repair_saturated; NULL: not known */
  bool complete; /* every sample is a finite number: no gap is looked for */
} eg_fit_source;

/* row (options->length, n_leads) from a recording. EG_WORLD, beginning with its name: too short, a gap that is too
   long, a rate that cannot be brought to the one asked for, or a lead that spans more than any ECG does (wrong units).
   *report is zeroed first. *kept, NULL before the first call, is the resampler in use: the next call of the same thread
   takes it over where the rates are the same, and the caller frees the last one. */
eg_status eg_fit(eg_real *row, eg_fit_report *report, const eg_fit_source *source, const eg_fit_options *options,
                 eg_resampler **kept);

/* Where x (length, leads) is not zero throughout: rows *first .. *first + *count - 1; *count is 0 where it is. */
void eg_trim_zeros(int64_t *first, int64_t *count, const eg_real *x, int64_t length, int64_t leads);

#endif
