#include <stdint.h>
#include <string.h>

#include "ecgraft/memory.h"
#include "ecgraft/store.h"

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
