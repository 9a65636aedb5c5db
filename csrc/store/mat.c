#include "ecgraft/mat.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <zlib.h>

#include "ecgraft/memory.h"
#include "store/convert.h"
#include "store/source.h"

enum { HEADER = 128, DEEPEST = 16, MOST_ENTRIES = 65536 };

/* What a compressed variable may unpack to. Deflate makes up to 1032 times as much, of an ECG a few times. */
enum { MOST_UNPACKED = 1 << 29, FREE = 1 << 24, TIMES = 100 };

/* Types of data elements (table 1-1) and classes of arrays (table 1-3). */
enum { INT8 = 1, UINT8, INT16, UINT16, INT32, UINT32, UTF8 = 16, UTF16 = 17, MATRIX = 14, COMPRESSED = 15 };
enum { STRUCT = 2, CHAR = 4, FIRST_NUMBER = 6, LAST_NUMBER = 15, COMPLEX_FLAG = 0x08 };

/* Bytes that are still to be read, of a whole element. */
typedef struct cursor {
  const unsigned char *at, *end;
  bool big;
  const char *path;
} cursor;

typedef struct element {
  uint32_t type, size;
  const unsigned char *data;
} element;

static eg_status damaged(const char *path, const char *what) {
  return eg_fail(EG_WORLD, "%s: damaged MAT file: %s", path, what);
}

static uint32_t word_at(const unsigned char *at, bool big) {
  return big ? (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]
             : (uint32_t)eg_get_uint(at, 4);
}

/* The next element. Up to four bytes may lie in the tag itself; others are padded to a multiple of eight. */
static eg_status next(element *e, cursor *c) {
  if (c->end - c->at < 8)
    return damaged(c->path, "an element is cut off");
  uint32_t first = word_at(c->at, c->big);
  if (first >> 16) {
    *e = (element){.type = first & 0xffff, .size = first >> 16, .data = c->at + 4};
    if (e->size > 4)
      return damaged(c->path, "a small element holds more than four bytes");
    c->at += 8;
    return EG_OK;
  }
  *e = (element){.type = first, .size = word_at(c->at + 4, c->big), .data = c->at + 8};
  c->at += 8;
  if (e->size > (size_t)(c->end - c->at))
    return damaged(c->path, "an element reaches beyond its end");
  c->at += e->size;
  size_t padding = (8 - e->size % 8) % 8, left = (size_t)(c->end - c->at);
  c->at += padding < left ? padding : left;
  return EG_OK;
}

static eg_dtype number_type(uint32_t type) {
  switch (type) {
  case INT8:
    return EG_DTYPE_INT8;
  case UINT8:
    return EG_DTYPE_UINT8;
  case INT16:
    return EG_DTYPE_INT16;
  case UINT16:
    return EG_DTYPE_UINT16;
  case INT32:
    return EG_DTYPE_INT32;
  case UINT32:
    return EG_DTYPE_UINT32;
  case 7:
    return EG_DTYPE_FLOAT32;
  case 9:
    return EG_DTYPE_FLOAT64;
  case 12:
    return EG_DTYPE_INT64;
  case 13:
    return EG_DTYPE_UINT64;
  default:
    return EG_DTYPE_OTHER;
  }
}

/* A new entry; *name becomes its own. */
static eg_status add(eg_mat_entry **out, eg_mat *mat, char **name, const char *path) {
  if (mat->count == MOST_ENTRIES)
    return eg_fail(EG_WORLD, "%s: expected at most %d arrays, got more", path, MOST_ENTRIES);
  if (mat->count == mat->capacity) {
    int64_t capacity = mat->capacity ? 2 * mat->capacity : 8;
    eg_mat_entry *more = eg_realloc(mat->entries, (size_t)capacity * sizeof *more);
    if (!more)
      return EG_NOMEM;
    mat->entries = more;
    mat->capacity = capacity;
  }
  *out = &mat->entries[mat->count++];
  **out = (eg_mat_entry){.name = *name};
  *name = NULL;
  return EG_OK;
}

/* "prefix.name", or the name alone. */
static char *join(const char *prefix, const unsigned char *name, size_t size) {
  size_t before = prefix ? strlen(prefix) + 1 : 0;
  char *text = eg_alloc(before + size + 1);
  if (!text)
    return NULL;
  if (prefix) {
    memcpy(text, prefix, before - 1);
    text[before - 1] = '.';
  }
  memcpy(text + before, name, size);
  text[before + size] = '\0';
  return text;
}

