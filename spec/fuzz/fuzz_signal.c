/* A fuzzer of WFDB signal files of every format. The input is a header, a zero byte, and the content of each signal
   file: all signals lie in r.dat. */
#define _XOPEN_SOURCE 700
#include "../c/support_flac.h"
#include "ecgraft/wfdb.h"
#include "fuzz.h"

static const char *const words[] = {"r.dat 8 ",   "r.dat 16 ",  "r.dat 24 ",  "r.dat 32 ",  "r.dat 61 ",
                                    "r.dat 80 ",  "r.dat 160 ", "r.dat 212 ", "r.dat 310 ", "r.dat 311 ",
                                    "r.dat 508 ", "r.dat 516 ", "r.dat 524 ", "x2",         "x3",
                                    ":1",         ":2",         "+4",         "+24",        "/uV",
                                    "(5)",        "\n",         "fLaC",       "\xff\xf8",   NULL};

static const char *const headers[] = {
    "r 2 100 8\nr.dat 16+3 200 16 0 0 0 0 I\nr.dat 16+3 1000.0(0)/mV 16 0 0 0 0 II\n#Age: 5\n",
    "r 2 360/360(0) 10\nr.dat 212x2:1 200(5)/uV 12 0 0 0 0 I\nr.dat 212x2:0 200 12 0 0 0 0 II\n",
    "r 3 250\nr.dat 310 200\nr.dat 310 200 10 0 0 0 0 ECG II\nr.dat 310 200 10 0 0 0 0 I\n",
    "r 1 99.9 20 12:30:05 1/2/2003\nr.dat 8x3 1e2/V 8 0 0 0 0 I\n",
    "r 2 100 7\nr.dat 311 200 10 0 0 0 0 I\nr.dat 311 200 10 0 0 0 0 II\n",
    "r 2 1000 30\nr.dat 24 200 24 0 0 0 0 II\nr.dat 24 200 24 0 0 0 0 I\n",
    "r 2 100 12\nr.dat 32 200 32 0 0 0 0 II\nr.dat 32 200 32 0 0 0 0 I\n",
    "r 2 100 40\nr.dat 61x1 200 16 0 0 0 0 II\nr.dat 61x2 200 16 0 0 0 0 I\n",
    "r 1 100 90\nr.dat 80 200 8 0 0 0 0 I\n",
    "r 2 500 40\nr.dat 160 200 16 0 0 0 0 II\nr.dat 160 200 16 0 0 0 0 I\n",
    "r 2 100 24\nr.dat 516 200 16 0 0 0 0 II\nr.dat 516 200 16 0 0 0 0 I\n",
    "r 1 100 9\nr.dat 508x2:1+3 1e2/uV 8 0 0 0 0 I\n",
    "r 3 250\nr.dat 524 200\nr.dat 524 200 24 0 0 0 0 II\nr.dat 524 200 24 0 0 0 0 I\n",
};
enum { N_HEADERS = sizeof headers / sizeof *headers, SAMPLES = 16 };

/* A stream with the checksums that belong to it, so that what is behind them is reached: frames that are now and then
   of another size, of zeros, or other than the stream says. */
static void append_flac(fuzz_bytes *b, const char *header, eg_rng *rng) {
  uint8_t bytes[4 * (FLAC_AROUND + SAMPLES * 3 * 8) + FLAC_HEAD];
  int channels = atoi(header + 2), bits = atoi(strstr(header, "r.dat 5") + 7); /* 508: 8 bits, 516: 16, 524: 24 */
  uint8_t *at = flac_head(bytes, channels, bits, 24);
  for (uint32_t k = 0; k < 3; k++) {
    int32_t samples[SAMPLES * 8];
    for (int i = 0; i < SAMPLES * 8; i++)
      samples[i] = (int32_t)eg_rng_bits(rng);
    bool odd = fuzz_below(rng, 8) == 0;
    int n = odd ? 1 + (int)fuzz_below(rng, SAMPLES) : 8;
    int c = odd && fuzz_below(rng, 2) ? 1 + (int)fuzz_below(rng, 8) : channels;
    int width = odd && fuzz_below(rng, 2) ? 8 * (1 + (int)fuzz_below(rng, 3)) : bits;
    bool zeros = odd && fuzz_below(rng, 2);
    at = flac_frame(at, c, width, k, zeros ? NULL : samples, zeros ? 65535 : n);
  }
  fuzz_append(b, bytes, (size_t)(at - bytes));
}

