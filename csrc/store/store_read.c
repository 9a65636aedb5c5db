/* HDF5 files for reading: the list of arrays, and arrays as tensors and values. */
#include <inttypes.h>
#include <string.h>

#include "ecgraft/memory.h"
#include "ecgraft/store.h"
#include "store/convert.h"
#include "store/h5/h5.h"
#include "store/store.h"

struct eg_store {
  char *path;
  eg_h5_file file;
  int64_t count, capacity;
  eg_h5_array *arrays;
  eg_store_entry *entries;
};

/* Opening: walks the groups and notes every array. */

static eg_status add_array(eg_store *store, const char *name, uint64_t header, const eg_h5_object *object) {
  if (store->count == store->capacity) {
    int64_t capacity = store->capacity ? 2 * store->capacity : 16;
    eg_h5_array *larger = eg_realloc(store->arrays, (size_t)capacity * sizeof *larger);
    if (!larger)
      return EG_NOMEM;
    store->arrays = larger;
    store->capacity = capacity;
  }
  eg_h5_array *array = &store->arrays[store->count++];
  *array = (eg_h5_array){.name = eg_strdup(name), .header = header};
  return array->name ? eg_h5_array_read(array, &store->file, object) : EG_NOMEM;
}

/* A path of groups, from the innermost out. */
typedef struct trail {
  const struct trail *outer;
  uint64_t header;
  const char *name; /* "a/b/", "" at the root */
  int depth;
} trail;

static eg_status walk(eg_store *store, const trail *here, const eg_h5_object *group);

static eg_status visit(eg_store *store, const trail *here, const eg_h5_link *link) {
  for (const trail *t = here; t; t = t->outer)
    if (t->header == link->address)
      return EG_OK; /* a group within itself */
  size_t before = strlen(here->name), length = strlen(link->name);
  EG_TRY(eg_h5_spend(&store->file, before + length));
  char *name = eg_alloc(before + length + 2);
  if (!name)
    return EG_NOMEM;
  memcpy(name, here->name, before);
  memcpy(name + before, link->name, length + 1);
  eg_h5_object object;
  eg_status status = eg_h5_object_read(&object, &store->file, link->address);
  if (status == EG_OK && eg_h5_is_array(&object)) {
    status = add_array(store, name, link->address, &object);
  } else if (status == EG_OK && eg_h5_is_group(&object)) {
    memcpy(name + before + length, "/", 2);
    trail inner = {.outer = here, .header = link->address, .name = name, .depth = here->depth + 1};
    status = inner.depth > EG_H5_GROUP_DEPTH ? eg_h5_damaged(&store->file, "groups are nested too deeply")
                                             : walk(store, &inner, &object);
  }
  eg_h5_object_release(&object);
  eg_free(name);
  return status;
}

static eg_status walk(eg_store *store, const trail *here, const eg_h5_object *group) {
  eg_h5_links links;
  eg_status status = eg_h5_links_read(&links, &store->file, group);
  for (int64_t i = 0; i < links.count && status == EG_OK; i++)
    status = visit(store, here, &links.items[i]);
  eg_h5_links_free(&links);
  return status;
}

static eg_status list_entries(eg_store *store) {
  store->entries = eg_alloc_zero((size_t)store->count, sizeof *store->entries);
  if (!store->entries)
    return EG_NOMEM;
  for (int64_t i = 0; i < store->count; i++) {
    const eg_h5_array *array = &store->arrays[i];
    eg_store_entry *entry = &store->entries[i];
    *entry = (eg_store_entry){.name = array->name, .dtype = array->type.dtype, .refused = array->refused};
    if (array->space.ndim < 0) { /* null: an empty list */
      entry->shape = EG_SHAPE(0);
      continue;
    }
    entry->shape.ndim = array->space.ndim;
    memcpy(entry->shape.dims, array->space.dims, sizeof entry->shape.dims);
  }
  return EG_OK;
}

static eg_status open_all(eg_store *store) {
  EG_TRY(eg_h5_begin(&store->file));
  eg_h5_object root;
  const trail here = {.header = store->file.root, .name = ""};
  eg_status status = eg_h5_object_read(&root, &store->file, store->file.root);
  if (status == EG_OK)
    status = eg_h5_is_group(&root) ? walk(store, &here, &root) : eg_h5_damaged(&store->file, "its root is no group");
  eg_h5_object_release(&root);
  return status == EG_OK ? list_entries(store) : status;
}

static eg_status new_store(eg_store **out, const char *path) {
  *out = eg_alloc_zero(1, sizeof **out);
  if (!*out)
    return EG_NOMEM;
  (*out)->file.source.descriptor = -1;
  (*out)->path = eg_strdup(path);
  return (*out)->path ? EG_OK : EG_NOMEM;
}

static eg_status finish(eg_store **out, eg_status status) {
  if (status == EG_OK)
    status = open_all(*out);
  if (status != EG_OK) {
    eg_store_close(*out);
    *out = NULL;
  }
  return status;
}

