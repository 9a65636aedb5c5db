/* The sample formats of WFDB signal files (signal(5)), one row each: to read another one, add a row. */
#ifndef EG_ECG_WFDB_FORMAT_H
#define EG_ECG_WFDB_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct eg_wfdb_format {
  int number;
  int samples, bytes;  /* in a block; a file may end within one */
  int partial[3];      /* bytes that hold the first 0, 1, 2 samples of a block */
  int32_t least, most; /* of a sample's values */
  bool has_invalid;    /* then `least` marks a missing sample */
  bool differences;    /* samples are differences to the one before, the first to the header's initial value */
  int flac_bits; /* not 0: a FLAC stream of at most so many (wfdb_flac.h); a sample is 4 bytes when it is out of it */
  /* samples (n) from the blocks at `bytes`; n is a multiple of `samples`; NULL for FLAC */
  void (*decode)(int32_t *samples, const uint8_t *bytes, int64_t n);
} eg_wfdb_format;

/* The row of a format, or NULL for one that is not read. */
const eg_wfdb_format *eg_wfdb_format_find(int number);
/* Bytes that n samples take; n >= 0. False where that does not fit. */
bool eg_wfdb_format_bytes(const eg_wfdb_format *format, int64_t n, int64_t *bytes);
/* How many samples `bytes` bytes hold. */
int64_t eg_wfdb_format_samples(const eg_wfdb_format *format, int64_t bytes);
/* samples (n) from eg_wfdb_format_bytes(n) bytes; n need not fill the last block. Differences are left as they are. Not
   for FLAC. */
void eg_wfdb_format_decode(const eg_wfdb_format *format, int32_t *samples, const uint8_t *bytes, int64_t n);

#endif
