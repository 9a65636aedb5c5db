/* csrc/base: status codes, counted memory, random numbers, threads. */
#include "check.h"
#include "ecgraft/parallel.h"
#include "ecgraft/random.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define CLOSED(address) __asan_address_is_poisoned(address)
#else
#define CLOSED(address) true /* nobody looks */
#endif

/* ---- status ---- */

static eg_status inner(eg_status status) {
  return status == EG_OK ? EG_OK : eg_fail(status, "expected %d, got %d", 8, 12);
}

static eg_status outer(eg_status status, int *reached) {
  EG_TRY(inner(status));
  (*reached)++;
  return EG_OK;
}

static void status_text(void) {
  int reached = 0;
  CHECK_FAILS(outer(EG_USAGE, &reached), EG_USAGE, "expected 8, got 12");
  CHECK_INT(reached, 0);
  CHECK_OK(outer(EG_OK, &reached));
  CHECK_INT(reached, 1);
  CHECK_STATUS(eg_fail_in(EG_WORLD, "conv1d"), EG_WORLD);
  CHECK_STRING(eg_failure(), "conv1d: expected 8, got 12");
}

static void status_text_is_cut(void) {
  char longer[2000];
  memset(longer, 'x', sizeof longer);
  longer[sizeof longer - 1] = '\0';
  CHECK_STATUS(eg_fail(EG_NUMERIC, "%s", longer), EG_NUMERIC);
  CHECK_INT(strlen(eg_failure()), 511);
  eg_fail_in(EG_NUMERIC, "somewhere");
  CHECK(strlen(eg_failure()) <= 511);
  CHECK_CONTAINS(eg_failure(), "somewhere: xxx");
}

static void status_text_is_per_thread(void) {
  enum { THREADS = 3 };
  char seen[THREADS][32] = {{0}};
  int before = eg_num_threads();
  eg_set_num_threads(THREADS);
  EG_PARALLEL_FOR
  for (int i = 0; i < THREADS; i++) {
    eg_fail(EG_USAGE, "piece %d", i);
    snprintf(seen[i], sizeof seen[i], "%s", eg_failure());
  }
  eg_set_num_threads(before);
  for (int i = 0; i < THREADS; i++) {
    char expected[32];
    snprintf(expected, sizeof expected, "piece %d", i);
    CHECK_STRING(seen[i], expected);
  }
}

/* ---- memory ---- */

static void memory_blocks(void) {
  static const size_t sizes[] = {0, 1, 63, 64, 65, 4095, 4096, 4097, 5000, 65536, 1000003};
  enum { COUNT = sizeof sizes / sizeof *sizes };
  unsigned char *blocks[COUNT];
  eg_memory_info before = eg_memory();
  size_t total = 0;
  for (int i = 0; i < COUNT; i++) {
    blocks[i] = eg_alloc(sizes[i]);
    REQUIRE(blocks[i]);
    CHECK_INT((uintptr_t)blocks[i] % 64, 0);
    memset(blocks[i], i, sizes[i]);
    total += sizes[i];
  }
  CHECK_INT(eg_memory().live - before.live, total);
  CHECK_INT(eg_memory().blocks - before.blocks, COUNT);
  CHECK_INT(eg_memory().calls - before.calls, COUNT);
  for (int i = 0; i < COUNT; i++) {
    size_t wrong = 0;
    for (size_t j = 0; j < sizes[i]; j++)
      wrong += blocks[i][j] != i;
    CHECK_INT(wrong, 0);
    eg_free(blocks[i]);
  }
  eg_free(NULL);
  CHECK_INT(eg_memory().live, before.live);
}