static void make(fuzz_bytes *b, size_t which, bool changed, eg_rng *rng) {
  const char *header = headers[which];
  static const fuzz_bytes none = {0};
  fuzz_append(b, header, strlen(header));
  if (changed)
    fuzz_change(b, &none, words, rng);
  fuzz_append(b, "", 1);
  if (strstr(header, "r.dat 5")) {
    append_flac(b, header, rng);
    return;
  }
  for (size_t i = fuzz_below(rng, 240); i > 0; i--) {
    uint8_t byte = (uint8_t)eg_rng_bits(rng);
    fuzz_append(b, &byte, 1);
  }
}

static void fresh(fuzz_bytes *b, eg_rng *rng) {
  make(b, fuzz_below(rng, N_HEADERS), fuzz_below(rng, 2), rng);
}

static void begin(void) {
  uint8_t room[2048];
  eg_rng rng = eg_rng_seed(1);
  for (size_t i = 0; i < N_HEADERS; i++) {
    fuzz_bytes b = {.at = room, .room = sizeof room};
    make(&b, i, false, &rng);
    fuzz_seed(b.at, b.size);
  }
}

/* By many at once, as sets are read: two leads to 16 samples each. */
static void load(const char *path) {
  enum { LENGTH = 16, LEADS = 2 };
  eg_real row[LENGTH * LEADS];
  eg_wfdb_loaded loaded = {0};
  eg_wfdb_load_options o = {
      .leads = eg_standard_leads, .n_leads = LEADS, .rate = 100, .length = LENGTH, .pad = true, .longest_gap = 9};
  eg_status status = eg_wfdb_load(row, &loaded, &path, 1, &o);
  if (status != EG_OK)
    fuzz_fault("status %d: %s", (int)status, eg_failure());
  if (loaded.status != EG_OK)
    fuzz_refused(loaded.message);
  for (int i = 0; loaded.status == EG_OK && i < LENGTH * LEADS; i++)
    if (!(row[i] > -4e38 && row[i] < 4e38))
      fuzz_fault("value %d of what was read is %g", i, (double)row[i]);
  eg_wfdb_loaded_free(&loaded, 1);
}

static const char *read_input(const uint8_t *bytes, size_t size) {
  const uint8_t *zero = memchr(bytes, 0, size);
  size_t text = zero ? (size_t)(zero - bytes) : size;
  const char *path = fuzz_put("r.hea", bytes, text);
  fuzz_put("r.dat", zero ? zero + 1 : bytes, zero ? size - text - 1 : 0);
  load(path);
  eg_wfdb_header *h;
  eg_wfdb_signals s;
  const char *message = fuzz_outcome(eg_wfdb_header_read(&h, path));
  if (!message)
    message = fuzz_outcome(eg_wfdb_signals_read(&s, h, NULL, 0, true));
  if (!message)
    eg_wfdb_signals_free(&s);
  eg_wfdb_header_free(h);
  return message;
}

int main(int argc, char **argv) {
  static const fuzz_reader reader = {.name = "fuzz_signal",
                                     .words = words,
                                     .most = 1 << 14,
                                     .memory_times = 1200,
                                     .memory = 32 << 20,
                                     .begin = begin,
                                     .fresh = fresh,
                                     .read = read_input};
  return fuzz_main(&reader, argc, argv);
}
