#include "store/value.h"

#include <stdint.h>
#include <string.h>
#include <zlib.h>

#include "ecgraft/memory.h"
#include "store/convert.h"

void eg_value_free(eg_value *value) {
  eg_free((void *)(uintptr_t)value->data); /* strings: one block, pointers and texts */
  *value = (eg_value){.data = NULL};
}

void eg_attributes_free(eg_attributes *attributes) {
  for (int64_t i = 0; i < attributes->count; i++) {
    eg_free((void *)(uintptr_t)attributes->items[i].name);
    eg_value_free(&attributes->items[i].value);
  }
  eg_free(attributes->items);
  *attributes = (eg_attributes){0};
}

const eg_value *eg_attributes_find(const eg_attributes *attributes, const char *name) {
  for (int64_t i = 0; i < attributes->count; i++)
    if (strcmp(attributes->items[i].name, name) == 0)
      return &attributes->items[i].value;
  return NULL;
}

int64_t eg_value_checksum(const eg_value *value) {
  uLong sum = crc32(0, NULL, 0);
  for (int64_t i = 0; i < value->count; i++) {
    unsigned char bytes[8];
    switch (value->kind) {
    case EG_VALUE_STRING:
      for (const char *text = value->strings[i], *end = text + strlen(text) + 1; text < end;) {
        uInt piece = end - text < 1 << 20 ? (uInt)(end - text) : 1u << 20;
        sum = crc32(sum, (const unsigned char *)text, piece);
        text += piece;
      }
      continue;
    case EG_VALUE_BOOL:
      eg_put_uint(bytes, 8, value->bools[i]);
      break;
    default:
      eg_put_uint(bytes, 8, (uint64_t)value->integers[i]); /* of a real its bits */
    }
    sum = crc32(sum, bytes, sizeof bytes);
  }
  return (int64_t)sum;
}
