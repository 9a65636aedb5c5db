/* Groups: the links of an object. Old groups have a version 1 B-tree of symbol tables with names in a local heap
   (III.B, III.D); new ones link messages (IV.A.2.g), or, where there are many, a fractal heap of such messages and
   B-trees over it. */
#include <stdlib.h>
#include <string.h>

#include "ecgraft/memory.h"
#include "store/h5/h5.h"

bool eg_h5_is_group(const eg_h5_object *object) {
  return eg_h5_object_find(object, EG_H5_SYMBOL_TABLE) || eg_h5_object_find(object, EG_H5_LINK_INFO);
}

/* Takes a copy of the name. */
static eg_status add(eg_h5_links *links, eg_h5_file *file, const char *name, size_t length, uint64_t address,
                     int64_t order) {
  if (length == 0 || memchr(name, '\0', length) || memchr(name, '/', length))
    return eg_h5_damaged(file, "the name of a link is malformed");
  EG_TRY(eg_h5_spend(file, length + sizeof(eg_h5_link)));
  if (links->count == links->capacity) {
    int64_t capacity = links->capacity ? 2 * links->capacity : 16;
    eg_h5_link *larger = eg_realloc(links->items, (size_t)capacity * sizeof *larger);
    if (!larger)
      return EG_NOMEM;
    links->items = larger;
    links->capacity = capacity;
  }
  char *copy = eg_alloc(length + 1);
  if (!copy)
    return EG_NOMEM;
  memcpy(copy, name, length);
  copy[length] = '\0';
  links->items[links->count++] = (eg_h5_link){.name = copy, .address = address, .order = order};
  links->untracked = links->untracked || order < 0;
  return EG_OK;
}

/* New groups. */

/* A link message: version 1, flags, [kind], [order of creation (8)], [character set], length, name, where it leads.
   Links that are not hard (soft ones, other files) are passed over. */
static eg_status add_message(eg_h5_links *links, eg_h5_file *file, eg_h5_cursor c) {
  uint64_t version = eg_h5_uint(&c, 1), flags = eg_h5_uint(&c, 1);
  uint64_t kind = flags & 8 ? eg_h5_uint(&c, 1) : 0;
  uint64_t order = flags & 4 ? eg_h5_uint(&c, 8) : EG_H5_UNDEFINED;
  if (flags & 16)
    eg_h5_uint(&c, 1);
  uint64_t length = eg_h5_uint(&c, 1 << (flags & 3));
  const unsigned char *name = eg_h5_bytes(&c, length);
  if (kind != 0 && !c.cut)
    return EG_OK;
  uint64_t address = eg_h5_uint(&c, 8);
  if (c.cut || version != 1)
    return eg_h5_damaged(file, "a link is malformed");
  return add(links, file, (const char *)name, (size_t)length, address, order > INT64_MAX ? -1 : (int64_t)order);
}

typedef struct dense {
  eg_h5_links *links;
  eg_h5_file *file;
  eg_h5_heap *heap;
} dense;

/* A record of the tree by name: hash (4), id in the heap (7). */
static eg_status add_record(void *context, const unsigned char *record, size_t size, int type) {
  (void)type;
  const dense *d = context;
  const unsigned char *object;
  size_t length;
  if (size < 11)
    return eg_h5_damaged(d->file, "a record of a tree of links is malformed");
  EG_TRY(eg_h5_heap_get(d->heap, record + 4, size - 4, &object, &length));
  return add_message(d->links, d->file, eg_h5_cursor_of(object, length));
}

/* Link info: version 0, flags, [largest order (8)], heap (8), tree by name (8), [tree by order (8)]. */
static eg_status read_new(eg_h5_links *links, eg_h5_file *file, const eg_h5_object *object, const eg_h5_message *info) {
  for (int64_t i = 0; i < object->count; i++)
    if (object->messages[i].type == EG_H5_LINK)
      EG_TRY(add_message(links, file, eg_h5_message_cursor(&object->messages[i])));
  eg_h5_cursor c = eg_h5_message_cursor(info);
  uint64_t version = eg_h5_uint(&c, 1), flags = eg_h5_uint(&c, 1);
  if (flags & 1)
    eg_h5_bytes(&c, 8);
  uint64_t heap = eg_h5_uint(&c, 8), tree = eg_h5_uint(&c, 8);
  if (c.cut || version != 0)
    return eg_h5_damaged(file, "the link information of a group is malformed");
  if (heap == EG_H5_UNDEFINED || tree == EG_H5_UNDEFINED)
    return EG_OK;
  dense d = {.links = links, .file = file};
  EG_TRY(eg_h5_heap_open(&d.heap, file, heap));
  eg_status status = eg_h5_tree_walk(file, tree, 5, 5, add_record, &d);
  eg_h5_heap_close(d.heap);
  return status;
}

