#define _POSIX_C_SOURCE 200809L
/* Strings of variable length, in collections of the global heap (III.E). */
#include <string.h>

#include "ecgraft/memory.h"
#include "store/h5/h5.h"

enum { COLLECTION_PREFIX = 16, OBJECT_PREFIX = 16 };

/* "GCOL", version 1, reserved (3), size of all of it (8), objects. */
static eg_status load_collection(eg_h5_texts *texts, eg_h5_file *file, uint64_t address) {
  unsigned char prefix[COLLECTION_PREFIX];
  if (texts->collection && texts->address == address)
    return EG_OK;
  EG_TRY(eg_h5_fetch(file, prefix, address, sizeof prefix));
  eg_h5_cursor c = eg_h5_cursor_of(prefix + 8, 8);
  uint64_t size = eg_h5_uint(&c, 8);
  if (memcmp(prefix, "GCOL", 4) != 0 || prefix[4] != 1 || size < sizeof prefix)
    return eg_h5_damaged(file, "a collection of the global heap does not begin as one");
  eg_h5_texts_free(texts);
  EG_TRY(eg_h5_load(file, &texts->collection, address, size));
  texts->address = address;
  texts->size = size;
  return EG_OK;
}

/* Objects follow each other: index (2), references (2), reserved (4), size (8), bytes, padded to 8. Index 0 is what is
 * left. */
static eg_status find(const eg_h5_texts *texts, const eg_h5_file *file, uint64_t index, const unsigned char **bytes,
                      uint64_t *size) {
  eg_h5_cursor c = eg_h5_cursor_of(texts->collection + COLLECTION_PREFIX, texts->size - COLLECTION_PREFIX);
  while (c.end - c.at >= OBJECT_PREFIX) {
    uint64_t found = eg_h5_uint(&c, 2);
    eg_h5_bytes(&c, 6);
    *size = eg_h5_uint(&c, 8);
    if (found == 0)
      break;
    *bytes = eg_h5_bytes(&c, *size);
    if (!*bytes)
      break;
    if (found == index)
      return EG_OK;
    if (*size % 8 != 0)
      eg_h5_bytes(&c, 8 - *size % 8);
  }
  return eg_h5_damaged(file, "a string is not in the global heap");
}

eg_status eg_h5_text(eg_h5_texts *texts, eg_h5_file *file, const unsigned char *reference, const char **text,
                     size_t *length) {
  static const char empty[] = "";
  eg_h5_cursor c = eg_h5_cursor_of(reference, 16);
  uint64_t wanted = eg_h5_uint(&c, 4), address = eg_h5_uint(&c, 8), index = eg_h5_uint(&c, 4), size = 0;
  const unsigned char *bytes = NULL;
  *text = empty;
  *length = 0;
  if (wanted == 0 || address == 0 || address == EG_H5_UNDEFINED)
    return EG_OK; /* empty, or never written */
  EG_TRY(load_collection(texts, file, address));
  EG_TRY(find(texts, file, index, &bytes, &size));
  if (wanted > size)
    return eg_h5_damaged(file, "a string is longer than its place in the global heap");
  *text = (const char *)bytes;
  *length = strnlen(*text, (size_t)wanted);
  return EG_OK;
}

void eg_h5_texts_free(eg_h5_texts *texts) {
  eg_free(texts->collection);
  *texts = (eg_h5_texts){0};
}
