/* The sign-flip test. */
#include <inttypes.h>
#include <math.h>

#include "ecgraft/parallel.h"
#include "ecgraft/random.h"
#include "ecgraft/stats.h"

enum { PIECE_BITS = 10 }; /* patterns are walked in pieces of 2^10, each from its own first sum */

/* How many of the patterns of piece `piece` have |sum| >= bound. Bit i of a pattern set: difference i has its sign
   turned. Within the piece a Gray code turns one sign at a time, so that a pattern costs one addition. */
static int64_t count_piece(const double *d, int64_t n, int64_t piece, int bits, double bound) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++)
    sum += i >= bits && ((piece >> (i - bits)) & 1) ? -d[i] : d[i];
  int64_t hits = fabs(sum) >= bound;
  uint64_t turned = 0;
  for (int64_t step = 1; step < (int64_t)1 << bits; step++) {
    int bit = __builtin_ctzll((unsigned long long)step);
    turned ^= (uint64_t)1 << bit;
    sum += (turned >> bit) & 1 ? -2 * d[bit] : 2 * d[bit];
    hits += fabs(sum) >= bound;
  }
  return hits;
}

/* How many of `draws` random patterns beginning at number `first` have |sum| >= bound. */
static int64_t count_random(const double *d, int64_t n, uint64_t seed, int64_t first, int64_t draws, double bound) {
  eg_rng parent = eg_rng_seed(seed);
  int64_t hits = 0;
  for (int64_t r = first; r < first + draws; r++) {
    eg_rng rng = eg_rng_at(&parent, (uint64_t)r, 0, 0);
    double sum = 0;
    uint64_t bits = 0;
    for (int64_t i = 0; i < n; i++) {
      if (i % 64 == 0)
        bits = eg_rng_bits(&rng);
      sum += (bits >> (i % 64)) & 1 ? -d[i] : d[i];
    }
    hits += fabs(sum) >= bound;
  }
  return hits;
}

eg_status eg_sign_flip_test(eg_sign_flip *out, const double *d, int64_t n, int64_t draws, uint64_t seed) {
  if (n < 1)
    return eg_fail(EG_USAGE, "expected at least one difference, got %" PRId64, n);
  double sum = 0, size = 0;
  for (int64_t i = 0; i < n; i++) {
    if (!isfinite(d[i]))
      return eg_fail(EG_USAGE, "difference %" PRId64 " must be a finite number, got %g", i + 1, d[i]);
    sum += d[i];
    size += fabs(d[i]);
  }
  /* Sums that are equal on paper differ by rounding: they count as equal. */
  double bound = fabs(sum) - 1e-12 * size;
  bool exact = n <= EG_SIGN_FLIP_EXACT;
  if (!exact && draws < 1)
    return eg_fail(EG_USAGE, "%" PRId64 " differences need at least one draw, got %" PRId64, n, draws);
  int64_t hits = 0, patterns = exact ? (int64_t)1 << n : draws;
  int bits = n < PIECE_BITS ? (int)n : PIECE_BITS;
  int64_t length = exact ? (int64_t)1 << bits : (int64_t)1 << PIECE_BITS;
  int64_t pieces = (patterns + length - 1) / length;
#pragma omp parallel for schedule(static) num_threads(eg_num_threads()) reduction(+ : hits) if (patterns > 4096)
  for (int64_t piece = 0; piece < pieces; piece++) {
    int64_t first = piece * length, left = patterns - first < length ? patterns - first : length;
    hits += exact ? count_piece(d, n, piece, bits, bound) : count_random(d, n, seed, first, left, bound);
  }
  *out = (eg_sign_flip){
      .mean = sum / (double)n,
      .p = exact ? (double)hits / (double)patterns : (1.0 + (double)hits) / (1.0 + (double)patterns),
      .patterns = patterns,
      .exact = exact,
  };
  return EG_OK;
}
