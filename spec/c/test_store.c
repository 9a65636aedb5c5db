/* HDF5 files: what is written is read, and nothing wrong is written. */
#define _DEFAULT_SOURCE
#include <time.h>

#include "check.h"
#include "ecgraft/parallel.h"
#include "ecgraft/store.h"
#include "support_files.h"
#include "support_tensors.h"

static char folder[256];

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

CHECK_MAIN(TEST(keeps_every_type_and_layout), TEST(reads_rows), TEST(gives_the_same_for_any_number_of_threads),
           TEST(keeps_views_as_they_look), TEST(keeps_values_and_attributes), TEST(replaces_attributes),
           TEST(writes_the_same_bytes_again), TEST(appends_rows), TEST(refuses_wrong_rows), TEST(refuses_wrong_items))
