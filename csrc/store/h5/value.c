/* Elements of a file as values: numbers, truth values, strings. */
#define _POSIX_C_SOURCE 200809L
#include <string.h>

#include "ecgraft/memory.h"
#include "store/convert.h"
#include "store/h5/h5.h"

/* Strings as one block: the pointers, then the texts, each ended by 0. First their lengths are added up, then they are
 * copied. */
typedef struct strings {
  eg_h5_file *file;
  const eg_h5_type *type;
  const unsigned char *bytes;
} strings;

static eg_status get_string(const strings *s, int64_t i, const char **text, size_t *length) {
  const unsigned char *at = s->bytes + (uint64_t)i * s->type->size;
  if (s->type->class == EG_H5_LONG_STRING)
    return eg_h5_text(s->file, at, text, length);
  *text = (const char *)at;
  *length = strnlen(*text, s->type->size);
  while (s->type->spaces && *length > 0 && (*text)[*length - 1] == ' ')
    --*length;
  return EG_OK;
}

/* Many short references may name one long text; together they must not be longer than the file could be meant to hold.
 */
static eg_status total_length(const strings *s, int64_t count, size_t *total) {
  *total = 0;
  for (int64_t i = 0; i < count; i++) {
    const char *text;
    size_t length;
    EG_TRY(get_string(s, i, &text, &length));
    *total += length + 1;
    EG_TRY(eg_h5_spend(s->file, length));
  }
  return EG_OK;
}

static eg_status read_strings(eg_value *out, const strings *s, int64_t count) {
  size_t total, pointers = (size_t)count * sizeof(char *);
  EG_TRY(total_length(s, count, &total));
  char *block = eg_alloc(pointers + total);
  if (!block)
    return EG_NOMEM;
  const char **list = (const char **)(void *)block;
  char *to = block + pointers;
  for (int64_t i = 0; i < count; i++) {
    const char *text;
    size_t length;
    eg_status status = get_string(s, i, &text, &length);
    if (status != EG_OK) {
      eg_free(block);
      return status;
    }
    list[i] = to;
    memcpy(to, text, length);
    to[length] = '\0';
    to += length + 1;
  }
  out->strings = list;
  out->kind = EG_VALUE_STRING;
  return EG_OK;
}

static bool has_negative(const int64_t *numbers, int64_t count) {
  for (int64_t i = 0; i < count; i++)
    if (numbers[i] < 0)
      return true;
  return false;
}

static eg_status read_numbers(eg_value *out, const eg_h5_type *type, const unsigned char *bytes, int64_t count) {
  void *block = eg_alloc((size_t)count * 8);
  if (!block)
    return EG_NOMEM;
  out->data = block;
  if (type->dtype == EG_DTYPE_BOOL) {
    bool *to = block;
    for (int64_t i = 0; i < count; i++)
      to[i] = bytes[i] != 0;
    out->kind = EG_VALUE_BOOL;
  } else if (type->dtype <= EG_DTYPE_FLOAT64) {
    eg_decode_doubles(block, bytes, count, type->dtype, type->big);
    out->kind = EG_VALUE_REAL;
  } else {
    eg_decode_integers(block, bytes, count, type->dtype, type->big);
    out->kind = EG_VALUE_INTEGER;
    if (type->dtype == EG_DTYPE_UINT64 && has_negative(block, count)) { /* beyond int64: as doubles */
      eg_decode_doubles(block, bytes, count, type->dtype, type->big);
      out->kind = EG_VALUE_REAL;
    }
  }
  return EG_OK;
}

eg_status eg_h5_value(eg_value *out, eg_h5_file *file, const eg_h5_type *type, const unsigned char *bytes,
                      int64_t count, bool list) {
  *out = (eg_value){.list = true};
  if (type->class == EG_H5_FOREIGN)
    return EG_OK;
  *out = (eg_value){.count = count, .list = list};
  if (type->class == EG_H5_NUMBER)
    return read_numbers(out, type, bytes, count);
  strings s = {.file = file, .type = type, .bytes = bytes};
  return read_strings(out, &s, count);
}
