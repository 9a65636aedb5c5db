/* safetensors, .npy and the JSON parser: right files, wrong ones, cut ones, changed ones. */
#define _DEFAULT_SOURCE
#include "check.h"
#include "ecgraft/npy.h"
#include "ecgraft/safetensors.h"
#include "store/json.h"
#include "support_files.h"
#include "support_tensors.h"

static char folder[256];

/* JSON. */

/* The fault of a text as one value, or NULL. */
static const char *fault_of(const char *text) {
  char copy[4096];
  eg_json json;
  size_t length = strlen(text);
  memcpy(copy, text, length);
  eg_json_begin(&json, copy, length);
  eg_json_skip(&json);
  eg_json_end(&json);
  return json.fault;
}

static void json_takes_what_is_right(void) {
  static const char *const right[] = {"{}",
                                      "[]",
                                      " [ ] ",
                                      "0",
                                      "-0",
                                      "12",
                                      "1.5",
                                      "-1.5e+10",
                                      "1E-2",
                                      "true",
                                      "false",
                                      "null",
                                      "\"\"",
                                      "[1,[2,[3]]]",
                                      "{\"a\":{\"b\":[1,2,\"c\"]}}",
                                      "\"\\u0041\\n\\\\\\\"\\/\"",
                                      "\"\\ud83d\\ude00\"",
                                      "\"\xc3\xa4\xe5\xbf\x83\xf0\x9f\x98\x80\"",
                                      "\t\r\n{\t\"a\"\r:\n1}"};
  for (size_t i = 0; i < sizeof right / sizeof *right; i++)
    if (fault_of(right[i]))
      check_failed(__FILE__, __LINE__, "%s: %s", right[i], fault_of(right[i]));
}

static void json_refuses_what_is_wrong(void) {
  static const char *const wrong[] = {"",
                                      "{",
                                      "}",
                                      "[",
                                      "]",
                                      "[1",
                                      "[1,",
                                      "[1,]",
                                      "[,1]",
                                      "[1 2]",
                                      "{\"a\"}",
                                      "{\"a\":}",
                                      "{\"a\":1,}",
                                      "{a:1}",
                                      "{'a':1}",
                                      "01",
                                      "-",
                                      "+1",
                                      ".5",
                                      "1.",
                                      "1e",
                                      "1e+",
                                      "0x1",
                                      "NaN",
                                      "Infinity",
                                      "tru",
                                      "truex",
                                      "nul",
                                      "\"",
                                      "\"a",
                                      "\"\\",
                                      "\"\\x\"",
                                      "\"\\u12\"",
                                      "\"\\u12g4\"",
                                      "\"\\u0000\"",
                                      "\"\\ud83d\"",
                                      "\"\\ude00\"",
                                      "\"\\ud83d\\u0041\"",
                                      "\"\n\"",
                                      "\"\x80\"",
                                      "\"\xc0\xaf\"",
                                      "\"\xed\xa0\x80\"",
                                      "\"\xf5\x80\x80\x80\"",
                                      "\"\xe5\xbf\"",
                                      "1 2",
                                      "{} {}",
                                      "// 1",
                                      "[1]x"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    if (!fault_of(wrong[i]))
      check_failed(__FILE__, __LINE__, "%s passes", wrong[i]);
  char deep[201];
  memset(deep, '[', 100);
  memset(deep + 100, ']', 100);
  deep[200] = '\0';
  CHECK_STRING(fault_of(deep), "nested too deeply");
}

static void json_decodes_in_place(void) {
  char text[] = "{\"a\\u00e4\\n\":[1,20, 9223372036854775807],\"\\ud83d\\ude00\":\"\"}";
  eg_json json;
  eg_json_begin(&json, text, sizeof text - 1);
  eg_json_open(&json, '{');
  CHECK(eg_json_more(&json, '}'));
  CHECK_STRING(eg_json_key(&json), "a\xc3\xa4\n");
  eg_json_open(&json, '[');
  static const int64_t want[] = {1, 20, INT64_MAX};
  for (int i = 0; i < 3; i++) {
    CHECK(eg_json_more(&json, ']'));
    CHECK_INT(eg_json_count(&json), want[i]);
  }
  CHECK(!eg_json_more(&json, ']'));
  CHECK(eg_json_more(&json, '}'));
  CHECK_STRING(eg_json_key(&json), "\xf0\x9f\x98\x80");
  CHECK_STRING(eg_json_string(&json), "");
  CHECK(!eg_json_more(&json, '}'));
  eg_json_end(&json);
  CHECK(json.fault == NULL);
}

static void json_counts_are_whole(void) {
  static const char *const wrong[] = {"-1",    "1.0", "1e3", "01", "9223372036854775808", "99999999999999999999",
                                      "\"1\"", ""};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    char copy[32];
    eg_json json;
    strcpy(copy, wrong[i]);
    eg_json_begin(&json, copy, strlen(copy));
    eg_json_count(&json);
    CHECK(json.fault != NULL);
  }
}

