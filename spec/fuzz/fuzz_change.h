/* How fuzzers change an input: bytes, numbers in binary and as text, words, pieces removed, doubled and put elsewhere.
 */
#ifndef EG_SPEC_FUZZ_CHANGE_H
#define EG_SPEC_FUZZ_CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "ecgraft/random.h"

/* Bytes with room for more. */
typedef struct fuzz_bytes {
  uint8_t *at;
  size_t size, room;
} fuzz_bytes;

static inline size_t fuzz_below(eg_rng *rng, size_t n) {
  return (size_t)eg_rng_below(rng, n);
}

/* A length: most often small, now and then anything up to n. */
static inline size_t fuzz_length(eg_rng *rng, size_t n) {
  size_t most = fuzz_below(rng, 8) ? 8 : fuzz_below(rng, 4) ? 64 : n;
  return 1 + fuzz_below(rng, most < n ? most : n);
}

static inline void fuzz_remove(fuzz_bytes *b, size_t at, size_t count) {
  count = count < b->size - at ? count : b->size - at;
  memmove(b->at + at, b->at + at + count, b->size - at - count);
  b->size -= count;
}

/* Puts bytes (which do not lie in b) before byte `at`; as many of them as there is room for. */
static inline void fuzz_insert(fuzz_bytes *b, size_t at, const void *bytes, size_t count) {
  count = count < b->room - b->size ? count : b->room - b->size;
  memmove(b->at + at + count, b->at + at, b->size - at);
  memcpy(b->at + at, bytes, count);
  b->size += count;
}

static inline void fuzz_append(fuzz_bytes *b, const void *bytes, size_t count) {
  fuzz_insert(b, b->size, bytes, count);
}

/* A number of 1, 2, 4 or 8 bytes, in either order, that is at the edge of something, or near what it was. */
static inline void fuzz_change_number(fuzz_bytes *b, size_t at, eg_rng *rng) {
  size_t width = (size_t)1 << fuzz_below(rng, 4);
  if (width > b->size - at)
    return;
  bool big = fuzz_below(rng, 4) == 0;
  uint64_t v = 0;
  for (size_t i = 0; i < width; i++)
    v |= (uint64_t)b->at[at + i] << 8 * (big ? width - 1 - i : i);
  switch (fuzz_below(rng, 6)) {
  case 0:
    v = (uint64_t)1 << fuzz_below(rng, 64);
    break;
  case 1:
    v = ((uint64_t)1 << fuzz_below(rng, 64)) - 1;
    break;
  case 2:
    v = fuzz_below(rng, 2) ? 0 : UINT64_MAX;
    break;
  case 3:
    v = b->size - fuzz_below(rng, b->size + 1);
    break;
  case 4:
    v = fuzz_below(rng, 32);
    break;
  default:
    v += fuzz_below(rng, 33) - 16;
  }
  for (size_t i = 0; i < width; i++)
    b->at[at + i] = (uint8_t)(v >> 8 * (big ? width - 1 - i : i));
}

/* The digits at or behind `at` become a number that is hard to bear. */
static inline void fuzz_change_digits(fuzz_bytes *b, size_t at, eg_rng *rng) {
  static const char *const numbers[] = {"0",
                                        "-1",
                                        "1",
                                        "2",
                                        "255",
                                        "256",
                                        "32767",
                                        "-32768",
                                        "65536",
                                        "2147483647",
                                        "2147483648",
                                        "4294967296",
                                        "1000000000000",
                                        "9223372036854775807",
                                        "9223372036854775808",
                                        "99999999999999999999",
                                        "1e308",
                                        "1e999",
                                        "1e-30",
                                        "-1e30",
                                        "nan",
                                        "inf",
                                        "0x10",
                                        "1.5",
                                        "",
                                        "+7",
                                        "00"};
  while (at < b->size && (b->at[at] < '0' || b->at[at] > '9'))
    at++;
  if (at == b->size)
    return;
  size_t end = at;
  while (end < b->size && b->at[end] >= '0' && b->at[end] <= '9')
    end++;
  const char *number = numbers[fuzz_below(rng, sizeof numbers / sizeof *numbers)];
  fuzz_remove(b, at, end - at);
  fuzz_insert(b, at, number, strlen(number));
}

