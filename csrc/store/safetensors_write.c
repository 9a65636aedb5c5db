#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ecgraft/memory.h"
#include "ecgraft/output.h"
#include "ecgraft/safetensors.h"
#include "store/convert.h"
#include "store/json.h"
#include "store/safetensors.h"
#include "store/write.h"

static const struct {
  const char *name;
  eg_dtype dtype;
} names[] = {
    {"F64", EG_DTYPE_FLOAT64}, {"F32", EG_DTYPE_FLOAT32}, {"F16", EG_DTYPE_FLOAT16}, {"BF16", EG_DTYPE_BFLOAT16},
    {"I64", EG_DTYPE_INT64},   {"I32", EG_DTYPE_INT32},   {"I16", EG_DTYPE_INT16},   {"I8", EG_DTYPE_INT8},
    {"U64", EG_DTYPE_UINT64},  {"U32", EG_DTYPE_UINT32},  {"U16", EG_DTYPE_UINT16},  {"U8", EG_DTYPE_UINT8},
    {"BOOL", EG_DTYPE_BOOL},
};

enum { NAMES = sizeof names / sizeof *names };

eg_dtype eg_safetensors_dtype(const char *name) {
  for (int i = 0; i < NAMES; i++)
    if (strcmp(name, names[i].name) == 0)
      return names[i].dtype;
  return EG_DTYPE_OTHER;
}

const char *eg_safetensors_dtype_name(eg_dtype dtype) {
  for (int i = 0; i < NAMES; i++)
    if (dtype == names[i].dtype)
      return names[i].name;
  return "";
}

/* The header, as text that grows. */
typedef struct text {
  char *data;
  size_t length, capacity;
  eg_status status;
} text;

static void add(text *t, const char *bytes, size_t count) {
  if (t->status == EG_OK && t->capacity - t->length < count) {
    size_t wanted = 2 * (t->capacity + count) + 256;
    char *larger = eg_realloc(t->data, wanted);
    if (larger) {
      t->data = larger;
      t->capacity = wanted;
    } else {
      t->status = EG_NOMEM;
    }
  }
  if (t->status == EG_OK) {
    memcpy(t->data + t->length, bytes, count);
    t->length += count;
  }
}

static void addf(text *t, const char *format, ...) {
  char piece[64];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(piece, sizeof piece, format, arguments);
  va_end(arguments);
  add(t, piece, (size_t)length);
}

static void add_string(text *t, const char *string) {
  add(t, "\"", 1);
  for (; *string; string++) {
    unsigned char c = (unsigned char)*string;
    if (c < 0x20)
      addf(t, "\\u%04x", c);
    else if (c == '"' || c == '\\')
      addf(t, "\\%c", c);
    else
      add(t, string, 1);
  }
  add(t, "\"", 1);
}

static eg_dtype type_of(const eg_safetensors_item *item) {
  return eg_dtype_or_real(item->dtype);
}

static int64_t bytes_of(const eg_safetensors_item *item) {
  return eg_tensor_numel(item->tensor) * (int64_t)eg_dtype_size(type_of(item));
}

static void add_tensor(text *t, const eg_safetensors_item *item, int64_t begin) {
  add_string(t, item->name);
  addf(t, ":{\"dtype\":\"%s\",\"shape\":[", eg_safetensors_dtype_name(type_of(item)));
  for (int i = 0; i < item->tensor->shape.ndim; i++)
    addf(t, "%s%" PRId64, i ? "," : "", item->tensor->shape.dims[i]);
  addf(t, "],\"data_offsets\":[%" PRId64 ",%" PRId64 "]}", begin, begin + bytes_of(item));
}

/* Spaces after the text make the data begin at a multiple of 8 bytes. */
static void add_padding(text *t) {
  while (t->status == EG_OK && t->length % 8 != 0)
    add(t, " ", 1);
}

static void make_header(text *t, const eg_safetensors_item *const *order, int64_t count,
                        const char *const (*metadata)[2], int64_t metadata_count) {
  add(t, "{", 1);
  if (metadata_count > 0) {
    add_string(t, "__metadata__");
    for (int64_t i = 0; i < metadata_count; i++) {
      add(t, i ? "," : ":{", i ? 1 : 2);
      add_string(t, metadata[i][0]);
      add(t, ":", 1);
      add_string(t, metadata[i][1]);
    }
    add(t, "}", 1);
  }
  int64_t begin = 0;
  for (int64_t i = 0; i < count; i++) {
    if (i > 0 || metadata_count > 0)
      add(t, ",", 1);
    add_tensor(t, order[i], begin);
    begin += bytes_of(order[i]);
  }
  add(t, "}", 1);
  add_padding(t);
}

