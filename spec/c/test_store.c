/* HDF5 files: what is written is read, and damaged or hostile ones are refused. */
#define _DEFAULT_SOURCE
#include <time.h>

#include "check.h"
#include "ecgraft/parallel.h"
#include "ecgraft/store.h"
#include "store/store.h"
#include "support_files.h"

static char folder[256];

/* Different at each position, and exact in every number type of 8 bits and more. */
static eg_tensor *numbers(eg_shape shape) {
  eg_tensor *x;
  if (eg_tensor_new(&x, shape) != EG_OK)
    abort();
  for (int64_t i = 0; i < eg_tensor_numel(x); i++)
    eg_tensor_data(x)[i] = (eg_real)((37 * i + 11) % 101);
  return x;
}

static bool same_tensor(const eg_tensor *a, const eg_tensor *b) {
  bool same = a && b && eg_shape_equal(&a->shape, &b->shape);
  for (int64_t i = 0; same && i < eg_tensor_numel(a); i++)
    same = eg_tensor_at(a, i) == eg_tensor_at(b, i);
  return same;
}

static eg_value integers(const int64_t *list, int64_t count) {
  return (eg_value){.kind = EG_VALUE_INTEGER, .list = true, .count = count, .integers = list};
}

static eg_value text(const char *const *one) {
  return (eg_value){.kind = EG_VALUE_STRING, .count = 1, .strings = one};
}

/* Round trips. */

static void keeps_every_type_and_layout(void) {
  static const eg_dtype types[] = {EG_DTYPE_OTHER, EG_DTYPE_FLOAT32, EG_DTYPE_FLOAT64, EG_DTYPE_INT8,
                                   EG_DTYPE_INT16, EG_DTYPE_INT32,   EG_DTYPE_INT64,   EG_DTYPE_UINT8};
  static const eg_store_layout layouts[] = {{.compression = 0},
                                            {.checksum = true},
                                            {.compression = 3},
                                            {.checksum = true, .compression = 9},
                                            {.chunk_rows = 1},
                                            {.chunk_rows = 4, .checksum = true},
                                            {.chunk_rows = 100, .compression = 1}};
  const eg_shape shapes[] = {{0},
                             EG_SHAPE(1),
                             EG_SHAPE(7),
                             EG_SHAPE(0),
                             EG_SHAPE(3, 0),
                             EG_SHAPE(11, 5),
                             EG_SHAPE(5, 3, 2),
                             EG_SHAPE(2, 1, 2, 1, 2, 1, 2, 3),
                             EG_SHAPE(60, 50)};
  const char *path = test_path(test_folder_make(folder, sizeof folder), "a.h5");
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
    for (size_t l = 0; l < sizeof layouts / sizeof *layouts; l++) {
      eg_tensor *x = numbers(shapes[s]);
      eg_store_item items[8];
      for (int t = 0; t < 8; t++) {
        items[t] = (eg_store_item){.name = eg_dtype_name(types[t]), .tensor = x, .layout = layouts[l]};
        items[t].layout.dtype = types[t];
      }
      eg_store *store;
      REQUIRE_OK(eg_store_save(path, items, 8, NULL));
      REQUIRE_OK(eg_store_open(&store, path));
      REQUIRE(eg_store_count(store) == 8);
      for (int t = 0; t < 8; t++) {
        const eg_store_entry *entry = eg_store_entry_at(store, t);
        eg_tensor *back;
        CHECK_STRING(entry->name, items[t].name);
        CHECK_INT(entry->dtype, t > 0 ? types[t] : sizeof(eg_real) == 4 ? EG_DTYPE_FLOAT32 : EG_DTYPE_FLOAT64);
        REQUIRE_OK(eg_store_read(&back, store, entry->name));
        CHECK(same_tensor(x, back));
        eg_tensor_release(back);
      }
      eg_store_close(store);
      eg_tensor_release(x);
    }
  test_folder_remove(folder);
}

