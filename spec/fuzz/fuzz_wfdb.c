/* A fuzzer of WFDB headers and signal files. The input is a header, a zero byte, and the content of each signal file it
   names.

   With libFuzzer:   clang -g -fsanitize=fuzzer,address,undefined -DLIBFUZZER ... spec/fuzz/fuzz_wfdb.c -o fuzz_wfdb
   Without:          fuzz_wfdb [ROUNDS [SEED]]   changes records of every format at random, so many times (10,000) */
#define _POSIX_C_SOURCE 200809L
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ecgraft/memory.h"
#include "ecgraft/random.h"
#include "ecgraft/wfdb.h"

#include "../c/support_flac.h"

static char folder[] = "/tmp/ecgraft-fuzz-XXXXXX";
static bool ready;

static void at_end(void) {
  char command[64];
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  if (system(command) != 0)
    fprintf(stderr, "%s stays\n", folder);
}

static void put(const char *name, const uint8_t *bytes, size_t size) {
  char path[128];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(bytes, 1, size, file) != size)
    abort();
  fclose(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Memory may be no more than a small multiple of what came; anything else is a fault. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  if (!ready) {
    if (!mkdtemp(folder))
      abort();
    atexit(at_end);
    ready = true;
  }
  const uint8_t *zero = memchr(bytes, 0, size);
  size_t header = zero ? (size_t)(zero - bytes) : size;
  char path[64];
  snprintf(path, sizeof path, "%s/r.hea", folder);
  put("r.hea", bytes, header);
  put("r.dat", zero ? zero + 1 : bytes, zero ? size - header - 1 : 0);
  eg_memory_reset_peak();
  size_t before = eg_memory().live;
  eg_wfdb_header *h;
  if (eg_wfdb_header_read(&h, path) == EG_OK) {
    eg_wfdb_signals s;
    if (eg_wfdb_signals_read(&s, h, NULL, 0, true) == EG_OK)
      eg_wfdb_signals_free(&s);
    eg_wfdb_header_free(h);
  }
  enum { LENGTH = 16 };
  eg_real row[LENGTH * 12];
  eg_wfdb_loaded loaded = {0};
  const char *paths[] = {path};
  eg_wfdb_load_options o = {
      .leads = eg_standard_leads, .n_leads = 2, .rate = 100, .length = LENGTH, .pad = true, .longest_gap = 9};
  if (eg_wfdb_load(row, &loaded, paths, 1, &o) != EG_OK)
    abort();
  eg_wfdb_loaded_free(&loaded, 1);
  if (eg_memory().live != before || eg_memory().peak - before > 200 * size + (32 << 20))
    abort();
  return 0;
}

#ifndef LIBFUZZER
static const char *const seeds[] = {
    "r 2 100 8\nr.dat 16+3 200 16 0 0 0 0 I\nr.dat 16+3 1000.0(0)/mV 16 0 0 0 0 II\n#Age: 5\n",
    "r 2 360/360(0) 10\nr.dat 212x2:1 200(5)/uV 12 0 0 0 0 I\nr.dat 212x2:0 200 12 0 0 0 0 II\n",
    "r 3 250\nr.dat 310 200\nr.dat 310 200 10 0 0 0 0 ECG II\nr.dat 310 200 10 0 0 0 0 I\n",
    "r 1 99.9 20 12:30:05 1/2/2003\nr.dat 8x3 1e2/V 8 0 0 0 0 I\n",
    "r 2 100 7\nr.dat 311 200 10 0 0 0 0 I\nr.dat 311 200 10 0 0 0 0 II\n",
    "r 2 1000 30\nr.dat 24 200 24 0 0 0 0 II\nr.dat 24 200 24 0 0 0 0 I\n",
    "r 2 100 24\nr.dat 516 200 16 0 0 0 0 II\nr.dat 516 200 16 0 0 0 0 I\n",
    "r 1 100 9\nr.dat 508x2:1+3 1e2/uV 8 0 0 0 0 I\n",
    "r 3 250\nr.dat 524 200\nr.dat 524 200 24 0 0 0 0 II\nr.dat 524 200 24 0 0 0 0 I\n",
};

