/* Counter-based random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).

   A generator is a value of 24 bytes: copy it to fork, write it to a file to save. A stream is addressed by numbers
   (a seed, then for instance an epoch and a record), so that what a record is given does not depend on the order or the
   thread in which it is visited. Fills give the same numbers for any number of threads and in both scalar builds. */
#ifndef ECGRAFT_RANDOM_H
#define ECGRAFT_RANDOM_H

#include <stdint.h>

#include "ecgraft/real.h"

typedef struct eg_rng {
  uint64_t seed;     /* the key */
  uint64_t stream;   /* the upper half of the counter */
  uint64_t position; /* the lower half: how many blocks of 128 bits were drawn */
} eg_rng;

/* The generator of a seed, at its beginning. */
eg_rng eg_rng_seed(uint64_t seed);

/* The independent stream of `parent` named by three numbers, at its beginning: eg_rng_at(&g, epoch, record, purpose).
   Depends on parent's seed and stream, not on its position. */
eg_rng eg_rng_at(const eg_rng *parent, uint64_t a, uint64_t b, uint64_t c);

/* 64 random bits; advances by one block. */
uint64_t eg_rng_bits(eg_rng *g);

/* Uniform in [0, 1), 53 bits. */
double eg_rng_uniform(eg_rng *g);

/* Standard normal (Box-Muller). */
double eg_rng_normal(eg_rng *g);

/* Uniform integer in [0, n), without bias; n >= 1. */
uint64_t eg_rng_below(eg_rng *g, uint64_t n);

/* A uniformly random permutation of 0..n-1 (Fisher-Yates). */
void eg_rng_permutation(eg_rng *g, int64_t *order, int64_t n);

/* x (n): uniform in [low, high); four values a block, 24 bits each. */
void eg_rng_fill_uniform(eg_rng *g, eg_real *x, int64_t n, double low, double high);

/* x (n): normal; four values a block. */
void eg_rng_fill_normal(eg_rng *g, eg_real *x, int64_t n, double mean, double deviation);

#endif
