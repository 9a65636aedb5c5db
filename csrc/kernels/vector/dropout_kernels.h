/* The kernel of kernels/dropout_vector.h, to be compiled after one of the ORDER VECTOR headers. */
#include <math.h>
#include <string.h>

#include "kernels/dropout_vector.h"

enum { LANES = sizeof(vec_wide) / 8, ROUNDS = 10, AT_ONCE = 1024 /* words; whole blocks of all lanes */ };

VEC vec_wide wide_set(uint64_t x) {
  return (vec_wide){0} + x;
}

/* word (4 n): the blocks position .. position + n - 1 of csrc/base/random.c, in their order, and perhaps some more up
   to AT_ONCE words. Each lane holds a 32-bit word in its lower half; what is in the upper half does not matter. */
VEC void philox(uint32_t *word, const eg_rng *g, uint64_t position, int64_t n) {
  vec_wide lane = {0}, key0[ROUNDS], key1[ROUNDS];
  for (int i = 0; i < LANES; i++) /* so that wide_even and wide_odd put the blocks in order */
    lane[i] = (uint64_t)(i / 2 + i % 2 * (LANES / 2));
  for (uint32_t i = 0; i < ROUNDS; i++) {
    key0[i] = wide_set((uint32_t)g->seed + i * 0x9E3779B9u);
    key1[i] = wide_set((uint32_t)(g->seed >> 32) + i * 0xBB67AE85u);
  }
  for (int64_t first = 0; first < n; first += LANES) {
    vec_wide c0 = lane + (position + (uint64_t)first), c1 = c0 >> 32;
    vec_wide c2 = wide_set(g->stream), c3 = c2 >> 32;
    for (int i = 0; i < ROUNDS; i++) {
      vec_wide p0 = wide_mul(c0, wide_set(0xD2511F53u)), p1 = wide_mul(c2, wide_set(0xCD9E8D57u));
      c0 = (p1 >> 32) ^ c1 ^ key0[i];
      c2 = (p0 >> 32) ^ c3 ^ key1[i];
      c1 = p1;
      c3 = p0;
    }
    vec_wide front = (c0 & UINT32_MAX) | c1 << 32, back = (c2 & UINT32_MAX) | c3 << 32; /* little-endian pairs */
    vec_wide lower = wide_even(front, back), upper = wide_odd(front, back);
    memcpy(word + 4 * first, &lower, sizeof lower);
    memcpy(word + 4 * first + 2 * LANES, &upper, sizeof upper);
  }
}

/* A draw is the upper 24 bits of a word over 2^24; it is below p where those are below p 2^24, rounded up. */
VEC void choose(eg_real *y, eg_real beta, const eg_real *x, int64_t n, int32_t limit, eg_real scale,
                const uint32_t *word) {
  if (beta == 0)
    for (int64_t i = 0; i < n; i++) /* selected, not multiplied: 0 also for infinities */
      y[i] = (int32_t)(word[i] >> 8) < limit ? 0 : x[i] * scale;
  else
    for (int64_t i = 0; i < n; i++)
      y[i] = ((int32_t)(word[i] >> 8) < limit ? 0 : x[i] * scale) + beta * y[i];
}

static void dropout(eg_real *y, eg_real beta, const eg_real *x, int64_t n, double p, eg_real scale, const eg_rng *rng) {
  int32_t limit = (int32_t)ceil(p * 16777216);
  for (int64_t first = 0; first < n; first += AT_ONCE) {
    uint32_t word[AT_ONCE];
    int64_t count = n - first < AT_ONCE ? n - first : AT_ONCE;
    philox(word, rng, rng->position + (uint64_t)(first / 4), (count + 3) / 4);
    choose(y + first, beta, x + first, count, limit, scale, word);
  }
}

#define DROPOUT_NAME_OF(isa) eg_dropout_##isa
#define DROPOUT_NAME(isa) DROPOUT_NAME_OF(isa)

const eg_dropout_kernels DROPOUT_NAME(VEC_ISA) = {dropout};
