/* A fuzzer of MAT files of version 5. The input is a file; it is read as it is, and again with its variables
   compressed, so that what is behind compression is reached. */
#define _XOPEN_SOURCE 700
#include <zlib.h>

#include "ecgraft/mat.h"
#include "fuzz.h"

enum { HEADER = 128, TAG = 8, MOST = 1 << 14, MATRIX = 14, COMPRESSED = 15 };

/* Tags (type, bytes), flags of classes, and what makes a file one. */
static const char *const words[] = {"MATLAB 5.0", "MATLAB 7.3", "IM",   "MI",  "\x0e", "\x0f", "\x06",
                                    "\x01",       "\x02",       "\x08", "ECG", "data", "sex",  NULL};

static void begin(void) {
  static const char *const files[] = {"cell", "complex", "numbers", "numbers_packed", "struct", "struct_packed", NULL};
  fuzz_seed_files("spec/fixtures/sets", "mat", files);
}

static uint32_t word_at(const uint8_t *at, bool big) {
  uint32_t v = 0;
  for (int i = 0; i < 4; i++)
    v |= (uint32_t)at[i] << 8 * (big ? 3 - i : i);
  return v;
}

static void put_word(uint8_t *at, uint32_t v, bool big) {
  for (int i = 0; i < 4; i++)
    at[i] = (uint8_t)(v >> 8 * (big ? 3 - i : i));
}

/* The file with each array in it compressed; 0 where there is none. */
static size_t pack(uint8_t *to, size_t room, const uint8_t *bytes, size_t size) {
  if (size < HEADER + TAG)
    return 0;
  bool big = bytes[126] == 'M', any = false;
  memcpy(to, bytes, HEADER);
  size_t used = HEADER;
  for (size_t at = HEADER, whole; size - at >= TAG && room - used > TAG; at += whole) {
    size_t length = word_at(bytes + at + 4, big), left = size - at - TAG;
    whole = TAG + (length < left ? (length + 7) / 8 * 8 : left);
    whole = whole < size - at ? whole : size - at;
    uLongf packed = (uLongf)(room - used - TAG);
    if (word_at(bytes + at, big) == COMPRESSED || compress(to + used + TAG, &packed, bytes + at, (uLong)whole) != Z_OK)
      return 0;
    put_word(to + used, COMPRESSED, big);
    put_word(to + used + 4, (uint32_t)packed, big);
    used += TAG + packed;
    any = true;
  }
  return any ? used : 0;
}

static const char *load(const uint8_t *bytes, size_t size) {
  const char *path = fuzz_put("x.mat", bytes, size);
  eg_mat *mat;
  const char *message = fuzz_outcome(eg_mat_load(&mat, path));
  for (int64_t i = 0; mat && i < mat->count; i++)
    if (!mat->entries[i].text == !mat->entries[i].tensor ||
        eg_mat_find(mat, mat->entries[i].name)->name[0] != mat->entries[i].name[0])
      fuzz_fault("entry %" PRId64 " is neither text nor numbers, or is not found", i);
  eg_mat_free(mat);
  return message;
}

static const char *read_input(const uint8_t *bytes, size_t size) {
  static uint8_t packed[2 * MOST];
  size_t packed_size = pack(packed, sizeof packed, bytes, size);
  if (packed_size > 0)
    load(packed, packed_size);
  return load(bytes, size);
}

/* Deflate may expand 1032-fold, and numbers of one byte become eight. */
int main(int argc, char **argv) {
  static const fuzz_reader reader = {.name = "fuzz_mat",
                                     .words = words,
                                     .most = MOST,
                                     .memory_times = 16 * 1032,
                                     .memory = 1 << 20,
                                     .begin = begin,
                                     .read = read_input};
  return fuzz_main(&reader, argc, argv);
}
