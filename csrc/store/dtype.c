#include "ecgraft/dtype.h"

#include <string.h>

/* ORDER DTYPE: as the enumeration in ecgraft/dtype.h. */
static const struct {
  const char *name;
  size_t size;
} types[] = {
    {"other", 0},  {"float16", 2}, {"bfloat16", 2}, {"float32", 4}, {"float64", 8},
    {"int8", 1},   {"int16", 2},   {"int32", 4},    {"int64", 8},   {"uint8", 1},
    {"uint16", 2}, {"uint32", 4},  {"uint64", 8},   {"bool", 1},    {"string", 0},
};

enum { TYPES = sizeof types / sizeof *types };

const char *eg_dtype_name(eg_dtype dtype) {
  return (unsigned)dtype < TYPES ? types[dtype].name : types[EG_DTYPE_OTHER].name;
}

eg_dtype eg_dtype_named(const char *name) {
  for (int i = 0; i < TYPES; i++)
    if (strcmp(name, types[i].name) == 0)
      return (eg_dtype)i;
  return EG_DTYPE_OTHER;
}

size_t eg_dtype_size(eg_dtype dtype) {
  return (unsigned)dtype < TYPES ? types[dtype].size : 0;
}
