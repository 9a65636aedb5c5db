/* A fuzzer of WFDB headers. The input is the text. */
#define _XOPEN_SOURCE 700
#include "ecgraft/wfdb.h"
#include "fuzz.h"

static const char *const words[] = {"~",        "/",   "x2",   ":1",  "+24",        "16",   "212",   "516",
                                    "311",      "(0)", "/mV",  "/uV", "1e3",        "#Dx:", "#Age:", "12:30:05",
                                    "1/2/2003", "\n",  "\r\n", "\r",  "r.dat",      "\t",   " ",     "(",
                                    ")",        "-",   "r/2",  "../", "0000000001", NULL};

static void begin(void) {
  static const char *const files[] = {"challenge", "flac_files", "mixed",    "skew",
                                      "uneven",    "open_end",   "format16", NULL};
  fuzz_seed_files("spec/fixtures/wfdb", "hea", files);
  fuzz_seed_file("spec/fixtures/annotations/fixed.hea");
  fuzz_seed_file("spec/fixtures/annotations/varied.hea");
}

/* Every text of a header lies in it. */
static size_t lengths(const eg_wfdb_header *h) {
  size_t sum = strlen(h->name) + strlen(h->time) + strlen(h->date) + strlen(h->path);
  for (int i = 0; i < h->n_signals; i++)
    sum += strlen(h->signals[i].file) + strlen(h->signals[i].units) + strlen(h->signals[i].name);
  for (int i = 0; i < h->n_comments; i++)
    sum += strlen(h->comments[i]);
  return sum;
}

static const char *read_input(const uint8_t *bytes, size_t size) {
  eg_wfdb_header *h;
  const char *message = fuzz_outcome(eg_wfdb_header_parse(&h, (const char *)bytes, size, "the input"));
  if (!message && (!(h->rate > 0) || h->length < 0 || lengths(h) > 2 * size + 64))
    fuzz_fault("a header of rate %g, length %" PRId64 " and %zu bytes of text", h->rate, h->length, lengths(h));
  eg_wfdb_header_free(h);
  return message;
}

int main(int argc, char **argv) {
  static const fuzz_reader reader = {.name = "fuzz_header",
                                     .words = words,
                                     .most = 1 << 15,
                                     .memory_times = 128,
                                     .memory = 4096,
                                     .begin = begin,
                                     .read = read_input};
  return fuzz_main(&reader, argc, argv);
}
