/* What an input reached. Where the library is compiled with -fsanitize=coverage=trace-pc (ECGRAFT_FUZZ), it calls
   __sanitizer_cov_trace_pc at every branch; readers in Lua tell by fuzz_reached. Steps from one place to the next are
   counted, as in AFL (Zalewski), roughly: a loop that runs 100 times and one that runs 101 times are the same. */
#ifndef EG_SPEC_FUZZ_COVER_H
#define EG_SPEC_FUZZ_COVER_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { FUZZ_PLACES = 1 << 16 };

static uint8_t fuzz_counts[FUZZ_PLACES], fuzz_seen[FUZZ_PLACES];
static uint32_t fuzz_before;

static inline void fuzz_reached(uint32_t place) {
  place *= 0x9e3779b1u;
  place ^= place >> 15;
  uint8_t *count = &fuzz_counts[(place ^ fuzz_before) % FUZZ_PLACES];
  *count = (uint8_t)(*count + (*count < 255));
  fuzz_before = place >> 1;
}

void __sanitizer_cov_trace_pc(void);

/* Counted from a place in this program: where that is loaded to does not matter. */
void __sanitizer_cov_trace_pc(void) {
  fuzz_reached((uint32_t)((uintptr_t)__builtin_return_address(0) - (uintptr_t)&__sanitizer_cov_trace_pc));
}

static void fuzz_cover_begin(void) {
  memset(fuzz_counts, 0, sizeof fuzz_counts);
  fuzz_before = 0;
}

/* Whether something was reached, or reached more often, for the first time; it counts as seen from now on. */
static bool fuzz_cover_new(void) {
  bool any = false;
  for (int i = 0; i < FUZZ_PLACES; i += 8) {
    uint64_t eight;
    memcpy(&eight, fuzz_counts + i, sizeof eight);
    for (int k = i; eight && k < i + 8; k++) {
      int n = fuzz_counts[k], level = n > 3 ? (n > 7) + (n > 15) + (n > 31) + (n > 127) + 3 : n - 1;
      uint8_t bit = (uint8_t)(n ? 1 << level : 0);
      any = any || (bit & ~fuzz_seen[k]);
      fuzz_seen[k] |= bit;
    }
  }
  return any;
}

#endif
