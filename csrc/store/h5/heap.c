/* Fractal heaps (III.G): objects of up to some kilobytes lie in blocks that double in size from row to row (managed);
   larger ones each on their own, found through a B-tree (huge); those that fit their own id in it (tiny). */
#include <stdlib.h>
#include <string.h>

#include "ecgraft/memory.h"
#include "store/h5/h5.h"

enum { HEADER_SIZE = 146 };

/* A direct block, loaded. Offsets count from the start of the heap's space, the block's own header included. */
typedef struct block {
  uint64_t offset, size;
  unsigned char *bytes;
} block;

struct eg_h5_heap {
  eg_h5_file *file;
  uint64_t address;
  size_t id_size;
  bool checked;         /* direct blocks have a checksum */
  uint64_t width;       /* blocks in a row */
  uint64_t first, most; /* bytes of the smallest and the largest direct block */
  int offset_bytes, length_bytes;
  uint64_t huge_tree;
  int64_t count, capacity;
  block *blocks;
  unsigned char *huge; /* the huge object handed out last */
};

/* Bytes of a block in a row: the first two rows have the smallest, each after that twice the one before. 0: absurd. */
static uint64_t row_size(const eg_h5_heap *heap, uint64_t row) {
  uint64_t doublings = row > 1 ? row - 1 : 0;
  return doublings < 48 ? heap->first << doublings : 0;
}

/* "FHDB", version, heap (8), offset, [checksum], objects. */
static eg_status load_direct(eg_h5_heap *heap, uint64_t address, uint64_t offset, uint64_t size) {
  if (heap->count == heap->capacity) {
    int64_t capacity = heap->capacity ? 2 * heap->capacity : 16;
    block *larger = eg_realloc(heap->blocks, (size_t)capacity * sizeof *larger);
    if (!larger)
      return EG_NOMEM;
    heap->blocks = larger;
    heap->capacity = capacity;
  }
  block *b = &heap->blocks[heap->count];
  *b = (block){.offset = offset, .size = size};
  EG_TRY(eg_h5_load(heap->file, &b->bytes, address, size));
  heap->count++;
  uint64_t place = 5 + 8 + (uint64_t)heap->offset_bytes;
  if (size < place + 4 || memcmp(b->bytes, "FHDB", 4) != 0)
    return eg_h5_damaged(heap->file, "a block of a heap does not begin as one");
  if (heap->checked) { /* of the block with 0 in its place */
    eg_h5_cursor c = eg_h5_cursor_of(b->bytes + place, 4);
    uint64_t sum = eg_h5_uint(&c, 4);
    memset(b->bytes + place, 0, 4);
    if (!eg_h5_sum_is(b->bytes, size, sum))
      return eg_h5_damaged(heap->file, "checksum of a block of a heap is wrong");
  }
  return EG_OK;
}

/* Rows of an indirect block that covers `bytes`: its rows together are width * first, then twice that with each more.
 */
static uint64_t rows_within(const eg_h5_heap *heap, uint64_t bytes) {
  uint64_t rows = 1;
  for (uint64_t covered = heap->width * heap->first; covered < bytes; covered *= 2)
    rows++;
  return rows;
}

/* "FHIB", version, heap (8), offset, addresses of its blocks row by row, checksum. Rows of blocks larger than the
   largest direct one hold indirect blocks. */
static eg_status load_indirect(eg_h5_heap *heap, uint64_t address, uint64_t offset, uint64_t rows, int depth) {
  uint64_t prefix = 5 + 8 + (uint64_t)heap->offset_bytes;
  if (depth > 8 || rows == 0 || rows > 48)
    return eg_h5_damaged(heap->file, "an indirect block of a heap is malformed");
  uint64_t size = prefix + rows * heap->width * 8 + 4;
  unsigned char *bytes;
  EG_TRY(eg_h5_load_verified(heap->file, &bytes, address, size, "FHIB", "an indirect block of a heap"));
  eg_h5_cursor c = eg_h5_cursor_of(bytes + prefix, size - prefix);
  eg_status status = EG_OK;
  for (uint64_t row = 0; row < rows && status == EG_OK; row++) {
    uint64_t each = row_size(heap, row);
    for (uint64_t i = 0; i < heap->width && status == EG_OK; i++, offset += each) {
      uint64_t child = eg_h5_uint(&c, 8);
      if (child == EG_H5_UNDEFINED)
        continue;
      status = each <= heap->most ? load_direct(heap, child, offset, each)
                                  : load_indirect(heap, child, offset, rows_within(heap, each), depth + 1);
    }
  }
  eg_free(bytes);
  return status;
}

static bool is_power_of_two(uint64_t x, uint64_t most) {
  return x > 0 && x <= most && (x & (x - 1)) == 0;
}

/* "FRHP", version, size of an id (2), size of filters (2), flags, largest managed object (4), next huge id (8), tree of
   huge objects (8), then 10 counts of space and objects (80), width (2), smallest block (8), largest direct block (8),
   bits of an offset (2), rows at first (2), root (8), rows of the root (2; 0: the root is a direct block), checksum. */
