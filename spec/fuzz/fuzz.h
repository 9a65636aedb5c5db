/* What fuzzers over whole files share: the check after each input, and, without libFuzzer, a main that changes files at
   random: fuzz_NAME ROUNDS FILE... Repeatable: the changes depend on ROUNDS and the files alone. */
#ifndef EG_SPEC_FUZZ_H
#define EG_SPEC_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ecgraft/memory.h"
#include "ecgraft/random.h"
#include "ecgraft/status.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static size_t fuzz_live;

static inline void fuzz_begin(void) {
  fuzz_live = eg_memory().live;
  eg_memory_reset_peak();
}

/* The input was read or refused as the world's fault; nothing is left behind; no more than `most` bytes were taken. */
static inline void fuzz_end(eg_status status, size_t most) {
  eg_memory_info info = eg_memory();
  if ((status != EG_OK && status != EG_WORLD) || info.live != fuzz_live || info.peak - fuzz_live > most) {
    fprintf(stderr, "status %d (%s), %zu bytes left behind, at most %zu bytes taken, %zu allowed\n", (int)status,
            status == EG_OK ? "" : eg_failure(), info.live - fuzz_live, info.peak - fuzz_live, most);
    abort();
  }
}

#ifndef LIBFUZZER

/* A byte of a structure is most often a small number, a letter, all ones, or what stands elsewhere. */
static inline uint8_t fuzz_byte(eg_rng *rng, const uint8_t *bytes, size_t size, uint8_t old) {
  switch (eg_rng_below(rng, 6)) {
  case 0:
    return (uint8_t)eg_rng_bits(rng);
  case 1:
    return (uint8_t)(old ^ 1u << eg_rng_below(rng, 8));
  case 2:
    return (uint8_t) "0123456789{}[]\",:\\ \n"[eg_rng_below(rng, 20)];
  case 3:
    return 0xff;
  case 4:
    return (uint8_t)eg_rng_below(rng, 10);
  default:
    return bytes[eg_rng_below(rng, size)];
  }
}

static inline void fuzz_file(const char *path, long rounds) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END) != 0) {
    perror(path);
    exit(2);
  }
  size_t size = (size_t)ftell(file);
  rewind(file);
  uint8_t *whole = malloc(size + 1), *changed = malloc(size + 1);
  if (!whole || !changed || fread(whole, 1, size, file) != size)
    exit(2);
  fclose(file);
  LLVMFuzzerTestOneInput(whole, size);
  eg_rng rng = eg_rng_seed((uint64_t)size);
  for (long round = 0; round < rounds && size > 0; round++) {
    /* Of exactly the size that is said, so that a sanitizer sees a step beyond it. */
    size_t kept = eg_rng_below(&rng, 10) ? size : (size_t)eg_rng_below(&rng, size);
    uint8_t *input = malloc(kept ? kept : 1);
    memcpy(changed, whole, size);
    for (uint64_t changes = 1 + eg_rng_below(&rng, 8); changes > 0; changes--) {
      size_t at = (size_t)eg_rng_below(&rng, size);
      changed[at] = fuzz_byte(&rng, whole, size, changed[at]);
    }
    memcpy(input, changed, kept);
    LLVMFuzzerTestOneInput(input, kept);
    free(input);
  }
  free(whole);
  free(changed);
}

int main(int argc, char **argv) {
  long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
  if (argc < 3 || rounds < 0) {
    fprintf(stderr, "usage: %s ROUNDS FILE...\n", argv[0]);
    return 2;
  }
  for (int i = 2; i < argc; i++)
    fuzz_file(argv[i], rounds);
  printf("%d files, %ld changes of each: no fault found\n", argc - 2, rounds);
  return 0;
}

#endif
#endif
