/* WFDB records compressed by FLAC: layouts, streams that contradict their header, damage at every byte and bit, and
   streams that promise more than there is. What wfdb-python makes of such records is compared in
   spec/data/wfdb_spec.lua. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include "ecg/wfdb_flac.h"
#include "ecgraft/random.h"
#include "ecgraft/wfdb.h"
#include "support_files.h"
#include "support_flac.h"

#define SKIP_WITHOUT_FLAC()                                                                                            \
  do {                                                                                                                 \
    if (!eg_wfdb_flac_built())                                                                                         \
      SKIP("this build has no FLAC");                                                                                  \
  } while (0)

static char folder[128];

static void put(const char *name, const void *bytes, size_t count) {
  test_write(test_path(folder, name), bytes, count);
}

static eg_status read_record(eg_wfdb_signals *s, const char *path, bool verify) {
  eg_wfdb_header *h;
  *s = (eg_wfdb_signals){0};
  EG_TRY(eg_wfdb_header_read(&h, path));
  eg_status status = eg_wfdb_signals_read(s, h, NULL, 0, verify);
  eg_wfdb_header_free(h);
  return status;
}

/* Reads r.hea of the folder and lets go. */
static eg_status try_record(void) {
  eg_wfdb_signals s;
  EG_TRY(read_record(&s, test_path(folder, "r.hea"), true));
  eg_wfdb_signals_free(&s);
  return EG_OK;
}

/* The text of r.hea: `length` frames (-1: it does not say) of signals of unit gain in r.dat, each with `format`, say
 * "516x2+3". */
static void put_header(int signals, const char *format, int64_t length) {
  char text[4096];
  int used = snprintf(text, sizeof text, "r %d 100", signals);
  if (length >= 0)
    used += snprintf(text + used, sizeof text - (size_t)used, " %" PRId64, length);
  for (int i = 0; i < signals; i++)
    used += snprintf(text + used, sizeof text - (size_t)used, "\nr.dat %s 1", format);
  put("r.hea", text, (size_t)used);
}

static int32_t draw(eg_rng *g, int bits) {
  int32_t most = (1 << (bits - 1)) - 1;
  uint64_t kind = eg_rng_below(g, 8);
  if (kind < 2)
    return kind ? most : -most - 1; /* the latter marks a missing sample */
  return (int32_t)eg_rng_below(g, 2 * (uint64_t)most + 2) - most - 1;
}

/* A stream of blocks of the sizes given, over and over, of samples (n, channels), to be freed. */
static test_bytes stream(int channels, int bits, const int32_t *samples, int64_t n, const int *blocks, int n_blocks) {
  test_bytes out = {malloc(FLAC_HEAD + (size_t)n * (size_t)(channels * bits / 8 + FLAC_AROUND)), 0};
  if (!out.at)
    abort();
  uint8_t *to = flac_head(out.at, channels, bits, (uint64_t)n);
  int64_t first = 0;
  for (uint32_t k = 0; first < n; k++) {
    int64_t left = n - first, block = blocks[k % (uint32_t)n_blocks];
    block = block < left ? block : left;
    to = flac_frame(to, channels, bits, k, samples + first * channels, (int)block);
    first += block;
  }
  out.count = (size_t)(to - out.at);
  return out;
}

/* What is in its place: sample t of signal c, of values (frames x per_frame, channels). */
static int64_t differing(const eg_wfdb_signals *s, const int32_t *samples, int channels, int bits) {
  int64_t wrong = 0;
  for (int64_t t = 0; t < s->length; t++)
    for (int c = 0; c < channels; c++) {
      int32_t v = samples[t * channels + c];
      eg_real got = s->values[t * channels + c];
      wrong += v == -(1 << (bits - 1)) ? !isnan(got) : got != (eg_real)v;
    }
  return wrong;
}

