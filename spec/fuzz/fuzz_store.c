/* A fuzzer of HDF5 files: everything a file can be asked for is asked. The input is a file. */
#define _XOPEN_SOURCE 700
#include "fuzz.h"
#include "store/store.h"

static const char *const words[] = {"\x89HDF\r\n\x1a\n",
                                    "TREE",
                                    "SNOD",
                                    "HEAP",
                                    "GCOL",
                                    "OHDR",
                                    "OCHK",
                                    "FRHP",
                                    "FHDB",
                                    "FHIB",
                                    "BTHD",
                                    "BTLF",
                                    "BTIN",
                                    "FADB",
                                    "FAHD",
                                    "EAHD",
                                    "EAIB",
                                    "EASB",
                                    "EADB",
                                    "\xff\xff\xff\xff\xff\xff\xff\xff",
                                    NULL};

static void begin(void) {
  static const char *const files[] = {"earliest", "latest", "many_links", "ordered", "paged", "user_block", NULL};
  fuzz_seed_files("spec/fixtures/store", "h5", files);
}

static void ask_for_attributes(eg_store *store, const char *name) {
  eg_attributes attributes;
  fuzz_outcome(eg_store_read_attributes(&attributes, store, name));
  eg_attributes_free(&attributes);
}

/* EG_USAGE is the answer where an array is no list or no tensor. */
static void ask_for_array(eg_store *store, const eg_store_entry *entry) {
  eg_tensor *x = NULL;
  eg_value value;
  eg_status status = eg_store_read(&x, store, entry->name);
  eg_tensor_release(x);
  fuzz_outcome(status == EG_USAGE ? EG_OK : status);
  if (status == EG_OK && entry->shape.ndim > 0 && entry->shape.dims[0] > 2) {
    fuzz_outcome(eg_store_read_rows(&x, store, entry->name, 1, 1));
    eg_tensor_release(x);
  }
  status = eg_store_read_value(&value, store, entry->name);
  eg_value_free(&value);
  fuzz_outcome(status == EG_USAGE ? EG_OK : status);
}

static const char *read_input(const uint8_t *bytes, size_t size) {
  eg_store *store;
  eg_status status = eg_store_open_memory(&store, bytes, size, "the input");
  if (status == EG_OK) {
    ask_for_attributes(store, NULL);
    for (int64_t i = 0; i < eg_store_count(store); i++) {
      const eg_store_entry *entry = eg_store_entry_at(store, i);
      ask_for_array(store, entry);
      ask_for_attributes(store, entry->name);
    }
    eg_store_close(store);
  }
  return fuzz_outcome(status);
}

/* Deflate may expand 1032-fold, numbers of 1 byte become 4 or 8, and up to 16 MiB of structure are read of any file. */
int main(int argc, char **argv) {
  static const fuzz_reader reader = {.name = "fuzz_store",
                                     .words = words,
                                     .most = 1 << 17,
                                     .memory_times = (size_t)3 * 1100 * 8,
                                     .memory = 64 << 20,
                                     .begin = begin,
                                     .read = read_input};
  return fuzz_main(&reader, argc, argv);
}
