/* A fuzzer of NumPy's .npy files. The input is a file. */
#define _XOPEN_SOURCE 700
#include "ecgraft/npy.h"
#include "fuzz.h"

static const char *const words[] = {"\x93NUMPY", "'descr'", "'fortran_order'",
                                    "'shape'",   "True",    "False",
                                    "'<f4'",     "'>f8'",   "'|b1'",
                                    "'<i2'",     "'|O'",    "'<f2'",
                                    "{",         "}",       "(",
                                    ")",         ", ",      ": ",
                                    "(3, 4)",    "()",      "\n",
                                    NULL};

static void begin(void) {
  static const char *const files[] = {"big_f8", "big_i2", "bool",    "empty",  "f2", "f4",       "fortran",  "i1",
                                      "i8",     "list",   "objects", "scalar", "u4", "version2", "version3", NULL};
  fuzz_seed_files("spec/fixtures/store", "npy", files);
}

static const char *read_input(const uint8_t *bytes, size_t size) {
  const char *path = fuzz_put("x.npy", bytes, size);
  eg_tensor *x;
  eg_dtype dtype;
  const char *message = fuzz_outcome(eg_npy_load(&x, &dtype, path));
  eg_tensor_release(x);
  return message;
}

int main(int argc, char **argv) {
  static const fuzz_reader reader = {.name = "fuzz_npy",
                                     .words = words,
                                     .most = 1 << 12,
                                     .memory_times = 64,
                                     .memory = 65536 + 4096,
                                     .begin = begin,
                                     .read = read_input};
  return fuzz_main(&reader, argc, argv);
}
