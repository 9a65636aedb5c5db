#include "store/hdf5_parts.h"

#include <string.h>

#include "ecgraft/memory.h"

hid_t eg_hdf5_number_type(eg_dtype dtype) {
  switch (dtype) {
  case EG_DTYPE_FLOAT32:
    return H5T_IEEE_F32LE;
  case EG_DTYPE_FLOAT64:
    return H5T_IEEE_F64LE;
  case EG_DTYPE_INT8:
    return H5T_STD_I8LE;
  case EG_DTYPE_INT16:
    return H5T_STD_I16LE;
  case EG_DTYPE_INT32:
    return H5T_STD_I32LE;
  case EG_DTYPE_INT64:
    return H5T_STD_I64LE;
  case EG_DTYPE_UINT8:
    return H5T_STD_U8LE;
  default:
    return -1;
  }
}

/* Datasets. */

static hid_t new_space(const eg_shape *shape, bool growing) {
  hsize_t dims[EG_MAX_DIMS], most[EG_MAX_DIMS];
  for (int i = 0; i < shape->ndim; i++)
    dims[i] = most[i] = (hsize_t)shape->dims[i];
  if (growing)
    most[0] = H5S_UNLIMITED;
  return shape->ndim > 0 ? H5Screate_simple(shape->ndim, dims, most) : H5Screate(H5S_SCALAR);
}

/* Without times, so that the same content makes the same bytes. Chunks are never filled in advance, which tells a
   reader that none may be missing. Room in the cache for the chunks that rows touch. */
static bool set_creation(hid_t creation, hid_t access, hid_t type, const eg_hdf5_layout *layout) {
  bool ok = H5Pset_obj_track_times(creation, 0) >= 0;
  ok = ok && (!layout->compact || H5Pset_layout(creation, H5D_COMPACT) >= 0);
  if (layout->chunk_rows == 0)
    return ok;
  hsize_t chunk[EG_MAX_DIMS];
  size_t bytes = H5Tget_size(type) * (size_t)layout->chunk_rows;
  chunk[0] = (hsize_t)layout->chunk_rows;
  for (int i = 1; i < layout->shape.ndim; i++) {
    chunk[i] = (hsize_t)layout->shape.dims[i];
    bytes *= (size_t)layout->shape.dims[i];
  }
  ok = ok && H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER) >= 0;
  ok = ok && H5Pset_chunk(creation, layout->shape.ndim, chunk) >= 0;
  ok = ok && H5Pset_chunk_cache(access, 521, 2 * bytes + 1024, 1.0) >= 0;
  if (layout->checksum) /* first, so that it is of the elements themselves and covers what comes after it */
    ok = ok && H5Pset_fletcher32(creation) >= 0;
  if (layout->compression > 0)
    ok = ok && H5Pset_shuffle(creation) >= 0 && H5Pset_deflate(creation, (unsigned)layout->compression) >= 0;
  return ok;
}

/* The groups on the way to `name`, each made like the file's root: in order of creation, without times. */
static bool make_groups(hid_t file, const char *name, hid_t link) {
  char path[EG_HDF5_LONGEST_NAME + 1];
  bool ok = true;
  for (const char *slash = strchr(name, '/'); slash && ok; slash = strchr(slash + 1, '/')) {
    memcpy(path, name, (size_t)(slash - name));
    path[slash - name] = '\0';
    htri_t there = H5Lexists(file, path, H5P_DEFAULT);
    if (there != 0) {
      ok = there > 0;
      continue;
    }
    hid_t creation = H5Pcreate(H5P_GROUP_CREATE), group = -1;
    if (creation >= 0 && eg_hdf5_set_group(creation))
      group = H5Gcreate2(file, path, link, creation, H5P_DEFAULT);
    ok = group >= 0 && H5Gclose(group) >= 0;
    if (creation >= 0)
      H5Pclose(creation);
  }
  return ok;
}

hid_t eg_hdf5_dataset(hid_t file, const char *name, hid_t type, const eg_hdf5_layout *layout) {
  hid_t space = new_space(&layout->shape, layout->growing), creation = H5Pcreate(H5P_DATASET_CREATE),
        access = H5Pcreate(H5P_DATASET_ACCESS), link = H5Pcreate(H5P_LINK_CREATE), dataset = -1;
  if (space >= 0 && creation >= 0 && access >= 0 && link >= 0 && set_creation(creation, access, type, layout) &&
      H5Pset_char_encoding(link, H5T_CSET_UTF8) >= 0 && make_groups(file, name, link))
    dataset = H5Dcreate2(file, name, type, space, link, creation, access);
  hid_t lists[] = {creation, access, link};
  for (int i = 0; i < 3; i++)
    if (lists[i] >= 0)
      H5Pclose(lists[i]);
  if (space >= 0)
    H5Sclose(space);
  return dataset;
}

bool eg_hdf5_write_rows(hid_t dataset, hid_t type, const eg_shape *shape, int64_t first, int64_t rows,
                        const void *bytes) {
  if (shape->ndim == 0)
    return H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) >= 0;
  hsize_t start[EG_MAX_DIMS] = {0}, count[EG_MAX_DIMS];
  for (int i = 0; i < shape->ndim; i++)
    count[i] = (hsize_t)shape->dims[i];
  start[0] = (hsize_t)first;
  count[0] = (hsize_t)rows;
  hid_t in_file = H5Dget_space(dataset), in_memory = H5Screate_simple(shape->ndim, count, NULL);
  bool ok = in_file >= 0 && in_memory >= 0 &&
            H5Sselect_hyperslab(in_file, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
            H5Dwrite(dataset, type, in_memory, in_file, H5P_DEFAULT, bytes) >= 0;
  if (in_file >= 0)
    H5Sclose(in_file);
  if (in_memory >= 0)
    H5Sclose(in_memory);
  return ok;
}

