#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ecgraft/memory.h"
#include "ecgraft/safetensors.h"
#include "store/convert.h"
#include "store/json.h"
#include "store/safetensors.h"
#include "store/source.h"

/* What a header says of one tensor. */
typedef struct described {
  const char *name;
  eg_dtype dtype;
  eg_shape shape;
  int64_t begin, end; /* bytes, counted from the end of the header */
} described;

typedef struct reader {
  const eg_source *source;
  eg_json json;
  described *found;
  int64_t count, capacity, pairs_capacity;
  eg_safetensors *file;
} reader;

static eg_status damaged(const reader *r, const char *what) {
  return eg_fail(EG_WORLD, "%s: not a valid safetensors file: %s", r->source->name, what);
}

static eg_status malformed(const reader *r) {
  return eg_fail(EG_WORLD, "%s: not a valid safetensors file: %s at byte %zu of the header", r->source->name,
                 r->json.fault, r->json.fault_at);
}

/* Makes room for one more entry in a list of `count`. */
static eg_status grow(void **list, int64_t count, int64_t *capacity, size_t size) {
  if (count < *capacity)
    return EG_OK;
  int64_t wanted = *capacity ? 2 * *capacity : 16;
  void *larger = eg_realloc(*list, (size_t)wanted * size);
  if (!larger)
    return EG_NOMEM;
  *list = larger;
  *capacity = wanted;
  return EG_OK;
}

/* The header. */

static eg_status read_metadata(reader *r) {
  if (r->file->metadata)
    return damaged(r, "it has __metadata__ twice");
  /* One pair is allocated even for {}, so that a second __metadata__ is noticed. */
  const char *(*pairs)[2] = NULL;
  eg_status status = grow((void **)&pairs, 0, &r->pairs_capacity, sizeof *pairs);
  eg_json_open(&r->json, '{');
  while (status == EG_OK && eg_json_more(&r->json, '}')) {
    status = grow((void **)&pairs, r->file->metadata_count, &r->pairs_capacity, sizeof *pairs);
    if (status != EG_OK)
      break;
    pairs[r->file->metadata_count][0] = eg_json_key(&r->json);
    pairs[r->file->metadata_count][1] = eg_json_string(&r->json);
    r->file->metadata_count++;
  }
  r->file->metadata = (const char *const(*)[2])pairs;
  return status;
}

static void read_shape(reader *r, described *d) {
  eg_json_open(&r->json, '[');
  for (int64_t dim; eg_json_more(&r->json, ']');) {
    dim = eg_json_count(&r->json);
    if (d->shape.ndim == EG_MAX_DIMS)
      eg_json_fail(&r->json, "more than 8 dims");
    else
      d->shape.dims[d->shape.ndim++] = dim;
  }
}

static void read_offsets(reader *r, described *d) {
  int64_t offsets[2] = {0, 0};
  int n = 0;
  eg_json_open(&r->json, '[');
  for (; eg_json_more(&r->json, ']'); n++) {
    int64_t offset = eg_json_count(&r->json);
    if (n < 2)
      offsets[n] = offset;
  }
  if (n != 2)
    eg_json_fail(&r->json, "data_offsets that are not two numbers");
  d->begin = offsets[0];
  d->end = offsets[1];
}

static void read_dtype(reader *r, described *d) {
  const char *name = eg_json_string(&r->json);
  d->dtype = eg_safetensors_dtype(name);
  if (d->dtype == EG_DTYPE_OTHER)
    eg_json_fail(&r->json, "a dtype that is not known");
}

static eg_status read_entry(reader *r, const char *name) {
  EG_TRY(grow((void **)&r->found, r->count, &r->capacity, sizeof *r->found));
  described *d = &r->found[r->count];
  *d = (described){.name = name};
  unsigned seen = 0;
  eg_json_open(&r->json, '{');
  while (eg_json_more(&r->json, '}')) {
    static const struct {
      const char *key;
      void (*read)(reader *, described *);
    } fields[] = {{"dtype", read_dtype}, {"shape", read_shape}, {"data_offsets", read_offsets}};
    const char *key = eg_json_key(&r->json);
    unsigned f = 0;
    while (f < 3 && strcmp(key, fields[f].key) != 0)
      f++;
    if (f == 3 || seen & 1u << f) {
      eg_json_fail(&r->json, f == 3 ? "a field other than dtype, shape and data_offsets" : "a field given twice");
      break;
    }
    seen |= 1u << f;
    fields[f].read(r, d);
  }
  if (seen != 7)
    eg_json_fail(&r->json, "a tensor without dtype, shape or data_offsets");
  r->count++;
  return EG_OK;
}

static eg_status read_header(reader *r) {
  eg_json_open(&r->json, '{');
  while (eg_json_more(&r->json, '}')) {
    const char *name = eg_json_key(&r->json);
    EG_TRY(strcmp(name, "__metadata__") == 0 ? read_metadata(r) : read_entry(r, name));
  }
  eg_json_end(&r->json);
  return r->json.fault ? malformed(r) : EG_OK;
}

/* What the entries say together. */

static int by_place(const void *a, const void *b) {
  const described *x = a, *y = b;
  if (x->begin != y->begin)
    return x->begin < y->begin ? -1 : 1;
  if (x->end != y->end)
    return x->end < y->end ? -1 : 1;
  return strcmp(x->name, y->name);
}