static inline void fuzz_change_byte(fuzz_bytes *b, size_t at, eg_rng *rng) {
  static const char marks[] = "0123456789-+.:;,x/ ()[]{}'\"\\\r\n\t#~e";
  switch (fuzz_below(rng, 5)) {
  case 0:
    b->at[at] = (uint8_t)eg_rng_bits(rng);
    break;
  case 1:
    b->at[at] = (uint8_t)marks[fuzz_below(rng, sizeof marks)];
    break;
  case 2:
    b->at[at] = b->at[fuzz_below(rng, b->size)];
    break;
  default:
    b->at[at] ^= (uint8_t)(1u << fuzz_below(rng, 8));
  }
}

/* A word of the kind of file, in place of what is there or before it. */
static inline void fuzz_put_word(fuzz_bytes *b, size_t at, const char *const *words, eg_rng *rng) {
  size_t n = 0;
  while (words[n])
    n++;
  if (n == 0)
    return;
  const char *word = words[fuzz_below(rng, n)];
  if (fuzz_below(rng, 2))
    fuzz_remove(b, at, strlen(word));
  fuzz_insert(b, at, word, strlen(word));
}

/* One byte many times: what takes time that grows with the square of it is found by this. */
static inline void fuzz_put_run(fuzz_bytes *b, size_t at, eg_rng *rng) {
  static const char marks[] = " ,\t\"{[(\n#";
  uint8_t byte = fuzz_below(rng, 2) ? (uint8_t)marks[fuzz_below(rng, sizeof marks)] : b->at[at];
  size_t count = fuzz_length(rng, b->room - b->size + 1) - 1;
  memmove(b->at + at + count, b->at + at, b->size - at);
  memset(b->at + at, byte, count);
  b->size += count;
}

/* A piece of b, or of another input, in place of what is there or before it. */
static inline void fuzz_put_piece(fuzz_bytes *b, size_t at, const fuzz_bytes *from, eg_rng *rng) {
  if (from->size == 0)
    return;
  uint8_t piece[512];
  size_t begin = fuzz_below(rng, from->size), count = fuzz_length(rng, from->size - begin);
  count = count < sizeof piece ? count : sizeof piece;
  memcpy(piece, from->at + begin, count);
  if (fuzz_below(rng, 2))
    fuzz_remove(b, at, count);
  fuzz_insert(b, at, piece, count);
}

static inline void fuzz_change_once(fuzz_bytes *b, const fuzz_bytes *other, const char *const *words, eg_rng *rng) {
  size_t at = fuzz_below(rng, b->size);
  switch (fuzz_below(rng, 16)) {
  case 0:
    fuzz_remove(b, at, fuzz_length(rng, b->size - at));
    break;
  case 1:
    fuzz_put_piece(b, at, b, rng);
    break;
  case 2:
    fuzz_put_piece(b, at, other, rng);
    break;
  case 3:
    fuzz_put_run(b, at, rng);
    break;
  case 4:
  case 5:
    fuzz_put_word(b, at, words, rng);
    break;
  case 6:
  case 7:
    fuzz_change_digits(b, at, rng);
    break;
  case 8:
  case 9:
  case 10:
    fuzz_change_number(b, at, rng);
    break;
  default:
    fuzz_change_byte(b, at, rng);
  }
}

/* From one to eight changes, most often one; one input in sixteen is cut off as well. */
static inline void fuzz_change(fuzz_bytes *b, const fuzz_bytes *other, const char *const *words, eg_rng *rng) {
  for (size_t n = (size_t)1 << fuzz_below(rng, 1 + fuzz_below(rng, 4)); n > 0 && b->size > 0; n--)
    fuzz_change_once(b, other, words, rng);
  if (b->size > 0 && fuzz_below(rng, 16) == 0)
    b->size = fuzz_below(rng, b->size);
}

#endif