static void memory_zero_and_overflow(void) {
  for (int round = 0; round < 2; round++) { /* the second may be given the first one's block again */
    unsigned char *block = eg_alloc_zero(1000, 17);
    REQUIRE(block);
    size_t nonzero = 0;
    for (size_t i = 0; i < 17000; i++)
      nonzero += block[i] != 0;
    CHECK_INT(nonzero, 0);
    memset(block, 0xff, 17000);
    eg_free(block);
  }
  uint64_t calls = eg_memory().calls;
  CHECK(!eg_alloc_zero(SIZE_MAX / 2, 3));
  CHECK_CONTAINS(eg_failure(), "out of memory");
  CHECK_INT(eg_memory().calls, calls);
  size_t product = 7;
  CHECK(!eg_size_mul(&product, SIZE_MAX, 2));
  CHECK(eg_size_mul(&product, SIZE_MAX, 1) && product == SIZE_MAX);
  CHECK(eg_size_mul(&product, 0, SIZE_MAX) && product == 0);
}

static void memory_refuses_the_impossible(void) {
  static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 64, SIZE_MAX - 127, SIZE_MAX / 2};
  eg_memory_info before = eg_memory();
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    CHECK(!eg_alloc(sizes[i]));
    CHECK_CONTAINS(eg_failure(), "bytes asked");
  }
  CHECK_INT(eg_memory().live, before.live);
  CHECK_INT(eg_memory().blocks, before.blocks);
}

static void memory_has_a_limit(void) {
  enum { MORE = 100000 };
  eg_memory_limit(MORE);
  CHECK(!eg_alloc(MORE + 1));
  CHECK_CONTAINS(eg_failure(), "more than is allowed here");
  void *blocks[MORE / 64];
  int count = 0;
  while (count < MORE / 64 && (blocks[count] = eg_alloc(1)) != NULL)
    count++;
  CHECK_INT(count, MORE / 65 + 1); /* each with its header of 64 bytes, which is counted when it is there */
  eg_memory_limit(0);
  void *block = eg_alloc(MORE + 1);
  CHECK(block);
  eg_free(block);
  while (count > 0)
    eg_free(blocks[--count]);
}

static void memory_realloc(void) {
  char *block = eg_realloc(NULL, 100);
  REQUIRE(block);
  for (int i = 0; i < 100; i++)
    block[i] = (char)i;
  static const size_t sizes[] = {100000, 60, 4096, 50};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    char *moved = eg_realloc(block, sizes[s]);
    if (!moved)
      eg_free(block);
    REQUIRE(moved);
    block = moved;
    int wrong = 0;
    for (int i = 0; i < 50; i++)
      wrong += block[i] != i;
    CHECK_INT(wrong, 0);
  }
  eg_memory_fail_at(1, false);
  CHECK(!eg_realloc(block, 200));
  eg_memory_fail_at(0, false);
  CHECK_INT(block[49], 49); /* the old block stays */
  eg_free(block);
}

/* Every byte of a block may be written, and a sanitizer sees each step out of it. */
static void memory_is_closed_around_blocks(void) {
  static const size_t sizes[] = {1, 8, 13, 64, 100, 4097};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    unsigned char *block = eg_alloc(sizes[i]);
    REQUIRE(block);
    memset(block, 7, sizes[i]);
    CHECK(CLOSED(block - 1) && CLOSED(block - 64) && CLOSED(block + sizes[i]) && CLOSED(block + sizes[i] + 40));
    unsigned char *larger = eg_realloc(block, sizes[i] + 3);
    REQUIRE(larger);
    CHECK(larger[sizes[i] - 1] == 7 && CLOSED(larger - 1) && CLOSED(larger + sizes[i] + 3));
    memset(larger, 8, sizes[i] + 3);
    eg_free(larger);
  }
}

static void memory_strings(void) {
  char *copy = eg_strdup("lead V1");
  REQUIRE(copy);
  CHECK_STRING(copy, "lead V1");
  eg_free(copy);
  eg_memory_fail_at(1, false);
  CHECK(!eg_strdup("x"));
  eg_memory_fail_at(0, false);
}

static void memory_peak(void) {
  eg_memory_reset_peak();
  size_t live = eg_memory().live;
  void *a = eg_alloc(10000), *b = eg_alloc(20000);
  eg_free(a);
  void *c = eg_alloc(5000);
  CHECK_INT(eg_memory().peak - live, 30000);
  eg_memory_reset_peak();
  CHECK_INT(eg_memory().peak - live, 25000);
  eg_free(b);
  eg_free(c);
  CHECK_INT(eg_memory().peak - live, 25000);
}