/* Wider types first, so that each tensor's data is aligned; else the order given. */
static int by_alignment(const void *a, const void *b) {
  const eg_safetensors_item *x = *(const eg_safetensors_item *const *)a, *y = *(const eg_safetensors_item *const *)b;
  size_t wide_x = eg_dtype_size(type_of(x)), wide_y = eg_dtype_size(type_of(y));
  if (wide_x != wide_y)
    return wide_x > wide_y ? -1 : 1;
  return x < y ? -1 : x > y;
}

static eg_status check_item(const eg_safetensors_item *item) {
  if (strcmp(item->name, "__metadata__") == 0 || !eg_is_utf8(item->name))
    return eg_fail(EG_USAGE, "save_safetensors: '%.200s' cannot be the name of a tensor", item->name);
  if (!eg_can_encode(type_of(item)))
    return eg_fail(EG_USAGE, "save_safetensors: '%.200s' cannot be written as %s", item->name,
                   eg_dtype_name(item->dtype));
  return EG_OK;
}

static int by_name(const void *a, const void *b) {
  return strcmp((*(const eg_safetensors_item *const *)a)->name, (*(const eg_safetensors_item *const *)b)->name);
}

static eg_status check(const eg_safetensors_item *items, int64_t count, const char *const (*metadata)[2],
                       int64_t metadata_count, const eg_safetensors_item **order) {
  for (int64_t i = 0; i < count; i++) {
    EG_TRY(check_item(&items[i]));
    order[i] = &items[i];
  }
  if (count > 0)
    qsort(order, (size_t)count, sizeof *order, by_name);
  for (int64_t i = 1; i < count; i++)
    if (strcmp(order[i - 1]->name, order[i]->name) == 0)
      return eg_fail(EG_USAGE, "save_safetensors: two tensors are named '%.200s'", order[i]->name);
  for (int64_t i = 0; i < metadata_count; i++)
    if (!eg_is_utf8(metadata[i][0]) || !eg_is_utf8(metadata[i][1]))
      return eg_fail(EG_USAGE, "save_safetensors: the metadata '%.200s' is not UTF-8", metadata[i][0]);
  return EG_OK;
}

static eg_status write_file(const char *path, const eg_safetensors_item *const *order, int64_t count, const text *t) {
  unsigned char prefix[8];
  eg_put_uint(prefix, 8, t->length);
  eg_output *output;
  EG_TRY(eg_output_open(&output, path));
  eg_status status = eg_output_write(output, prefix, sizeof prefix);
  if (status == EG_OK)
    status = eg_output_write(output, t->data, t->length);
  for (int64_t i = 0; i < count && status == EG_OK; i++) {
    status = eg_write_elements(output, order[i]->tensor, type_of(order[i]));
    if (status == EG_USAGE) {
      eg_fail_in(status, order[i]->name);
      eg_fail_in(status, "save_safetensors");
    }
  }
  if (status == EG_OK)
    return eg_output_commit(output);
  eg_output_abandon(output);
  return status;
}

eg_status eg_safetensors_save(const char *path, const eg_safetensors_item *items, int64_t count,
                              const char *const (*metadata)[2], int64_t metadata_count) {
  const eg_safetensors_item **order = eg_alloc((size_t)count * sizeof *order);
  if (!order)
    return EG_NOMEM;
  text t = {.status = EG_OK};
  eg_status status = check(items, count, metadata, metadata_count, order);
  if (status == EG_OK) {
    if (count > 0)
      qsort(order, (size_t)count, sizeof *order, by_alignment);
    make_header(&t, order, count, metadata, metadata_count);
    status = t.status;
  }
  if (status == EG_OK && t.length > EG_SAFETENSORS_HEADER_LIMIT)
    status = eg_fail(EG_USAGE, "save_safetensors: names and metadata take %zu bytes, at most 100000000 are allowed",
                     t.length);
  if (status == EG_OK)
    status = write_file(path, order, count, &t);
  eg_free(t.data);
  eg_free(order);
  return status;
}