/* Channels, bits, samples in a frame, samples that are passed over, and more samples than the header says. */
static void layouts(void) {
  SKIP_WITHOUT_FLAC();
  test_folder_make(folder, sizeof folder);
  enum { N = 90 };
  eg_rng g = eg_rng_seed(7);
  int32_t samples[N * 8];
  for (int channels = 1; channels <= 8; channels++)
    for (int bits = 8; bits <= 24; bits += 8)
      for (int per_frame = 1; per_frame <= 3; per_frame++) {
        for (int i = 0; i < N * channels; i++)
          samples[i] = draw(&g, bits);
        test_bytes bytes = stream(channels, bits, samples, N, (int[]){17, 1, 30}, 3);
        put("r.dat", bytes.at, bytes.count);
        free(bytes.at);
        for (int first = 0; first < 40; first += 13) {
          char format[32];
          snprintf(format, sizeof format, "%dx%d+%d", 500 + bits, per_frame, first);
          for (int64_t frames = -1; frames <= (N - first) / per_frame; frames += 8) {
            put_header(channels, format, frames < 0 ? 0 : frames);
            int64_t expected = frames > 0 ? frames : (N - first) / per_frame;
            eg_wfdb_signals s;
            REQUIRE_OK(read_record(&s, test_path(folder, "r.hea"), true));
            CHECK_INT(s.length, expected * per_frame);
            CHECK_NEAR(s.rate, 100 * per_frame, 0);
            CHECK_INT(differing(&s, samples + first * channels, channels, bits), 0);
            eg_wfdb_signals_free(&s);
          }
        }
      }
  test_folder_remove(folder);
}

/* Fewer bits than the format says; a stream that does not say how long it is; signals skewed, in other files, left out.
 */
static void variants(void) {
  SKIP_WITHOUT_FLAC();
  test_folder_make(folder, sizeof folder);
  enum { N = 20 };
  int32_t samples[N * 2];
  for (int i = 0; i < N * 2; i++)
    samples[i] = i - 20;
  test_bytes bytes = stream(2, 8, samples, N, (int[]){7}, 1);
  put("r.dat", bytes.at, bytes.count);
  put_header(2, "524", N);
  eg_wfdb_signals s;
  REQUIRE_OK(read_record(&s, test_path(folder, "r.hea"), true));
  CHECK_INT(differing(&s, samples, 2, 24), 0);
  eg_wfdb_signals_free(&s);
  flac_head(bytes.at, 2, 8, 0);
  put("r.dat", bytes.at, bytes.count);
  REQUIRE_OK(read_record(&s, test_path(folder, "r.hea"), true));
  CHECK_INT(differing(&s, samples, 2, 24), 0);
  eg_wfdb_signals_free(&s);
  put_header(2, "524", -1);
  CHECK_FAILS(try_record(), EG_WORLD, "neither the header nor the stream says how many samples");
  put_header(2, "524", N + 1);
  CHECK_FAILS(try_record(), EG_WORLD, "expected 1 more samples of each signal, but it ends behind 20");
  free(bytes.at);

  bytes = stream(1, 16, samples, N, (int[]){20}, 1);
  put("s.dat", bytes.at, bytes.count);
  free(bytes.at);
  put("t.dat", samples, N); /* in format 8, which gives differences */
  const char *text = "r 4 100 20\nr.dat 508 1\nr.dat 508:3 1\ns.dat 516 1\nt.dat 8 1";
  put("r.hea", text, strlen(text));
  eg_wfdb_header *h;
  REQUIRE_OK(eg_wfdb_header_read(&h, test_path(folder, "r.hea")));
  REQUIRE_OK(eg_wfdb_signals_read(&s, h, (int[]){2, 1, 0}, 3, true));
  for (int i = 0; i < N; i++) {
    CHECK_NEAR(s.values[3 * i], samples[i], 0);
    if (i < N - 3)
      CHECK_NEAR(s.values[3 * i + 1], samples[2 * (i + 3) + 1], 0);
    else
      CHECK(isnan(s.values[3 * i + 1]));
    CHECK_NEAR(s.values[3 * i + 2], samples[2 * i], 0);
  }
  CHECK_INT(s.invalid, 3);
  eg_wfdb_signals_free(&s);
  eg_wfdb_header_free(h);
  test_folder_remove(folder);
}

/* Blocks and the pieces that are read do not begin together. */
static void pieces(void) {
  SKIP_WITHOUT_FLAC();
  test_folder_make(folder, sizeof folder);
  enum { N = 140002 };
  int32_t *samples = malloc(2 * N * sizeof *samples);
  REQUIRE(samples);
  for (int i = 0; i < 2 * N; i++)
    samples[i] = (int16_t)((unsigned)i * 2654435761u >> 13);
  test_bytes bytes = stream(2, 16, samples, N, (int[]){4096, 65535, 3}, 3);
  put("r.dat", bytes.at, bytes.count);
  free(bytes.at);
  for (int per_frame = 1; per_frame <= 2; per_frame++) {
    put_header(2, per_frame == 1 ? "516" : "516x2", N / per_frame);
    eg_wfdb_signals s;
    REQUIRE_OK(read_record(&s, test_path(folder, "r.hea"), true));
    CHECK_INT(s.length, N);
    CHECK_INT(differing(&s, samples, 2, 16), 0);
    eg_wfdb_signals_free(&s);
  }
  free(samples);
  test_folder_remove(folder);
}

