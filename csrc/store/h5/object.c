/* Object headers (IV.A.1): the messages of an object, from its first chunk and the continuations it names. */
#include <string.h>

#include "ecgraft/memory.h"
#include "store/h5/h5.h"

struct eg_h5_block {
  struct eg_h5_block *next;
  unsigned char *bytes;
};

/* How messages are written in one chunk of a header. */
typedef struct style {
  int version;
  bool tracked; /* version 2: each message has its order of creation */
} style;

/* The object owns the block from now on. */
static eg_status own(eg_h5_object *object, unsigned char *bytes) {
  struct eg_h5_block *block = eg_alloc(sizeof *block);
  if (!block) {
    eg_free(bytes);
    return EG_NOMEM;
  }
  *block = (struct eg_h5_block){.next = object->blocks, .bytes = bytes};
  object->blocks = block;
  return EG_OK;
}

static eg_status add(eg_h5_object *object, const eg_h5_message *message) {
  if (object->count == object->capacity) {
    int64_t capacity = object->capacity ? 2 * object->capacity : 16;
    eg_h5_message *larger = eg_realloc(object->messages, (size_t)capacity * sizeof *larger);
    if (!larger)
      return EG_NOMEM;
    object->messages = larger;
    object->capacity = capacity;
  }
  object->messages[object->count++] = *message;
  return EG_OK;
}

/* The messages in the bytes under the cursor. */
static eg_status parse(eg_h5_object *object, const eg_h5_file *file, style style, eg_h5_cursor c) {
  const int prefix = style.version == 1 ? 8 : style.tracked ? 6 : 4;
  while (c.end - c.at >= prefix) {
    eg_h5_message message = {.type = (int)eg_h5_uint(&c, style.version == 1 ? 2 : 1)};
    message.size = (size_t)eg_h5_uint(&c, 2);
    message.shared = eg_h5_uint(&c, 1) & 2;
    eg_h5_bytes(&c, style.version == 1 ? 3 : style.tracked ? 2 : 0);
    message.data = eg_h5_bytes(&c, message.size);
    if (c.cut)
      return eg_h5_damaged(file, "a message does not fit its object header");
    if (message.type != 0)
      EG_TRY(add(object, &message));
  }
  return EG_OK;
}

/* IV.A.1.a: version, reserved, count of messages (2), references (4), size (4), padding (4). */
static eg_status read_first_v1(eg_h5_object *object, eg_h5_file *file, uint64_t address, style *style) {
  unsigned char prefix[16], *bytes;
  EG_TRY(eg_h5_fetch(file, prefix, address, sizeof prefix));
  eg_h5_cursor c = eg_h5_cursor_of(prefix + 8, 4);
  uint64_t size = eg_h5_uint(&c, 4);
  EG_TRY(eg_h5_load(file, &bytes, address + sizeof prefix, size));
  EG_TRY(own(object, bytes));
  style->version = 1;
  return parse(object, file, *style, eg_h5_cursor_of(bytes, size));
}

/* IV.A.1.b: "OHDR", version, flags, [times], [attribute limits], size of the first chunk, messages, checksum. */
static eg_status read_first_v2(eg_h5_object *object, eg_h5_file *file, uint64_t address, style *style) {
  unsigned char prefix[6 + 16 + 4 + 8], *bytes;
  EG_TRY(eg_h5_fetch(file, prefix, address, 6));
  int flags = prefix[5], before = 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0), width = 1 << (flags & 3);
  EG_TRY(eg_h5_fetch(file, prefix, address, (uint64_t)(before + width)));
  if (memcmp(prefix, "OHDR", 4) != 0 || prefix[4] != 2)
    return eg_h5_damaged(file, "an object header does not begin as one");
  eg_h5_cursor c = eg_h5_cursor_of(prefix + before, (uint64_t)width);
  uint64_t size = eg_h5_uint(&c, width), whole = (uint64_t)(before + width) + size + 4;
  if (size > (uint64_t)file->source.size)
    return eg_h5_damaged(file, "an object header is longer than the file");
  EG_TRY(eg_h5_load_verified(file, &bytes, address, whole, "OHDR", "an object header"));
  EG_TRY(own(object, bytes));
  *style = (struct style){.version = 2, .tracked = flags & 4};
  return parse(object, file, *style, eg_h5_cursor_of(bytes + before + width, size));
}

static eg_status read_continuation(eg_h5_object *object, eg_h5_file *file, const eg_h5_message *message, style style) {
  unsigned char *bytes;
  eg_h5_cursor c = eg_h5_message_cursor(message);
  uint64_t address = eg_h5_uint(&c, 8), size = eg_h5_uint(&c, 8);
  if (c.cut)
    return eg_h5_damaged(file, "a continuation of an object header is cut short");
  if (style.version == 1) {
    EG_TRY(eg_h5_load(file, &bytes, address, size));
    EG_TRY(own(object, bytes));
    return parse(object, file, style, eg_h5_cursor_of(bytes, size));
  }
  EG_TRY(eg_h5_load_verified(file, &bytes, address, size, "OCHK", "a continuation of an object header"));
  EG_TRY(own(object, bytes));
  return parse(object, file, style, eg_h5_cursor_of(bytes + 4, size - 8));
}

eg_status eg_h5_object_read(eg_h5_object *object, eg_h5_file *file, uint64_t address) {
  *object = (eg_h5_object){0};
  unsigned char first;
  style style = {0};
  EG_TRY(eg_h5_fetch(file, &first, address, 1));
  EG_TRY(first == 1 ? read_first_v1(object, file, address, &style) : read_first_v2(object, file, address, &style));
  /* Continuations add to the list while it is walked; one that comes back to itself ends with the budget. */
  for (int64_t i = 0; i < object->count; i++)
    if (object->messages[i].type == EG_H5_CONTINUATION) {
      eg_h5_message message = object->messages[i];
      EG_TRY(read_continuation(object, file, &message, style));
    }
  return EG_OK;
}

void eg_h5_object_release(eg_h5_object *object) {
  while (object->blocks) {
    struct eg_h5_block *next = object->blocks->next;
    eg_free(object->blocks->bytes);
    eg_free(object->blocks);
    object->blocks = next;
  }
  eg_free(object->messages);
  *object = (eg_h5_object){0};
}

const eg_h5_message *eg_h5_object_find(const eg_h5_object *object, int type) {
  for (int64_t i = 0; i < object->count; i++)
    if (object->messages[i].type == type)
      return &object->messages[i];
  return NULL;
}

eg_h5_cursor eg_h5_message_cursor(const eg_h5_message *message) {
  return eg_h5_cursor_of(message->data, message->size);
}
