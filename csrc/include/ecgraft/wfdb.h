/* WFDB records: the text header (NAME.hea) and the signal files it names; PhysioNet's format (header(5), signal(5) of
   the WFDB Applications Guide). The PhysioNet/CinC Challenge's .mat files are signal files with a byte offset.

   Nothing trusts a header: the number of signals is checked against the lines there are, the number of samples against
   the size of the files, and sample values against the checksums. What is wrong with a file is EG_WORLD and names it.
 */
#ifndef ECGRAFT_WFDB_H
#define ECGRAFT_WFDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ecgraft/fit.h"
#include "ecgraft/real.h"
#include "ecgraft/signal.h"
#include "ecgraft/status.h"

/* One signal line. Texts belong to the header. */
typedef struct eg_wfdb_signal {
  const char *file; /* a plain name, beside the header; "~" where the signal was not recorded */
  int format; /* 8, 16, 24, 32, 61, 80, 160, 212, 310, 311; where the build has FLAC: 508, 516, 524 (others are kept,
                 and refused when read) */
  int samples_per_frame;
  int64_t skew;   /* frames by which the signal lags in the file */
  int64_t offset; /* bytes before its file's first sample; in FLAC formats: samples of each signal */
  double gain;    /* digital units in one physical unit; 0 and absent read as 200 */
  int64_t baseline;
  const char *units; /* as written; "mV" where absent */
  int64_t resolution, zero, initial;
  int64_t checksum; /* 16-bit sum of the signal's samples, as written */
  bool has_checksum;
  int64_t block_size;
  const char *name; /* the description: the lead's name in an ECG; "" where absent */
} eg_wfdb_signal;

typedef struct eg_wfdb_header {
  const char *path; /* of the header file */
  const char *name;
  int segments; /* 0: not a multi-segment record */
  int n_signals;
  double rate; /* frames a second; 250 where absent */
  double counter_rate, base_counter;
  int64_t length;          /* frames; 0 where the header leaves it to the files */
  const char *time, *date; /* as written; "" where absent */
  eg_wfdb_signal *signals;
  int n_comments;
  const char **comments; /* without '#' and surrounding blanks */
  char *text;            /* what all texts point into */
} eg_wfdb_header;

/* Parses header text of `size` bytes; `path` is for messages and for finding the signal files. */
eg_status eg_wfdb_header_parse(eg_wfdb_header **out, const char *text, size_t size, const char *path);
/* Reads a header file. `path` may leave out ".hea", or name the record's .mat or .dat file. */
eg_status eg_wfdb_header_read(eg_wfdb_header **out, const char *path);
void eg_wfdb_header_free(eg_wfdb_header *header); /* NULL is allowed */

/* Signals of one record, channels last. */
typedef struct eg_wfdb_signals {
  eg_real *values; /* (length, n), mV for signals in mV, uV, nV or V, else the signal's own units; NaN where invalid */
  int64_t length;
  int n;
  double rate;       /* samples a second */
  int64_t invalid;   /* samples marked invalid in the file, or beyond its end by skew */
  int64_t saturated; /* samples at either end of the range of their format */
} eg_wfdb_signals;

/* Reads `n` signals, counted from 0 in `channels` (NULL: all, in order). Where all of them have the same number of
   samples in a frame they are read at full rate (rate = frames x samples); else each frame is averaged. `verify`
   compares checksums, and a FLAC stream's own MD5 sum where all of it is read; a header whose checksums are all 0 is
   taken to give none. Only files of signals asked for are opened. */
eg_status eg_wfdb_signals_read(eg_wfdb_signals *out, const eg_wfdb_header *header, const int *channels, int n,
                               bool verify);
void eg_wfdb_signals_free(eg_wfdb_signals *signals);

/* What the two ends of a signal's range read as, in the order of the digital values: the values that samples counted as
   saturated have. NaN for a format of differences, which has none. */
void eg_wfdb_rails(eg_real rails[2], const eg_wfdb_signal *signal);

/* What turns a value in `units` into mV: 1 for "mV" (in any case), 1e-3 for uV (also with a micro sign), 1e-6 for nV,
   1e3 for V; 0 for others. */
double eg_wfdb_millivolts(const char *units);

/* Whether two lead names mean the same lead: case, blanks and a leading "lead" or "ecg" do not count. */
bool eg_lead_same(const char *a, const char *b);
/* I, II, III, aVR, aVL, aVF, V1 ... V6. */
extern const char *const eg_standard_leads[12];

/* Many records into one array. */
typedef struct eg_wfdb_load_options {
  const char *const *leads; /* what the columns are, found by name in each record */
  int n_leads;
  double rate;    /* samples a second of the result */
  int64_t length; /* samples in a row of the result: the first of each record */
  eg_rate_change method;
  eg_edges edges;     /* of EG_RATE_RESAMPLE */
  bool pad;           /* a shorter record is filled with zeros at its end; else it fails */
  double longest_gap; /* seconds: missing samples are interpolated in gaps up to this; a longer one fails the record */
  bool verify;        /* checksums */
  bool repair_saturated; /* saturated runs up to longest_gap are filled (eg_repair_saturated) */
} eg_wfdb_load_options;

/* What became of one record. */
typedef struct eg_wfdb_loaded {
  eg_status status;
  char *message;                   /* why it failed, or NULL */
  char *comments;                  /* of its header, one a line; NULL where the header could not be read */
  double rate;                     /* of the file */
  int64_t length;                  /* samples in the file */
  int64_t gaps, repaired;          /* gaps filled, and samples in them */
  int64_t saturated;               /* samples at either end of the range of their format, in the file */
  eg_saturation_report saturation; /* what repair_saturated did */
  int flat;                        /* leads with one value throughout */
  bool shorter;                    /* it failed for being too short, and for nothing else */
  int64_t padded;                  /* samples of the row that are padding */
} eg_wfdb_loaded;

/* Reads records paths[0 .. count-1] into the rows of signals (count, length, leads), in parallel. `loaded` has `count`
   entries, zeroed by the caller and freed by eg_wfdb_loaded_free in every case. Records that fail by EG_WORLD leave
   their row undefined and the call goes on; it returns another status only where it could not go on (no memory, options
   that make no sense). */
eg_status eg_wfdb_load(eg_real *signals, eg_wfdb_loaded *loaded, const char *const *paths, int64_t count,
                       const eg_wfdb_load_options *options);
void eg_wfdb_loaded_free(eg_wfdb_loaded *loaded, int64_t count);

#endif