/* Old groups. */

typedef struct old_group {
  eg_h5_links *links;
  eg_h5_file *file;
  unsigned char *names; /* the local heap's data */
  uint64_t names_size;
} old_group;

/* An entry of 40 bytes: name's place in the heap (8), object header (8), kind (4; 2: a soft link), reserved (4),
 * scratch (16). */
static eg_status add_entry(const old_group *g, eg_h5_cursor c) {
  uint64_t place = eg_h5_uint(&c, 8), address = eg_h5_uint(&c, 8), kind = eg_h5_uint(&c, 4);
  if (kind == 2)
    return EG_OK;
  if (place >= g->names_size)
    return eg_h5_damaged(g->file, "the name of a link lies outside its heap");
  const unsigned char *name = g->names + place, *end = memchr(name, 0, (size_t)(g->names_size - place));
  if (!end)
    return eg_h5_damaged(g->file, "the name of a link has no end");
  return add(g->links, g->file, (const char *)name, (size_t)(end - name), address, -1);
}

/* A symbol table: "SNOD", version, reserved, count (2), entries. */
static eg_status add_table(void *context, const unsigned char *key, uint64_t address) {
  (void)key;
  const old_group *g = context;
  unsigned char prefix[8], *entries;
  EG_TRY(eg_h5_fetch(g->file, prefix, address, sizeof prefix));
  if (memcmp(prefix, "SNOD", 4) != 0)
    return eg_h5_damaged(g->file, "a symbol table does not begin as one");
  eg_h5_cursor c = eg_h5_cursor_of(prefix + 6, 2);
  uint64_t count = eg_h5_uint(&c, 2);
  EG_TRY(eg_h5_load(g->file, &entries, address + sizeof prefix, 40 * count));
  eg_status status = EG_OK;
  for (uint64_t i = 0; i < count && status == EG_OK; i++)
    status = add_entry(g, eg_h5_cursor_of(entries + 40 * i, 40));
  eg_free(entries);
  return status;
}

/* A symbol table message: B-tree (8), local heap (8). The heap: "HEAP", version, reserved (3), size (8), free list (8),
 * data (8). */
static eg_status read_old(eg_h5_links *links, eg_h5_file *file, const eg_h5_message *message) {
  eg_h5_cursor c = eg_h5_message_cursor(message);
  uint64_t tree = eg_h5_uint(&c, 8), heap = eg_h5_uint(&c, 8);
  unsigned char prefix[32];
  if (c.cut)
    return eg_h5_damaged(file, "a group is cut short");
  EG_TRY(eg_h5_fetch(file, prefix, heap, sizeof prefix));
  if (memcmp(prefix, "HEAP", 4) != 0)
    return eg_h5_damaged(file, "a heap of names does not begin as one");
  c = eg_h5_cursor_of(prefix + 8, sizeof prefix - 8);
  old_group g = {.links = links, .file = file, .names_size = eg_h5_uint(&c, 8)};
  eg_h5_bytes(&c, 8);
  EG_TRY(eg_h5_load(file, &g.names, eg_h5_uint(&c, 8), g.names_size));
  eg_status status = eg_h5_tree1_walk(file, tree, 0, 8, add_table, &g);
  eg_free(g.names);
  return status;
}

static int by_name(const void *a, const void *b) {
  return strcmp(((const eg_h5_link *)a)->name, ((const eg_h5_link *)b)->name);
}

static int by_order(const void *a, const void *b) {
  int64_t x = ((const eg_h5_link *)a)->order, y = ((const eg_h5_link *)b)->order;
  return x != y ? (x < y ? -1 : 1) : by_name(a, b);
}

eg_status eg_h5_links_read(eg_h5_links *links, eg_h5_file *file, const eg_h5_object *object) {
  *links = (eg_h5_links){0};
  const eg_h5_message *table = eg_h5_object_find(object, EG_H5_SYMBOL_TABLE);
  const eg_h5_message *info = eg_h5_object_find(object, EG_H5_LINK_INFO);
  if (table)
    EG_TRY(read_old(links, file, table));
  else if (info)
    EG_TRY(read_new(links, file, object, info));
  if (links->count > 1)
    qsort(links->items, (size_t)links->count, sizeof *links->items, links->untracked ? by_name : by_order);
  return EG_OK;
}

void eg_h5_links_free(eg_h5_links *links) {
  for (int64_t i = 0; i < links->count; i++)
    eg_free(links->items[i].name);
  eg_free(links->items);
  *links = (eg_h5_links){0};
}
