/* Datatypes (IV.A.2.d) and dataspaces (IV.A.2.b). */
#include <string.h>

#include "store/h5/h5.h"

static const eg_dtype signed_types[9] = {
    [1] = EG_DTYPE_INT8, [2] = EG_DTYPE_INT16, [4] = EG_DTYPE_INT32, [8] = EG_DTYPE_INT64};
static const eg_dtype unsigned_types[9] = {
    [1] = EG_DTYPE_UINT8, [2] = EG_DTYPE_UINT16, [4] = EG_DTYPE_UINT32, [8] = EG_DTYPE_UINT64};

static void refuse(eg_h5_type *type, const char *why) {
  type->class = EG_H5_FOREIGN;
  type->dtype = EG_DTYPE_OTHER;
  type->refused = why;
}

/* Class 0. Bits: 0 byte order, 3 signed. Then the offset and the count of the bits that hold the number. */
static void read_integer(eg_h5_type *type, uint64_t bits, eg_h5_cursor *c) {
  uint64_t offset = eg_h5_uint(c, 2), precision = eg_h5_uint(c, 2);
  type->class = EG_H5_NUMBER;
  type->big = bits & 1;
  type->dtype = type->size > 8 ? EG_DTYPE_OTHER : bits & 8 ? signed_types[type->size] : unsigned_types[type->size];
  if (type->dtype == EG_DTYPE_OTHER || offset != 0 || precision != 8 * type->size)
    refuse(type, "integers of an unusual size");
}

/* Class 1. Then offset and precision in bits, place and size of exponent and fraction, and the exponent's bias. */
static void read_float(eg_h5_type *type, uint64_t bits, eg_h5_cursor *c) {
  static const struct {
    eg_dtype dtype;
    uint8_t size, fields[6]; /* precision, exponent at, exponent bits, fraction at, fraction bits, sign at */
    uint32_t bias;
  } known[] = {{EG_DTYPE_FLOAT16, 2, {16, 10, 5, 0, 10, 15}, 15},
               {EG_DTYPE_BFLOAT16, 2, {16, 7, 8, 0, 7, 15}, 127},
               {EG_DTYPE_FLOAT32, 4, {32, 23, 8, 0, 23, 31}, 127},
               {EG_DTYPE_FLOAT64, 8, {64, 52, 11, 0, 52, 63}, 1023}};
  uint64_t field[6], offset = eg_h5_uint(c, 2);
  field[0] = eg_h5_uint(c, 2);
  for (int i = 1; i < 5; i++)
    field[i] = eg_h5_uint(c, 1);
  field[5] = bits >> 8 & 255;
  uint64_t bias = eg_h5_uint(c, 4);
  type->class = EG_H5_NUMBER;
  type->big = bits & 1;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    bool same = known[i].size == type->size && known[i].bias == bias && offset == 0 && !(bits & 0x40);
    for (int f = 0; f < 6; f++)
      same = same && known[i].fields[f] == field[f];
    if (same)
      type->dtype = known[i].dtype;
  }
  if (type->dtype == EG_DTYPE_OTHER)
    refuse(type, "floating-point numbers of an unusual format");
}

/* Class 8. The base type, the members' names, their values. FALSE = 0 and TRUE = 1 in a byte is a truth value (h5py's).
 */
static eg_status read_enumeration(eg_h5_type *type, const eg_h5_file *file, int version, uint64_t bits,
                                  eg_h5_cursor *c) {
  EG_TRY(eg_h5_type_read(type, file, c));
  if (type->class != EG_H5_NUMBER || (bits & 0xffff) != 2 || type->size != 1)
    return EG_OK;
  static const char *const truths[2] = {"FALSE", "TRUE"};
  bool truth = true;
  for (int i = 0; i < 2; i++) {
    size_t length = strlen(truths[i]) + 1;
    const unsigned char *name = eg_h5_bytes(c, version < 3 ? (length + 7) / 8 * 8 : length);
    truth = truth && name && memcmp(name, truths[i], length) == 0;
    if (!truth)
      return EG_OK;
  }
  const unsigned char *values = eg_h5_bytes(c, 2);
  if (values && values[0] == 0 && values[1] == 1)
    type->dtype = EG_DTYPE_BOOL;
  return EG_OK;
}

