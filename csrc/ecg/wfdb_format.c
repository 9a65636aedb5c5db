#include "ecg/wfdb_format.h"

#include <string.h>

/* The low `bits` bits of v as a two's complement number. */
static int32_t extend(uint32_t v, int bits) {
  uint32_t sign = 1u << (bits - 1), mask = (sign << 1) - 1;
  return (int32_t)((v & mask) ^ sign) - (int32_t)sign;
}

static uint32_t pair(const uint8_t *b) {
  return (uint32_t)b[0] | (uint32_t)b[1] << 8;
}

static void decode_8(int32_t *samples, const uint8_t *bytes, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    samples[i] = (int8_t)bytes[i];
}

static void decode_16(int32_t *samples, const uint8_t *bytes, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    samples[i] = (int16_t)pair(bytes + 2 * i);
}

static void decode_24(int32_t *samples, const uint8_t *bytes, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    samples[i] = extend(pair(bytes + 3 * i) | (uint32_t)bytes[3 * i + 2] << 16, 24);
}

static void decode_32(int32_t *samples, const uint8_t *bytes, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    samples[i] = (int32_t)(pair(bytes + 4 * i) | pair(bytes + 4 * i + 2) << 16);
}

static void decode_61(int32_t *samples, const uint8_t *bytes, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    samples[i] = (int16_t)((uint32_t)bytes[2 * i] << 8 | bytes[2 * i + 1]);
}

static void decode_80(int32_t *samples, const uint8_t *bytes, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    samples[i] = bytes[i] - 128;
}

static void decode_160(int32_t *samples, const uint8_t *bytes, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    samples[i] = (int32_t)pair(bytes + 2 * i) - 32768;
}

/* Three bytes: the low byte of the first sample, the high nibbles of the first and of the second, the second's low
 * byte. */
static void decode_212(int32_t *samples, const uint8_t *bytes, int64_t n) {
  for (int64_t i = 0; i < n; i += 2, bytes += 3) {
    samples[i] = extend(bytes[0] | (bytes[1] & 0x0fu) << 8, 12);
    samples[i + 1] = extend(bytes[2] | (bytes[1] & 0xf0u) << 4, 12);
  }
}

/* Two little-endian pairs: bits 1-10 of each are a sample, their bits 11-15 the low and the high half of the third. */
static void decode_310(int32_t *samples, const uint8_t *bytes, int64_t n) {
  for (int64_t i = 0; i < n; i += 3, bytes += 4) {
    uint32_t a = pair(bytes), b = pair(bytes + 2);
    samples[i] = extend(a >> 1, 10);
    samples[i + 1] = extend(b >> 1, 10);
    samples[i + 2] = extend((a >> 11 & 0x1f) | (b >> 11 & 0x1f) << 5, 10);
  }
}

/* One little-endian word of 32 bits: bits 0-9, 10-19 and 20-29. */
static void decode_311(int32_t *samples, const uint8_t *bytes, int64_t n) {
  for (int64_t i = 0; i < n; i += 3, bytes += 4) {
    uint32_t word = pair(bytes) | pair(bytes + 2) << 16;
    samples[i] = extend(word, 10);
    samples[i + 1] = extend(word >> 10, 10);
    samples[i + 2] = extend(word >> 20, 10);
  }
}

/* clang-format off */
static const eg_wfdb_format formats[] = {
  /* number, samples, bytes, partial, least, most, has_invalid, differences, flac_bits, decode */
  {  8, 1, 1, {0},              -128,       127, false, true,   0, decode_8},
  { 16, 1, 2, {0},            -32768,     32767, true,  false,  0, decode_16},
  { 24, 1, 3, {0},          -8388608,   8388607, true,  false,  0, decode_24},
  { 32, 1, 4, {0},         INT32_MIN, INT32_MAX, true,  false,  0, decode_32},
  { 61, 1, 2, {0},            -32768,     32767, true,  false,  0, decode_61},
  { 80, 1, 1, {0},              -128,       127, true,  false,  0, decode_80},
  {160, 1, 2, {0},            -32768,     32767, true,  false,  0, decode_160},
  {212, 2, 3, {0, 2},          -2048,      2047, true,  false,  0, decode_212},
  {310, 3, 4, {0, 2, 4},        -512,       511, true,  false,  0, decode_310},
  {311, 3, 4, {0, 2, 3},        -512,       511, true,  false,  0, decode_311},
  {508, 1, 4, {0},              -128,       127, true,  false,  8, NULL},
  {516, 1, 4, {0},            -32768,     32767, true,  false, 16, NULL},
  {524, 1, 4, {0},          -8388608,   8388607, true,  false, 24, NULL},
};
/* clang-format on */

const eg_wfdb_format *eg_wfdb_format_find(int number) {
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (formats[i].number == number)
      return &formats[i];
  return NULL;
}

bool eg_wfdb_format_bytes(const eg_wfdb_format *format, int64_t n, int64_t *bytes) {
  int64_t blocks = n / format->samples;
  if (blocks > (INT64_MAX - format->bytes) / format->bytes)
    return false;
  *bytes = blocks * format->bytes + format->partial[n % format->samples];
  return true;
}

int64_t eg_wfdb_format_samples(const eg_wfdb_format *format, int64_t bytes) {
  int64_t samples = bytes / format->bytes * format->samples, left = bytes % format->bytes;
  for (int i = format->samples - 1; i > 0; i--)
    if (left >= format->partial[i])
      return samples + i;
  return samples;
}

void eg_wfdb_format_decode(const eg_wfdb_format *format, int32_t *samples, const uint8_t *bytes, int64_t n) {
  int64_t left = n % format->samples, whole = n - left;
  format->decode(samples, bytes, whole);
  if (left) {
    uint8_t block[4] = {0};
    int32_t decoded[3];
    memcpy(block, bytes + whole / format->samples * format->bytes, (size_t)format->partial[left]);
    format->decode(decoded, block, format->samples);
    memcpy(samples + whole, decoded, (size_t)left * sizeof *samples);
  }
}
