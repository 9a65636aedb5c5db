/* HDF5 files that are damaged or hostile: noticed, refused, and never a crash, a leak or absurd memory.
   ECGRAFT_EXHAUSTIVE in the environment tries every bit and many more changes (minutes). */
#define _DEFAULT_SOURCE
#include "check.h"
#include "ecgraft/store.h"
#include "store/h5/h5.h"
#include "store/store.h"
#include "support_files.h"
#include "support_tensors.h"

static char folder[256];

/* Everything a file can be asked for, from memory. `sum` (may be NULL): a digest of all that came. */
static void digest(uint64_t *sum, const void *bytes, size_t count) {
  for (size_t i = 0; i < count; i++)
    *sum = (*sum ^ ((const unsigned char *)bytes)[i]) * 1099511628211u;
}

static void digest_value(uint64_t *sum, const eg_value *value) {
  digest(sum, &value->kind, sizeof value->kind);
  digest(sum, &value->list, sizeof value->list);
  digest(sum, &value->count, sizeof value->count);
  for (int64_t i = 0; i < value->count && value->kind == EG_VALUE_STRING; i++)
    digest(sum, value->strings[i], strlen(value->strings[i]) + 1);
  if (value->kind != EG_VALUE_STRING)
    digest(sum, value->data, (size_t)value->count * (value->kind == EG_VALUE_BOOL ? sizeof(bool) : 8));
}

static eg_status read_attributes(uint64_t *sum, eg_store *store, const char *name) {
  eg_attributes found;
  EG_TRY(eg_store_read_attributes(&found, store, name));
  for (int64_t i = 0; i < found.count; i++) {
    digest(sum, found.items[i].name, strlen(found.items[i].name));
    digest_value(sum, &found.items[i].value);
  }
  eg_attributes_free(&found);
  return EG_OK;
}

static eg_status read_array(uint64_t *sum, eg_store *store, const eg_store_entry *entry) {
  digest(sum, entry->name, strlen(entry->name));
  digest(sum, &entry->dtype, sizeof entry->dtype);
  if (entry->refused)
    return EG_OK;
  if (entry->dtype == EG_DTYPE_STRING) {
    eg_value value;
    if (entry->shape.ndim > 1)
      return EG_OK;
    EG_TRY(eg_store_read_value(&value, store, entry->name));
    digest_value(sum, &value);
    eg_value_free(&value);
    return EG_OK;
  }
  eg_tensor *x;
  EG_TRY(eg_store_read(&x, store, entry->name));
  digest(sum, x->shape.dims, (size_t)x->shape.ndim * sizeof *x->shape.dims);
  digest(sum, eg_tensor_data(x), (size_t)eg_tensor_numel(x) * sizeof(eg_real));
  eg_tensor_release(x);
  return EG_OK;
}

/* A fault in one array does not end it. The first failure comes back. */
static eg_status read_everything(uint64_t *sum, const unsigned char *bytes, size_t count) {
  eg_store *store;
  *sum = 14695981039346656037u;
  EG_TRY(eg_store_open_memory(&store, bytes, count, "the file"));
  eg_status status = read_attributes(sum, store, NULL);
  for (int64_t i = 0; i < eg_store_count(store); i++) {
    const eg_store_entry *entry = eg_store_entry_at(store, i);
    eg_status each = read_array(sum, store, entry);
    status = status == EG_OK ? each : status;
    each = read_attributes(sum, store, entry->name);
    status = status == EG_OK ? each : status;
  }
  eg_store_close(store);
  return status;
}

