/* A fuzzer of MAT files. The input is a file.

   With libFuzzer:   clang -g -fsanitize=fuzzer,address,undefined -DLIBFUZZER ... spec/fuzz/fuzz_mat.c -o fuzz_mat
   Without:          fuzz_mat ROUNDS SEED FILE...   changes the files at random, so many times; what a compressed
   variable holds is changed before it is compressed again, in half of the rounds */
#define _POSIX_C_SOURCE 200809L
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "ecgraft/mat.h"
#include "ecgraft/memory.h"
#include "ecgraft/random.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Memory may be no more than what deflate can make of the file, a few times over; anything else is a fault. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  char path[] = "/tmp/ecgraft-fuzz-XXXXXX";
  int descriptor = mkstemp(path);
  if (descriptor < 0 || write(descriptor, bytes, size) != (ssize_t)size)
    abort();
  close(descriptor);
  eg_memory_reset_peak();
  size_t before = eg_memory().live;
  eg_mat *mat;
  if (eg_mat_load(&mat, path) == EG_OK)
    eg_mat_free(mat);
  unlink(path);
  if (eg_memory().live != before || eg_memory().peak - before > 16 * 1032 * size + (1 << 20))
    abort();
  return 0;
}

#ifndef LIBFUZZER
enum { MOST = 1 << 16, HEADER = 128 };

static void change(uint8_t *bytes, size_t size, eg_rng *g) {
  for (uint64_t n = 1 + eg_rng_below(g, 4); n > 0; n--) {
    size_t at = (size_t)eg_rng_below(g, size);
    static const uint8_t telling[] = {0, 1, 4, 6, 14, 15, 255};
    bytes[at] = eg_rng_below(g, 2) ? (uint8_t)eg_rng_below(g, 256) : telling[eg_rng_below(g, sizeof telling)];
  }
}

/* The first variable unpacked, changed and packed again; the file's new size. */
static size_t change_within(uint8_t *file, size_t size, eg_rng *g) {
  static uint8_t plain[MOST];
  uLongf length = sizeof plain, packed = MOST - HEADER - 8;
  if (size < HEADER + 8 || file[HEADER] != 15 ||
      uncompress(plain, &length, file + HEADER + 8, (uLong)(size - HEADER - 8)) != Z_OK || length == 0)
    return size;
  change(plain, length < 96 ? length : 96, g);
  if (compress(file + HEADER + 8, &packed, plain, length) != Z_OK)
    return size;
  for (int i = 0; i < 4; i++)
    file[HEADER + 4 + i] = (uint8_t)(packed >> 8 * i);
  return HEADER + 8 + packed;
}

int main(int argc, char **argv) {
  if (argc < 4) {
    fprintf(stderr, "usage: fuzz_mat ROUNDS SEED FILE...\n");
    return 2;
  }
  long rounds = atol(argv[1]);
  eg_rng g = eg_rng_seed((uint64_t)atol(argv[2]));
  for (long i = 0; i < rounds; i++) {
    static uint8_t bytes[MOST];
    FILE *file = fopen(argv[3 + i % (argc - 3)], "rb");
    size_t size = file ? fread(bytes, 1, sizeof bytes, file) : 0;
    if (!file || size == 0)
      return 1;
    fclose(file);
    if (eg_rng_below(&g, 2))
      size = change_within(bytes, size, &g);
    else
      change(bytes, size, &g);
    if (eg_rng_below(&g, 8) == 0)
      size = (size_t)eg_rng_below(&g, size + 1);
    LLVMFuzzerTestOneInput(bytes, size);
  }
  printf("%ld rounds\n", rounds);
  return 0;
}
#endif
