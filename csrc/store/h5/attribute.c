/* Attributes (IV.A.2.m): as messages of an object header, or, where they are many or large, in a fractal heap. */
#include <stdlib.h>
#include <string.h>

#include "ecgraft/memory.h"
#include "store/h5/h5.h"
#include "store/value.h"

typedef struct reading {
  eg_h5_file *file;
  eg_attributes *out;
  int64_t capacity;
  eg_h5_heap *heap;
} reading;

static eg_status add(reading *r, const unsigned char *name, size_t length, const eg_value *value) {
  eg_attributes *out = r->out;
  EG_TRY(eg_h5_spend(r->file, length + sizeof(eg_attribute)));
  if (out->count == r->capacity) {
    int64_t capacity = r->capacity ? 2 * r->capacity : 8;
    eg_attribute *larger = eg_realloc(out->items, (size_t)capacity * sizeof *larger);
    if (!larger)
      return EG_NOMEM;
    out->items = larger;
    r->capacity = capacity;
  }
  char *copy = eg_alloc(length + 1);
  if (!copy)
    return EG_NOMEM;
  memcpy(copy, name, length);
  copy[length] = '\0';
  out->items[out->count++] = (eg_attribute){.name = copy, .value = *value};
  return EG_OK;
}

/* What follows the name, its type and its shape: the elements. Values of a foreign kind are passed over. */
static eg_status add_value(reading *r, const unsigned char *name, size_t length, const eg_h5_type *type,
                           const eg_h5_space *space, eg_h5_cursor *c) {
  if (type->class == EG_H5_FOREIGN || space->refused)
    return EG_OK;
  uint64_t bytes;
  if (__builtin_mul_overflow((uint64_t)space->count, (uint64_t)type->size, &bytes))
    return eg_h5_damaged(r->file, "an attribute is larger than can be counted");
  const unsigned char *data = eg_h5_bytes(c, bytes);
  if (!data)
    return eg_h5_damaged(r->file, "the value of an attribute is cut short");
  EG_TRY(eg_h5_spend(r->file, bytes));
  eg_value value;
  EG_TRY(eg_h5_value(&value, r->file, type, data, space->count, space->ndim != 0));
  eg_status status = add(r, name, length, &value);
  if (status != EG_OK)
    eg_value_free(&value);
  return status;
}

/* Version (1), flags (1; bit 0: the type lies elsewhere, bit 1: the shape does), sizes of name, type and shape (2
   each), version 3: character set (1); then name, type and shape, each padded to 8 bytes in version 1, and the
   elements. */
static eg_status add_message(reading *r, eg_h5_cursor c) {
  uint64_t version = eg_h5_uint(&c, 1), flags = eg_h5_uint(&c, 1), sizes[3];
  for (int i = 0; i < 3; i++)
    sizes[i] = eg_h5_uint(&c, 2);
  if (version == 3)
    eg_h5_uint(&c, 1);
  if (c.cut || version < 1 || version > 3)
    return eg_h5_damaged(r->file, "an attribute is malformed");
  const unsigned char *parts[3];
  for (int i = 0; i < 3; i++)
    parts[i] = eg_h5_bytes(&c, version == 1 ? (sizes[i] + 7) / 8 * 8 : sizes[i]);
  const unsigned char *end = c.cut ? NULL : memchr(parts[0], 0, (size_t)sizes[0]);
  if (!end)
    return eg_h5_damaged(r->file, "an attribute is cut short");
  if (version > 1 && flags & 3)
    return EG_OK; /* a named type: foreign */
  eg_h5_type type;
  eg_h5_space space;
  eg_h5_cursor of_type = eg_h5_cursor_of(parts[1], sizes[1]), of_space = eg_h5_cursor_of(parts[2], sizes[2]);
  EG_TRY(eg_h5_type_read(&type, r->file, &of_type));
  EG_TRY(eg_h5_space_read(&space, r->file, &of_space));
  return add_value(r, parts[0], (size_t)(end - parts[0]), &type, &space, &c);
}

/* A record of the tree by name: id in the heap (8), flags of the message (1), order of creation (4), hash (4). */
static eg_status add_record(void *context, const unsigned char *record, size_t size, int type) {
  (void)type;
  reading *r = context;
  const unsigned char *object;
  size_t length;
  if (size < 9)
    return eg_h5_damaged(r->file, "a record of a tree of attributes is malformed");
  if (record[8] & 2)
    return EG_OK; /* shared with other objects, which no common writer does */
  EG_TRY(eg_h5_heap_get(r->heap, record, 8, &object, &length));
  return add_message(r, eg_h5_cursor_of(object, length));
}