/* MATLAB stores the first dim fastest: in memory that is the reversed shape, of which the result is a view. */
static eg_status read_numbers(eg_tensor **out, const element *e, const eg_shape *shape, const cursor *c) {
  eg_dtype dtype = number_type(e->type);
  if (dtype == EG_DTYPE_OTHER)
    return damaged(c->path, "an array's numbers are of no known type");
  int64_t expected = (int64_t)eg_dtype_size(dtype);
  for (int i = 0; i < shape->ndim; i++)
    if (shape->dims[i] == 0)
      expected = 0;
  for (int i = 0; i < shape->ndim && expected; i++)
    if (__builtin_mul_overflow(expected, shape->dims[i], &expected))
      return damaged(c->path, "an array's dims are beyond what can be addressed");
  if (expected != e->size)
    return eg_fail(EG_WORLD, "%s: damaged MAT file: expected %" PRId64 " bytes of numbers, got %" PRIu32, c->path,
                   expected, e->size);
  eg_shape reversed = {.ndim = shape->ndim};
  int order[EG_MAX_DIMS];
  for (int i = 0; i < shape->ndim; i++) {
    order[i] = shape->ndim - 1 - i;
    reversed.dims[i] = shape->dims[order[i]];
  }
  eg_tensor *stored;
  EG_TRY(eg_new_from_file(&stored, reversed, c->path));
  eg_decode_reals(eg_tensor_data(stored), e->data, eg_tensor_numel(stored), dtype, c->big);
  eg_status status = eg_tensor_permute(out, stored, order);
  eg_tensor_release(stored);
  return status;
}

/* Characters of one or two bytes as UTF-8; halves of pairs of UTF-16 become '?'. A zero ends the text. */
static eg_status read_text(char **out, const element *e, const cursor *c) {
  bool wide = e->type == UINT16 || e->type == UTF16;
  if (!wide && e->type != UINT8 && e->type != INT8 && e->type != UTF8)
    return damaged(c->path, "a text's characters are of no known type");
  char *text = eg_alloc(3 * (size_t)e->size + 1), *to = text;
  if (!text)
    return EG_NOMEM;
  for (uint32_t i = 0; i + wide < e->size; i += 1 + wide) {
    uint32_t v =
        wide ? (uint32_t)(c->big ? e->data[i] << 8 | e->data[i + 1] : e->data[i] | e->data[i + 1] << 8) : e->data[i];
    if (v == 0)
      break;
    if (v < 0x80 || e->type == UTF8) {
      *to++ = (char)v;
    } else if (v < 0x800) {
      *to++ = (char)(0xc0 | v >> 6);
      *to++ = (char)(0x80 | (v & 0x3f));
    } else if (v >= 0xd800 && v < 0xe000) {
      *to++ = '?';
    } else {
      *to++ = (char)(0xe0 | v >> 12);
      *to++ = (char)(0x80 | (v >> 6 & 0x3f));
      *to++ = (char)(0x80 | (v & 0x3f));
    }
  }
  *to = '\0';
  *out = text;
  return EG_OK;
}

static eg_status read_shape(eg_shape *shape, const element *e, const cursor *c) {
  *shape = (eg_shape){.ndim = (int)(e->size / 4)};
  if (e->type != INT32 || e->size % 4 || shape->ndim < 2 || shape->ndim > EG_MAX_DIMS)
    return damaged(c->path, "an array's dims are malformed");
  for (int i = 0; i < shape->ndim; i++) {
    shape->dims[i] = (int32_t)word_at(e->data + 4 * i, c->big);
    if (shape->dims[i] < 0)
      return damaged(c->path, "an array has a negative dim");
  }
  return EG_OK;
}

static eg_status read_matrix(eg_mat *mat, cursor c, const char *prefix, const unsigned char *field, size_t field_size,
                             int depth);

/* The fields of a struct, each an array without a name of its own. */
static eg_status read_struct(eg_mat *mat, cursor *c, const char *name, int depth) {
  element length, names;
  EG_TRY(next(&length, c));
  EG_TRY(next(&names, c));
  uint32_t width = length.type == INT32 && length.size == 4 ? word_at(length.data, c->big) : 0;
  if (width < 1 || width > 1024 || names.type != INT8 || names.size % width)
    return damaged(c->path, "the names of a struct's fields are malformed");
  if (depth == DEEPEST)
    return damaged(c->path, "structs are more than 16 deep");
  for (uint32_t i = 0; i < names.size / width; i++) {
    const unsigned char *field = names.data + (size_t)i * width;
    element e;
    EG_TRY(next(&e, c));
    if (e.type != MATRIX)
      return damaged(c->path, "a struct's field is no array");
    cursor inner = {.at = e.data, .end = e.data + e.size, .big = c->big, .path = c->path};
    const unsigned char *stop = memchr(field, 0, width);
    EG_TRY(read_matrix(mat, inner, name, field, stop ? (size_t)(stop - field) : width, depth + 1));
  }
  return EG_OK;
}