static void reads_rows(void) {
  static const eg_store_layout layouts[] = {
      {.compression = 0}, {.chunk_rows = 4, .checksum = true}, {.dtype = EG_DTYPE_INT16}};
  const char *path = test_path(test_folder_make(folder, sizeof folder), "a.h5");
  eg_tensor *x = numbers(EG_SHAPE(11, 3)), *part, *want;
  for (int l = 0; l < 3; l++) {
    const eg_store_item item = {.name = "x", .tensor = x, .layout = layouts[l]};
    eg_store *store;
    REQUIRE_OK(eg_store_save(path, &item, 1, NULL));
    REQUIRE_OK(eg_store_open(&store, path));
    for (int64_t first = 0; first <= 11; first++)
      for (int64_t rows = 0; rows <= 11 - first; rows++) {
        REQUIRE_OK(eg_store_read_rows(&part, store, "x", first, rows));
        REQUIRE_OK(eg_tensor_narrow(&want, x, 0, first, rows));
        CHECK(same_tensor(part, want));
        eg_tensor_release(part);
        eg_tensor_release(want);
      }
    CHECK_FAILS(eg_store_read_rows(&part, store, "x", 3, 9), EG_USAGE, "9 rows from 3 on are asked for, there are 11");
    CHECK_FAILS(eg_store_read_rows(&part, store, "x", -1, 2), EG_USAGE, "rows from -1 on");
    CHECK_FAILS(eg_store_read_rows(&part, store, "x", 0, INT64_MAX), EG_USAGE, "are asked for");
    CHECK_FAILS(eg_store_read(&part, store, "y"), EG_USAGE, "there is no array 'y'");
    eg_store_close(store);
  }
  eg_tensor_release(x);
  test_folder_remove(folder);
}

static void gives_the_same_for_any_number_of_threads(void) {
  const char *path = test_path(test_folder_make(folder, sizeof folder), "a.h5");
  eg_tensor *x = numbers(EG_SHAPE(20000, 13)), *back; /* more than a megabyte, which is read by threads */
  const eg_store_item item = {
      .name = "x", .tensor = x, .layout = {.chunk_rows = 777, .compression = 1, .checksum = true}};
  REQUIRE_OK(eg_store_save(path, &item, 1, NULL));
  int before = eg_num_threads();
  for (int threads = 1; threads <= 3; threads++) {
    eg_store *store;
    eg_set_num_threads(threads);
    REQUIRE_OK(eg_store_open(&store, path));
    REQUIRE_OK(eg_store_read(&back, store, "x"));
    CHECK(same_tensor(x, back));
    eg_tensor_release(back);
    eg_store_close(store);
  }
  eg_set_num_threads(before);
  eg_tensor_release(x);
  test_folder_remove(folder);
}

static void keeps_views_as_they_look(void) {
  const char *path = test_path(test_folder_make(folder, sizeof folder), "a.h5");
  eg_tensor *x = numbers(EG_SHAPE(4, 6)), *view, *back;
  eg_store *store;
  REQUIRE_OK(eg_tensor_transpose(&view, x, 0, 1));
  const eg_store_item item = {.name = "view", .tensor = view};
  REQUIRE_OK(eg_store_save(path, &item, 1, NULL));
  REQUIRE_OK(eg_store_open(&store, path));
  REQUIRE_OK(eg_store_read(&back, store, "view"));
  CHECK(same_tensor(view, back));
  eg_tensor_release(back);
  eg_tensor_release(view);
  eg_tensor_release(x);
  eg_store_close(store);
  test_folder_remove(folder);
}

