/* HDF5 files for writing, through the library. Every function here that calls it stands between eg_hdf5_enter and
 * eg_hdf5_leave. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ecgraft/memory.h"
#include "ecgraft/store.h"
#include "store/convert.h"
#include "store/hdf5_library.h"
#include "store/hdf5_parts.h"
#include "store/value.h"
#include "store/write.h"

enum { CHUNK_BYTES = 1 << 20, COMPACT_BYTES = 8192 };

/* An array of the file. */
typedef struct written {
  char *name;
  hid_t dataset; /* open while it is filled row by row; else -1 */
  eg_shape shape;
  eg_dtype dtype;
  int64_t rows, wanted; /* rows so far; rows it must have in the end, -1: any number */
  int64_t block_rows;   /* rows encoded at a time */
} written;

struct eg_store_writer {
  eg_output *output;
  hid_t file;
  int64_t count, capacity;
  written *arrays;
};

/* Checks. */

/* Parts between '/' that are neither empty nor ".", which the library would take for the group itself. */
static bool is_name(const char *name) {
  if (strlen(name) > EG_HDF5_LONGEST_NAME || !*name)
    return false;
  for (;;) {
    size_t length = strcspn(name, "/");
    if (length == 0 || (length == 1 && *name == '.'))
      return false;
    if (!name[length])
      return true;
    name += length + 1;
  }
}

/* "a" and "a/b": one would be an array and a group at once. */
static bool is_within(const char *outer, const char *name) {
  size_t length = strlen(outer);
  return strncmp(outer, name, length) == 0 && name[length] == '/';
}

static eg_status check_name(const eg_store_writer *writer, const char *name) {
  if (!is_name(name))
    return eg_fail(EG_USAGE, "store: '%.200s' cannot be the name of an array", name);
  for (int64_t i = 0; i < writer->count; i++) {
    const char *other = writer->arrays[i].name;
    if (strcmp(other, name) == 0 || is_within(other, name) || is_within(name, other))
      return eg_fail(EG_USAGE, "store: the array '%.200s' cannot be written beside '%.200s'", name, other);
  }
  return EG_OK;
}

static eg_status check_layout(const char *name, const eg_store_layout *layout) {
  if (!eg_can_encode(eg_dtype_or_real(layout->dtype)))
    return eg_fail(EG_USAGE, "store: '%.200s' cannot be written as %s", name, eg_dtype_name(layout->dtype));
  if (layout->compression < 0 || layout->compression > 9 || layout->chunk_rows < 0)
    return eg_fail(EG_USAGE,
                   "store: '%.200s': compression must be from 0 to 9 and chunk_rows not negative, got %d and %" PRId64,
                   name, layout->compression, layout->chunk_rows);
  return EG_OK;
}

/* Arrays. */

/* Bytes of a row, or of a single value; -1 where they cannot be counted. */
static int64_t row_bytes(const eg_shape *shape, int64_t element) {
  int64_t bytes = element;
  for (int i = 1; i < shape->ndim; i++)
    if (__builtin_mul_overflow(bytes, shape->dims[i], &bytes))
      return -1;
  return bytes;
}

static int64_t rows_of(const eg_shape *shape) {
  return shape->ndim > 0 ? shape->dims[0] : 1;
}

static int64_t rows_in(int64_t bytes, int64_t row) {
  return row > 0 && row < bytes ? bytes / row : 1;
}

/* Whether the array is small enough to lie in its object header, where the header's checksum covers it. */
static bool is_small(const eg_shape *shape, int64_t row) {
  return row >= 0 && row <= COMPACT_BYTES && (row == 0 || rows_of(shape) <= COMPACT_BYTES / row);
}