eg_status eg_store_open(eg_store **out, const char *path) {
  eg_status status = new_store(out, path);
  if (status == EG_OK)
    status = eg_source_open(&(*out)->file.source, (*out)->path);
  return finish(out, status);
}

eg_status eg_store_open_memory(eg_store **out, const void *bytes, size_t count, const char *name) {
  eg_status status = new_store(out, name);
  if (status == EG_OK)
    (*out)->file.source = eg_source_of(bytes, count, (*out)->path);
  return finish(out, status);
}

void eg_store_close(eg_store *store) {
  if (!store)
    return;
  eg_source_close(&store->file.source);
  for (int64_t i = 0; i < store->count; i++)
    eg_h5_array_free(&store->arrays[i]);
  eg_free(store->arrays);
  eg_free(store->entries);
  eg_free(store->path);
  eg_free(store);
}

int64_t eg_store_count(const eg_store *store) {
  return store->count;
}

const eg_store_entry *eg_store_entry_at(const eg_store *store, int64_t i) {
  return &store->entries[i];
}

int64_t eg_store_find(const eg_store *store, const char *name) {
  for (int64_t i = 0; i < store->count; i++)
    if (strcmp(store->entries[i].name, name) == 0)
      return i;
  return -1;
}

/* Reading. */

static eg_status find(eg_h5_array **array, eg_store *store, const char *name) {
  int64_t i = eg_store_find(store, name);
  if (i < 0)
    return eg_fail(EG_USAGE, "%s: there is no array '%.200s'", store->path, name);
  *array = &store->arrays[i];
  if ((*array)->refused)
    return eg_fail(EG_WORLD, "%s: '%.200s' cannot be read: %s", store->path, name, (*array)->refused);
  eg_h5_grant(&store->file);
  return EG_OK;
}

/* Whether so many elements can be what the file holds, before memory is asked for them. */
static eg_status check_explained(eg_store *store, eg_h5_array *array) {
  uint64_t bytes, stored = array->storage == EG_H5_COMPACT     ? array->bytes
                           : array->address == EG_H5_UNDEFINED ? 0
                                                               : array->bytes;
  if (array->storage == EG_H5_CHUNKED && array->space.count > 0)
    return eg_h5_array_index(array, &store->file); /* which checks it */
  if (__builtin_mul_overflow((uint64_t)array->space.count, (uint64_t)array->type.size, &bytes) ||
      !eg_h5_explained(&store->file, bytes, stored))
    return eg_fail(EG_WORLD,
                   "%s: damaged HDF5 file: '%.200s' has %" PRId64 " elements, but only %" PRIu64
                   " bytes are stored for it",
                   store->path, array->name, array->space.count, stored);
  return EG_OK;
}

typedef struct to_reals {
  eg_real *to;
  eg_dtype dtype;
  bool big;
} to_reals;

static void sink_reals(void *context, int64_t at, const unsigned char *from, int64_t count) {
  const to_reals *target = context;
  eg_decode_reals(target->to + at, from, count, target->dtype, target->big);
}

/* Bits that need no conversion and lie in one piece go straight into the tensor. */
static bool is_direct(const eg_h5_array *array) {
  return array->storage == EG_H5_CONTIGUOUS && array->address != EG_H5_UNDEFINED &&
         eg_is_native(array->type.dtype, array->type.big);
}

static eg_status read_direct(eg_store *store, const eg_h5_array *array, eg_real *to, int64_t from, int64_t count) {
  return eg_source_read(&store->file.source, to,
                        store->file.base + (int64_t)array->address + from * (int64_t)sizeof *to,
                        (size_t)count * sizeof *to);
}

static eg_status read_tensor(eg_tensor **out, eg_store *store, eg_h5_array *array, eg_shape shape, int64_t first) {
  EG_TRY(check_explained(store, array));
  EG_TRY(eg_new_from_file(out, shape, store->path));
  int64_t count = eg_tensor_numel(*out), rows = shape.ndim > 0 ? shape.dims[0] : 1;
  to_reals target = {.to = eg_tensor_data(*out), .dtype = array->type.dtype, .big = array->type.big};
  int64_t inside = (int64_t)(array->bytes / sizeof(eg_real)), size = store->file.source.size - store->file.base;
  eg_status status;
  if (is_direct(array) && inside >= array->space.count && array->address <= (uint64_t)size)
    status = count > 0 ? read_direct(store, array, target.to, first * (count / rows), count) : EG_OK;
  else
    status = eg_h5_elements(array, &store->file, first, rows, sink_reals, &target);
  if (status != EG_OK) {
    eg_tensor_release(*out);
    *out = NULL;
  }
  return status;
}

static eg_status find_numbers(eg_h5_array **array, eg_shape *shape, eg_store *store, const char *name) {
  EG_TRY(find(array, store, name));
  if ((*array)->type.class != EG_H5_NUMBER)
    return eg_fail(EG_USAGE, "%s: '%.200s' holds strings, which are no tensor", store->path, name);
  *shape = store->entries[*array - store->arrays].shape;
  return EG_OK;
}