bool eg_hdf5_extend(hid_t dataset, const eg_shape *shape) {
  hsize_t dims[EG_MAX_DIMS];
  for (int i = 0; i < shape->ndim; i++)
    dims[i] = (hsize_t)shape->dims[i];
  return H5Dset_extent(dataset, dims) >= 0;
}

/* Values. */

static eg_status encode_strings(eg_hdf5_encoded *out, const char *name, const eg_value *value) {
  out->width = 1; /* the library knows no strings of length 0 */
  for (int64_t i = 0; i < value->count; i++) {
    size_t length = strlen(value->strings[i]);
    out->width = length > out->width ? length : out->width;
  }
  size_t bytes;
  if (!eg_size_mul(&bytes, out->width, (size_t)value->count))
    return eg_fail(EG_USAGE, "store: '%.200s': %zu bytes for each of its strings are too many", name, out->width);
  out->bytes = eg_alloc_zero(1, bytes);
  if (!out->bytes)
    return EG_NOMEM;
  for (int64_t i = 0; i < value->count; i++)
    memcpy((char *)out->bytes + (size_t)i * out->width, value->strings[i], strlen(value->strings[i]));
  out->type = H5Tcopy(H5T_C_S1);
  if (out->type >= 0 && (H5Tset_size(out->type, out->width) < 0 || H5Tset_strpad(out->type, H5T_STR_NULLPAD) < 0 ||
                         H5Tset_cset(out->type, H5T_CSET_UTF8) < 0)) {
    H5Tclose(out->type);
    out->type = -1;
  }
  return EG_OK;
}

static hid_t truth_type(void) {
  hid_t type = H5Tenum_create(H5T_STD_I8LE);
  const signed char no = 0, yes = 1;
  if (type >= 0 && (H5Tenum_insert(type, "FALSE", &no) < 0 || H5Tenum_insert(type, "TRUE", &yes) < 0)) {
    H5Tclose(type);
    return -1;
  }
  return type;
}

static eg_status encode_numbers(eg_hdf5_encoded *out, const eg_value *value, hid_t type, size_t width) {
  out->type = type;
  out->width = width;
  out->bytes = eg_alloc_zero((size_t)value->count, width);
  if (!out->bytes)
    return EG_NOMEM;
  if (value->kind == EG_VALUE_BOOL)
    for (int64_t i = 0; i < value->count; i++)
      ((char *)out->bytes)[i] = value->bools[i];
  else
    memcpy(out->bytes, value->data, (size_t)value->count * width);
  return EG_OK;
}

eg_status eg_hdf5_encode(eg_hdf5_encoded *out, const char *name, const eg_value *value) {
  *out = (eg_hdf5_encoded){.type = -1};
  eg_status status = EG_OK;
  switch (value->kind) {
  case EG_VALUE_STRING:
    status = encode_strings(out, name, value);
    break;
  case EG_VALUE_INTEGER:
    status = encode_numbers(out, value, H5Tcopy(H5T_NATIVE_INT64), sizeof(int64_t));
    break;
  case EG_VALUE_REAL:
    status = encode_numbers(out, value, H5Tcopy(H5T_NATIVE_DOUBLE), sizeof(double));
    break;
  case EG_VALUE_BOOL:
    status = encode_numbers(out, value, truth_type(), 1);
    break;
  }
  if (status == EG_OK && out->type < 0)
    status = eg_fail(EG_NOMEM, "store: '%.200s': the HDF5 library cannot make its type", name);
  if (status != EG_OK)
    eg_hdf5_encoded_free(out);
  return status;
}

void eg_hdf5_encoded_free(eg_hdf5_encoded *encoded) {
  if (encoded->type >= 0)
    H5Tclose(encoded->type);
  eg_free(encoded->bytes);
  *encoded = (eg_hdf5_encoded){.type = -1};
}

static bool write_new(hid_t object, const char *name, const eg_hdf5_encoded *encoded, const eg_value *value) {
  hsize_t count = (hsize_t)value->count;
  hid_t space = value->list ? H5Screate_simple(1, &count, NULL) : H5Screate(H5S_SCALAR);
  hid_t creation = H5Pcreate(H5P_ATTRIBUTE_CREATE), attribute = -1;
  if (space >= 0 && creation >= 0 && H5Pset_char_encoding(creation, H5T_CSET_UTF8) >= 0)
    attribute = H5Acreate2(object, name, encoded->type, space, creation, H5P_DEFAULT);
  bool ok = attribute >= 0 && (count == 0 || H5Awrite(attribute, encoded->type, encoded->bytes) >= 0);
  if (attribute >= 0)
    H5Aclose(attribute);
  if (creation >= 0)
    H5Pclose(creation);
  if (space >= 0)
    H5Sclose(space);
  return ok;
}

bool eg_hdf5_delete_attribute(hid_t object, const char *name) {
  htri_t there = H5Aexists(object, name);
  return there == 0 || (there > 0 && H5Adelete(object, name) >= 0);
}

bool eg_hdf5_write_attribute(hid_t object, const char *name, const eg_hdf5_encoded *encoded, const eg_value *value) {
  return eg_hdf5_delete_attribute(object, name) && write_new(object, name, encoded, value);
}