static eg_status open_heap(eg_h5_heap *heap) {
  eg_h5_file *file = heap->file;
  unsigned char header[HEADER_SIZE];
  EG_TRY(eg_h5_fetch(file, header, heap->address, sizeof header));
  EG_TRY(eg_h5_verify(file, header, sizeof header, "FRHP", "a heap"));
  eg_h5_cursor c = eg_h5_cursor_of(header + 5, sizeof header - 5);
  heap->id_size = (size_t)eg_h5_uint(&c, 2);
  uint64_t filters = eg_h5_uint(&c, 2);
  heap->checked = eg_h5_uint(&c, 1) & 2;
  uint64_t largest = eg_h5_uint(&c, 4);
  eg_h5_bytes(&c, 8);
  heap->huge_tree = eg_h5_uint(&c, 8);
  eg_h5_bytes(&c, 80);
  heap->width = eg_h5_uint(&c, 2);
  heap->first = eg_h5_uint(&c, 8);
  heap->most = eg_h5_uint(&c, 8);
  uint64_t bits = eg_h5_uint(&c, 2);
  eg_h5_bytes(&c, 2);
  uint64_t root = eg_h5_uint(&c, 8), rows = eg_h5_uint(&c, 2);
  if (filters != 0)
    return eg_h5_damaged(file, "a heap is compressed, which is not supported");
  if (!is_power_of_two(heap->width, 1 << 12) || !is_power_of_two(heap->first, 1 << 24) ||
      !is_power_of_two(heap->most, 1u << 31) || heap->first > heap->most || bits == 0 || bits > 64)
    return eg_h5_damaged(file, "the header of a heap is malformed");
  heap->offset_bytes = (int)(bits + 7) / 8;
  heap->length_bytes = eg_h5_bytes_for(heap->most < largest ? heap->most : largest);
  if (root == EG_H5_UNDEFINED)
    return EG_OK;
  return rows == 0 ? load_direct(heap, root, 0, heap->first) : load_indirect(heap, root, 0, rows, 0);
}

eg_status eg_h5_heap_open(eg_h5_heap **out, eg_h5_file *file, uint64_t address) {
  *out = NULL;
  eg_h5_heap *heap = eg_alloc_zero(1, sizeof *heap);
  if (!heap)
    return EG_NOMEM;
  heap->file = file;
  heap->address = address;
  eg_status status = open_heap(heap);
  if (status != EG_OK)
    eg_h5_heap_close(heap);
  else
    *out = heap;
  return status;
}

void eg_h5_heap_close(eg_h5_heap *heap) {
  if (!heap)
    return;
  for (int64_t i = 0; i < heap->count; i++)
    eg_free(heap->blocks[i].bytes);
  eg_free(heap->blocks);
  eg_free(heap->huge);
  eg_free(heap);
}

/* An offset against a block: before, within, after. */
static int by_offset(const void *key, const void *each) {
  uint64_t offset = *(const uint64_t *)key;
  const block *b = each;
  return offset < b->offset ? -1 : offset - b->offset < b->size ? 0 : 1;
}

static eg_status get_managed(eg_h5_heap *heap, eg_h5_cursor *id, const unsigned char **object, size_t *size) {
  uint64_t offset = eg_h5_uint(id, heap->offset_bytes), length = eg_h5_uint(id, heap->length_bytes);
  const block *b = heap->count > 0 && !id->cut
                       ? bsearch(&offset, heap->blocks, (size_t)heap->count, sizeof *heap->blocks, by_offset)
                       : NULL;
  if (!b || length > b->size - (offset - b->offset))
    return eg_h5_damaged(heap->file, "an object lies outside its heap");
  *object = b->bytes + (offset - b->offset);
  *size = (size_t)length;
  return EG_OK;
}

typedef struct huge_search {
  uint64_t wanted, address, length;
} huge_search;

/* A record: address (8), length (8), id (8). */
static eg_status match_huge(void *context, const unsigned char *record, size_t size, int type) {
  (void)type;
  huge_search *search = context;
  eg_h5_cursor c = eg_h5_cursor_of(record, size);
  uint64_t address = eg_h5_uint(&c, 8), length = eg_h5_uint(&c, 8), id = eg_h5_uint(&c, 8);
  if (!c.cut && id == search->wanted) {
    search->address = address;
    search->length = length;
  }
  return EG_OK;
}

/* The id holds address and length where it has room for them, else a number to look for in the tree. */
static eg_status get_huge(eg_h5_heap *heap, eg_h5_cursor *id, const unsigned char **object, size_t *size) {
  huge_search search = {.address = EG_H5_UNDEFINED};
  if (heap->id_size > 16) {
    search.address = eg_h5_uint(id, 8);
    search.length = eg_h5_uint(id, 8);
  } else {
    search.wanted = eg_h5_uint(id, heap->id_size - 1 < 8 ? (int)heap->id_size - 1 : 8);
    if (!id->cut && heap->huge_tree != EG_H5_UNDEFINED)
      EG_TRY(eg_h5_tree_walk(heap->file, heap->huge_tree, 1, 1, match_huge, &search));
  }
  if (id->cut || search.address == EG_H5_UNDEFINED)
    return eg_h5_damaged(heap->file, "a large object of a heap is not there");
  eg_free(heap->huge);
  heap->huge = NULL;
  EG_TRY(eg_h5_load(heap->file, &heap->huge, search.address, search.length));
  *object = heap->huge;
  *size = (size_t)search.length;
  return EG_OK;
}

/* The id's first byte: version in bits 6 and 7, kind in 4 and 5; of a tiny object the length less 1 in the rest. */
eg_status eg_h5_heap_get(eg_h5_heap *heap, const unsigned char *id, size_t id_size, const unsigned char **object,
                         size_t *size) {
  if (id_size < heap->id_size || heap->id_size < 2 || id[0] >> 6 != 0)
    return eg_h5_damaged(heap->file, "the id of an object of a heap is malformed");
  eg_h5_cursor c = eg_h5_cursor_of(id + 1, heap->id_size - 1);
  switch (id[0] >> 4) {
  case 0:
    return get_managed(heap, &c, object, size);
  case 1:
    return get_huge(heap, &c, object, size);
  default:
    *size = (size_t)(id[0] & 15) + 1;
    *object = eg_h5_bytes(&c, *size);
    return *object ? EG_OK : eg_h5_damaged(heap->file, "the id of an object of a heap is malformed");
  }
}