eg_status eg_store_read(eg_tensor **out, eg_store *store, const char *name) {
  eg_h5_array *array;
  eg_shape shape;
  *out = NULL;
  EG_TRY(find_numbers(&array, &shape, store, name));
  return read_tensor(out, store, array, shape, 0);
}

eg_status eg_store_read_rows(eg_tensor **out, eg_store *store, const char *name, int64_t first, int64_t rows) {
  eg_h5_array *array;
  eg_shape shape;
  *out = NULL;
  EG_TRY(find_numbers(&array, &shape, store, name));
  if (shape.ndim == 0 || first < 0 || rows < 0 || first > shape.dims[0] || rows > shape.dims[0] - first)
    return eg_fail(EG_USAGE, "%s: '%.200s': %" PRId64 " rows from %" PRId64 " on are asked for, there are %" PRId64,
                   store->path, name, rows, first, shape.ndim > 0 ? shape.dims[0] : 0);
  shape.dims[0] = rows;
  return read_tensor(out, store, array, shape, first);
}

/* Rows that follow each other are read together. */
static eg_status gather(eg_tensor *out, eg_store *store, eg_h5_array *array, const int64_t *rows, int64_t count) {
  int64_t row = count > 0 ? eg_tensor_numel(out) / count : 0;
  for (int64_t i = 0, run; i < count && row > 0; i += run) {
    for (run = 1; i + run < count && rows[i + run] == rows[i] + run;)
      run++;
    to_reals target = {.to = eg_tensor_data(out) + i * row, .dtype = array->type.dtype, .big = array->type.big};
    EG_TRY(eg_h5_elements(array, &store->file, rows[i], run, sink_reals, &target));
  }
  return EG_OK;
}

eg_status eg_store_gather(eg_tensor **out, eg_store *store, const char *name, const int64_t *rows, int64_t count,
                          double scale) {
  eg_h5_array *array;
  eg_shape shape;
  *out = NULL;
  EG_TRY(find_numbers(&array, &shape, store, name));
  int64_t there = shape.ndim > 0 ? shape.dims[0] : 0;
  for (int64_t i = 0; i < count; i++)
    if (rows[i] < 0 || rows[i] >= there)
      return eg_fail(EG_USAGE, "%s: '%.200s': row %" PRId64 " is asked for, there are %" PRId64, store->path, name,
                     rows[i] + 1, there);
  if (shape.ndim == 0)
    return eg_fail(EG_USAGE, "%s: '%.200s' is a single value, which has no rows", store->path, name);
  EG_TRY(check_explained(store, array));
  shape.dims[0] = count;
  EG_TRY(eg_new_from_file(out, shape, store->path));
  eg_status status = gather(*out, store, array, rows, count);
  if (status != EG_OK) {
    eg_tensor_release(*out);
    *out = NULL;
  } else if (scale != 1) {
    eg_real *x = eg_tensor_data(*out), factor = (eg_real)scale;
    for (int64_t i = 0, n = eg_tensor_numel(*out); i < n; i++)
      x[i] *= factor;
  }
  return status;
}

void eg_store_use_one_thread(eg_store *store) {
  store->file.one_thread = true;
}

typedef struct to_bytes {
  unsigned char *to;
  size_t width;
} to_bytes;

static void sink_bytes(void *context, int64_t at, const unsigned char *from, int64_t count) {
  const to_bytes *target = context;
  memcpy(target->to + (size_t)at * target->width, from, (size_t)count * target->width);
}

eg_status eg_store_read_value(eg_value *out, eg_store *store, const char *name) {
  eg_h5_array *array;
  *out = (eg_value){.data = NULL};
  EG_TRY(find(&array, store, name));
  if (array->space.ndim > 1)
    return eg_fail(EG_USAGE, "%s: '%.200s' has %d dims; only a list is read as values", store->path, name,
                   array->space.ndim);
  EG_TRY(check_explained(store, array));
  to_bytes target = {.width = array->type.size};
  target.to = eg_alloc_zero((size_t)array->space.count, target.width);
  if (!target.to)
    return EG_NOMEM;
  int64_t rows = array->space.ndim == 1 ? array->space.dims[0] : array->space.count;
  eg_status status = eg_h5_elements(array, &store->file, 0, rows, sink_bytes, &target);
  if (status == EG_OK)
    status = eg_h5_value(out, &store->file, &array->type, target.to, array->space.count, array->space.ndim != 0);
  eg_h5_texts_free(&store->file);
  eg_free(target.to);
  return status;
}

eg_status eg_store_read_attributes(eg_attributes *out, eg_store *store, const char *name) {
  *out = (eg_attributes){0};
  uint64_t header = store->file.root;
  if (name) {
    int64_t i = eg_store_find(store, name);
    if (i < 0)
      return eg_fail(EG_USAGE, "%s: there is no array '%.200s'", store->path, name);
    header = store->arrays[i].header;
  }
  eg_h5_grant(&store->file);
  eg_status status = eg_h5_attributes_read(out, &store->file, header);
  eg_h5_texts_free(&store->file);
  return status;
}
