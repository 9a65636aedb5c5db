/* FLAC streams as signal files (WFDB formats 508, 516 and 524): each signal of the file is a channel. What a stream
   says of itself is held against its size and against the header before it is decoded, and memory is taken for no more
   than the header asks for. A build without libFLAC (eg_wfdb_flac_built) refuses every stream. */
#ifndef EG_ECG_WFDB_FLAC_H
#define EG_ECG_WFDB_FLAC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ecgraft/status.h"

/* Channels of a stream, at most; bytes of the block of metadata that describes it. */
enum { EG_WFDB_FLAC_CHANNELS = 8, EG_WFDB_FLAC_INFO = 34 };

/* A stream that was looked at. */
typedef struct eg_wfdb_flac_stream {
  int descriptor;   /* the caller's, as is the path: both outlive it */
  const char *path; /* for messages */
  int64_t size;     /* of the file, bytes */
  int channels, bits;
  int64_t length; /* samples of each channel; 0 where it does not say */
  int64_t audio;  /* the byte where its first frame begins */
  uint8_t info[EG_WFDB_FLAC_INFO];
} eg_wfdb_flac_stream;

/* Whether this build decodes FLAC. */
bool eg_wfdb_flac_built(void);

/* Reads what a file says of itself. The header says: `channels` signals, of at most `bits` bits. */
eg_status eg_wfdb_flac_look(eg_wfdb_flac_stream *stream, int descriptor, int64_t size, const char *path, int channels,
                            int bits);

/* The number of frames (WFDB's: per_frame samples of each channel) from sample `first` on: `declared`, by the header,
   where that is not 0 and the stream may hold so many. A stream that promises much from few bytes is decoded once for
   nothing before it is believed. */
eg_status eg_wfdb_flac_frames(int64_t *frames, const eg_wfdb_flac_stream *stream, int64_t declared, int per_frame,
                              int64_t first);

typedef struct eg_wfdb_flac eg_wfdb_flac;

/* A decoder of `length` samples of each channel from sample `first` on. The stream outlives it. `verify`:
   eg_wfdb_flac_end compares the stream's own MD5 sum. */
eg_status eg_wfdb_flac_begin(eg_wfdb_flac **out, const eg_wfdb_flac_stream *stream, int64_t first, int64_t length,
                             bool verify);
/* The next samples (n, channels); all calls together ask for no more than `length`. */
eg_status eg_wfdb_flac_read(eg_wfdb_flac *flac, int32_t *samples, int64_t n);
/* After the last sample: whether the samples are those that the encoder was given, as far as the stream tells. */
eg_status eg_wfdb_flac_end(eg_wfdb_flac *flac);
void eg_wfdb_flac_free(eg_wfdb_flac *flac); /* NULL is allowed */

#endif
