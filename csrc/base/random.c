#include "ecgraft/random.h"

#include <math.h>

#include "ecgraft/parallel.h"

static const double PI = 3.14159265358979323846;

typedef struct block {
  uint32_t word[4];
} block;

/* Philox4x32 with ten rounds; constants from Salmon et al. 2011, table 2. */
static block philox(const eg_rng *g, uint64_t position) {
  uint32_t c0 = (uint32_t)position, c1 = (uint32_t)(position >> 32);
  uint32_t c2 = (uint32_t)g->stream, c3 = (uint32_t)(g->stream >> 32);
  uint32_t k0 = (uint32_t)g->seed, k1 = (uint32_t)(g->seed >> 32);
  for (int round = 0; round < 10; round++) {
    uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
    uint32_t n0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0, n2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c1 = (uint32_t)p1;
    c3 = (uint32_t)p0;
    c0 = n0;
    c2 = n2;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return (block){{c0, c1, c2, c3}};
}

/* The finalizer of splitmix64 (Steele, Lea & Flood 2014): a bijection of 64 bits. */
static uint64_t mix(uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

static double unit24(uint32_t word) {
  return (word >> 8) * (1.0 / 16777216.0);
}

/* Two normals from two words; the radius from (0, 1], never log 0. */
static void box_muller(uint32_t a, uint32_t b, double *x, double *y) {
  double radius = sqrt(-2.0 * log((a + 1.0) * (1.0 / 4294967296.0))), angle = 2.0 * PI * (b * (1.0 / 4294967296.0));
  *x = radius * cos(angle);
  *y = radius * sin(angle);
}

eg_rng eg_rng_seed(uint64_t seed) {
  return (eg_rng){.seed = seed};
}

eg_rng eg_rng_at(const eg_rng *parent, uint64_t a, uint64_t b, uint64_t c) {
  uint64_t stream = mix(mix(mix(mix(parent->stream) ^ a) ^ b) ^ c);
  return (eg_rng){.seed = parent->seed, .stream = stream};
}

uint64_t eg_rng_bits(eg_rng *g) {
  block b = philox(g, g->position++);
  return (uint64_t)b.word[0] << 32 | b.word[1];
}

double eg_rng_uniform(eg_rng *g) {
  return (eg_rng_bits(g) >> 11) * (1.0 / 9007199254740992.0);
}

double eg_rng_normal(eg_rng *g) {
  block b = philox(g, g->position++);
  double x, y;
  box_muller(b.word[0], b.word[1], &x, &y);
  return x;
}

uint64_t eg_rng_below(eg_rng *g, uint64_t n) {
  uint64_t limit = -n % n; /* 2^64 mod n: the draws below it would make small results likelier */
  uint64_t draw = eg_rng_bits(g);
  while (draw < limit)
    draw = eg_rng_bits(g);
  return draw % n;
}

void eg_rng_permutation(eg_rng *g, int64_t *order, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    order[i] = i;
  for (int64_t i = n - 1; i > 0; i--) {
    int64_t j = (int64_t)eg_rng_below(g, (uint64_t)i + 1), other = order[j];
    order[j] = order[i];
    order[i] = other;
  }
}

void eg_rng_fill_uniform(eg_rng *g, eg_real *x, int64_t n, double low, double high) {
  int64_t blocks = (n + 3) / 4;
  uint64_t start = g->position;
  EG_PARALLEL_FOR_IF(blocks > 4096)
  for (int64_t i = 0; i < blocks; i++) {
    block b = philox(g, start + (uint64_t)i);
    for (int64_t j = 0; j < 4 && 4 * i + j < n; j++)
      x[4 * i + j] = (eg_real)(low + (high - low) * unit24(b.word[j]));
  }
  g->position += (uint64_t)blocks;
}

void eg_rng_fill_normal(eg_rng *g, eg_real *x, int64_t n, double mean, double deviation) {
  int64_t blocks = (n + 3) / 4;
  uint64_t start = g->position;
  EG_PARALLEL_FOR_IF(blocks > 4096)
  for (int64_t i = 0; i < blocks; i++) {
    block b = philox(g, start + (uint64_t)i);
    double value[4];
    box_muller(b.word[0], b.word[1], &value[0], &value[1]);
    box_muller(b.word[2], b.word[3], &value[2], &value[3]);
    for (int64_t j = 0; j < 4 && 4 * i + j < n; j++)
      x[4 * i + j] = (eg_real)(mean + deviation * value[j]);
  }
  g->position += (uint64_t)blocks;
}