static void memory_is_kept_and_reused(void) {
#if defined(__SANITIZE_ADDRESS__) || defined(EG_NO_CACHE)
  void *block = eg_alloc(1 << 20);
  eg_free(block);
  CHECK_INT(eg_memory().cached, 0);
#else
  eg_memory_trim();
  CHECK_INT(eg_memory().cached, 0);
  enum { SIZES = 12 };
  static const size_t sizes[SIZES] = {0, 1, 65, 513, 600, 4096, 4097, 6000, 100000, 131072, 131073, 9999999};
  void *blocks[SIZES];
  uint64_t asked = 0;
  for (int round = 0; round < 50; round++) {
    for (int i = 0; i < SIZES; i++) {
      blocks[i] = eg_alloc(sizes[i]);
      REQUIRE(blocks[i]);
    }
    for (int i = SIZES - 1; i >= 0; i--)
      eg_free(blocks[i]);
    if (round == 0)
      asked = eg_memory().asked;
  }
  CHECK_INT(eg_memory().asked, asked); /* after the first round the system was asked for none */
  size_t total = 0;
  for (int i = 0; i < SIZES; i++)
    total += sizes[i];
  CHECK(eg_memory().cached >= total);
  CHECK(eg_memory().cached <= total + total / 8 + SIZES * 64); /* steps of an eighth of an octave, or 64 bytes */
  void *near = eg_alloc(9999999 - 100000);                     /* the same step: served from what is kept */
  CHECK_INT(eg_memory().asked, asked);
  eg_free(near);
  eg_memory_trim();
  CHECK_INT(eg_memory().cached, 0);
#endif
}

/* Makes three blocks of `bytes`, as a function of the library would: all or nothing. */
static eg_status make_three(size_t bytes) {
  void *blocks[3] = {NULL};
  eg_status status = EG_OK;
  for (int i = 0; i < 3 && status == EG_OK; i++) {
    blocks[i] = eg_alloc(bytes);
    if (!blocks[i])
      status = EG_NOMEM;
  }
  for (int i = 0; i < 3; i++)
    eg_free(blocks[i]);
  return status;
}

static void memory_failure_injection(void) {
  CHECK_NOMEM(make_three(100));
  CHECK_NOMEM(make_three(100000));
  eg_memory_fail_at(2, false); /* once: only the second */
  void *a = eg_alloc(8), *b = eg_alloc(8), *c = eg_alloc(8);
  CHECK(a && !b && c);
  CHECK_CONTAINS(eg_failure(), "failure injected");
  eg_free(a);
  eg_free(c);
  eg_memory_fail_at(2, true); /* for ever: the second and all after it */
  a = eg_alloc(8);
  b = eg_alloc(8);
  c = eg_alloc(8);
  CHECK(a && !b && !c);
  eg_memory_fail_at(0, false);
  b = eg_alloc(8);
  CHECK(b);
  eg_free(a);
  eg_free(b);
}

static void memory_counts_for_all_threads(void) {
  eg_memory_info before = eg_memory();
  int threads = eg_num_threads(), failures = 0;
  eg_set_num_threads(4);
  EG_PRAGMA(omp parallel for num_threads(eg_num_threads()) reduction(+ : failures))
  for (int i = 0; i < 4000; i++) {
    size_t bytes = (size_t)(i % 37) * 311;
    unsigned char *block = eg_alloc(bytes);
    if (!block) {
      failures++;
      continue;
    }
    memset(block, i & 0xff, bytes);
    for (size_t j = 0; j < bytes; j += 61)
      failures += block[j] != (i & 0xff); /* nobody else was given it */
    eg_free(block);
  }
  eg_set_num_threads(threads);
  CHECK_INT(failures, 0);
  CHECK_INT(eg_memory().live, before.live);
  CHECK_INT(eg_memory().blocks, before.blocks);
  CHECK_INT(eg_memory().calls - before.calls, 4000);
}