/* An array that is no struct, by its class; others than numbers and rows of characters are passed over. */
static eg_status read_array(eg_mat *mat, cursor *c, char **name, uint32_t class, const eg_shape *shape) {
  bool text = class == CHAR && shape->ndim == 2 && shape->dims[0] <= 1;
  if (!text && (class < FIRST_NUMBER || class > LAST_NUMBER))
    return EG_OK;
  element e;
  EG_TRY(next(&e, c));
  eg_tensor *tensor = NULL;
  char *characters = NULL;
  EG_TRY(text ? read_text(&characters, &e, c) : read_numbers(&tensor, &e, shape, c));
  eg_mat_entry *entry = NULL;
  eg_status status = add(&entry, mat, name, c->path);
  if (status == EG_OK) {
    entry->tensor = tensor;
    entry->text = characters;
    return EG_OK;
  }
  eg_tensor_release(tensor);
  eg_free(characters);
  return status;
}

/* What an array element holds: flags, dims, name, and by its class the rest. `field`: its name in a struct, or NULL. */
static eg_status read_matrix(eg_mat *mat, cursor c, const char *prefix, const unsigned char *field, size_t field_size,
                             int depth) {
  if (c.at == c.end)
    return EG_OK; /* an empty field may have no content at all */
  element flags = {0}, dims = {0}, own = {0};
  eg_shape shape;
  EG_TRY(next(&flags, &c));
  if (flags.type != UINT32 || flags.size != 8)
    return damaged(c.path, "an array's flags are malformed");
  uint32_t word = word_at(flags.data, c.big), class = word & 0xff;
  if (class > LAST_NUMBER)
    return EG_OK; /* function handles and objects, which have no dims */
  EG_TRY(next(&dims, &c));
  EG_TRY(read_shape(&shape, &dims, &c));
  EG_TRY(next(&own, &c));
  if (own.type != INT8)
    return damaged(c.path, "an array's name is malformed");
  if (word >> 8 & COMPLEX_FLAG)
    return EG_OK;
  char *name = field ? join(prefix, field, field_size) : join(NULL, own.data, own.size);
  if (!name)
    return EG_NOMEM;
  eg_status status = EG_OK;
  bool single = true;
  for (int i = 0; i < shape.ndim; i++)
    single = single && shape.dims[i] == 1;
  if (class != STRUCT)
    status = read_array(mat, &c, &name, class, &shape);
  else if (single)
    status = read_struct(mat, &c, name, depth);
  eg_free(name);
  return status;
}

static size_t most_unpacked(size_t packed_size) {
  return packed_size < (MOST_UNPACKED - FREE) / TIMES ? FREE + TIMES * packed_size : MOST_UNPACKED;
}

/* The content of a compressed element in a new block that grows with what comes out. */
static eg_status unpack(unsigned char **out, size_t *size, const unsigned char *packed, size_t packed_size,
                        const char *path) {
  z_stream z = {.next_in = (unsigned char *)packed, .avail_in = (uInt)packed_size};
  if (inflateInit(&z) != Z_OK)
    return eg_fail(EG_NOMEM, "%s: not enough memory to unpack it", path);
  size_t most = most_unpacked(packed_size), room = 4 * packed_size + 4096;
  room = room < most ? room : most;
  unsigned char *block = eg_alloc(room);
  eg_status status = block ? EG_OK : EG_NOMEM;
  int state = Z_OK;
  while (status == EG_OK && state == Z_OK) {
    if (z.total_out == room) {
      size_t more = room < most / 2 ? 2 * room : most;
      if (more == room) {
        status = eg_fail(EG_WORLD, "%s: a variable of %zu bytes unpacks to more than %zu", path, packed_size, most);
        break;
      }
      unsigned char *larger = eg_realloc(block, more);
      if (!larger) {
        status = EG_NOMEM;
        break;
      }
      block = larger;
      room = more;
    }
    z.next_out = block + z.total_out;
    z.avail_out = (uInt)(room - z.total_out);
    state = inflate(&z, Z_NO_FLUSH);
  }
  *size = z.total_out;
  inflateEnd(&z);
  if (status == EG_OK && state != Z_STREAM_END)
    status = damaged(path, "a compressed variable cannot be unpacked");
  if (status != EG_OK) {
    eg_free(block);
    return status;
  }
  *out = block;
  return EG_OK;
}

