/* A fuzzer of HDF5 files: everything a file can be asked for is asked.

   With libFuzzer:   clang -g -fsanitize=fuzzer,address,undefined -DLIBFUZZER ... spec/fuzz/fuzz_store.c -o fuzz_store
   Without:          fuzz_store ROUNDS FILE...   changes each file at random, so many times */
#include "fuzz.h"
#include "store/store.h"

static eg_status ask_for_attributes(eg_store *store, const char *name) {
  eg_attributes attributes;
  eg_status status = eg_store_read_attributes(&attributes, store, name);
  eg_attributes_free(&attributes);
  return status;
}

/* EG_USAGE is the answer where an array is no list or no tensor. */
static eg_status ask_for_array(eg_store *store, const eg_store_entry *entry) {
  eg_tensor *x = NULL;
  eg_value value;
  eg_status status = eg_store_read(&x, store, entry->name);
  eg_tensor_release(x);
  if (status == EG_NOMEM)
    return status;
  if (entry->shape.ndim > 0 && entry->shape.dims[0] > 2) {
    status = eg_store_read_rows(&x, store, entry->name, 1, 1);
    eg_tensor_release(x);
  }
  if (status == EG_NOMEM)
    return status;
  status = eg_store_read_value(&value, store, entry->name);
  eg_value_free(&value);
  return status == EG_USAGE ? EG_OK : status;
}

/* Deflate may expand 1032-fold, numbers of 1 byte become 4 or 8, and up to 16 MiB of structure are read of any file. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  eg_store *store;
  fuzz_begin();
  eg_status status = eg_store_open_memory(&store, bytes, size, "the input");
  if (status == EG_OK) {
    status = ask_for_attributes(store, NULL);
    for (int64_t i = 0; i < eg_store_count(store) && status != EG_NOMEM; i++) {
      const eg_store_entry *entry = eg_store_entry_at(store, i);
      status = ask_for_array(store, entry);
      if (status != EG_NOMEM)
        status = ask_for_attributes(store, entry->name);
    }
    eg_store_close(store);
  }
  fuzz_end(status, (size_t)3 * 1100 * 8 * size + (64u << 20));
  return 0;
}
