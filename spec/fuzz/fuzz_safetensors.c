/* A fuzzer of safetensors files.

   With libFuzzer:   clang -g -fsanitize=fuzzer,address,undefined -DLIBFUZZER ... spec/fuzz/fuzz_safetensors.c -o
   fuzz_safetensors Without:          fuzz_safetensors ROUNDS FILE...   changes each file at random, so many times */
#include "ecgraft/safetensors.h"
#include "fuzz.h"

/* Memory may be no more than a small multiple of what came (elements of 1 byte become 4 or 8, names their entries). */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  eg_safetensors *file;
  fuzz_begin();
  eg_status status = eg_safetensors_parse(&file, bytes, size, "the input");
  eg_safetensors_free(file);
  fuzz_end(status, 64 * size + 65536);
  return 0;
}