/* Attribute info: version 0, flags, [largest order (2)], heap (8), tree by name (8), [tree by order (8)]. */
static eg_status read_dense(reading *r, const eg_h5_message *info) {
  eg_h5_cursor c = eg_h5_message_cursor(info);
  uint64_t version = eg_h5_uint(&c, 1), flags = eg_h5_uint(&c, 1);
  if (flags & 1)
    eg_h5_bytes(&c, 2);
  uint64_t heap = eg_h5_uint(&c, 8), tree = eg_h5_uint(&c, 8);
  if (c.cut || version != 0)
    return eg_h5_damaged(r->file, "the attribute information of an object is malformed");
  if (heap == EG_H5_UNDEFINED || tree == EG_H5_UNDEFINED)
    return EG_OK;
  EG_TRY(eg_h5_heap_open(&r->heap, r->file, heap));
  eg_status status = eg_h5_tree_walk(r->file, tree, 8, 8, add_record, r);
  eg_h5_heap_close(r->heap);
  return status;
}

static int by_name(const void *a, const void *b) {
  return strcmp(((const eg_attribute *)a)->name, ((const eg_attribute *)b)->name);
}

/* The name that a companion belongs to has this length; 0: it is none. */
static size_t companion_of(const eg_attribute *attribute) {
  size_t length = strlen(attribute->name), suffix = strlen(EG_CHECKSUM_SUFFIX);
  bool is = length > suffix && strcmp(attribute->name + length - suffix, EG_CHECKSUM_SUFFIX) == 0 &&
            attribute->value.kind == EG_VALUE_INTEGER && attribute->value.count == 1;
  return is ? length - suffix : 0;
}

/* Compares a long value with its companion. It sorts before that, so it is among the first `kept`. */
static eg_status check_companion(const eg_attributes *attributes, int64_t kept, const eg_attribute *companion,
                                 size_t length, const eg_h5_file *file) {
  for (int64_t i = kept - 1; i >= 0; i--) {
    const eg_attribute *each = &attributes->items[i];
    if (strlen(each->name) == length && memcmp(each->name, companion->name, length) == 0 &&
        eg_value_checksum(&each->value) == companion->value.integers[0])
      return EG_OK;
  }
  return eg_fail(EG_WORLD, "%s: damaged HDF5 file: the attribute '%.*s' is missing or its checksum is wrong",
                 file->source.name, (int)(length < 200 ? length : 200), companion->name);
}

/* Checks all companions and takes them out of the list. */
static eg_status check_companions(eg_attributes *attributes, const eg_h5_file *file) {
  int64_t kept = 0;
  eg_status status = EG_OK;
  for (int64_t i = 0; i < attributes->count; i++) {
    eg_attribute each = attributes->items[i];
    size_t length = companion_of(&each);
    attributes->items[i] = (eg_attribute){.name = NULL};
    if (length == 0) {
      attributes->items[kept++] = each;
      continue;
    }
    if (status == EG_OK)
      status = check_companion(attributes, kept, &each, length, file);
    eg_free((void *)(uintptr_t)each.name);
    eg_value_free(&each.value);
  }
  attributes->count = kept;
  return status;
}

eg_status eg_h5_attributes_read(eg_attributes *out, eg_h5_file *file, uint64_t header) {
  *out = (eg_attributes){0};
  reading r = {.file = file, .out = out};
  eg_h5_object object;
  eg_status status = eg_h5_object_read(&object, file, header);
  for (int64_t i = 0; i < object.count && status == EG_OK; i++) {
    const eg_h5_message *message = &object.messages[i];
    if (message->type == EG_H5_ATTRIBUTE && !message->shared)
      status = add_message(&r, eg_h5_message_cursor(message));
    else if (message->type == EG_H5_ATTRIBUTE_INFO)
      status = read_dense(&r, message);
  }
  eg_h5_object_release(&object);
  if (out->count > 1)
    qsort(out->items, (size_t)out->count, sizeof *out->items, by_name);
  if (status == EG_OK)
    status = check_companions(out, file);
  if (status != EG_OK)
    eg_attributes_free(out);
  return status;
}