/* How an array is to lie in the file. `growing`: dims[0] is where it starts, without limit. */
static eg_status choose_layout(eg_hdf5_layout *how, const char *name, eg_shape shape, bool growing, int64_t row,
                               const eg_store_layout *layout) {
  *how = (eg_hdf5_layout){.shape = shape, .growing = growing};
  bool wanted = layout->compression > 0 || layout->checksum || layout->chunk_rows > 0;
  if (!growing && (!wanted || (is_small(&shape, row) && layout->chunk_rows == 0))) {
    how->compact = wanted;
    return EG_OK;
  }
  if (shape.ndim == 0 || (row * rows_of(&shape) == 0 && !growing))
    return EG_OK;
  how->compression = layout->compression;
  how->checksum = layout->checksum;
  how->chunk_rows = layout->chunk_rows ? layout->chunk_rows : rows_in(CHUNK_BYTES, row);
  if (!growing && how->chunk_rows > shape.dims[0])
    how->chunk_rows = shape.dims[0];
  if (row <= 0 || how->chunk_rows > (int64_t)UINT32_MAX / row)
    return eg_fail(EG_USAGE, "store: '%.200s': a chunk of %" PRId64 " rows of %" PRId64 " bytes is too large", name,
                   how->chunk_rows, row);
  return EG_OK;
}

/* Notes an array and creates its dataset. */
static eg_status create_array(written **out, eg_store_writer *writer, const char *name, eg_shape shape, bool growing,
                              hid_t type, int64_t element, const eg_store_layout *layout) {
  if (writer->count == writer->capacity) {
    int64_t capacity = writer->capacity ? 2 * writer->capacity : 16;
    written *larger = eg_realloc(writer->arrays, (size_t)capacity * sizeof *larger);
    if (!larger)
      return EG_NOMEM;
    writer->arrays = larger;
    writer->capacity = capacity;
  }
  int64_t row = row_bytes(&shape, element);
  eg_hdf5_layout how;
  EG_TRY(choose_layout(&how, name, shape, growing, row, layout));
  written *array = &writer->arrays[writer->count];
  *array = (written){.name = eg_strdup(name), .dataset = -1, .shape = shape};
  if (!array->name)
    return EG_NOMEM;
  array->block_rows = how.chunk_rows ? how.chunk_rows : rows_in(CHUNK_BYTES, row);
  array->dataset = eg_hdf5_dataset(writer->file, name, type, &how);
  if (array->dataset < 0) {
    eg_free(array->name);
    return eg_hdf5_failed(writer->output, name);
  }
  writer->count++;
  *out = array;
  return EG_OK;
}

static void close_array(written *array) {
  if (array->dataset >= 0)
    H5Dclose(array->dataset);
  array->dataset = -1;
}

/* Encodes and writes `rows` rows from array->rows on, block by block; bits that need no conversion as they are. */
static eg_status write_rows(eg_store_writer *writer, written *array, const eg_real *from, int64_t rows) {
  int64_t row = row_bytes(&array->shape, 1), size = (int64_t)eg_dtype_size(array->dtype);
  bool plain = eg_is_native(array->dtype, false);
  int64_t step = plain ? rows : array->block_rows < rows ? array->block_rows : rows;
  if (rows == 0 || row == 0)
    return EG_OK;
  unsigned char *block = plain ? NULL : eg_alloc((size_t)(step * row * size));
  if (!plain && !block)
    return EG_NOMEM;
  eg_status status = EG_OK;
  for (int64_t done = 0; done < rows && status == EG_OK; done += step) {
    int64_t here = rows - done < step ? rows - done : step;
    if (!plain)
      status = eg_encode(block, from + done * row, here * row, array->dtype);
    if (status != EG_OK) {
      eg_fail_in(status, array->name);
      status = eg_fail_in(status, "store");
    } else if (!eg_hdf5_write_rows(array->dataset, eg_hdf5_number_type(array->dtype), &array->shape, array->rows + done,
                                   here, plain ? (const void *)(from + done * row) : block)) {
      status = eg_hdf5_failed(writer->output, array->name);
    }
  }
  eg_free(block);
  return status == EG_OK ? eg_output_check(writer->output) : status;
}

