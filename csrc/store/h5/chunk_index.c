/* The index of an array's chunks: a version 1 B-tree, or one of the five indices of layout version 4 (VII). */
#include <stdlib.h>
#include <string.h>

#include "ecgraft/memory.h"
#include "store/h5/h5.h"

eg_status eg_h5_chunk_add(eg_h5_chunk_list *list, const uint64_t *coordinates, uint64_t address, uint64_t size,
                          uint64_t skip) {
  eg_h5_array *array = list->array;
  int64_t place = 0;
  if (address == EG_H5_UNDEFINED)
    return EG_OK;
  for (int i = 0; i < array->space.ndim; i++) {
    int64_t grid = eg_h5_grid(array, i);
    if (coordinates[i] >= (uint64_t)grid)
      return eg_h5_damaged(list->file, "a chunk lies beyond the shape of its array");
    place = place * grid + (int64_t)coordinates[i];
  }
  if (size > UINT32_MAX || size > (uint64_t)list->file->source.size)
    return eg_h5_damaged(list->file, "a chunk is larger than the file");
  EG_TRY(eg_h5_spend(list->file, 8));
  if (array->chunk_count == list->capacity) {
    int64_t capacity = list->capacity ? 2 * list->capacity : 16;
    eg_h5_chunk *larger = eg_realloc(array->chunks, (size_t)capacity * sizeof *larger);
    if (!larger)
      return EG_NOMEM;
    array->chunks = larger;
    list->capacity = capacity;
  }
  array->chunks[array->chunk_count++] =
      (eg_h5_chunk){.place = place, .address = address, .size = (uint32_t)size, .skip = (uint32_t)skip};
  return EG_OK;
}

/* Version 1: a key has the chunk's size (4), the filters left out (4), and its first element's position (8 for each
   dim), and one more that is always 0. */
static eg_status add_key(void *context, const unsigned char *key, uint64_t address) {
  eg_h5_chunk_list *list = context;
  const eg_h5_array *array = list->array;
  uint64_t coordinates[EG_MAX_DIMS];
  eg_h5_cursor c = eg_h5_cursor_of(key, 8 + 8 * ((uint64_t)array->space.ndim + 1));
  uint64_t size = eg_h5_uint(&c, 4), skip = eg_h5_uint(&c, 4);
  for (int i = 0; i < array->space.ndim; i++) {
    uint64_t position = eg_h5_uint(&c, 8);
    if (position % (uint64_t)array->chunk[i] != 0)
      return eg_h5_damaged(list->file, "a chunk lies off the grid");
    coordinates[i] = position / (uint64_t)array->chunk[i];
  }
  return eg_h5_chunk_add(list, coordinates, address, size, skip);
}

/* Version 2: address (8), where filtered its size (as many bytes as are left) and the filters left out (4), coordinates
 * (8 each). */
static eg_status add_record(void *context, const unsigned char *record, size_t size, int type) {
  eg_h5_chunk_list *list = context;
  uint64_t coordinates[EG_MAX_DIMS], bytes = (uint64_t)list->array->chunk_bytes, skip = 0;
  eg_h5_cursor c = eg_h5_cursor_of(record, size);
  uint64_t address = eg_h5_uint(&c, 8), rest = 8 * (uint64_t)list->array->space.ndim;
  if (type == 11) {
    if (size < 8 + 1 + 4 + rest || size > 8 + 8 + 4 + rest)
      return eg_h5_damaged(list->file, "a record of a tree of chunks is malformed");
    bytes = eg_h5_uint(&c, (int)(size - 8 - 4 - rest));
    skip = eg_h5_uint(&c, 4);
  }
  for (int i = 0; i < list->array->space.ndim; i++)
    coordinates[i] = eg_h5_uint(&c, 8);
  if (c.cut)
    return eg_h5_damaged(list->file, "a record of a tree of chunks is malformed");
  return eg_h5_chunk_add(list, coordinates, address, bytes, skip);
}