static int by_text(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static eg_status check_names(const reader *r) {
  const char **names = eg_alloc((size_t)r->count * sizeof *names);
  if (!names)
    return EG_NOMEM;
  for (int64_t i = 0; i < r->count; i++)
    names[i] = r->found[i].name;
  qsort(names, (size_t)r->count, sizeof *names, by_text);
  eg_status status = EG_OK;
  for (int64_t i = 1; i < r->count && status == EG_OK; i++)
    if (strcmp(names[i - 1], names[i]) == 0)
      status = eg_fail(EG_WORLD, "%s: not a valid safetensors file: it has '%.200s' twice", r->source->name, names[i]);
  eg_free(names);
  return status;
}

/* The bytes that dims and type ask for, or -1 where they are more than can be counted. */
static int64_t bytes_wanted(const described *d) {
  int64_t bytes = (int64_t)eg_dtype_size(d->dtype);
  for (int i = 0; i < d->shape.ndim; i++)
    if (d->shape.dims[i] == 0)
      return 0;
  for (int i = 0; i < d->shape.ndim; i++)
    if (__builtin_mul_overflow(bytes, d->shape.dims[i], &bytes))
      return -1;
  return bytes;
}

/* One after the other from 0 to the end of the file, each as long as its shape says. */
static eg_status check_places(const reader *r, int64_t data_size) {
  int64_t end = 0;
  for (int64_t i = 0; i < r->count; i++) {
    const described *d = &r->found[i];
    if (d->begin != end || d->end < d->begin || d->end > data_size)
      return eg_fail(EG_WORLD,
                     "%s: not a valid safetensors file: the data of '%.200s' is said to lie from byte %" PRId64
                     " to %" PRId64 ", expected it to begin at %" PRId64 " and to end within %" PRId64,
                     r->source->name, d->name, d->begin, d->end, end, data_size);
    if (bytes_wanted(d) != d->end - d->begin) {
      char text[128];
      return eg_fail(EG_WORLD, "%s: not a valid safetensors file: '%.200s' has %" PRId64 " bytes for shape %s of %s",
                     r->source->name, d->name, d->end - d->begin, eg_shape_text(&d->shape, text, sizeof text),
                     eg_dtype_name(d->dtype));
    }
    end = d->end;
  }
  if (end != data_size)
    return eg_fail(EG_WORLD, "%s: not a valid safetensors file: %" PRId64 " bytes of data expected, there are %" PRId64,
                   r->source->name, end, data_size);
  return EG_OK;
}

/* The data. */

static eg_status read_tensors(const reader *r, int64_t data_begin) {
  eg_safetensors *file = r->file;
  file->entries = eg_alloc_zero((size_t)r->count, sizeof *file->entries);
  if (!file->entries)
    return EG_NOMEM;
  for (int64_t i = 0; i < r->count; i++) {
    const described *d = &r->found[i];
    eg_safetensors_entry *entry = &file->entries[file->count++];
    entry->name = d->name;
    entry->dtype = d->dtype;
    EG_TRY(eg_new_from_file(&entry->tensor, d->shape, r->source->name));
    EG_TRY(eg_source_read_reals(r->source, eg_tensor_data(entry->tensor), data_begin + d->begin,
                                eg_tensor_numel(entry->tensor), d->dtype, false));
  }
  return EG_OK;
}

static eg_status read_all(reader *r) {
  unsigned char prefix[8];
  const eg_source *source = r->source;
  if (source->size < 8)
    return eg_fail(EG_WORLD, "%s: not a valid safetensors file: %" PRId64 " bytes, expected at least 8", source->name,
                   source->size);
  EG_TRY(eg_source_read(source, prefix, 0, sizeof prefix));
  uint64_t length = eg_get_uint(prefix, 8);
  if (length > EG_SAFETENSORS_HEADER_LIMIT || length > (uint64_t)(source->size - 8))
    return eg_fail(EG_WORLD,
                   "%s: not a valid safetensors file: a header of %" PRIu64 " bytes in a file of %" PRId64
                   " (at most 100000000 are allowed)",
                   source->name, length, source->size);
  r->file->header = eg_alloc((size_t)length + 1);
  if (!r->file->header)
    return EG_NOMEM;
  EG_TRY(eg_source_read(source, r->file->header, 8, (size_t)length));
  if (length == 0 || r->file->header[0] != '{')
    return damaged(r, "the header does not begin with '{'");
  eg_json_begin(&r->json, r->file->header, (size_t)length);
  EG_TRY(read_header(r));
  EG_TRY(check_names(r));
  if (r->count > 0)
    qsort(r->found, (size_t)r->count, sizeof *r->found, by_place);
  int64_t data_begin = 8 + (int64_t)length;
  EG_TRY(check_places(r, source->size - data_begin));
  return read_tensors(r, data_begin);
}

static eg_status load(eg_safetensors **out, const eg_source *source) {
  *out = NULL;
  reader r = {.source = source, .file = eg_alloc_zero(1, sizeof *r.file)};
  if (!r.file)
    return EG_NOMEM;
  eg_status status = read_all(&r);
  eg_free(r.found);
  if (status != EG_OK)
    eg_safetensors_free(r.file);
  else
    *out = r.file;
  return status;
}

eg_status eg_safetensors_load(eg_safetensors **out, const char *path) {
  *out = NULL;
  eg_source source;
  EG_TRY(eg_source_open(&source, path));
  eg_status status = load(out, &source);
  eg_source_close(&source);
  return status;
}

eg_status eg_safetensors_parse(eg_safetensors **out, const void *bytes, size_t count, const char *name) {
  eg_source source = eg_source_of(bytes, count, name);
  return load(out, &source);
}

void eg_safetensors_free(eg_safetensors *file) {
  if (!file)
    return;
  for (int64_t i = 0; i < file->count; i++)
    eg_tensor_release(file->entries[i].tensor);
  eg_free(file->entries);
  eg_free((void *)(uintptr_t)file->metadata);
  eg_free(file->header);
  eg_free(file);
}