eg_status eg_h5_type_read(eg_h5_type *type, const eg_h5_file *file, eg_h5_cursor *c) {
  *type = (eg_h5_type){.class = EG_H5_FOREIGN};
  uint64_t first = eg_h5_uint(c, 1), bits = eg_h5_uint(c, 3);
  int version = (int)(first >> 4);
  type->size = (uint32_t)eg_h5_uint(c, 4);
  if (c->cut || version < 1 || version > 5 || type->size == 0)
    return eg_h5_damaged(file, "a datatype is malformed");
  uint32_t size = type->size;
  switch (first & 15) {
  case 0:
    read_integer(type, bits, c);
    break;
  case 1:
    read_float(type, bits, c);
    break;
  case 3:
    type->class = EG_H5_STRING;
    type->dtype = EG_DTYPE_STRING;
    type->spaces = (bits & 15) == 2;
    break;
  case 8:
    /* An enumeration of enumerations would recurse without end. */
    if (c->end - c->at < 8 || (*c->at & 15) != 0)
      return eg_h5_damaged(file, "an enumeration is not of integers");
    EG_TRY(read_enumeration(type, file, version, bits, c));
    break;
  case 9:
    if ((bits & 15) == 1 && size == 16) {
      type->class = EG_H5_LONG_STRING;
      type->dtype = EG_DTYPE_STRING;
    } else {
      refuse(type, "lists of variable length");
    }
    break;
  case 6:
    refuse(type, "a compound type");
    break;
  case 7:
    refuse(type, "references");
    break;
  default:
    refuse(type, "a type that is neither a number nor a string");
  }
  type->size = size;
  return EG_OK;
}

/* Version 1: version, count of dims, flags, 5 reserved; 2: version, count, flags, kind (0 scalar, 1 simple, 2 null).
   Then the dims, and the largest they may grow to where flag 1 says so. */
eg_status eg_h5_space_read(eg_h5_space *space, const eg_h5_file *file, eg_h5_cursor *c) {
  *space = (eg_h5_space){.count = 1};
  uint64_t version = eg_h5_uint(c, 1), ndim = eg_h5_uint(c, 1), flags = eg_h5_uint(c, 1), kind = 1;
  if (version == 1)
    eg_h5_bytes(c, 5);
  else
    kind = eg_h5_uint(c, 1);
  if (c->cut || version < 1 || version > 2 || ndim > 32 || kind > 2)
    return eg_h5_damaged(file, "a dataspace is malformed");
  if (kind == 2) {
    space->ndim = -1;
    space->count = 0;
    return EG_OK;
  }
  if (ndim > EG_MAX_DIMS) {
    space->refused = "more than 8 dims";
    return EG_OK;
  }
  space->ndim = (int)ndim;
  bool empty = false;
  for (int i = 0; i < space->ndim; i++) {
    uint64_t dim = eg_h5_uint(c, 8);
    if (c->cut || dim > INT64_MAX)
      return eg_h5_damaged(file, "a dataspace is malformed");
    space->dims[i] = space->most[i] = (int64_t)dim;
    empty = empty || dim == 0;
  }
  for (int i = 0; i < space->ndim && flags & 1; i++) {
    uint64_t most = eg_h5_uint(c, 8);
    space->most[i] = most > INT64_MAX ? -1 : (int64_t)most;
    if (c->cut || (space->most[i] >= 0 && space->most[i] < space->dims[i]))
      return eg_h5_damaged(file, "a dataspace is malformed");
  }
  for (int i = 0; i < space->ndim && !empty; i++)
    if (__builtin_mul_overflow(space->count, space->dims[i], &space->count))
      return eg_h5_damaged(file, "a dataspace has more elements than can be counted");
  if (empty)
    space->count = 0;
  return EG_OK;
}