/* One variable, `bytes` (size) being the content of its element. */
static eg_status read_variable(eg_mat *mat, uint32_t type, const unsigned char *bytes, size_t size, bool big,
                               const char *path) {
  cursor c = {.at = bytes, .end = bytes + size, .big = big, .path = path};
  if (type == MATRIX)
    return read_matrix(mat, c, NULL, NULL, 0, 0);
  if (type != COMPRESSED)
    return EG_OK; /* nothing else is a variable */
  unsigned char *block = NULL;
  EG_TRY(unpack(&block, &size, bytes, size, path));
  c.at = block;
  c.end = block + size;
  element e;
  eg_status status = next(&e, &c);
  if (status == EG_OK && e.type == MATRIX) {
    c.at = e.data;
    c.end = e.data + e.size;
    status = read_matrix(mat, c, NULL, NULL, 0, 0);
  }
  eg_free(block);
  return status;
}

static eg_status check_header(bool *big, const eg_source *source) {
  unsigned char header[HEADER];
  if (source->size < HEADER)
    return eg_fail(EG_WORLD, "%s: expected a MAT file of version 5, got %" PRId64 " bytes", source->name, source->size);
  EG_TRY(eg_source_read(source, header, 0, HEADER));
  if (memcmp(header, "MATLAB 7.3", 10) == 0)
    return eg_fail(EG_WORLD, "%s: expected a MAT file of version 5, got version 7.3, which is HDF5", source->name);
  *big = header[126] == 'M' && header[127] == 'I';
  if ((!*big && memcmp(header + 126, "IM", 2) != 0) || header[*big ? 124 : 125] != 1)
    return eg_fail(EG_WORLD, "%s: expected a MAT file of version 5, got something else", source->name);
  return EG_OK;
}

static eg_status read_variables(eg_mat *mat, const eg_source *source) {
  bool big = false;
  EG_TRY(check_header(&big, source));
  for (int64_t at = HEADER; at < source->size;) {
    unsigned char tag[8];
    if (source->size - at < 8)
      return damaged(source->name, "an element is cut off");
    EG_TRY(eg_source_read(source, tag, at, sizeof tag));
    uint32_t type = word_at(tag, big), size = word_at(tag + 4, big);
    at += 8;
    if (size > source->size - at || size > INT_MAX)
      return eg_fail(EG_WORLD, "%s: damaged MAT file: a variable of %" PRIu32 " bytes, there are %" PRId64,
                     source->name, size, source->size - at);
    unsigned char *bytes = eg_alloc(size);
    if (!bytes)
      return EG_NOMEM;
    eg_status status = eg_source_read(source, bytes, at, size);
    if (status == EG_OK)
      status = read_variable(mat, type, bytes, size, big, source->name);
    eg_free(bytes);
    EG_TRY(status);
    at += size + (type == COMPRESSED ? 0 : (8 - size % 8) % 8);
  }
  return EG_OK;
}

eg_status eg_mat_load(eg_mat **out, const char *path) {
  *out = NULL;
  eg_source source;
  EG_TRY(eg_source_open(&source, path));
  eg_mat *mat = eg_alloc_zero(1, sizeof *mat);
  eg_status status = mat ? read_variables(mat, &source) : EG_NOMEM;
  eg_source_close(&source);
  if (status != EG_OK) {
    eg_mat_free(mat);
    return status;
  }
  *out = mat;
  return EG_OK;
}

void eg_mat_free(eg_mat *mat) {
  if (!mat)
    return;
  for (int64_t i = 0; i < mat->count; i++) {
    eg_free(mat->entries[i].name);
    eg_free(mat->entries[i].text);
    eg_tensor_release(mat->entries[i].tensor);
  }
  eg_free(mat->entries);
  eg_free(mat);
}

const eg_mat_entry *eg_mat_find(const eg_mat *mat, const char *name) {
  for (int64_t i = 0; i < mat->count; i++)
    if (strcmp(mat->entries[i].name, name) == 0)
      return &mat->entries[i];
  return NULL;
}