/* Copies a record of the fixtures into the folder, as r.hea and r.dat. */
static test_bytes copy_fixture(const char *name) {
  char path[128], text[2048];
  snprintf(path, sizeof path, "spec/fixtures/wfdb/%s.hea", name);
  test_bytes header = test_read(path);
  snprintf(path, sizeof path, "spec/fixtures/wfdb/%s.dat", name);
  test_bytes bytes = test_read(path);
  if (!header.at || !bytes.at)
    abort();
  header.at[header.count] = '\0';
  size_t used = 0, length = strlen(name);
  for (const char *at = (const char *)header.at; *at && used + 2 < sizeof text;) {
    bool here = strncmp(at, name, length) == 0 && strchr(" .", at[length]);
    text[used++] = here ? 'r' : *at;
    at += here ? length : 1;
  }
  free(header.at);
  put("r.hea", text, used);
  put("r.dat", bytes.at, bytes.count);
  return bytes;
}

/* Where its frames begin. */
static size_t frames_of(const test_bytes *bytes) {
  size_t at = 4;
  for (bool last = false; !last && at + 4 <= bytes->count;) {
    last = bytes->at[at] & 0x80;
    at += 4 + ((size_t)bytes->at[at + 1] << 16 | (size_t)bytes->at[at + 2] << 8 | bytes->at[at + 3]);
  }
  return at;
}

static const char *const fixtures[] = {"flac508", "flac516", "flac524", "flac_frames"};

static void cut(void) {
  SKIP_WITHOUT_FLAC();
  test_folder_make(folder, sizeof folder);
  for (size_t f = 0; f < sizeof fixtures / sizeof *fixtures; f++) {
    test_bytes bytes = copy_fixture(fixtures[f]);
    for (size_t count = 0; count < bytes.count; count++) {
      put("r.dat", bytes.at, count);
      CHECK_FAILS(try_record(), EG_WORLD, "r.dat: ");
    }
    put("r.dat", bytes.at, bytes.count);
    CHECK_OK(try_record());
    free(bytes.at);
  }
  test_folder_remove(folder);
}

/* Any bit: it is noticed, or it is none of those that the samples come of. */
static void flipped(void) {
  SKIP_WITHOUT_FLAC();
  test_folder_make(folder, sizeof folder);
  for (size_t f = 0; f < sizeof fixtures / sizeof *fixtures; f++) {
    test_bytes bytes = copy_fixture(fixtures[f]);
    eg_wfdb_signals s, damaged;
    REQUIRE_OK(read_record(&s, test_path(folder, "r.hea"), true));
    int64_t missed = 0, differ = 0;
    for (size_t bit = 0; bit < 8 * bytes.count; bit++) {
      bytes.at[bit / 8] ^= (unsigned char)(1u << bit % 8);
      put("r.dat", bytes.at, bytes.count);
      bytes.at[bit / 8] ^= (unsigned char)(1u << bit % 8);
      eg_status status = read_record(&damaged, test_path(folder, "r.hea"), true);
      CHECK(status == EG_OK || status == EG_WORLD);
      if (status != EG_OK)
        continue;
      missed += bit / 8 >= frames_of(&bytes);
      differ +=
          damaged.length != s.length || memcmp(damaged.values, s.values, sizeof(eg_real) * (size_t)(s.length * s.n));
      eg_wfdb_signals_free(&damaged);
    }
    CHECK_INT(differ, 0);
    CHECK_INT(missed, 0);
    eg_wfdb_signals_free(&s);
    free(bytes.at);
  }
  test_folder_remove(folder);
}