/* A model in small: small arrays in their headers, larger ones in checked chunks, text of all sizes. */
static test_bytes small_model(void) {
  const char *path = test_path(test_folder_make(folder, sizeof folder), "model.h5");
  static char long_text[5001];
  memset(long_text, 'j', sizeof long_text - 1);
  const char *const texts[] = {"NORM", "AF", long_text};
  eg_attribute attributes[12] = {{"classes", {.kind = EG_VALUE_STRING, .list = true, .count = 2, .strings = texts}},
                                 {"card", {.kind = EG_VALUE_STRING, .count = 1, .strings = texts + 2}}};
  static char names[10][8];
  for (int i = 0; i < 10; i++) {
    snprintf(names[i], sizeof names[i], "n%d", i);
    attributes[2 + i] = (eg_attribute){names[i], {.kind = EG_VALUE_STRING, .count = 1, .strings = texts}};
  }
  eg_tensor *x = numbers(EG_SHAPE(50, 42)), *y = numbers(EG_SHAPE(5));
  eg_store_item items[12];
  static char arrays[12][24];
  for (int i = 0; i < 12; i++) {
    snprintf(arrays[i], sizeof arrays[i], "layer%d.weight", i);
    items[i] = (eg_store_item){.name = arrays[i], .tensor = i == 3 || i == 4 ? x : y, .layout.checksum = true};
  }
  items[4].layout.compression = 9;
  if (eg_store_save(path, items, 12, &(eg_attributes){.count = 12, .items = attributes}) != EG_OK)
    abort();
  eg_tensor_release(x);
  eg_tensor_release(y);
  test_bytes bytes = test_read(path);
  test_folder_remove(folder);
  return bytes;
}

static void refuses_every_truncation(void) {
  test_bytes file = small_model();
  uint64_t whole, sum;
  REQUIRE_OK(read_everything(&whole, file.at, file.count));
  for (size_t count = 0; count < file.count; count++)
    CHECK_STATUS(read_everything(&sum, file.at, count), EG_WORLD);
  CHECK_FAILS(read_everything(&sum, file.at, 20), EG_WORLD,
              "the file: expected an HDF5 file, got 20 bytes that are none");
  CHECK_FAILS(read_everything(&sum, file.at, file.count - 1), EG_WORLD, "HDF5 file cut short");
  free(file.at);
}

/* Each bit of a file of ours: either it is noticed, or it changes nothing that is read. */
static void notices_every_flipped_bit(void) {
  test_bytes file = small_model();
  uint64_t whole, sum;
  int64_t noticed = 0, harmless = 0, silent = 0;
  REQUIRE_OK(read_everything(&whole, file.at, file.count));
  size_t live = eg_memory().live;
  eg_memory_reset_peak();
  const size_t step = getenv("ECGRAFT_EXHAUSTIVE") ? 1 : 19; /* no multiple of 8: all bits of bytes in turn */
  for (size_t bit = 0; bit < 8 * file.count; bit += step) {
    file.at[bit / 8] ^= (unsigned char)(1 << bit % 8);
    eg_status status = read_everything(&sum, file.at, file.count);
    noticed += status == EG_WORLD;
    harmless += status == EG_OK && sum == whole;
    if (status != EG_WORLD && !(status == EG_OK && sum == whole) && silent++ < 5)
      check_failed(__FILE__, __LINE__, "bit %zu of byte %zu changed what is read", bit % 8, bit / 8);
    file.at[bit / 8] ^= (unsigned char)(1 << bit % 8);
  }
  CHECK_INT(silent, 0);
  CHECK(noticed > harmless); /* unused bytes are most of the rest */
  CHECK(eg_memory().peak - live < 32u << 20);
  CHECK_INT(eg_memory().live, live);
  free(file.at);
}

/* Files of other programs have fewer checksums: any outcome but a crash, a leak or absurd memory will do. */
static void survives_damage(void) {
  static const char *const names[] = {"earliest.h5", "latest.h5", "user_block.h5",
                                      "ordered.h5",  "paged.h5",  "many_links.h5"};
  const int rounds = getenv("ECGRAFT_EXHAUSTIVE") ? 50000 : 1000;
  eg_rng rng = eg_rng_seed(7);
  for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
    test_bytes file = test_read(test_path("spec/fixtures/store", names[n]));
    uint64_t sum;
    REQUIRE(file.at != NULL);
    REQUIRE_OK(read_everything(&sum, file.at, file.count));
    size_t live = eg_memory().live;
    eg_memory_reset_peak();
    unsigned char *copy = malloc(file.count);
    for (int round = 0; round < rounds; round++) {
      memcpy(copy, file.at, file.count);
      int changes = 1 + (int)eg_rng_below(&rng, 4);
      for (int c = 0; c < changes; c++) {
        size_t at = (size_t)eg_rng_below(&rng, file.count);
        copy[at] = eg_rng_below(&rng, 2) ? (unsigned char)eg_rng_bits(&rng)
                                         : copy[at] ^ (unsigned char)(1 << eg_rng_below(&rng, 8));
      }
      size_t count = eg_rng_below(&rng, 8) ? file.count : (size_t)eg_rng_below(&rng, file.count);
      eg_status status = read_everything(&sum, copy, count);
      CHECK(status == EG_OK || status == EG_WORLD);
    }
    free(copy);
    CHECK(eg_memory().peak - live < 300u << 20); /* 1100-fold of the largest, at most */
    CHECK_INT(eg_memory().live, live);
    free(file.at);
  }
}