/* safetensors. */

/* A file with this header and so many bytes of data. */
static test_bytes file_of(const char *header, size_t data) {
  size_t length = strlen(header);
  test_bytes file = {malloc(8 + length + data), 8 + length + data};
  memset(file.at, 0, file.count);
  for (int i = 0; i < 8; i++)
    file.at[i] = (unsigned char)((uint64_t)length >> 8 * i);
  memcpy(file.at + 8, header, length);
  return file;
}

static eg_status parse(test_bytes file) {
  eg_safetensors *found;
  eg_status status = eg_safetensors_parse(&found, file.at, file.count, "the file");
  eg_safetensors_free(found);
  return status;
}

static void keeps_tensors_and_metadata(void) {
  const char *path = test_path(test_folder_make(folder, sizeof folder), "a.safetensors");
  static const char *const metadata[][2] = {{"format", "pt"}, {"note", "a \"quote\", a \\, a\ttab, \xc3\xa4"}};
  eg_tensor *tensors[4] = {numbers((eg_shape){0}), numbers(EG_SHAPE(0, 3)), numbers(EG_SHAPE(3, 4)), NULL};
  REQUIRE_OK(eg_tensor_transpose(&tensors[3], tensors[2], 0, 1));
  const eg_safetensors_item items[] = {{"scalar", tensors[0], EG_DTYPE_OTHER},
                                       {"empty", tensors[1], EG_DTYPE_FLOAT64},
                                       {"i64", tensors[2], EG_DTYPE_INT64},
                                       {"view \"\n", tensors[3], EG_DTYPE_INT8},
                                       {"f32", tensors[2], EG_DTYPE_FLOAT32}};
  REQUIRE_OK(eg_safetensors_save(path, items, 5, metadata, 2));
  eg_safetensors *file;
  REQUIRE_OK(eg_safetensors_load(&file, path));
  CHECK_INT(file->count, 5);
  CHECK_INT(file->metadata_count, 2);
  for (int i = 0; i < 2; i++)
    for (int k = 0; k < 2; k++)
      CHECK_STRING(file->metadata[i][k], metadata[i][k]);
  for (int64_t i = 0; i < file->count; i++) {
    int found = 0;
    for (int k = 0; k < 5; k++)
      if (strcmp(file->entries[i].name, items[k].name) == 0) {
        found++;
        CHECK(same_tensor(file->entries[i].tensor, items[k].tensor));
        CHECK(k == 0 || file->entries[i].dtype == items[k].dtype);
      }
    CHECK_INT(found, 1);
  }
  eg_safetensors_free(file);
  REQUIRE_OK(eg_safetensors_save(path, NULL, 0, NULL, 0));
  REQUIRE_OK(eg_safetensors_load(&file, path));
  CHECK_INT(file->count, 0);
  eg_safetensors_free(file);
  for (int i = 0; i < 4; i++)
    eg_tensor_release(tensors[i]);
  test_folder_remove(folder);
}

