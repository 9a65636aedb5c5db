/* What an object header says of an array: type, shape, layout (IV.A.2.i), filters, fill value (IV.A.2.f). */
#include <string.h>

#include "ecgraft/memory.h"
#include "store/h5/h5.h"

enum { MOST_EXPANSION = 1100, LEAST_EXPLAINED = 1 << 16 };

bool eg_h5_is_array(const eg_h5_object *object) {
  return eg_h5_object_find(object, EG_H5_DATASPACE) && eg_h5_object_find(object, EG_H5_DATATYPE) &&
         eg_h5_object_find(object, EG_H5_LAYOUT);
}

bool eg_h5_explained(const eg_h5_file *file, uint64_t bytes, uint64_t stored) {
  uint64_t size = (uint64_t)file->source.size;
  return bytes <= LEAST_EXPLAINED || (bytes - LEAST_EXPLAINED) / MOST_EXPANSION <= (stored < size ? stored : size);
}

int64_t eg_h5_grid(const eg_h5_array *array, int dim) {
  int64_t extent = array->space.dims[dim], chunk = array->chunk[dim];
  return extent / chunk + (extent % chunk != 0);
}

/* Version 3: version, flags (bits 2 and 3: when arrays are filled, 1 is never; bit 5: there is a value), size (4),
   value. Versions 1 and 2: version, when space is allocated, when it is filled, whether there is a value, size, value.
 */
static void read_fill(eg_h5_array *array, const eg_h5_message *message) {
  eg_h5_cursor c = eg_h5_message_cursor(message);
  uint64_t version = eg_h5_uint(&c, 1), time, defined;
  if (message->shared)
    return;
  if (version == 3) {
    uint64_t flags = eg_h5_uint(&c, 1);
    time = flags >> 2 & 3;
    defined = flags & 0x20;
  } else {
    eg_h5_bytes(&c, 1);
    time = eg_h5_uint(&c, 1);
    defined = eg_h5_uint(&c, 1);
  }
  array->unfilled = time == 1;
  uint64_t size = defined ? eg_h5_uint(&c, 4) : 0;
  const unsigned char *value = eg_h5_bytes(&c, size);
  if (value && size == array->type.size && size <= sizeof array->fill)
    memcpy(array->fill, value, (size_t)size);
}

/* The dims of a chunk, and last the bytes of an element. */
static eg_status read_chunk_dims(eg_h5_array *array, const eg_h5_file *file, eg_h5_cursor *c, int width) {
  array->chunk_bytes = array->type.size;
  for (int i = 0; i < array->space.ndim; i++) {
    uint64_t dim = eg_h5_uint(c, width);
    if (c->cut || dim == 0 || dim > INT64_MAX ||
        __builtin_mul_overflow(array->chunk_bytes, (int64_t)dim, &array->chunk_bytes))
      return eg_h5_damaged(file, "the shape of chunks is malformed");
    array->chunk[i] = (int64_t)dim;
  }
  if (eg_h5_uint(c, width) != array->type.size || c->cut)
    return eg_h5_damaged(file, "the shape of chunks is malformed");
  if (!eg_h5_explained(file, (uint64_t)array->chunk_bytes, (uint64_t)file->source.size))
    array->refused = "a chunk is far larger than the file";
  return EG_OK;
}

/* Version 3, after its class: count of dims, with the element's; address of a version 1 B-tree; the dims (4 each). */
static eg_status read_chunked_v3(eg_h5_array *array, const eg_h5_file *file, eg_h5_cursor *c) {
  uint64_t ndim = eg_h5_uint(c, 1);
  array->index = (eg_h5_index){.kind = 0, .address = eg_h5_uint(c, 8)};
  if (ndim != (uint64_t)array->space.ndim + 1 || array->space.ndim == 0)
    return eg_h5_damaged(file, "the shape of chunks does not fit that of their array");
  return read_chunk_dims(array, file, c, 4);
}

/* Version 4: flags (bit 0: chunks at the edge are not filtered, bit 1: a single chunk that is filtered), count of dims,
   bytes of each, the dims, kind of index, what that kind needs, address. */