static void keeps_values_and_attributes(void) {
  const char *path = test_path(test_folder_make(folder, sizeof folder), "a.h5");
  static char long_text[100001];
  memset(long_text, 'x', sizeof long_text - 1);
  const char *const texts[] = {"NORM", "", "Vorhofflimmern \xc3\xa4", long_text};
  const int64_t whole[] = {INT64_MIN, -1, 0, 9007199254740993, INT64_MAX};
  const double reals[] = {0.1, -1e300, 0.228};
  const bool truths[] = {true, false};
  eg_attribute attributes[14] = {{"texts", {.kind = EG_VALUE_STRING, .list = true, .count = 3, .strings = texts}},
                                 {"text", {.kind = EG_VALUE_STRING, .count = 1, .strings = texts + 2}},
                                 {"empty text", {.kind = EG_VALUE_STRING, .count = 1, .strings = texts + 1}},
                                 {"long text", {.kind = EG_VALUE_STRING, .count = 1, .strings = texts + 3}},
                                 {"integers", integers(whole, 5)},
                                 {"integer", {.kind = EG_VALUE_INTEGER, .count = 1, .integers = whole + 3}},
                                 {"reals", {.kind = EG_VALUE_REAL, .list = true, .count = 3, .reals = reals}},
                                 {"real", {.kind = EG_VALUE_REAL, .count = 1, .reals = reals}},
                                 {"truths", {.kind = EG_VALUE_BOOL, .list = true, .count = 2, .bools = truths}},
                                 {"truth", {.kind = EG_VALUE_BOOL, .count = 1, .bools = truths}},
                                 {"none", {.kind = EG_VALUE_REAL, .list = true, .count = 0, .reals = reals}},
                                 {"one", integers(whole, 1)},
                                 {"a", integers(whole, 2)},
                                 {"z", integers(whole, 3)}};
  const eg_attributes all = {.count = 14, .items = attributes};
  eg_store_item items[14];
  for (int i = 0; i < 14; i++)
    items[i] = (eg_store_item){
        .name = attributes[i].name, .value = &attributes[i].value, .attributes = &all, .layout.checksum = i % 2 == 0};
  eg_store *store;
  REQUIRE_OK(eg_store_save(path, items, 14, &all));
  REQUIRE_OK(eg_store_open(&store, path));
  for (int i = -1; i < 14; i++) { /* of the file, of each array; then the array itself */
    eg_attributes found;
    REQUIRE_OK(eg_store_read_attributes(&found, store, i < 0 ? NULL : attributes[i].name));
    CHECK_INT(found.count, 14);
    for (int a = 0; a < 14; a++) {
      const eg_value *want = &attributes[a].value, *got = eg_attributes_find(&found, attributes[a].name);
      eg_value from_array = {.data = NULL};
      if (i == a) {
        REQUIRE_OK(eg_store_read_value(&from_array, store, attributes[a].name));
        got = &from_array;
      }
      REQUIRE(got != NULL);
      CHECK_INT(got->kind, want->kind);
      CHECK_INT(got->list, want->list);
      REQUIRE(got->count == want->count);
      for (int64_t v = 0; v < got->count && want->kind == EG_VALUE_STRING; v++)
        CHECK_STRING(got->strings[v], want->strings[v]);
      if (want->kind != EG_VALUE_STRING)
        CHECK_SAME_BITS(got->data, want->data, (size_t)got->count * (want->kind == EG_VALUE_BOOL ? sizeof(bool) : 8));
      eg_value_free(&from_array);
    }
    eg_attributes_free(&found);
  }
  eg_store_close(store);
  test_folder_remove(folder);
}

static void replaces_attributes(void) {
  const char *path = test_path(test_folder_make(folder, sizeof folder), "a.h5");
  static const char *const words[] = {"first", "the second, longer"};
  eg_store_writer *writer;
  eg_store *store;
  eg_attributes found;
  REQUIRE_OK(eg_store_create(&writer, path));
  for (int i = 0; i < 2; i++) {
    eg_attribute item = {"word", text(words + i)};
    CHECK_OK(eg_store_write_attributes(writer, NULL, &(eg_attributes){.count = 1, .items = &item}));
  }
  CHECK_FAILS(eg_store_write_attributes(writer, "x", &(eg_attributes){.count = 0}), EG_USAGE, "no array 'x'");
  REQUIRE_OK(eg_store_commit(writer));
  REQUIRE_OK(eg_store_open(&store, path));
  REQUIRE_OK(eg_store_read_attributes(&found, store, NULL));
  CHECK_INT(found.count, 1);
  CHECK_STRING(found.items[0].value.strings[0], words[1]);
  eg_attributes_free(&found);
  eg_store_close(store);
  test_folder_remove(folder);
}

