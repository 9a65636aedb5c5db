/* WFDB headers and signal files that are wrong in every way: cut off at each byte, each byte changed, lying about
 * sizes. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "ecg/wfdb_file.h"
#include "ecg/wfdb_format.h"
#include "ecgraft/parallel.h"
#include "ecgraft/wfdb.h"

static char folder[64];
static char path[128];

/* The path of a file in this test's folder. */
static const char *in_folder(const char *name) {
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

static void put(const char *name, const void *bytes, size_t size) {
  FILE *file = fopen(in_folder(name), "wb");
  if (!file || fwrite(bytes, 1, size, file) != size)
    abort();
  fclose(file);
}

static void begin(void) {
  strcpy(folder, "/tmp/ecgraft-test-XXXXXX");
  if (!mkdtemp(folder))
    abort();
}

static void end(void) {
  char command[128];
  snprintf(command, sizeof command, "rm -r '%s'", folder);
  if (system(command) != 0)
    abort();
}

static eg_status parse(const char *text, size_t size) {
  eg_wfdb_header *h;
  eg_status status = eg_wfdb_header_parse(&h, text, size, "x.hea");
  eg_wfdb_header_free(h);
  return status;
}

static const char full[] = "rec-1 3 360.5/360.5(-12.5) 40 12:30:05.250 01/02/2003\r\n"
                           "# before\n"
                           "\n"
                           "a.dat 212x2:3+16 200.25(-7)/uV 12 5 -3 99 1 lead  I \n"
                           "a.dat 212x2 0 11 1024\n"
                           "b.dat 16\n"
                           "#Age: 60  \n"
                           "##  two marks";

static void header_fields(void) {
  eg_wfdb_header *h;
  REQUIRE_OK(eg_wfdb_header_parse(&h, full, sizeof full - 1, "x.hea"));
  CHECK_STRING(h->name, "rec-1");
  CHECK_INT(h->n_signals, 3);
  CHECK_NEAR(h->rate, 360.5, 0);
  CHECK_NEAR(h->counter_rate, 360.5, 0);
  CHECK_NEAR(h->base_counter, -12.5, 0);
  CHECK_INT(h->length, 40);
  CHECK_STRING(h->time, "12:30:05.250");
  CHECK_STRING(h->date, "01/02/2003");
  const eg_wfdb_signal *s = h->signals;
  CHECK_STRING(s[0].file, "a.dat");
  CHECK_INT(s[0].format, 212);
  CHECK_INT(s[0].samples_per_frame, 2);
  CHECK_INT(s[0].skew, 3);
  CHECK_INT(s[0].offset, 16);
  CHECK_NEAR(s[0].gain, 200.25, 0);
  CHECK_INT(s[0].baseline, -7);
  CHECK_STRING(s[0].units, "uV");
  CHECK_INT(s[0].initial, -3);
  CHECK(s[0].has_checksum);
  CHECK_INT(s[0].checksum, 99);
  CHECK_STRING(s[0].name, "lead  I");
  CHECK_NEAR(s[1].gain, 200, 0); /* 0 says: not known */
  CHECK_INT(s[1].baseline, 1024);
  CHECK_INT(s[1].initial, 1024);
  CHECK(!s[1].has_checksum);
  CHECK_STRING(s[1].name, "");
  CHECK_NEAR(s[2].gain, 200, 0);
  CHECK_STRING(s[2].units, "mV");
  CHECK_INT(h->n_comments, 3);
  CHECK_STRING(h->comments[0], "before");
  CHECK_STRING(h->comments[1], "Age: 60");
  CHECK_STRING(h->comments[2], "two marks");
  eg_wfdb_header_free(h);
}

static void numbers_are_exact(void) {
  static const struct {
    const char *text;
    double value;
  } cases[] = {{"1000.0", 1000}, {"4880", 4880},      {"0.1", 0.1},
               {"1e3", 1000},    {"257.", 257},       {"204.80001", 204.80001},
               {".5", 0.5},      {"1.25E-2", 0.0125}, {"3.3333333333333335", 3.3333333333333335}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[128];
    snprintf(text, sizeof text, "r 1 %s 1\nr.dat 16\n", cases[i].text);
    eg_wfdb_header *h;
    REQUIRE_OK(eg_wfdb_header_parse(&h, text, strlen(text), "x.hea"));
    CHECK_NEAR(h->rate, cases[i].value, 2e-16 * cases[i].value);
    eg_wfdb_header_free(h);
  }
}

static void hostile_headers(void) {
  static const struct {
    const char *text, *message;
  } cases[] = {
      {"", "no record line"},
      {"# only\n# comments", "no record line"},
      {"r", "x.hea, line 1: expected the number of signals, got the end of the line"},
      {"r 1000000000 500 5000\nr.dat 16\n", "says 1000000000 signals, lists 1"},
      {"r 9223372036854775807 500 5000\nr.dat 16\n", "expected the number of signals"},
      {"r 99999999999999999999 500 5000\n", "expected the number of signals, got \"99999999999999999999\""},
      {"r -1 500 5000\n", "at least 0, got -1"},
      {"r 1 500 -1\nr.dat 16\n", "at least 0, got 1 and -1"},
      {"r 0 500 5000\nr.dat 16\n", "says 0 signals, lists 1"},
      {"r 1.5 500 5000\n", "expected the number of signals"},
      {"r/0 1 500 5000\n", "expected NAME or NAME/SEGMENTS"},
      {"r/x 1 500 5000\n", "expected NAME or NAME/SEGMENTS"},
      {"r/99999999999 1 500 5000\n", "expected NAME or NAME/SEGMENTS"},
      {"r 1 0 5000\nr.dat 16\n", "sampling rate above 0"},
      {"r 1 -500 5000\nr.dat 16\n", "sampling rate above 0"},
      {"r 1 inf 5000\nr.dat 16\n", "sampling rate above 0"},
      {"r 1 0x10 5000\nr.dat 16\n", "sampling rate above 0"},
      {"r 1 1e999 5000\nr.dat 16\n", "sampling rate above 0"},
      {"r 1 500/x 5000\nr.dat 16\n", "sampling rate above 0"},
      {"r 1 500/500(1 5000\nr.dat 16\n", "sampling rate above 0"},
      {"r 1 500 5000\nr.dat\n", "line 2: expected a signal format, as in 16, 212x2 or 16+24, got the end of the line"},
      {"r 1 500 5000\nr.dat x16\n", "line 2: expected a signal format"},
      {"r 1 500 5000\nr.dat 16x0\n", "line 2: expected a signal format"},
      {"r 1 500 5000\nr.dat 16x65537\n", "line 2: expected a signal format"},
      {"r 1 500 5000\nr.dat 16:-1\n", "line 2: expected a signal format"},
      {"r 1 500 5000\nr.dat 16+-24\n", "line 2: expected a signal format"},
      {"r 1 500 5000\nr.dat 16+99999999999999999999\n", "line 2: expected a signal format"},
      {"r 1 500 5000\nr.dat 16y\n", "line 2: expected a signal format"},
      {"r 1 500 5000\nr.dat 16 1e400\n", "line 2: expected a gain"},
      {"r 1 500 5000\nr.dat 16 nan\n", "line 2: expected a gain"},
      {"r 1 500 5000\nr.dat 16 200(x)\n", "line 2: expected a gain"},
      {"r 1 500 5000\nr.dat 16 200(1\n", "line 2: expected a gain"},
      {"r 1 500 5000\nr.dat 16 200 a\n", "line 2: expected the ADC's resolution in bits, got \"a\""},
      {"r 1 500 5000\nr.dat 16 200 16 \x7f\xff\n", "line 2: expected the ADC's zero, got \"??\""},
      {"r 1 500 5000\nr.dat 16 200 16 \x01\n", "x.hea: expected a WFDB header, got a file that is not text"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    CHECK_FAILS(parse(cases[i].text, strlen(cases[i].text)), EG_WORLD, cases[i].message);
  CHECK_FAILS(parse("r 1\0", 4), EG_WORLD, "not text");
}

/* Lines beyond counting, in little memory. */
static void large_headers(void) {
  enum { SIZE = (1 << 20) + 1 };
  char *text = malloc(SIZE);
  REQUIRE(text);
  memset(text, 'x', SIZE);
  CHECK_FAILS(parse(text, SIZE), EG_WORLD, "at most 1048576 bytes, got 1048577");
  for (size_t i = 0; i < SIZE; i++)
    text[i] = i % 2 ? '\n' : 'x';
  eg_memory_reset_peak();
  size_t before = eg_memory().live;
  CHECK_FAILS(parse(text, SIZE - 1), EG_WORLD, "at most 4096 signals, got 524287 lines");
  CHECK(eg_memory().peak - before < 4 * SIZE);
  for (size_t i = 0; i < SIZE; i++)
    text[i] = i % 2 ? '\n' : '#';
  CHECK_FAILS(parse(text, SIZE - 1), EG_WORLD, "no record line");
  CHECK(eg_memory().peak - before < 32 * (size_t)SIZE);
  free(text);
}

static void header_cut_or_changed(void) {
  char text[sizeof full];
  for (size_t size = 0; size < sizeof full; size++) {
    /* A copy of just that size, so that a sanitizer sees a byte too far. */
    char *copy = malloc(size ? size : 1);
    REQUIRE(copy);
    memcpy(copy, full, size);
    eg_status status = parse(copy, size);
    CHECK(status == EG_OK || status == EG_WORLD);
    free(copy);
  }
  static const char others[] = {0,   ' ', '\n', '\r', '#', '-', '9', '.', '/',
                                '(', ')', 'e',  'x',  ':', '+', '~', 127, -1};
  for (size_t at = 0; at < sizeof full - 1; at++)
    for (size_t k = 0; k < sizeof others; k++) {
      memcpy(text, full, sizeof full);
      text[at] = others[k];
      eg_status status = parse(text, sizeof full - 1);
      CHECK(status == EG_OK || status == EG_WORLD);
    }
}

static eg_status read_record(const char *name, eg_wfdb_signals *s) {
  eg_wfdb_header *h;
  EG_TRY(eg_wfdb_header_read(&h, in_folder(name)));
  eg_status status = eg_wfdb_signals_read(s, h, NULL, 0, true);
  eg_wfdb_header_free(h);
  return status;
}

/* Reads and lets go. */
static eg_status try_record(const char *name) {
  eg_wfdb_signals s;
  EG_TRY(read_record(name, &s));
  eg_wfdb_signals_free(&s);
  return EG_OK;
}

static void data_cut(void) {
  begin();
  static const int formats[] = {8, 16, 24, 32, 61, 80, 160, 212, 310, 311};
  uint8_t bytes[256];
  for (int i = 0; i < 256; i++)
    bytes[i] = (uint8_t)(i * 7);
  for (size_t f = 0; f < sizeof formats / sizeof *formats; f++) {
    char text[160];
    int64_t needed;
    const eg_wfdb_format *format = eg_wfdb_format_find(formats[f]);
    REQUIRE(eg_wfdb_format_bytes(format, 2 * 11, &needed));
    snprintf(text, sizeof text, "r 2 100 11\nr.dat %d+5 200\nr.dat %d+5 200\n", formats[f], formats[f]);
    put("r.hea", text, strlen(text));
    snprintf(text, sizeof text, "o 2 100\nr.dat %d+5 200\nr.dat %d+5 200\n", formats[f], formats[f]);
    put("o.hea", text, strlen(text));
    for (int64_t size = 0; size <= needed + 6; size++) {
      put("r.dat", bytes, (size_t)size);
      eg_status status = try_record("r");
      CHECK_INT(status, size < needed + 5 ? EG_WORLD : EG_OK);
      if (status != EG_OK)
        CHECK_CONTAINS(eg_failure(), "r.dat: expected at least");
      eg_wfdb_signals s;
      int64_t frames = size > 5 ? eg_wfdb_format_samples(format, size - 5) / 2 : 0;
      status = read_record("o", &s);
      CHECK_INT(status, frames > 0 ? EG_OK : EG_WORLD);
      if (status == EG_OK) {
        CHECK_INT(s.length, frames);
        eg_wfdb_signals_free(&s);
      }
    }
  }
  end();
}

/* Headers that ask for much with little behind it: refused before memory is taken. */
static void lying_headers(void) {
  begin();
  static const struct {
    const char *text, *message;
  } cases[] = {
      {"r 1 100 9000000000000000000\nr.dat 16 200\n", "more than any file holds"},
      {"r 1 100 4000000000000000000\nr.dat 16 200\n", "r.dat: expected at least 8000000000000000000 bytes"},
      {"r 1 100 1000000000000\nr.dat 16 200\n", "r.dat: expected at least 2000000000000 bytes"},
      {"r 1 100 10\nr.dat 16+9223372036854775790 200\n", "more than any file holds"},
      {"r 1 100 10\nr.dat 16+9000000000000000000 200\n", "expected at least"},
      {"r 1 100\nr.dat 16+9000000000000000000 200\n",
       "expected samples from byte 9000000000000000000 on, got 64 bytes"},
      {"r 1 100 1\nr.dat 16x65536 200\n", "expected at least 131072 bytes"},
      {"r 2 100 1\nr.dat 16x65536 200\nr.dat 16x65536 200\n", "expected at least 262144 bytes"},
      {"r 1 100 32\n~ 0 200\n", "has no samples"},
      {"r 1 100 32\n../r.dat 16 200\n", "plain name"},
      {"r 1 100 32\n.. 16 200\n", "plain name"},
      {"r 2 100 16\nr.dat 16 200\nr.dat 212 200\n", "share r.dat but not its format and byte offset"},
      {"r 2 100 16\nr.dat 16 200\nr.dat 16+8 200\n", "share r.dat but not its format and byte offset"},
      {"r 3 100 16\nr.dat 16 200\ns.dat 16 200\nr.dat 16 200\n", "do not stand together"},
      {"r 2 100\nr.dat 16 200\ns.dat 16 200\n", "r.dat holds 32 samples of each signal"},
      {"r 1 100 32\nr.dat 525 200\n", "expected format 8, 16"},
      {"r 1 100 32\nr.dat 16 1e-290\n", "cannot be right"},
  };
  static const uint8_t bytes[64] = {1, 2, 3};
  put("r.dat", bytes, 64);
  put("s.dat", bytes, 40);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    put("r.hea", cases[i].text, strlen(cases[i].text));
    eg_memory_reset_peak();
    size_t before = eg_memory().live;
    CHECK_FAILS(try_record("r"), EG_WORLD, cases[i].message);
    CHECK(eg_memory().peak - before < 16384);
  }
  /* A lag beyond the end: nothing but missing samples. */
  const char *late = "r 1 100 32\nr.dat 16:9000000000000000000 200\n";
  put("r.hea", late, strlen(late));
  eg_wfdb_signals s;
  REQUIRE_OK(read_record("r", &s));
  CHECK_INT(s.invalid, 32);
  eg_wfdb_signals_free(&s);
  end();
}

/* Long records are read piece by piece: every format gives the same at any place of a piece. */
static void pieces(void) {
  begin();
  enum { FRAMES = 70001 };
  uint8_t *bytes = malloc(3 * FRAMES + 2);
  REQUIRE(bytes);
  for (int i = 0; i < 3 * FRAMES + 2; i++)
    bytes[i] = (uint8_t)((unsigned)i * 2654435761u >> 13);
  put("r.dat", bytes, 3 * FRAMES + 2);
  const char *text = "r 2 100 70001\nr.dat 212 200 12 0 0 0 0 I\nr.dat 212 200 12 0 0 0 0 II\n";
  put("r.hea", text, strlen(text));
  int32_t *samples = malloc(2 * FRAMES * sizeof *samples);
  REQUIRE(samples);
  eg_wfdb_format_decode(eg_wfdb_format_find(212), samples, bytes, 2 * FRAMES);
  eg_wfdb_signals s;
  REQUIRE_OK(read_record("r", &s));
  int64_t wrong = 0;
  for (int64_t i = 0; i < 2 * FRAMES; i++)
    wrong += samples[i] == -2048 ? !isnan(s.values[i]) : s.values[i] != (eg_real)(samples[i] / 200.0);
  CHECK_INT(wrong, 0);
  CHECK_INT(s.length, FRAMES);
  eg_wfdb_signals_free(&s);
  free(samples);
  free(bytes);
  end();
}

enum { SIGNALS = 3, FRAMES = 701 };

/* Signals `channels` (n) of r.hea against the definition, sample by sample and to the last bit. */
static void check_values(const int32_t *samples, const eg_wfdb_format *format, const int *channels, int n) {
  eg_wfdb_header *h;
  REQUIRE_OK(eg_wfdb_header_read(&h, in_folder("r")));
  eg_wfdb_signals s;
  eg_status status = eg_wfdb_signals_read(&s, h, channels, n, true);
  CHECK_OK(status);
  if (status == EG_OK) {
    int64_t wrong = 0, invalid = 0, saturated = 0;
    for (int64_t i = 0; i < FRAMES; i++)
      for (int c = 0; c < n; c++) {
        const eg_wfdb_signal *signal = &h->signals[channels[c]];
        int32_t v = samples[i * SIGNALS + channels[c]];
        double factor = eg_wfdb_millivolts(signal->units), x = ((double)v - (double)signal->baseline) / signal->gain;
        eg_real got = s.values[i * n + c];
        invalid += v == format->least;
        saturated += v == format->most || v == format->least + 1;
        wrong += v == format->least ? !isnan(got) : got != (eg_real)(factor == 1 ? x : x * factor);
      }
    CHECK_INT(wrong, 0);
    CHECK_INT(s.invalid, invalid);
    CHECK_INT(s.saturated, saturated);
    CHECK(invalid > 0 && saturated > 0);
    eg_wfdb_signals_free(&s);
  }
  eg_wfdb_header_free(h);
}

/* Files that are converted as a whole, and those that are not (format 32, whose samples are no floats): the same
   values, in any order of signals, with any gains. */
static void values(void) {
  begin();
  static const char *const gains[] = {"1000(0)/mV", "204.8(-7)/mV", "0.1(300)/mV", "-3/uV", "33(16777000)/mV"};
  static const int orders[][SIGNALS] = {{0, 1, 2}, {2, 0, 1}, {1, 1, 0}};
  static const struct {
    int number;
    uint8_t least[4], most[4]; /* a block of them */
  } formats[] = {{16, {0, 0x80}, {0xff, 0x7f}},
                 {212, {0, 0x88, 0}, {0xff, 0x77, 0xff}},
                 {24, {0, 0, 0x80}, {0xff, 0xff, 0x7f}},
                 {32, {0, 0, 0, 0x80}, {0xff, 0xff, 0xff, 0x7f}}};
  static int32_t samples[SIGNALS * FRAMES];
  static uint8_t bytes[SIGNALS * FRAMES * 4];
  for (size_t f = 0; f < sizeof formats / sizeof *formats; f++) {
    const int number = formats[f].number;
    const eg_wfdb_format *format = eg_wfdb_format_find(number);
    int64_t size;
    REQUIRE(eg_wfdb_format_bytes(format, SIGNALS * FRAMES, &size));
    for (int64_t i = 0; i < size; i++)
      bytes[i] = (uint8_t)((unsigned)i * 2654435761u >> 13);
    for (int64_t i = 0; (i + 50) * format->bytes < size; i += 97) {
      memcpy(bytes + i * format->bytes, formats[f].least, (size_t)format->bytes);
      memcpy(bytes + (i + 49) * format->bytes, formats[f].most, (size_t)format->bytes);
    }
    eg_wfdb_format_decode(format, samples, bytes, SIGNALS * FRAMES);
    for (size_t g = 0; g < sizeof gains / sizeof *gains; g++) {
      char text[256];
      snprintf(text, sizeof text, "r 3 100 701\nr.dat %d %s\nr.dat %d 200(5)\nr.dat %d %s\n", number, gains[g], number,
               number, gains[(g + 1) % 5]);
      put("r.hea", text, strlen(text));
      put("r.dat", bytes, (size_t)size);
      for (size_t o = 0; o < sizeof orders / sizeof *orders; o++)
        for (int n = 1; n <= SIGNALS; n++)
          check_values(samples, format, orders[o], n);
    }
  }
  end();
}

/* Checksums of signals that are converted as a whole: each its own. */
static void checksums(void) {
  begin();
  static const int16_t samples[] = {1, 20, 300, 2, 30, 400, 3, 40, -32767};
  put("r.dat", samples, sizeof samples);
  static const char *const format =
      "r 3 100 3\nr.dat 16 200 16 0 1 6\nr.dat 16 200 16 0 20 %d\nr.dat 16 200 16 0 300 %d\n";
  char text[160];
  snprintf(text, sizeof text, format, 90, -32067);
  put("r.hea", text, strlen(text));
  CHECK_OK(try_record("r"));
  snprintf(text, sizeof text, format, 90, 33469);
  put("r.hea", text, strlen(text));
  CHECK_OK(try_record("r"));
  snprintf(text, sizeof text, format, 91, -32067);
  put("r.hea", text, strlen(text));
  CHECK_FAILS(try_record("r"), EG_WORLD, "signal 2 () have checksum 90, the header says 91");
  end();
}

static void asking(void) {
  begin();
  put("r.hea", "r", 1);
  CHECK(eg_file_ask(in_folder("r.hea")));
  CHECK(!eg_file_ask(in_folder("none.hea")));
  end();
}

static void decoding(void) {
  static const struct {
    int format;
    uint8_t bytes[8];
    int n;
    int32_t samples[4];
  } cases[] = {
      {8, {1, 255, 128}, 3, {1, -1, -128}},
      {16, {1, 0, 255, 255, 0, 128}, 3, {1, -1, -32768}},
      {24, {1, 0, 0, 255, 255, 255}, 2, {1, -1}},
      {32, {0, 0, 0, 128, 255, 255, 255, 255}, 2, {INT32_MIN, -1}},
      {61, {0, 1, 128, 0}, 2, {1, -32768}},
      {80, {0, 128, 255}, 3, {-128, 0, 127}},
      {160, {0, 0, 0, 128}, 2, {-32768, 0}},
      {212, {0xff, 0xf7, 0xff}, 2, {2047, -1}},
      {212, {0x01, 0x82, 0x34, 0x05, 0x00}, 3, {0x201, -1996, 5}},
      {310, {0x02, 0x08, 0xfe, 0x0f}, 3, {1, -1, 0x21}},
      {311, {0xff, 0x05, 0x00, 0x20}, 3, {511, 1, -512}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int32_t samples[4];
    eg_wfdb_format_decode(eg_wfdb_format_find(cases[i].format), samples, cases[i].bytes, cases[i].n);
    for (int k = 0; k < cases[i].n; k++)
      CHECK_INT(samples[k], cases[i].samples[k]);
  }
  CHECK(!eg_wfdb_format_find(17));
  int64_t bytes;
  CHECK(!eg_wfdb_format_bytes(eg_wfdb_format_find(32), INT64_MAX, &bytes));
  for (int64_t n = 0; n < 20; n++)
    for (size_t f = 0; f < 3; f++) {
      const eg_wfdb_format *format = eg_wfdb_format_find((int[]){212, 310, 311}[f]);
      REQUIRE(eg_wfdb_format_bytes(format, n, &bytes));
      /* Two samples of format 310 take a whole block, which might hold three. */
      CHECK_INT(eg_wfdb_format_samples(format, bytes), n + (f == 1 && n % 3 == 2));
      if (n > 0)
        CHECK(eg_wfdb_format_samples(format, bytes - 1) < n);
    }
}

static void names_and_units(void) {
  CHECK(eg_lead_same("aVR", "AVR"));
  CHECK(eg_lead_same("Lead II", "ii"));
  CHECK(eg_lead_same("ECG lead V1", "v1"));
  CHECK(eg_lead_same("ecg_V1", "V1 "));
  CHECK(!eg_lead_same("I", "II"));
  CHECK(!eg_lead_same("V1", "V10"));
  CHECK(!eg_lead_same("", "I"));
  CHECK(!eg_lead_same("lead", "ecg"));
  CHECK_NEAR(eg_wfdb_millivolts("mV"), 1, 0);
  CHECK_NEAR(eg_wfdb_millivolts("MV"), 1, 0);
  CHECK_NEAR(eg_wfdb_millivolts("uV"), 1e-3, 0);
  CHECK_NEAR(eg_wfdb_millivolts("\xc2\xb5V"), 1e-3, 0);
  CHECK_NEAR(eg_wfdb_millivolts("\xce\xbcV"), 1e-3, 0);
  CHECK_NEAR(eg_wfdb_millivolts("nV"), 1e-6, 0);
  CHECK_NEAR(eg_wfdb_millivolts("V"), 1e3, 0);
  CHECK_NEAR(eg_wfdb_millivolts("mmHg"), 0, 0);
  CHECK_NEAR(eg_wfdb_millivolts("mVx"), 0, 0);
  CHECK_NEAR(eg_wfdb_millivolts("m"), 0, 0);
  CHECK_NEAR(eg_wfdb_millivolts(""), 0, 0);
}

static const char *const paths[] = {"spec/fixtures/wfdb/challenge", "spec/fixtures/wfdb/no_such_record",
                                    "spec/fixtures/wfdb/challenge.mat", "spec/fixtures/wfdb/challenge.hea"};

static eg_status load(eg_real *signals, int64_t length) {
  eg_wfdb_loaded loaded[4] = {{0}};
  eg_wfdb_load_options o = {
      .leads = eg_standard_leads, .n_leads = 12, .rate = 128, .length = length, .longest_gap = 1, .verify = true};
  eg_status status = eg_wfdb_load(signals, loaded, paths, 4, &o);
  if (status == EG_OK) {
    CHECK_INT(loaded[0].status, EG_OK);
    CHECK_INT(loaded[1].status, EG_WORLD);
    CHECK_CONTAINS(loaded[1].message, "no_such_record.hea: No such file");
    CHECK_STRING(loaded[2].comments, "Age: 47\nSex: Male\nDx: 426783006,713427006\nRx: Unknown\n");
    CHECK_INT(loaded[3].length, 60);
  }
  eg_wfdb_loaded_free(loaded, 4);
  return status;
}

static void loading(void) {
  enum { LENGTH = 15, ROW = LENGTH * 12 };
  static eg_real signals[4 * ROW], again[4 * ROW];
  int threads = eg_num_threads();
  eg_set_num_threads(1);
  REQUIRE_OK(load(signals, LENGTH));
  CHECK(memcmp(signals, signals + 2 * ROW, sizeof(eg_real) * ROW) == 0);
  CHECK(memcmp(signals, signals + 3 * ROW, sizeof(eg_real) * ROW) == 0);
  CHECK_NOMEM(load(again, LENGTH));
  for (int n = 1; n <= 3; n++) {
    eg_set_num_threads(n);
    memset(again, 0, sizeof again);
    REQUIRE_OK(load(again, LENGTH));
    CHECK(memcmp(signals, again, sizeof(eg_real) * ROW) == 0);
    CHECK(memcmp(signals + 2 * ROW, again + 2 * ROW, 2 * sizeof(eg_real) * ROW) == 0);
  }
  eg_set_num_threads(threads);
  CHECK_FAILS(load(signals, 0), EG_USAGE, "expected leads, a length, a rate and a longest gap, got 12, 0, 128 and 1");
}

static eg_status read_fixture(void) {
  eg_wfdb_header *h;
  eg_wfdb_signals s;
  EG_TRY(eg_wfdb_header_read(&h, "spec/fixtures/wfdb/mixed.hea"));
  eg_status status = eg_wfdb_signals_read(&s, h, (int[]){2, 0}, 2, true);
  if (status == EG_OK) {
    CHECK_INT(s.n, 2);
    CHECK_INT(s.length, 50);
    eg_wfdb_signals_free(&s);
  }
  eg_wfdb_header_free(h);
  return status;
}

static void no_memory(void) {
  CHECK_NOMEM(parse(full, sizeof full - 1));
  CHECK_NOMEM(read_fixture());
}

CHECK_MAIN(TEST(header_fields), TEST(numbers_are_exact), TEST(hostile_headers), TEST(large_headers),
           TEST(header_cut_or_changed), TEST(data_cut), TEST(lying_headers), TEST(pieces), TEST(values),
           TEST(checksums), TEST(asking), TEST(decoding), TEST(names_and_units), TEST(loading), TEST(no_memory))
