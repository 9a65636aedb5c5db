/* FLAC streams for tests, with nothing compressed: the samples as they are, or blocks of zeros. (The format: RFC 9639.)
 */
#ifndef EG_SPEC_SUPPORT_FLAC_H
#define EG_SPEC_SUPPORT_FLAC_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Bytes of a stream before its first frame; of a frame beside its samples, at most. */
enum { FLAC_HEAD = 42, FLAC_AROUND = 20 };

static inline uint32_t flac_crc(const uint8_t *bytes, size_t n, int width, uint32_t polynomial) {
  uint32_t crc = 0, top = 1u << (width - 1);
  for (size_t i = 0; i < n; i++) {
    crc ^= (uint32_t)bytes[i] << (width - 8);
    for (int k = 0; k < 8; k++)
      crc = crc & top ? crc << 1 ^ polynomial : crc << 1;
  }
  return crc & ((top << 1) - 1);
}

/* The low `bytes` bytes of v, the highest first; returns where they end. */
static inline uint8_t *flac_number(uint8_t *to, uint64_t v, int bytes) {
  for (int i = bytes - 1; i >= 0; i--)
    *to++ = (uint8_t)(v >> (8 * i));
  return to;
}

/* What comes before the frames: one block of metadata, without an MD5 sum. */
static inline uint8_t *flac_head(uint8_t *to, int channels, int bits, uint64_t length) {
  memcpy(to, "fLaC\x80\0\0\x22", 8);
  to = flac_number(to + 8, 16, 2);
  to = flac_number(to, 65535, 2);
  to = flac_number(to, 0, 6);
  uint64_t about = (uint64_t)96000 << 44 | (uint64_t)(channels - 1) << 41 | (uint64_t)(bits - 1) << 36 | length;
  to = flac_number(to, about, 8);
  memset(to, 0, 16);
  return to + 16;
}

/* A frame of samples (n, channels), n from 1 to 65535, of 8, 16 or 24 bits; NULL: zeros. `number` counts the frames,
   from 0 to 65535. */
static inline uint8_t *flac_frame(uint8_t *to, int channels, int bits, uint32_t number, const int32_t *samples, int n) {
  uint8_t *start = to;
  to = flac_number(to, 0xfff8, 2);
  *to++ = 0x70; /* two bytes tell the size of the block; the rate is the stream's */
  *to++ = (uint8_t)((channels - 1) << 4 | (bits == 8 ? 1 : bits == 16 ? 4 : 6) << 1);
  if (number < 0x80) { /* as UTF-8 has it */
    *to++ = (uint8_t)number;
  } else if (number < 0x800) {
    *to++ = (uint8_t)(0xc0 | number >> 6);
    *to++ = (uint8_t)(0x80 | (number & 0x3f));
  } else {
    *to++ = (uint8_t)(0xe0 | number >> 12);
    *to++ = (uint8_t)(0x80 | (number >> 6 & 0x3f));
    *to++ = (uint8_t)(0x80 | (number & 0x3f));
  }
  to = flac_number(to, (uint64_t)n - 1, 2);
  *to = (uint8_t)flac_crc(start, (size_t)(to - start), 8, 0x07);
  to++;
  for (int c = 0; c < channels; c++) {
    *to++ = samples ? 0x02 : 0x00; /* as they are; one value throughout */
    for (int i = 0; i < (samples ? n : 1); i++)
      to = flac_number(to, samples ? (uint64_t)(int64_t)samples[i * channels + c] : 0, bits / 8);
  }
  return flac_number(to, flac_crc(start, (size_t)(to - start), 16, 0x8005), 2);
}

#endif