/* ---- random numbers ---- */

/* Known answers of Philox4x32-10 as published with Random123 (kat_vectors): counter, key, output. The last row's
   counter and key are digits of pi. */
static void random_known_answers(void) {
  static const struct {
    uint32_t counter[4], key[2], output[4];
  } known[] = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
       {0xffffffff, 0xffffffff},
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    eg_rng start = {.seed = (uint64_t)known[i].key[1] << 32 | known[i].key[0],
                    .stream = (uint64_t)known[i].counter[3] << 32 | known[i].counter[2],
                    .position = (uint64_t)known[i].counter[1] << 32 | known[i].counter[0]};
    eg_rng g = start;
    uint64_t bits = eg_rng_bits(&g);
    CHECK_INT(bits >> 32, known[i].output[0]);
    CHECK_INT(bits & 0xffffffff, known[i].output[1]);
    CHECK(g.position == start.position + 1 && g.seed == start.seed && g.stream == start.stream);
    /* A fill shows the upper 24 bits of all four words. */
    eg_real x[4];
    g = start;
    eg_rng_fill_uniform(&g, x, 4, 0, 16777216);
    for (int j = 0; j < 4; j++)
      CHECK_INT(x[j], known[i].output[j] >> 8);
    /* A uniform number is the upper 53 of the 64 bits. */
    g = start;
    CHECK(eg_rng_uniform(&g) == (double)(bits >> 11) / 9007199254740992.0);
  }
}

static void random_streams(void) {
  eg_rng parent = eg_rng_seed(7);
  CHECK(parent.seed == 7 && parent.stream == 0 && parent.position == 0);
  /* The same place is the same stream, wherever the parent stands. */
  eg_rng a = eg_rng_at(&parent, 3, 41, 1);
  eg_rng_bits(&parent);
  eg_rng b = eg_rng_at(&parent, 3, 41, 1);
  CHECK_SAME_BITS(&a, &b, sizeof a);
  /* All places of a small cube, and those of a stream of a stream, differ. */
  enum { SIDE = 12, COUNT = SIDE * SIDE * SIDE + 1 };
  static uint64_t stream[COUNT];
  int n = 0;
  for (uint64_t i = 0; i < SIDE; i++)
    for (uint64_t j = 0; j < SIDE; j++)
      for (uint64_t k = 0; k < SIDE; k++)
        stream[n++] = eg_rng_at(&parent, i, j, k).stream;
  stream[n++] = eg_rng_at(&a, 3, 41, 1).stream;
  int same = 0;
  for (int i = 0; i < COUNT; i++)
    for (int j = i + 1; j < COUNT; j++)
      same += stream[i] == stream[j];
  CHECK_INT(same, 0);
  /* Neighbouring streams are uncorrelated: r of n pairs is normal with deviation 1/sqrt(n); five of them. */
  double product = 0;
  for (uint64_t i = 0; i < 20000; i++) {
    eg_rng left = eg_rng_at(&parent, 0, i, 0), right = eg_rng_at(&parent, 0, i + 1, 0);
    product += eg_rng_normal(&left) * eg_rng_normal(&right);
  }
  CHECK_NEAR(product / 20000, 0, 5 / sqrt(20000));
}

/* Largest distance between the empirical distribution of sorted x and `cdf` (Kolmogorov-Smirnov). */
static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double distance(double *x, int n, double (*cdf)(double)) {
  double most = 0;
  qsort(x, (size_t)n, sizeof *x, ascending);
  for (int i = 0; i < n; i++) {
    double p = cdf(x[i]), above = fabs((i + 1.0) / n - p), below = fabs(p - (double)i / n);
    most = fmax(most, fmax(above, below));
  }
  return most;
}

static double uniform_cdf(double x) {
  return x;
}

static double normal_cdf(double x) {
  return 0.5 * erfc(-x / sqrt(2.0));
}

/* The bound on the distance is that of probability 1e-5: 2 exp(-2 n d^2) = 1e-5, d = 2.47 / sqrt(n). Seeds are fixed,
   so a test that passes once passes always. */
