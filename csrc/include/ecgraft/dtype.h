/* The element types that files hold. Tensors in memory are always of eg_real; files convert on the way. */
#ifndef ECGRAFT_DTYPE_H
#define ECGRAFT_DTYPE_H

#include <stddef.h>

typedef enum eg_dtype {
  EG_DTYPE_OTHER = 0, /* none of these: cannot be read. In a description of what to write: the default, eg_real's own */
  EG_DTYPE_FLOAT16,   /* IEEE 754 binary16 */
  EG_DTYPE_BFLOAT16,  /* the upper half of a binary32 */
  EG_DTYPE_FLOAT32,
  EG_DTYPE_FLOAT64,
  EG_DTYPE_INT8,
  EG_DTYPE_INT16,
  EG_DTYPE_INT32,
  EG_DTYPE_INT64,
  EG_DTYPE_UINT8,
  EG_DTYPE_UINT16,
  EG_DTYPE_UINT32,
  EG_DTYPE_UINT64,
  EG_DTYPE_BOOL,  /* one byte, 0 or 1 */
  EG_DTYPE_STRING /* text: read as a list of strings, never as a tensor */
} eg_dtype;

/* "float32", "int16" ...; "other". */
const char *eg_dtype_name(eg_dtype dtype);
/* The type of that name; EG_DTYPE_OTHER where there is none. */
eg_dtype eg_dtype_named(const char *name);
/* Bytes of one element; 0 for strings and other. */
size_t eg_dtype_size(eg_dtype dtype);

#endif
