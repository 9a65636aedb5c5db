/* Strings of variable length, in collections of the global heap (III.E). */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>

#include "ecgraft/memory.h"
#include "store/h5/h5.h"

enum { COLLECTION_PREFIX = 16, OBJECT_PREFIX = 16 };

typedef struct object {
  uint64_t index, size;
  const unsigned char *bytes;
} object;

typedef struct collection {
  uint64_t address;
  unsigned char *bytes;
  object *objects; /* sorted by index */
  int64_t count;
} collection;

struct eg_h5_texts {
  int64_t count, capacity, last; /* last: the one used last, which is mostly the next one as well */
  collection *collections;       /* sorted by address */
};

static int by_index(const void *a, const void *b) {
  const object *x = a, *y = b;
  return x->index < y->index ? -1 : x->index > y->index;
}

/* Objects follow each other: index (2), references (2), reserved (4), size (8), bytes, padded to 8. Index 0 is what is
 * left. */
static eg_status list_objects(collection *c, uint64_t size) {
  eg_h5_cursor at = eg_h5_cursor_of(c->bytes + COLLECTION_PREFIX, size - COLLECTION_PREFIX);
  int64_t capacity = 0;
  while (at.end - at.at >= OBJECT_PREFIX) {
    object o = {.index = eg_h5_uint(&at, 2)};
    eg_h5_bytes(&at, 6);
    o.size = eg_h5_uint(&at, 8);
    o.bytes = o.index ? eg_h5_bytes(&at, o.size) : NULL;
    if (!o.bytes)
      break;
    if (o.size % 8 != 0)
      eg_h5_bytes(&at, 8 - o.size % 8);
    if (c->count == capacity) {
      capacity = capacity ? 2 * capacity : 16;
      object *larger = eg_realloc(c->objects, (size_t)capacity * sizeof *larger);
      if (!larger)
        return EG_NOMEM;
      c->objects = larger;
    }
    c->objects[c->count++] = o;
  }
  if (c->count > 1)
    qsort(c->objects, (size_t)c->count, sizeof *c->objects, by_index);
  return EG_OK;
}

static void free_collection(collection *c) {
  eg_free(c->bytes);
  eg_free(c->objects);
}

/* "GCOL", version 1, reserved (3), size of all of it (8), objects. */
static eg_status load_collection(collection *c, eg_h5_file *file, uint64_t address) {
  unsigned char prefix[COLLECTION_PREFIX];
  *c = (collection){.address = address};
  EG_TRY(eg_h5_fetch(file, prefix, address, sizeof prefix));
  eg_h5_cursor at = eg_h5_cursor_of(prefix + 8, 8);
  uint64_t size = eg_h5_uint(&at, 8);
  if (memcmp(prefix, "GCOL", 4) != 0 || prefix[4] != 1 || size < sizeof prefix)
    return eg_h5_damaged(file, "a collection of the global heap does not begin as one");
  EG_TRY(eg_h5_load(file, &c->bytes, address, size));
  return list_objects(c, size);
}

/* Where the collection of an address is in the list, or would be. */
static int64_t position(const struct eg_h5_texts *texts, uint64_t address) {
  int64_t low = 0, high = texts->count;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    if (texts->collections[middle].address < address)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static eg_status insert(struct eg_h5_texts *texts, int64_t at, const collection *c) {
  if (texts->count == texts->capacity) {
    int64_t capacity = texts->capacity ? 2 * texts->capacity : 8;
    collection *larger = eg_realloc(texts->collections, (size_t)capacity * sizeof *larger);
    if (!larger)
      return EG_NOMEM;
    texts->collections = larger;
    texts->capacity = capacity;
  }
  memmove(texts->collections + at + 1, texts->collections + at, (size_t)(texts->count - at) * sizeof *c);
  texts->collections[at] = *c;
  texts->count++;
  return EG_OK;
}

/* Loads it where it is not loaded yet. */
static eg_status get_collection(const collection **out, eg_h5_file *file, uint64_t address) {
  if (!file->texts)
    file->texts = eg_alloc_zero(1, sizeof *file->texts);
  struct eg_h5_texts *texts = file->texts;
  if (!texts)
    return EG_NOMEM;
  if (texts->last >= texts->count || texts->collections[texts->last].address != address) {
    texts->last = position(texts, address);
    if (texts->last == texts->count || texts->collections[texts->last].address != address) {
      collection fresh;
      eg_status status = load_collection(&fresh, file, address);
      if (status == EG_OK)
        status = insert(texts, texts->last, &fresh);
      if (status != EG_OK) {
        free_collection(&fresh);
        return status;
      }
    }
  }
  *out = &texts->collections[texts->last];
  return EG_OK;
}

eg_status eg_h5_text(eg_h5_file *file, const unsigned char *reference, const char **text, size_t *length) {
  static const char empty[] = "";
  eg_h5_cursor c = eg_h5_cursor_of(reference, 16);
  uint64_t wanted = eg_h5_uint(&c, 4), address = eg_h5_uint(&c, 8);
  const object key = {.index = eg_h5_uint(&c, 4)};
  const collection *in = NULL;
  *text = empty;
  *length = 0;
  if (wanted == 0 || address == 0 || address == EG_H5_UNDEFINED)
    return EG_OK; /* empty, or never written */
  EG_TRY(get_collection(&in, file, address));
  const object *found =
      in->count > 0 ? bsearch(&key, in->objects, (size_t)in->count, sizeof *in->objects, by_index) : NULL;
  if (!found || wanted > found->size)
    return eg_h5_damaged(file, "a string is not in the global heap");
  *text = (const char *)found->bytes;
  *length = strnlen(*text, (size_t)wanted);
  return EG_OK;
}

void eg_h5_texts_free(eg_h5_file *file) {
  for (int64_t i = 0; file->texts && i < file->texts->count; i++)
    free_collection(&file->texts->collections[i]);
  if (file->texts)
    eg_free(file->texts->collections);
  eg_free(file->texts);
  file->texts = NULL;
}