static eg_status write_tensor(eg_store_writer *writer, const eg_store_item *item) {
  eg_dtype dtype = eg_dtype_or_real(item->layout.dtype);
  eg_tensor *whole;
  written *array;
  EG_TRY(check_layout(item->name, &item->layout));
  EG_TRY(create_array(&array, writer, item->name, item->tensor->shape, false, eg_hdf5_number_type(dtype),
                      (int64_t)eg_dtype_size(dtype), &item->layout));
  array->dtype = dtype;
  EG_TRY(eg_tensor_contiguous(&whole, item->tensor));
  eg_status status = write_rows(writer, array, eg_tensor_data(whole), rows_of(&array->shape));
  eg_tensor_release(whole);
  return status;
}

static eg_status write_value(eg_store_writer *writer, const eg_store_item *item) {
  const eg_value *value = item->value;
  eg_hdf5_encoded encoded;
  written *array = NULL;
  eg_shape shape = {.ndim = value->list ? 1 : 0, .dims = {value->count}};
  EG_TRY(eg_hdf5_encode(&encoded, item->name, value));
  eg_status status = check_layout(item->name, &item->layout);
  if (status == EG_OK)
    status =
        create_array(&array, writer, item->name, shape, false, encoded.type, (int64_t)encoded.width, &item->layout);
  if (status == EG_OK && value->count > 0 &&
      H5Dwrite(array->dataset, encoded.type, H5S_ALL, H5S_ALL, H5P_DEFAULT, encoded.bytes) < 0)
    status = eg_hdf5_failed(writer->output, item->name);
  eg_hdf5_encoded_free(&encoded);
  return status == EG_OK ? eg_output_check(writer->output) : status;
}

/* Attributes. */

static eg_status write_attribute(eg_store_writer *writer, hid_t object, const char *name, const eg_value *value) {
  eg_hdf5_encoded encoded;
  EG_TRY(eg_hdf5_encode(&encoded, name, value));
  bool is_long = strlen(name) + (size_t)value->count * encoded.width > EG_LONG_ATTRIBUTE;
  bool done = eg_hdf5_write_attribute(object, name, &encoded, value);
  eg_hdf5_encoded_free(&encoded);
  if (!done)
    return eg_hdf5_failed(writer->output, name);
  char companion[EG_HDF5_LONGEST_NAME + sizeof EG_CHECKSUM_SUFFIX];
  snprintf(companion, sizeof companion, "%s" EG_CHECKSUM_SUFFIX, name);
  if (!is_long) /* a long value may have had that name before */
    return eg_hdf5_delete_attribute(object, companion) ? EG_OK : eg_hdf5_failed(writer->output, name);
  const int64_t sum = eg_value_checksum(value);
  const eg_value checksum = {.kind = EG_VALUE_INTEGER, .count = 1, .integers = &sum};
  return write_attribute(writer, object, companion, &checksum);
}

static eg_status write_attributes(eg_store_writer *writer, hid_t object, const eg_attributes *attributes) {
  for (int64_t i = 0; i < attributes->count; i++) {
    const eg_attribute *attribute = &attributes->items[i];
    size_t length = strlen(attribute->name);
    if (length == 0 || length > EG_HDF5_LONGEST_NAME - sizeof EG_CHECKSUM_SUFFIX)
      return eg_fail(EG_USAGE, "store: '%.200s' cannot be the name of an attribute", attribute->name);
    EG_TRY(write_attribute(writer, object, attribute->name, &attribute->value));
  }
  return eg_output_check(writer->output);
}

static eg_status write_item(eg_store_writer *writer, const eg_store_item *item) {
  EG_TRY(check_name(writer, item->name));
  if (!item->tensor == !item->value)
    return eg_fail(EG_USAGE, "store: '%.200s' needs either a tensor or a value", item->name);
  int64_t before = writer->count;
  eg_status status = item->tensor ? write_tensor(writer, item) : write_value(writer, item);
  if (status == EG_OK && item->attributes)
    status = write_attributes(writer, writer->arrays[before].dataset, item->attributes);
  if (writer->count > before)
    close_array(&writer->arrays[before]);
  return status;
}

