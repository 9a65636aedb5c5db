/* B-trees (III.A): version 1 with 64-bit children, version 2 with records. */
#include <string.h>

#include "ecgraft/memory.h"
#include "store/h5/h5.h"

/* Version 1: "TREE", type, level, entries (2), left (8), right (8), then key, child, key, child, ..., key. */
typedef struct walk1 {
  eg_h5_file *file;
  int type;
  size_t key_size;
  eg_h5_visit_child *visit;
  void *context;
} walk1;

static eg_status walk_node1(const walk1 *w, uint64_t address, int level) {
  unsigned char prefix[24], *entries;
  EG_TRY(eg_h5_fetch(w->file, prefix, address, sizeof prefix));
  eg_h5_cursor c = eg_h5_cursor_of(prefix + 4, 4);
  int type = (int)eg_h5_uint(&c, 1), found = (int)eg_h5_uint(&c, 1);
  uint64_t count = eg_h5_uint(&c, 2);
  if (memcmp(prefix, "TREE", 4) != 0 || type != w->type || found >= EG_H5_TREE_DEPTH || (level >= 0 && found != level))
    return eg_h5_damaged(w->file, "a node of a version 1 B-tree is malformed");
  uint64_t step = w->key_size + 8;
  EG_TRY(eg_h5_load(w->file, &entries, address + sizeof prefix, count * step));
  eg_status status = EG_OK;
  for (uint64_t i = 0; i < count && status == EG_OK; i++) {
    eg_h5_cursor entry = eg_h5_cursor_of(entries + i * step + w->key_size, 8);
    uint64_t child = eg_h5_uint(&entry, 8);
    status = found > 0 ? walk_node1(w, child, found - 1) : w->visit(w->context, entries + i * step, child);
  }
  eg_free(entries);
  return status;
}

eg_status eg_h5_tree1_walk(eg_h5_file *file, uint64_t address, int type, size_t key_size, eg_h5_visit_child *visit,
                           void *context) {
  walk1 w = {.file = file, .type = type, .key_size = key_size, .visit = visit, .context = context};
  return walk_node1(&w, address, -1);
}

/* Version 2. A child's entry in an inner node: its address (8), its records, and, above the lowest inner nodes, the
   records of all below it; both counts take as many bytes as their largest value needs. */
typedef struct walk2 {
  eg_h5_file *file;
  int type;
  uint64_t node_size, record_size;
  uint64_t most[EG_H5_TREE_DEPTH]; /* records in a node of this depth; 0: a leaf */
  int count_bytes;
  int total_bytes[EG_H5_TREE_DEPTH]; /* for the records of a whole subtree of this depth */
  eg_h5_visit *visit;
  void *context;
} walk2;

enum { NODE_OVERHEAD = 10 }; /* signature, version, type, checksum */

static uint64_t pointer_size(const walk2 *w, int depth) {
  return 8 + (uint64_t)w->count_bytes + (depth > 1 ? (uint64_t)w->total_bytes[depth - 1] : 0);
}

/* Fills `most` and the widths up to `depth`; false where not even one record fits. */
static bool measure(walk2 *w, int depth) {
  if (w->record_size == 0 || w->node_size < NODE_OVERHEAD + w->record_size)
    return false;
  w->most[0] = (w->node_size - NODE_OVERHEAD) / w->record_size;
  w->count_bytes = eg_h5_bytes_for(w->most[0]);
  uint64_t total = w->most[0];
  w->total_bytes[0] = w->count_bytes;
  for (int d = 1; d <= depth; d++) {
    uint64_t pointer = pointer_size(w, d);
    if (w->node_size < NODE_OVERHEAD + pointer + w->record_size + pointer)
      return false;
    w->most[d] = (w->node_size - NODE_OVERHEAD - pointer) / (w->record_size + pointer);
    uint64_t below;
    if (__builtin_mul_overflow(w->most[d] + 1, total, &below) || __builtin_add_overflow(below, w->most[d], &total))
      total = UINT64_MAX;
    w->total_bytes[d] = eg_h5_bytes_for(total);
  }
  return true;
}

static eg_status walk_node2(const walk2 *w, uint64_t address, uint64_t count, int depth) {
  if (count > w->most[depth])
    return eg_h5_damaged(w->file, "a node of a version 2 B-tree has too many records");
  uint64_t pointer = depth > 0 ? pointer_size(w, depth) : 0;
  uint64_t size = NODE_OVERHEAD + count * w->record_size + (depth > 0 ? (count + 1) * pointer : 0);
  unsigned char *node;
  EG_TRY(eg_h5_load_verified(w->file, &node, address, size, depth > 0 ? "BTIN" : "BTLF", "a version 2 B-tree"));
  const unsigned char *records = node + 6, *pointers = records + count * w->record_size;
  eg_status status =
      node[5] == w->type ? EG_OK : eg_h5_damaged(w->file, "a node of a version 2 B-tree is of another type");
  for (uint64_t i = 0; i <= count && status == EG_OK; i++) {
    if (depth > 0) {
      eg_h5_cursor c = eg_h5_cursor_of(pointers + i * pointer, pointer);
      uint64_t child = eg_h5_uint(&c, 8), held = eg_h5_uint(&c, w->count_bytes);
      status = walk_node2(w, child, held, depth - 1);
    }
    if (i < count && status == EG_OK)
      status = w->visit(w->context, records + i * w->record_size, (size_t)w->record_size, w->type);
  }
  eg_free(node);
  return status;
}

/* Header: "BTHD", version, type, node size (4), record size (2), depth (2), split and merge (2), root (8), its records
   (2), all records (8), checksum. */
eg_status eg_h5_tree_walk(eg_h5_file *file, uint64_t address, int type, int other_type, eg_h5_visit *visit,
                          void *context) {
  unsigned char header[38];
  EG_TRY(eg_h5_fetch(file, header, address, sizeof header));
  EG_TRY(eg_h5_verify(file, header, sizeof header, "BTHD", "a version 2 B-tree"));
  eg_h5_cursor c = eg_h5_cursor_of(header + 5, sizeof header - 5);
  walk2 w = {.file = file, .visit = visit, .context = context, .type = (int)eg_h5_uint(&c, 1)};
  w.node_size = eg_h5_uint(&c, 4);
  w.record_size = eg_h5_uint(&c, 2);
  uint64_t depth = eg_h5_uint(&c, 2);
  eg_h5_bytes(&c, 2);
  uint64_t root = eg_h5_uint(&c, 8), count = eg_h5_uint(&c, 2);
  if ((w.type != type && w.type != other_type) || depth >= EG_H5_TREE_DEPTH || !measure(&w, (int)depth))
    return eg_h5_damaged(file, "the header of a version 2 B-tree is malformed");
  return root == EG_H5_UNDEFINED ? EG_OK : walk_node2(&w, root, count, (int)depth);
}