/* The same content makes the same bytes. */
static void writes_the_same_bytes_again(void) {
  test_folder_make(folder, sizeof folder);
  const char *one = test_path(folder, "a.h5"), *two = test_path(folder, "b.h5");
  eg_tensor *x = numbers(EG_SHAPE(100, 50));
  const eg_store_item items[] = {{.name = "g/x", .tensor = x, .layout.checksum = true}, {.name = "y", .tensor = x}};
  REQUIRE_OK(eg_store_save(one, items, 2, NULL));
  struct timespec nap = {1, 100000000}; /* times in the file, were there any, would differ */
  nanosleep(&nap, NULL);
  REQUIRE_OK(eg_store_save(two, items, 2, NULL));
  test_bytes bytes = test_read(one);
  CHECK(test_same(two, bytes.at, bytes.count));
  free(bytes.at);
  eg_tensor_release(x);
  test_folder_remove(folder);
}

/* Row by row. */

static void appends_rows(void) {
  static const eg_store_layout layouts[] = {
      {.compression = 0}, {.checksum = true, .chunk_rows = 5}, {.dtype = EG_DTYPE_INT16, .compression = 2}};
  const char *path = test_path(test_folder_make(folder, sizeof folder), "a.h5");
  eg_tensor *x = numbers(EG_SHAPE(23, 4, 3)), *block, *back;
  for (int l = 0; l < 3; l++)
    for (int64_t known = 0; known <= 23; known += 23) { /* rows given beforehand: none, all */
      eg_store_writer *writer;
      eg_store *store;
      REQUIRE_OK(eg_store_create(&writer, path));
      REQUIRE_OK(eg_store_reserve(writer, "signals", EG_SHAPE(known, 4, 3), &layouts[l]));
      static const int64_t blocks[] = {1, 2, 5, 0, 8, 7};
      int64_t first = 0;
      for (int i = 0; i < 6; first += blocks[i++]) {
        REQUIRE_OK(eg_tensor_narrow(&block, x, 0, first, blocks[i]));
        CHECK_OK(eg_store_append(writer, "signals", block));
        eg_tensor_release(block);
      }
      REQUIRE_OK(eg_store_commit(writer));
      REQUIRE_OK(eg_store_open(&store, path));
      REQUIRE_OK(eg_store_read(&back, store, "signals"));
      CHECK(same_tensor(x, back));
      eg_tensor_release(back);
      eg_store_close(store);
    }
  eg_tensor_release(x);
  test_folder_remove(folder);
}

static void refuses_wrong_rows(void) {
  const char *path = test_path(test_folder_make(folder, sizeof folder), "a.h5");
  eg_tensor *x = numbers(EG_SHAPE(3, 2)), *wide = numbers(EG_SHAPE(3, 4));
  eg_store_writer *writer;
  REQUIRE_OK(eg_store_create(&writer, path));
  REQUIRE_OK(eg_store_reserve(writer, "x", EG_SHAPE(5, 2), NULL));
  CHECK_OK(eg_store_append(writer, "x", x));
  CHECK_FAILS(eg_store_append(writer, "x", wide), EG_USAGE, "rows of {3, 4} cannot be appended to {5, 2}");
  CHECK_FAILS(eg_store_append(writer, "x", x), EG_USAGE, "has 3 of its 5 rows; 3 more are too many");
  CHECK_FAILS(eg_store_append(writer, "y", x), EG_USAGE, "no array 'y' was reserved");
  CHECK_FAILS(eg_store_reserve(writer, "x", EG_SHAPE(5, 2), NULL), EG_USAGE, "'x'");
  CHECK_FAILS(eg_store_reserve(writer, "s", (eg_shape){0}, NULL), EG_USAGE, "rows that have elements");
  CHECK_FAILS(eg_store_commit(writer), EG_USAGE, "'x' has 3 of its 5 rows");
  CHECK_INT(test_folder_count(folder), 0);
  eg_tensor_release(x);
  eg_tensor_release(wide);
  test_folder_remove(folder);
}