static void random_distributions(void) {
  enum { N = 100000 };
  static double x[N];
  static eg_real filled[N];
  eg_rng g = eg_rng_seed(2026);
  double bound = 2.47 / sqrt(N);
  for (int i = 0; i < N; i++) {
    x[i] = eg_rng_uniform(&g);
    CHECK(x[i] >= 0 && x[i] < 1);
  }
  CHECK(distance(x, N, uniform_cdf) < bound);
  for (int i = 0; i < N; i++)
    x[i] = eg_rng_normal(&g);
  CHECK(distance(x, N, normal_cdf) < bound);
  eg_rng_fill_uniform(&g, filled, N, -2, 6);
  for (int i = 0; i < N; i++) {
    CHECK(filled[i] >= -2 && filled[i] < 6);
    x[i] = (filled[i] + 2.0) / 8;
  }
  CHECK(distance(x, N, uniform_cdf) < bound);
  eg_rng_fill_normal(&g, filled, N, 3, 0.5);
  for (int i = 0; i < N; i++)
    x[i] = (filled[i] - 3.0) / 0.5;
  CHECK(distance(x, N, normal_cdf) < bound);
  /* The two normals of a Box-Muller pair, and neighbouring pairs, are uncorrelated. */
  for (int lag = 1; lag <= 4; lag++) {
    double product = 0;
    eg_rng again = eg_rng_seed(11);
    eg_rng_fill_normal(&again, filled, N, 0, 1);
    for (int i = 0; i + lag < N; i++)
      product += (double)filled[i] * (double)filled[i + lag];
    CHECK_NEAR(product / N, 0, 5 / sqrt(N));
  }
}

static void random_below(void) {
  eg_rng g = eg_rng_seed(5);
  enum { SIDES = 6, DRAWS = 60000 };
  int count[SIDES] = {0};
  for (int i = 0; i < DRAWS; i++) {
    uint64_t k = eg_rng_below(&g, SIDES);
    REQUIRE(k < SIDES);
    count[k]++;
  }
  double chi = 0;
  for (int k = 0; k < SIDES; k++)
    chi += pow(count[k] - DRAWS / (double)SIDES, 2) / (DRAWS / (double)SIDES);
  CHECK(chi < 30.9); /* chi square, 5 degrees of freedom, probability 1e-5 */
  CHECK_INT(eg_rng_below(&g, 1), 0);
  /* n = 3 * 2^62: taking the remainder alone would give the lowest third twice as often. */
  uint64_t n = (uint64_t)3 << 62;
  int low = 0;
  for (int i = 0; i < 30000; i++)
    low += eg_rng_below(&g, n) < n / 3;
  CHECK_NEAR(low, 10000, 5 * sqrt(30000 * (1 / 3.0) * (2 / 3.0)));
}

static void random_permutation(void) {
  eg_rng g = eg_rng_seed(9);
  int64_t order[4];
  enum { DRAWS = 24000 };
  static int count[256];
  memset(count, 0, sizeof count);
  for (int i = 0; i < DRAWS; i++) {
    eg_rng_permutation(&g, order, 4);
    int seen = 0;
    for (int j = 0; j < 4; j++)
      seen |= 1 << order[j];
    REQUIRE(seen == 15);
    count[order[0] << 6 | order[1] << 4 | order[2] << 2 | order[3]]++;
  }
  int different = 0;
  for (int i = 0; i < 256; i++) {
    different += count[i] > 0;
    if (count[i] > 0)
      CHECK_NEAR(count[i], DRAWS / 24, 5 * sqrt(DRAWS / 24.0));
  }
  CHECK_INT(different, 24);
  eg_rng_permutation(&g, order, 0);
  order[0] = -1;
  eg_rng_permutation(&g, order, 1);
  CHECK_INT(order[0], 0);
}