static void refuses_wrong_items(void) {
  const char *path = test_path(test_folder_make(folder, sizeof folder), "a.safetensors");
  eg_tensor *x = numbers(EG_SHAPE(3));
  eg_safetensors_item items[2] = {{"x", x, EG_DTYPE_OTHER}, {"x", x, EG_DTYPE_OTHER}};
  CHECK_FAILS(eg_safetensors_save(path, items, 2, NULL, 0), EG_USAGE, "two tensors are named 'x'");
  items[1].name = "__metadata__";
  CHECK_FAILS(eg_safetensors_save(path, items, 2, NULL, 0), EG_USAGE, "cannot be the name of a tensor");
  items[1].name = "\xff";
  CHECK_FAILS(eg_safetensors_save(path, items, 2, NULL, 0), EG_USAGE, "cannot be the name of a tensor");
  items[0].dtype = EG_DTYPE_FLOAT16;
  CHECK_FAILS(eg_safetensors_save(path, items, 1, NULL, 0), EG_USAGE, "cannot be written as float16");
  items[0].dtype = EG_DTYPE_UINT8;
  eg_tensor_data(x)[1] = 256;
  CHECK_FAILS(eg_safetensors_save(path, items, 1, NULL, 0), EG_USAGE,
              "save_safetensors: x: the value 256 does not fit");
  static const char *const wrong[][2] = {{"a", "\xff"}};
  items[0].dtype = EG_DTYPE_OTHER;
  CHECK_FAILS(eg_safetensors_save(path, items, 1, wrong, 1), EG_USAGE, "not UTF-8");
  CHECK_INT(test_folder_count(folder), 0);
  eg_tensor_release(x);
  test_folder_remove(folder);
}