static void refuses_wrong_items(void) {
  static const char *const names[] = {"", "/", "/x", "x/", "a//b", ".", "a/./b"};
  const char *path = test_path(test_folder_make(folder, sizeof folder), "a.h5");
  eg_tensor *x = numbers(EG_SHAPE(300));
  const eg_value value = integers((const int64_t[]){1}, 1);
  eg_store_item item = {.name = "x", .tensor = x};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    item.name = names[i];
    CHECK_FAILS(eg_store_save(path, &item, 1, NULL), EG_USAGE, "cannot be the name of an array");
  }
  const eg_store_item beside[][2] = {{{.name = "x", .tensor = x}, {.name = "x", .tensor = x}},
                                     {{.name = "x", .tensor = x}, {.name = "x/y", .tensor = x}},
                                     {{.name = "x/y", .tensor = x}, {.name = "x", .tensor = x}}};
  for (int i = 0; i < 3; i++)
    CHECK_FAILS(eg_store_save(path, beside[i], 2, NULL), EG_USAGE, "cannot be written beside");
  item = (eg_store_item){.name = "x"};
  CHECK_FAILS(eg_store_save(path, &item, 1, NULL), EG_USAGE, "either a tensor or a value");
  item = (eg_store_item){.name = "x", .tensor = x, .value = &value};
  CHECK_FAILS(eg_store_save(path, &item, 1, NULL), EG_USAGE, "either a tensor or a value");
  item = (eg_store_item){.name = "x", .tensor = x, .layout.dtype = EG_DTYPE_FLOAT16};
  CHECK_FAILS(eg_store_save(path, &item, 1, NULL), EG_USAGE, "cannot be written as float16");
  item.layout = (eg_store_layout){.compression = 10};
  CHECK_FAILS(eg_store_save(path, &item, 1, NULL), EG_USAGE, "compression must be from 0 to 9");
  for (int64_t i = 0; i < 300; i++)
    eg_tensor_data(x)[i] = (eg_real)i;
  item.layout = (eg_store_layout){.dtype = EG_DTYPE_INT8};
  CHECK_FAILS(eg_store_save(path, &item, 1, NULL), EG_USAGE, "store: x: the value 128 does not fit the type int8");
  eg_tensor_data(x)[7] = (eg_real)NAN;
  CHECK_FAILS(eg_store_save(path, &item, 1, NULL), EG_USAGE, "does not fit the type int8");
  CHECK_INT(test_folder_count(folder), 0);
  eg_tensor_release(x);
  test_folder_remove(folder);
}

/* Damage. */

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
    attributes[2 + i] = (eg_attribute){names[i], text(texts)};
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
  CHECK_FAILS(read_everything(&sum, file.at, 20), EG_WORLD, "the file is not an HDF5 file");
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
  CHECK_FAILS(eg_store_open(&store, "README.md"), EG_WORLD, "README.md is not an HDF5 file");
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

CHECK_MAIN(TEST(keeps_every_type_and_layout), TEST(reads_rows), TEST(gives_the_same_for_any_number_of_threads),
           TEST(keeps_views_as_they_look), TEST(keeps_values_and_attributes), TEST(replaces_attributes),
           TEST(writes_the_same_bytes_again), TEST(appends_rows), TEST(refuses_wrong_rows), TEST(refuses_wrong_items),
           TEST(refuses_every_truncation), TEST(notices_every_flipped_bit), TEST(survives_damage),
           TEST(refuses_lying_shapes), TEST(names_what_it_cannot_read), TEST(survives_lack_of_memory))