/* 20,011 numbers are more than a parallel loop's least share and no multiple of four. */
static void random_fills_are_the_same_for_any_number_of_threads(void) {
  enum { N = 20011 };
  static eg_real once[N + 1], again[N + 1];
  int before = eg_num_threads();
  for (int kind = 0; kind < 2; kind++) {
    for (int threads = 1; threads <= 3; threads++) {
      eg_rng g = eg_rng_seed(77);
      eg_real *x = threads == 1 ? once : again;
      memset(x, 0, (N + 1) * sizeof *x);
      eg_set_num_threads(threads);
      if (kind == 0)
        eg_rng_fill_uniform(&g, x, N, -1, 1);
      else
        eg_rng_fill_normal(&g, x, N, 0, 1);
      CHECK_INT(g.position, (N + 3) / 4);
      CHECK(x[N] == 0); /* nothing beyond the end */
      if (threads > 1)
        CHECK_SAME_BITS(again, once, (N + 1) * sizeof *x);
    }
    /* A fill in two parts, cut at a block, is the fill in one. */
    eg_rng g = eg_rng_seed(77);
    if (kind == 0) {
      eg_rng_fill_uniform(&g, again, 400, -1, 1);
      eg_rng_fill_uniform(&g, again + 400, N - 400, -1, 1);
    } else {
      eg_rng_fill_normal(&g, again, 400, 0, 1);
      eg_rng_fill_normal(&g, again + 400, N - 400, 0, 1);
    }
    CHECK_SAME_BITS(again, once, N * sizeof *once);
  }
  eg_set_num_threads(before);
}

/* ---- threads ---- */

static void threads_number(void) {
  int before = eg_num_threads();
  CHECK(before >= 1 && before <= 256);
  eg_set_num_threads(0);
  CHECK_INT(eg_num_threads(), 1);
  eg_set_num_threads(-5);
  CHECK_INT(eg_num_threads(), 1);
  eg_set_num_threads(100000);
  CHECK_INT(eg_num_threads(), 256);
  eg_set_num_threads(before);
  CHECK_INT(eg_thread_index(), 0);
}

static void threads_do_each_iteration_once(void) {
  enum { N = 1000 };
  static int done[N], who[N];
  int before = eg_num_threads();
  for (int threads = 1; threads <= 5; threads += 2) {
    for (int kind = 0; kind < 3; kind++) {
      memset(done, 0, sizeof done);
      eg_set_num_threads(threads);
      if (kind == 0) {
        EG_PARALLEL_FOR
        for (int i = 0; i < N; i++) {
          done[i]++;
          who[i] = eg_thread_index();
        }
      } else if (kind == 1) {
        EG_PARALLEL_FOR_DYNAMIC
        for (int i = 0; i < N; i++) {
          done[i]++;
          who[i] = eg_thread_index();
        }
      } else {
        EG_PARALLEL_FOR_IF(threads == 3)
        for (int i = 0; i < N; i++) {
          done[i]++;
          who[i] = eg_thread_index();
        }
      }
      int wrong = 0, most = 0;
      for (int i = 0; i < N; i++) {
        wrong += done[i] != 1 || who[i] < 0 || who[i] >= threads;
        most = who[i] > most ? who[i] : most;
      }
      CHECK_INT(wrong, 0);
      if (kind == 0)
        CHECK_INT(most, threads - 1); /* a static share for every thread */
      if (kind == 2)
        CHECK_INT(most, threads == 3 ? 2 : 0);
    }
  }
  eg_set_num_threads(before);
}

CHECK_MAIN(TEST(status_text), TEST(status_text_is_cut), TEST(status_text_is_per_thread), TEST(memory_blocks),
           TEST(memory_zero_and_overflow), TEST(memory_refuses_the_impossible), TEST(memory_has_a_limit),
           TEST(memory_realloc), TEST(memory_is_closed_around_blocks), TEST(memory_strings), TEST(memory_peak),
           TEST(memory_is_kept_and_reused), TEST(memory_failure_injection), TEST(memory_counts_for_all_threads),
           TEST(random_known_answers), TEST(random_streams), TEST(random_distributions), TEST(random_below),
           TEST(random_permutation), TEST(random_fills_are_the_same_for_any_number_of_threads), TEST(threads_number),
           TEST(threads_do_each_iteration_once))