/* Public. */

eg_status eg_store_create(eg_store_writer **out, const char *path) {
  *out = NULL;
  eg_store_writer *writer = eg_alloc_zero(1, sizeof *writer);
  if (!writer)
    return EG_NOMEM;
  writer->file = -1;
  eg_status status = eg_output_open(&writer->output, path);
  if (status == EG_OK) {
    eg_hdf5_enter();
    writer->file = eg_hdf5_create(writer->output);
    if (writer->file < 0)
      status = eg_hdf5_failed(writer->output, "creating the file");
    eg_hdf5_leave();
  }
  if (status != EG_OK)
    eg_store_abandon(writer);
  else
    *out = writer;
  return status;
}

eg_status eg_store_write(eg_store_writer *writer, const eg_store_item *item) {
  EG_TRY(eg_output_check(writer->output));
  eg_hdf5_enter();
  eg_status status = write_item(writer, item);
  eg_hdf5_leave();
  return status;
}

eg_status eg_store_reserve(eg_store_writer *writer, const char *name, eg_shape shape, const eg_store_layout *layout) {
  const eg_store_layout usual = {.dtype = EG_DTYPE_OTHER};
  layout = layout ? layout : &usual;
  EG_TRY(eg_output_check(writer->output));
  EG_TRY(check_name(writer, name));
  EG_TRY(check_layout(name, layout));
  EG_TRY(eg_shape_check(&shape));
  eg_dtype dtype = eg_dtype_or_real(layout->dtype);
  bool growing = shape.ndim > 0 && shape.dims[0] == 0;
  if (shape.ndim == 0 || row_bytes(&shape, 1) == 0)
    return eg_fail(EG_USAGE, "store: '%.200s' can only be filled by rows that have elements", name);
  written *array;
  eg_hdf5_enter();
  eg_status status = create_array(&array, writer, name, shape, growing, eg_hdf5_number_type(dtype),
                                  (int64_t)eg_dtype_size(dtype), layout);
  eg_hdf5_leave();
  if (status == EG_OK) {
    array->dtype = dtype;
    array->wanted = growing ? -1 : shape.dims[0];
  }
  return status;
}

static eg_status find_reserved(written **array, eg_store_writer *writer, const char *name) {
  for (int64_t i = 0; i < writer->count; i++)
    if (strcmp(writer->arrays[i].name, name) == 0 && writer->arrays[i].dataset >= 0) {
      *array = &writer->arrays[i];
      return EG_OK;
    }
  return eg_fail(EG_USAGE, "store: no array '%.200s' was reserved", name);
}

static eg_status check_rows(const written *array, const eg_shape *rows) {
  bool same = rows->ndim == array->shape.ndim;
  for (int i = 1; i < rows->ndim; i++)
    same = same && rows->dims[i] == array->shape.dims[i];
  if (!same) {
    char want[128], got[128];
    return eg_fail(EG_USAGE, "store: '%.200s': rows of %s cannot be appended to %s", array->name,
                   eg_shape_text(rows, got, sizeof got), eg_shape_text(&array->shape, want, sizeof want));
  }
  if (array->wanted >= 0 && rows->dims[0] > array->wanted - array->rows)
    return eg_fail(EG_USAGE, "store: '%.200s' has %" PRId64 " of its %" PRId64 " rows; %" PRId64 " more are too many",
                   array->name, array->rows, array->wanted, rows->dims[0]);
  return EG_OK;
}

static eg_status append(eg_store_writer *writer, written *array, eg_tensor *rows) {
  int64_t count = rows->shape.dims[0];
  if (array->wanted < 0) {
    array->shape.dims[0] = array->rows + count;
    if (!eg_hdf5_extend(array->dataset, &array->shape))
      return eg_hdf5_failed(writer->output, array->name);
  }
  EG_TRY(write_rows(writer, array, eg_tensor_data(rows), count));
  array->rows += count;
  return EG_OK;
}