static eg_status read_chunked_v4(eg_h5_array *array, const eg_h5_file *file, eg_h5_cursor *c) {
  uint64_t flags = eg_h5_uint(c, 1), ndim = eg_h5_uint(c, 1), width = eg_h5_uint(c, 1);
  if (ndim != (uint64_t)array->space.ndim + 1 || array->space.ndim == 0 || width < 1 || width > 8)
    return eg_h5_damaged(file, "the shape of chunks does not fit that of their array");
  EG_TRY(read_chunk_dims(array, file, c, (int)width));
  array->plain_edges = flags & 1;
  static const int parameters[6] = {[3] = 1, [4] = 5, [5] = 6};
  array->index.kind = (int)eg_h5_uint(c, 1);
  if (array->index.kind < 1 || array->index.kind > 5)
    return eg_h5_damaged(file, "the index of chunks is of an unknown kind");
  if (array->index.kind == 1 && flags & 2) {
    array->index.single_size = eg_h5_uint(c, 8);
    array->index.single_skip = (uint32_t)eg_h5_uint(c, 4);
  }
  eg_h5_bytes(c, (uint64_t)parameters[array->index.kind]);
  array->index.address = eg_h5_uint(c, 8);
  return EG_OK;
}

/* The elements, in the message itself: size (2), bytes. */
static eg_status read_compact(eg_h5_array *array, const eg_h5_file *file, eg_h5_cursor *c) {
  array->bytes = eg_h5_uint(c, 2);
  const unsigned char *bytes = eg_h5_bytes(c, array->bytes);
  if (!bytes)
    return eg_h5_damaged(file, "a compact array is cut short");
  array->compact = eg_alloc((size_t)array->bytes);
  if (!array->compact)
    return EG_NOMEM;
  memcpy(array->compact, bytes, (size_t)array->bytes);
  return EG_OK;
}

/* Version, class (0 compact, 1 contiguous, 2 chunked, 3 virtual). */
static eg_status read_layout(eg_h5_array *array, const eg_h5_file *file, const eg_h5_message *message) {
  eg_h5_cursor c = eg_h5_message_cursor(message);
  uint64_t version = eg_h5_uint(&c, 1), class = eg_h5_uint(&c, 1);
  eg_status status = EG_OK;
  if (version == 1 || version == 2) {
    array->refused = "written by an HDF5 library older than 1.6.3";
  } else if (version < 3 || version > 5) {
    status = eg_h5_damaged(file, "the layout of an array is malformed");
  } else if (class == 0) {
    array->storage = EG_H5_COMPACT;
    status = read_compact(array, file, &c);
  } else if (class == 1) {
    array->storage = EG_H5_CONTIGUOUS;
    array->address = eg_h5_uint(&c, 8);
    array->bytes = eg_h5_uint(&c, 8);
  } else if (class == 2) {
    array->storage = EG_H5_CHUNKED;
    status = version == 3 ? read_chunked_v3(array, file, &c) : read_chunked_v4(array, file, &c);
  } else {
    array->refused = "a virtual array: its elements are in other files";
  }
  if (status == EG_OK && c.cut)
    status = eg_h5_damaged(file, "the layout of an array is cut short");
  return status;
}

/* Type, shape and what else may forbid reading; sets `refused` where it does. */
static eg_status read_meaning(eg_h5_array *array, const eg_h5_file *file, const eg_h5_object *object) {
  const eg_h5_message *type = eg_h5_object_find(object, EG_H5_DATATYPE),
                      *space = eg_h5_object_find(object, EG_H5_DATASPACE);
  if (type->shared || space->shared) {
    array->type = (eg_h5_type){.class = EG_H5_FOREIGN};
    array->refused = "a named datatype";
    return EG_OK;
  }
  eg_h5_cursor c = eg_h5_message_cursor(type);
  EG_TRY(eg_h5_type_read(&array->type, file, &c));
  c = eg_h5_message_cursor(space);
  EG_TRY(eg_h5_space_read(&array->space, file, &c));
  array->refused = array->type.refused ? array->type.refused : array->space.refused;
  if (eg_h5_object_find(object, EG_H5_EXTERNAL))
    array->refused = "its elements are in another file";
  return EG_OK;
}

eg_status eg_h5_array_read(eg_h5_array *array, const eg_h5_file *file, const eg_h5_object *object) {
  EG_TRY(read_meaning(array, file, object));
  if (array->refused || array->space.ndim < 0)
    return EG_OK;
  const eg_h5_message *fill = eg_h5_object_find(object, EG_H5_FILL),
                      *filters = eg_h5_object_find(object, EG_H5_FILTERS);
  if (fill)
    read_fill(array, fill);
  EG_TRY(read_layout(array, file, eg_h5_object_find(object, EG_H5_LAYOUT)));
  if (filters && array->storage == EG_H5_CHUNKED) {
    EG_TRY(eg_h5_filters_read(&array->filters, file, filters));
    array->refused = array->refused ? array->refused : array->filters.refused;
  }
  return EG_OK;
}

void eg_h5_array_free(eg_h5_array *array) {
  eg_free(array->name);
  eg_free(array->compact);
  eg_free(array->chunks);
  *array = (eg_h5_array){0};
}