/* Replaces the only place where `from` stands in the bytes. */
static bool patch(test_bytes file, const void *from, const void *to, size_t count) {
  int found = 0;
  for (size_t i = 0; i + count <= file.count; i++)
    if (memcmp(file.at + i, from, count) == 0) {
      memcpy(file.at + i, to, count);
      found++;
    }
  return found == 1;
}

/* The shape {4, 3} of 'x' (and its largest, the same) made to be something absurd. */
static void refuses_lying_shapes(void) {
  static const int64_t honest[4] = {4, 3, 4, 3}, lies[][4] = {{1ll << 40, 3, 1ll << 40, 3},
                                                              {1ll << 32, 1ll << 32, 1ll << 32, 1ll << 32},
                                                              {INT64_MAX, 1, INT64_MAX, 1},
                                                              {-1, 3, -1, 3},
                                                              {5, 3, 5, 3}};
  for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
    test_bytes file = test_read("spec/fixtures/store/user_block.h5");
    uint64_t sum;
    REQUIRE(file.at != NULL);
    REQUIRE(patch(file, honest, lies[i], sizeof honest));
    eg_memory_reset_peak();
    size_t live = eg_memory().live;
    CHECK_STATUS(read_everything(&sum, file.at, file.count), EG_WORLD);
    CHECK(eg_memory().peak - live < 1u << 20);
    free(file.at);
  }
}

/* Elements of four billion bytes, shuffled: a fuzzer waited for each of their bytes. */
static void loses_no_time_over_absurd_elements(void) {
  eg_h5_filters filters = {.count = 1, .items = {{.id = 2, .value = UINT32_MAX}}};
  for (int round = 0; round < 100; round++) {
    unsigned char a[] = "abcdefgh", b[sizeof a];
    const char *fault = NULL;
    const unsigned char *plain = eg_h5_unfilter(&filters, 0, a, b, sizeof a, sizeof a, sizeof a, &fault);
    REQUIRE(plain != NULL);
    CHECK_SAME_BITS(plain, "abcdefgh", sizeof a);
  }
}

static void names_what_it_cannot_read(void) {
  eg_store *store;
  eg_tensor *x;
  REQUIRE_OK(eg_store_open(&store, "spec/fixtures/store/earliest.h5"));
  CHECK_FAILS(eg_store_read(&x, store, "compound"), EG_WORLD, "'compound' cannot be read: a compound type");
  CHECK_FAILS(eg_store_read(&x, store, "chunked/scaled"), EG_WORLD,
              "'chunked/scaled' cannot be read: compressed with scale-offset");
  CHECK_FAILS(eg_store_read(&x, store, "text/fixed"), EG_USAGE, "holds strings");
  eg_store_close(store);
  CHECK_FAILS(eg_store_open(&store, "no/such.h5"), EG_WORLD, "no/such.h5: No such file");
  CHECK_FAILS(eg_store_open(&store, "spec"), EG_WORLD, "folder");
  CHECK_FAILS(eg_store_open(&store, "README.md"), EG_WORLD, "README.md: expected an HDF5 file, got");
}

static eg_status read_fixture(const unsigned char *bytes, size_t count) {
  uint64_t sum;
  return read_everything(&sum, bytes, count);
}

static void survives_lack_of_memory(void) {
  test_bytes model = small_model(), latest = test_read("spec/fixtures/store/user_block.h5");
  REQUIRE(latest.at != NULL);
  CHECK_NOMEM(read_fixture(model.at, model.count));
  CHECK_NOMEM(read_fixture(latest.at, latest.count));
  free(model.at);
  free(latest.at);
}

CHECK_MAIN(TEST(refuses_every_truncation), TEST(notices_every_flipped_bit), TEST(survives_damage),
           TEST(refuses_lying_shapes), TEST(loses_no_time_over_absurd_elements), TEST(names_what_it_cannot_read),
           TEST(survives_lack_of_memory))