static void own_sum(void) {
  SKIP_WITHOUT_FLAC();
  test_folder_make(folder, sizeof folder);
  test_bytes bytes = copy_fixture("flac516");
  bytes.at[FLAC_HEAD - 1] ^= 1;
  put("r.dat", bytes.at, bytes.count);
  CHECK_FAILS(try_record(), EG_WORLD, "do not have the MD5 sum that it says; without verify");
  eg_wfdb_signals s;
  CHECK_OK(read_record(&s, test_path(folder, "r.hea"), false));
  eg_wfdb_signals_free(&s);
  free(bytes.at);
  test_folder_remove(folder);
}

/* Refused, and before more than a little memory is taken. */
static void refused(const char *message) {
  eg_memory_reset_peak();
  size_t before = eg_memory().live;
  CHECK_FAILS(try_record(), EG_WORLD, message);
  CHECK(eg_memory().peak - before < 1 << 20);
}

static void contradictions(void) {
  SKIP_WITHOUT_FLAC();
  test_folder_make(folder, sizeof folder);
  int32_t samples[40] = {0};
  test_bytes bytes = stream(2, 16, samples, 20, (int[]){16}, 1);
  put("r.dat", bytes.at, bytes.count);
  put_header(2, "516", 20);
  CHECK_OK(try_record());
  put_header(1, "516", 20);
  refused("r.dat: the header lists 1 signals in it, the stream has 2 channels");
  put_header(3, "516", 20);
  refused("lists 3 signals in it, the stream has 2 channels");
  put_header(9, "516", 20);
  refused("a FLAC file holds at most 8 signals, got 9 in r.dat");
  put_header(2, "508", 20);
  refused("the header says samples of at most 8 bits, the stream has 16 bits");
  put_header(2, "516", 21);
  refused("the header says 21 samples of each signal from sample 0 on, the stream has 20");
  put_header(2, "516x2", 11);
  refused("the header says 11 x 2 samples of each signal from sample 0 on, the stream has 20");
  put_header(2, "516+5", 16);
  refused("the header says 16 samples of each signal from sample 5 on, the stream has 20");
  put_header(2, "516+20", -1);
  refused("expected samples from sample 20 on, the stream has 20");
  put_header(2, "516x65536", INT64_C(9000000000000000000));
  refused("the header says 9000000000000000000 x 65536 samples");
  put_header(2, "516+9000000000000000000", 1);
  refused("from sample 9000000000000000000 on, the stream has 20");
  const char *uneven = "r 2 100 5\nr.dat 516x2 1\nr.dat 516x3 1";
  put("r.hea", uneven, strlen(uneven));
  refused("the same number of samples in a frame, got 2 for signal 1 and 3 for signal 2");
  /* Frames that are not what the stream says. */
  put_header(2, "516", 20);
  flac_frame(bytes.at + FLAC_HEAD, 1, 16, 0, samples, 16);
  put("r.dat", bytes.at, bytes.count);
  refused("says 2 channels of 16 bits, its frame behind sample 0 has 1 of 16 bits");
  flac_frame(bytes.at + FLAC_HEAD, 2, 8, 0, samples, 16);
  put("r.dat", bytes.at, bytes.count);
  refused("says 2 channels of 16 bits, its frame behind sample 0 has 2 of 8 bits");
  free(bytes.at);
  test_folder_remove(folder);
}

static void no_streams(void) {
  SKIP_WITHOUT_FLAC();
  test_folder_make(folder, sizeof folder);
  int32_t samples[40] = {0};
  test_bytes bytes = stream(1, 16, samples, 40, (int[]){16}, 1);
  put_header(1, "516", 40);
  put("r.dat", bytes.at, 41);
  refused("expected a FLAC stream, at least 42 bytes, got 41");
  put("r.dat", samples, sizeof samples);
  refused("does not begin with \"fLaC\"");
  bytes.at[4] = 0x84;
  put("r.dat", bytes.at, bytes.count);
  refused("expected metadata that begin with 34 bytes about the stream (kind 0), got 34 bytes of kind 4");
  bytes.at[4] = 0x80, bytes.at[7] = 35;
  put("r.dat", bytes.at, bytes.count);
  refused("got 35 bytes of kind 0");
  bytes.at[7] = 34;

  /* More metadata: a seek table of 16 MB that is not there; blocks without end; and some that are read past. */
  uint8_t more[FLAC_HEAD + 4 * 1100 + 512];
  memcpy(more, bytes.at, FLAC_HEAD);
  more[4] = 0;
  memcpy(more + FLAC_HEAD, "\x83\xff\xff\xff", 4);
  put("r.dat", more, sizeof more);
  refused("its metadata go on to byte 16777261, the file has");
  memset(more + FLAC_HEAD, 0, sizeof more - FLAC_HEAD);
  put("r.dat", more, sizeof more);
  refused("expected at most 1024 blocks of metadata");
  put("r.dat", more, FLAC_HEAD + 4 * 10 + 1);
  refused("its metadata go on to byte 86, the file has 83");
  memcpy(more + FLAC_HEAD, "\x03\0\0\x02zz\x84\0\0\0", 10);
  memcpy(more + FLAC_HEAD + 10, bytes.at + FLAC_HEAD, bytes.count - FLAC_HEAD);
  put("r.dat", more, bytes.count + 10);
  CHECK_OK(try_record());
  free(bytes.at);
  test_folder_remove(folder);
}

