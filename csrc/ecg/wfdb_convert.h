/* Samples of a signal file into physical values: from frames of whole numbers to columns of the result. */
#ifndef EG_ECG_WFDB_CONVERT_H
#define EG_ECG_WFDB_CONVERT_H

#include "ecg/wfdb_format.h"
#include "ecgraft/wfdb.h"

/* One signal that is read. */
typedef struct eg_wfdb_column {
  int place;        /* in the result */
  int64_t position; /* of its first sample in a frame */
  int samples;      /* in a frame */
  const eg_wfdb_signal *signal;
  double factor; /* to mV, or 1 */
  int32_t value; /* of differences: the sum so far */
  uint16_t sum;  /* of the samples so far */
  double peak;   /* the largest magnitude; left 0 where no sample could give one that is too large */
} eg_wfdb_column;

/* The signals of one file whose frames can be taken as rows of numbers. */
typedef struct eg_wfdb_plain eg_wfdb_plain;

/* What turns frames of one file into columns. */
typedef struct eg_wfdb_converter {
  eg_wfdb_signals *out;
  const eg_wfdb_format *format;
  int64_t samples; /* in a frame, of all signals of the file */
  int per_frame;   /* samples of the result for each frame: 1 (their mean), or what all signals have */
  eg_wfdb_column *columns;
  int n_columns;
  eg_wfdb_plain *plain; /* NULL: every sample is looked at by itself */
} eg_wfdb_converter;

/* Sets `plain` where there is that way; the other fields are there. Fails for want of memory only. */
eg_status eg_wfdb_convert_begin(eg_wfdb_converter *c);
/* Puts frames first .. first+count-1 in place; frame (count, samples). */
void eg_wfdb_convert(eg_wfdb_converter *c, const int32_t *frame, int64_t first, int64_t count);
/* Sums are in the columns after this; may be called without a beginning. */
void eg_wfdb_convert_end(eg_wfdb_converter *c);

#endif