/* The signal file of a record in a FLAC format, of frames that are now and then another size, or of zeros, or other than the stream
   says; each with the checksums that belong to it, so that what is behind them is reached. */
static size_t flac_file(uint8_t *to, const char *header, eg_rng *g) {
  int channels = atoi(header + 2), bits = atoi(strstr(header, "r.dat 5") + 7);
  uint8_t *at = flac_head(to, channels, bits, 24);
  for (uint32_t k = 0; k < 3; k++) {
    int32_t samples[16 * 8];
    for (int i = 0; i < 16 * 8; i++)
      samples[i] = (int32_t)eg_rng_bits(g);
    bool odd = eg_rng_below(g, 8) == 0;
    int n = odd ? 1 + (int)eg_rng_below(g, 16) : 8;
    int c = odd && eg_rng_below(g, 2) ? 1 + (int)eg_rng_below(g, 4) : channels;
    int b = odd && eg_rng_below(g, 2) ? 8 * (1 + (int)eg_rng_below(g, 3)) : bits;
    bool zeros = odd && eg_rng_below(g, 2);
    at = flac_frame(at, c, b, k, zeros ? NULL : samples, zeros ? 65535 : n);
  }
  return (size_t)(at - to);
}

/* A record with a few bytes changed, removed, doubled or replaced by digits. */
static size_t change(uint8_t *bytes, size_t size, size_t room, eg_rng *g) {
  for (uint64_t n = 1 + eg_rng_below(g, 6); n > 0 && size > 2; n--) {
    size_t at = (size_t)eg_rng_below(g, size), count = (size_t)eg_rng_below(g, 8) + 1;
    count = at + count > size ? size - at : count;
    switch (eg_rng_below(g, 4)) {
    case 0:
      bytes[at] = (uint8_t)eg_rng_below(g, 256);
      break;
    case 1:
      memmove(bytes + at, bytes + at + count, size - at - count);
      size -= count;
      break;
    case 2:
      if (size + count < room) {
        memmove(bytes + at + count, bytes + at, size - at);
        size += count;
      }
      break;
    default:
      for (size_t i = 0; i < count; i++)
        bytes[at + i] = (uint8_t) "0123456789-+.:x/ ()e\n"[eg_rng_below(g, 21)];
    }
  }
  return size;
}

int main(int argc, char **argv) {
  long rounds = argc > 1 ? atol(argv[1]) : 10000;
  eg_rng g = eg_rng_seed(argc > 2 ? (uint64_t)atol(argv[2]) : 1);
  for (long i = 0; i < rounds; i++) {
    uint8_t bytes[1024];
    const char *seed = seeds[eg_rng_below(&g, sizeof seeds / sizeof *seeds)];
    size_t header = strlen(seed) + 1, size = header + 180;
    memcpy(bytes, seed, header);
    if (strstr(seed, "r.dat 5"))
      size = header + flac_file(bytes + header, seed, &g);
    else
      for (size_t k = header; k < size; k++)
        bytes[k] = (uint8_t)eg_rng_below(&g, 256);
    /* Frames with nothing changed in them are read to their end. */
    size_t first = eg_rng_below(&g, 2) || !strstr(seed, "r.dat 5") ? size : header + FLAC_HEAD, rest = size - first;
    uint8_t frames[sizeof bytes];
    memcpy(frames, bytes + first, rest);
    size_t changed = change(bytes, first, sizeof bytes - rest, &g);
    memcpy(bytes + changed, frames, rest);
    LLVMFuzzerTestOneInput(bytes, changed + rest);
  }
  printf("%ld rounds\n", rounds);
  return 0;
}
#endif
