/* A fuzzer of safetensors files, and with them of JSON. The input is a file. */
#define _XOPEN_SOURCE 700
#include "ecgraft/safetensors.h"
#include "fuzz.h"

static const char *const words[] = {"\"dtype\":",
                                    "\"shape\":",
                                    "\"data_offsets\":",
                                    "\"__metadata__\":",
                                    "\"F32\"",
                                    "\"F64\"",
                                    "\"F16\"",
                                    "\"BF16\"",
                                    "\"I8\"",
                                    "\"U64\"",
                                    "\"BOOL\"",
                                    "\"F8_E4M3\"",
                                    "{",
                                    "}",
                                    "[",
                                    "]",
                                    ",",
                                    ":",
                                    "[0,4]",
                                    "\\u0000",
                                    "\\ud83d\\ude00",
                                    "\\n",
                                    "\"",
                                    "{}",
                                    "[]",
                                    NULL};

static void begin(void) {
  fuzz_seed_file("spec/fixtures/store/everything.safetensors");
  fuzz_seed_file("spec/fixtures/store/float8.safetensors");
  fuzz_seed_file("spec/fixtures/store/nothing.safetensors");
  fuzz_seed_file("spec/fixtures/models/gru.narrow.safetensors");
}

static const char *parse(const uint8_t *bytes, size_t size) {
  eg_safetensors *file;
  const char *message = fuzz_outcome(eg_safetensors_parse(&file, bytes, size, "the input"));
  eg_safetensors_free(file);
  return message;
}

/* Once more with the length of the header (8 bytes at the beginning) made right: it is wrong wherever something was put
 * in. */
static void parse_right(const uint8_t *bytes, size_t size) {
  size_t end = size;
  while (end > 8 && bytes[end - 1] != '}')
    end--;
  uint8_t *copy = end > 8 ? malloc(size) : NULL;
  if (!copy)
    return;
  memcpy(copy, bytes, size);
  for (int i = 0; i < 8; i++)
    copy[i] = (uint8_t)((uint64_t)(end - 8) >> 8 * i);
  parse(copy, size);
  free(copy);
}

static const char *read_input(const uint8_t *bytes, size_t size) {
  parse_right(bytes, size);
  return parse(bytes, size);
}

int main(int argc, char **argv) {
  static const fuzz_reader reader = {.name = "fuzz_safetensors",
                                     .words = words,
                                     .most = 1 << 14,
                                     .memory_times = 64,
                                     .memory = 65536,
                                     .begin = begin,
                                     .read = read_input};
  return fuzz_main(&reader, argc, argv);
}