/* Streams of blocks of zeros: `frames` blocks of 65535 samples, of which the stream says it has `length`. */
static void put_zeros(int channels, uint32_t frames, uint64_t length) {
  uint8_t *bytes = malloc(FLAC_HEAD + frames * (size_t)(FLAC_AROUND + 3 * channels));
  if (!bytes)
    abort();
  uint8_t *to = flac_head(bytes, channels, 16, length);
  for (uint32_t k = 0; k < frames; k++)
    to = flac_frame(to, channels, 16, k, NULL, 65535);
  put("r.dat", bytes, (size_t)(to - bytes));
  free(bytes);
}

static void bombs(void) {
  SKIP_WITHOUT_FLAC();
  test_folder_make(folder, sizeof folder);
  /* More than so few bytes can hold. */
  put_zeros(8, 3, (UINT64_C(1) << 36) - 1);
  put_header(8, "516", 10);
  refused("says 68719476735 samples of each signal, but 102 bytes of frames hold at most 393216");
  /* As much as they might, and do not: known without memory for it. */
  put_zeros(8, 3, 390000);
  put_header(8, "516", 390000);
  refused("expected 193395 more samples of each signal, but it ends behind 196605");
  put_zeros(8, 3, 0);
  refused("but it ends behind 196605");
  /* A header that does not ask for it does not get it. */
  put_zeros(8, 2000, 2000 * 65535);
  put_header(8, "516", -1);
  refused("says 131070000 samples of each signal in");
  put_header(8, "516", 1000);
  eg_memory_reset_peak();
  size_t before = eg_memory().live;
  CHECK_OK(try_record());
  CHECK(eg_memory().peak - before < 1 << 18);
  /* One that does, does. */
  put_zeros(8, 4, 4 * 65535);
  put_header(8, "516", 4 * 65535);
  eg_wfdb_signals s;
  REQUIRE_OK(read_record(&s, test_path(folder, "r.hea"), true));
  CHECK_INT(s.length, 4 * 65535);
  CHECK_NEAR(s.values[s.length * 8 - 1], 0, 0);
  eg_wfdb_signals_free(&s);
  test_folder_remove(folder);
}

static eg_status read_fixture(void) {
  eg_wfdb_signals s;
  EG_TRY(read_record(&s, "spec/fixtures/wfdb/flac_frames.hea", true));
  eg_wfdb_signals_free(&s);
  return EG_OK;
}

static void no_memory(void) {
  SKIP_WITHOUT_FLAC();
  CHECK_NOMEM(read_fixture());
  test_folder_make(folder, sizeof folder);
  put_zeros(4, 2, 2 * 65535);
  put_header(4, "516", 2 * 65535);
  CHECK_NOMEM(try_record()); /* longer than a piece: blocks wait for their reader */
  test_folder_remove(folder);
}

/* A build without FLAC names the package. */
static void with_or_without(void) {
  if (eg_wfdb_flac_built()) {
    CHECK_OK(read_fixture());
    return;
  }
  CHECK_FAILS(read_fixture(), EG_WORLD,
              "flac_frames.dat: is compressed by FLAC, which this build of ECGraft cannot read");
  CHECK_CONTAINS(eg_failure(), "install libflac-dev");
}

CHECK_MAIN(TEST(layouts), TEST(variants), TEST(pieces), TEST(cut), TEST(flipped), TEST(own_sum), TEST(contradictions),
           TEST(no_streams), TEST(bombs), TEST(no_memory), TEST(with_or_without))