static eg_status add_single(eg_h5_chunk_list *list) {
  const eg_h5_index *index = &list->array->index;
  const uint64_t coordinates[EG_MAX_DIMS] = {0};
  uint64_t size = index->single_size ? index->single_size : (uint64_t)list->array->chunk_bytes;
  return eg_h5_chunk_add(list, coordinates, index->address, size, index->single_skip);
}

/* All chunks of the grid, one after the other, unfiltered. */
static eg_status add_implicit(eg_h5_chunk_list *list) {
  const eg_h5_array *array = list->array;
  uint64_t coordinates[EG_MAX_DIMS] = {0}, bytes = (uint64_t)array->chunk_bytes;
  uint64_t address = array->index.address, end = (uint64_t)list->file->source.size;
  while (coordinates[0] < (uint64_t)eg_h5_grid(array, 0)) {
    if (address > end || bytes > end - address)
      return eg_h5_damaged(list->file, "chunks lie beyond the end of the file");
    EG_TRY(eg_h5_chunk_add(list, coordinates, address, bytes, 0));
    address += bytes;
    int i = array->space.ndim - 1;
    while (++coordinates[i] == (uint64_t)eg_h5_grid(array, i) && i > 0)
      coordinates[i--] = 0;
  }
  return EG_OK;
}

static int by_place(const void *a, const void *b) {
  const eg_h5_chunk *x = a, *y = b;
  return x->place < y->place ? -1 : x->place > y->place;
}

static eg_status read_index(eg_h5_chunk_list *list) {
  const eg_h5_array *array = list->array;
  if (array->index.address == EG_H5_UNDEFINED || array->space.count == 0)
    return EG_OK;
  switch (array->index.kind) {
  case 0:
    return eg_h5_tree1_walk(list->file, array->index.address, 1, 8 + 8 * ((size_t)array->space.ndim + 1), add_key,
                            list);
  case 1:
    return add_single(list);
  case 2:
    return add_implicit(list);
  case 3:
    return eg_h5_fixed_array(list);
  case 4:
    return eg_h5_extensible_array(list);
  default:
    return eg_h5_tree_walk(list->file, array->index.address, 10, 11, add_record, list);
  }
}

/* Bytes of all chunks; twice the same place is a fault. */
static eg_status check_chunks(const eg_h5_array *array, const eg_h5_file *file, uint64_t *stored) {
  *stored = 0;
  for (int64_t i = 0; i < array->chunk_count; i++) {
    *stored += array->chunks[i].size;
    if (i > 0 && array->chunks[i].place == array->chunks[i - 1].place)
      return eg_h5_damaged(file, "a chunk is there twice");
    if (array->filters.count == 0 && array->chunks[i].size != array->chunk_bytes)
      return eg_h5_damaged(file, "a chunk has another size than its array says");
  }
  return EG_OK;
}

eg_status eg_h5_array_index(eg_h5_array *array, eg_h5_file *file) {
  if (array->indexed)
    return EG_OK;
  eg_h5_chunk_list list = {.array = array, .file = file};
  uint64_t stored = 0, bytes;
  eg_status status = read_index(&list);
  if (status == EG_OK && array->chunk_count > 1)
    qsort(array->chunks, (size_t)array->chunk_count, sizeof *array->chunks, by_place);
  if (status == EG_OK)
    status = check_chunks(array, file, &stored);
  if (status == EG_OK && (__builtin_mul_overflow((uint64_t)array->space.count, (uint64_t)array->type.size, &bytes) ||
                          !eg_h5_explained(file, bytes, stored)))
    status =
        eg_fail(EG_WORLD, "%s: damaged HDF5 file: '%.200s' has %lld elements, but only %llu bytes are stored for it",
                file->source.name, array->name, (long long)array->space.count, (unsigned long long)stored);
  if (status != EG_OK) {
    eg_free(array->chunks);
    array->chunks = NULL;
    array->chunk_count = 0;
  }
  array->indexed = status == EG_OK;
  return status;
}
