#include <string.h>

#include "ecgraft/signal.h"

/* The bits of v as a float32; one pattern for every NaN and one for zero. */
static uint64_t bits(eg_real v) {
  float f = (float)v;
  if (f != f)
    return 0x7fc00000u;
  if (f == 0)
    return 0;
  uint32_t word;
  memcpy(&word, &f, sizeof word);
  return word;
}

/* The finalizer of splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014). */
static uint64_t mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

uint64_t eg_signal_hash(const eg_real *x, int64_t n) {
  uint64_t sum = 0;
  for (int64_t i = 0; i < n; i++)
    sum += mix(bits(x[i]) + (uint64_t)(i + 1) * 0x9e3779b97f4a7c15u);
  return sum;
}
