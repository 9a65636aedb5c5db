/* What the reader and the writer of safetensors share. */
#ifndef EG_STORE_SAFETENSORS_H
#define EG_STORE_SAFETENSORS_H

#include "ecgraft/dtype.h"

/* The format's own limit for its header, bytes. */
enum { EG_SAFETENSORS_HEADER_LIMIT = 100000000 };

/* "F32" -> EG_DTYPE_FLOAT32; EG_DTYPE_OTHER where the type has no place here. */
eg_dtype eg_safetensors_dtype(const char *name);
const char *eg_safetensors_dtype_name(eg_dtype dtype);

#endif