static void refuses_wrong_headers(void) {
#define F32(begin, end) "\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[" begin "," end "]"
  static const struct {
    const char *header;
    size_t data;
    const char *why; /* NULL: it is right */
  } cases[] = {
      {"{\"x\":{" F32("0", "8") "}}", 8, NULL},
      {"{\"x\":{" F32("0", "8") "}}   ", 8, NULL},
      {"{}", 0, NULL},
      {"{\"__metadata__\":{}}", 0, NULL},
      {"{\"b\":{" F32("8", "16") "},\"a\":{" F32("0", "8") "}}", 16, NULL},
      {"{\"x\":{\"dtype\":\"U8\",\"shape\":[0,1000],\"data_offsets\":[0,0]}}", 0, NULL},
      {"{\"x\":{\"dtype\":\"U8\",\"shape\":[0,9223372036854775807],\"data_offsets\":[0,0]}}", 0,
       "more elements than memory can address"},
      {"", 0, "does not begin with '{'"},
      {" {}", 0, "does not begin with '{'"},
      {"[]", 0, "does not begin with '{'"},
      {"{}x", 0, "text after the end"},
      {"{\"x\":{" F32("0", "8") "}}", 7, "expected it to begin at 0 and to end within 7"},
      {"{\"x\":{" F32("0", "8") "}}", 9, "8 bytes of data expected, there are 9"},
      {"{\"x\":{" F32("1", "9") "}}", 9, "expected it to begin at 0"},
      {"{\"x\":{" F32("8", "0") "}}", 8, "expected it to begin at 0"},
      {"{\"x\":{" F32("0", "4") "}}", 4, "has 4 bytes for shape {2} of float32"},
      {"{\"x\":{" F32("0", "8") "},\"y\":{" F32("4", "12") "}}", 12, "expected it to begin at 8"},
      {"{\"x\":{" F32("0", "8") "},\"y\":{" F32("12", "20") "}}", 20, "expected it to begin at 8"},
      {"{\"x\":{" F32("0", "8") "},\"y\":{" F32("0", "8") "}}", 8, "expected it to begin at 8"},
      {"{\"x\":{" F32("0", "8") "},\"x\":{" F32("8", "16") "}}", 16, "has 'x' twice"},
      {"{\"x\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}}", 0,
       "has 0 bytes for shape"},
      {"{\"x\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}", 4, "more than 8 dims"},
      {"{\"x\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4, "expected a whole number"},
      {"{\"x\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", 4, "expected a whole number"},
      {"{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", 4,
       "data_offsets that are not two numbers"},
      {"{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4, "data_offsets that are not two numbers"},
      {"{\"x\":{\"dtype\":\"F8_E4M3\",\"shape\":[4],\"data_offsets\":[0,4]}}", 4, "a dtype that is not known"},
      {"{\"x\":{\"dtype\":\"f32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "a dtype that is not known"},
      {"{\"x\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "without dtype, shape or data_offsets"},
      {"{\"x\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "a field given twice"},
      {"{\"x\":{\"type\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "a field other than"},
      {"{\"x\":1}", 0, "expected '{'"},
      {"{\"x\":{" F32("0", "8") "}", 8, "expected ',' or '}'"},
      {"{\"__metadata__\":{\"a\":1}}", 0, "expected a string"},
      {"{\"__metadata__\":{},\"__metadata__\":{}}", 0, "__metadata__ twice"},
      {"{\"__metadata__\":[]}", 0, "expected '{'"},
      {"{\"a\\u0000b\":{" F32("0", "8") "}}", 8, "wrong escape"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    test_bytes file = file_of(cases[i].header, cases[i].data);
    eg_status status = parse(file);
    if (!cases[i].why && status != EG_OK)
      check_failed(__FILE__, __LINE__, "%s: %s", cases[i].header, eg_failure());
    if (cases[i].why && (status != EG_WORLD || !strstr(eg_failure(), cases[i].why)))
      check_failed(__FILE__, __LINE__, "%s: status %d, \"%s\", expected \"%s\"", cases[i].header, status, eg_failure(),
                   cases[i].why);
    free(file.at);
  }
}

static void refuses_lying_lengths(void) {
  static const uint64_t lengths[] = {1, 3, 1000, 100000001, 1ull << 40, UINT64_MAX, UINT64_MAX - 7};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
    test_bytes file = file_of("{}", 0);
    for (int b = 0; b < 8; b++)
      file.at[b] = (unsigned char)(lengths[i] >> 8 * b);
    size_t live = eg_memory().live;
    eg_memory_reset_peak();
    CHECK_STATUS(parse(file), EG_WORLD);
    CHECK(eg_memory().peak - live < 4096);
    free(file.at);
  }
  eg_safetensors *found;
  CHECK_FAILS(eg_safetensors_load(&found, "no/such.safetensors"), EG_WORLD, "No such file");
  CHECK_FAILS(eg_safetensors_load(&found, "spec"), EG_WORLD, "folder");
}

static test_bytes fixture(const char *name) {
  test_bytes file = test_read(test_path("spec/fixtures/store", name));
  if (!file.at)
    abort();
  return file;
}

static void survives_damage(void) {
  test_bytes file = fixture("everything.safetensors");
  eg_rng rng = eg_rng_seed(3);
  REQUIRE_OK(parse(file));
  for (size_t count = 0; count < file.count; count++)
    CHECK_STATUS(parse((test_bytes){file.at, count}), EG_WORLD);
  size_t live = eg_memory().live;
  eg_memory_reset_peak();
  for (size_t bit = 0; bit < 8 * file.count; bit++) {
    file.at[bit / 8] ^= (unsigned char)(1 << bit % 8);
    eg_status status = parse(file);
    CHECK(status == EG_OK || status == EG_WORLD);
    file.at[bit / 8] ^= (unsigned char)(1 << bit % 8);
  }
  unsigned char *copy = malloc(file.count);
  for (int round = 0; round < 20000; round++) {
    memcpy(copy, file.at, file.count);
    for (int c = 0; c < 3; c++)
      copy[eg_rng_below(&rng, file.count)] = (unsigned char)"0123456789{}[]\",:\\ue"[eg_rng_below(&rng, 20)];
    eg_status status = parse((test_bytes){copy, file.count});
    CHECK(status == EG_OK || status == EG_WORLD);
  }
  CHECK(eg_memory().peak - live < 64 * file.count);
  free(copy);
  free(file.at);
}

static eg_status load_fixture(const char *path) {
  eg_safetensors *file;
  eg_status status = eg_safetensors_load(&file, path);
  eg_safetensors_free(file);
  return status;
}

static eg_status load_npy(const char *path) {
  eg_tensor *x;
  eg_status status = eg_npy_load(&x, NULL, path);
  eg_tensor_release(x);
  return status;
}

static void survives_lack_of_memory(void) {
  CHECK_NOMEM(load_fixture("spec/fixtures/store/everything.safetensors"));
  CHECK_NOMEM(load_npy("spec/fixtures/store/f8.npy"));
  CHECK_NOMEM(load_npy("spec/fixtures/store/fortran.npy"));
}

/* .npy */

static void npy_keeps_tensors(void) {
  static const eg_dtype types[] = {EG_DTYPE_FLOAT32, EG_DTYPE_FLOAT64, EG_DTYPE_INT8, EG_DTYPE_INT16,
                                   EG_DTYPE_INT32,   EG_DTYPE_INT64,   EG_DTYPE_UINT8};
  const eg_shape shapes[] = {{0}, EG_SHAPE(7), EG_SHAPE(0, 3), EG_SHAPE(3, 4), EG_SHAPE(1, 2, 1, 2, 1, 2, 1, 2)};
  const char *path = test_path(test_folder_make(folder, sizeof folder), "a.npy");
  for (int s = 0; s < 5; s++)
    for (int t = 0; t < 7; t++) {
      eg_tensor *x = numbers(shapes[s]), *back;
      eg_dtype dtype;
      REQUIRE_OK(eg_npy_save(path, x, types[t]));
      REQUIRE_OK(eg_npy_load(&back, &dtype, path));
      CHECK(same_tensor(x, back));
      CHECK_INT(dtype, types[t]);
      test_bytes file = test_read(path);
      CHECK_INT((file.count - (size_t)eg_tensor_numel(x) * eg_dtype_size(dtype)) % 64, 0);
      free(file.at);
      eg_tensor_release(x);
      eg_tensor_release(back);
    }
  test_folder_remove(folder);
}

static void npy_survives_damage(void) {
  const char *path = test_path(test_folder_make(folder, sizeof folder), "a.npy");
  test_bytes file = fixture("fortran.npy");
  for (size_t count = 0; count < file.count; count++) {
    test_write(path, file.at, count);
    CHECK_STATUS(load_npy(path), EG_WORLD);
  }
  for (size_t bit = 0; bit < 8 * 128; bit++) { /* the header; the data has no redundancy */
    file.at[bit / 8] ^= (unsigned char)(1 << bit % 8);
    test_write(path, file.at, file.count);
    eg_status status = load_npy(path);
    CHECK(status == EG_OK || status == EG_WORLD);
    file.at[bit / 8] ^= (unsigned char)(1 << bit % 8);
  }
  free(file.at);
  CHECK_FAILS(load_npy("spec/fixtures/store/objects.npy"), EG_WORLD, "an element type other than");
  CHECK_FAILS(load_npy("spec/fixtures/store/latest.h5"), EG_WORLD, "does not begin with");
  test_folder_remove(folder);
}

static void npy_refuses_wrong_headers(void) {
  static const char *const wrong[] = {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } x",
                                      "{'descr': '<f4', 'fortran_order': False, }",
                                      "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}",
                                      "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'shape': (2,)}",
                                      "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}",
                                      "{'descr': '<f4', 'fortran_order': False, 'shape': [2]}",
                                      "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}",
                                      "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
                                      "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4)}",
                                      "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}",
                                      "{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}",
                                      "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}",
                                      "{'descr': '<f4, 'fortran_order': False, 'shape': (2,)}",
                                      "",
                                      "{"};
  const char *path = test_path(test_folder_make(folder, sizeof folder), "a.npy");
  for (int i = -1; i < (int)(sizeof wrong / sizeof *wrong); i++) {
    const char *header = i < 0 ? "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}" : wrong[i];
    unsigned char bytes[512] = "\x93NUMPY\x01\x00";
    size_t length = strlen(header);
    bytes[8] = (unsigned char)length;
    memcpy(bytes + 10, header, length);
    test_write(path, bytes, 10 + length + 8);
    CHECK_STATUS(load_npy(path), i < 0 ? EG_OK : EG_WORLD);
  }
  test_folder_remove(folder);
}

CHECK_MAIN(TEST(json_takes_what_is_right), TEST(json_refuses_what_is_wrong), TEST(json_decodes_in_place),
           TEST(json_counts_are_whole), TEST(keeps_tensors_and_metadata), TEST(refuses_wrong_items),
           TEST(refuses_wrong_headers), TEST(refuses_lying_lengths), TEST(survives_damage),
           TEST(survives_lack_of_memory), TEST(npy_keeps_tensors), TEST(npy_survives_damage),
           TEST(npy_refuses_wrong_headers))