eg_status eg_store_append(eg_store_writer *writer, const char *name, eg_tensor *rows) {
  written *array = NULL;
  eg_tensor *whole;
  EG_TRY(eg_output_check(writer->output));
  EG_TRY(find_reserved(&array, writer, name));
  EG_TRY(check_rows(array, &rows->shape));
  EG_TRY(eg_tensor_contiguous(&whole, rows));
  eg_hdf5_enter();
  eg_status status = append(writer, array, whole);
  eg_hdf5_leave();
  eg_tensor_release(whole);
  return status;
}

static eg_status attributes_of(eg_store_writer *writer, const char *name, const eg_attributes *attributes) {
  hid_t object = name ? H5Dopen2(writer->file, name, H5P_DEFAULT) : H5Gopen2(writer->file, "/", H5P_DEFAULT);
  if (object < 0)
    return eg_hdf5_failed(writer->output, name ? name : "/");
  eg_status status = write_attributes(writer, object, attributes);
  H5Oclose(object);
  return status;
}

eg_status eg_store_write_attributes(eg_store_writer *writer, const char *name, const eg_attributes *attributes) {
  EG_TRY(eg_output_check(writer->output));
  bool known = name == NULL;
  for (int64_t i = 0; i < writer->count && !known; i++)
    known = strcmp(writer->arrays[i].name, name) == 0;
  if (!known)
    return eg_fail(EG_USAGE, "store: no array '%.200s' was written", name);
  eg_hdf5_enter();
  eg_status status = attributes_of(writer, name, attributes);
  eg_hdf5_leave();
  return status;
}

static eg_status check_complete(const eg_store_writer *writer) {
  for (int64_t i = 0; i < writer->count; i++) {
    const written *array = &writer->arrays[i];
    if (array->dataset >= 0 && array->wanted >= 0 && array->rows != array->wanted)
      return eg_fail(EG_USAGE, "store: '%.200s' has %" PRId64 " of its %" PRId64 " rows", array->name, array->rows,
                     array->wanted);
  }
  return EG_OK;
}

/* Closes the library's file and lets go of everything but the output. */
static eg_status close_file(eg_store_writer *writer) {
  eg_status status = EG_OK;
  eg_hdf5_enter();
  for (int64_t i = 0; i < writer->count; i++)
    close_array(&writer->arrays[i]);
  if (writer->file >= 0 && H5Fclose(writer->file) < 0)
    status = eg_hdf5_failed(writer->output, "closing the file");
  eg_hdf5_leave();
  for (int64_t i = 0; i < writer->count; i++)
    eg_free(writer->arrays[i].name);
  eg_free(writer->arrays);
  return status;
}

eg_status eg_store_commit(eg_store_writer *writer) {
  eg_status status = check_complete(writer);
  if (status != EG_OK) {
    eg_store_abandon(writer);
    return status;
  }
  status = close_file(writer);
  if (status == EG_OK)
    status = eg_output_commit(writer->output);
  else
    eg_output_abandon(writer->output);
  eg_free(writer);
  return status;
}

void eg_store_abandon(eg_store_writer *writer) {
  if (!writer)
    return;
  if (writer->output)
    (void)close_file(writer);
  eg_output_abandon(writer->output);
  eg_free(writer);
}

eg_status eg_store_save(const char *path, const eg_store_item *items, int64_t count, const eg_attributes *attributes) {
  eg_store_writer *writer;
  EG_TRY(eg_store_create(&writer, path));
  eg_status status = EG_OK;
  for (int64_t i = 0; i < count && status == EG_OK; i++)
    status = eg_store_write(writer, &items[i]);
  if (status == EG_OK && attributes)
    status = eg_store_write_attributes(writer, NULL, attributes);
  if (status == EG_OK)
    return eg_store_commit(writer);
  eg_store_abandon(writer);
  return status;
}
