/* What the writers share. */
#ifndef EG_STORE_WRITE_H
#define EG_STORE_WRITE_H

#include "ecgraft/dtype.h"
#include "ecgraft/output.h"
#include "ecgraft/tensor.h"

/* The type asked for; eg_real's own where none was. */
eg_dtype eg_dtype_or_real(eg_dtype dtype);
/* Appends a tensor's elements in row-major order, little-endian. EG_USAGE where a value does not fit its type. */
eg_status eg_write_elements(eg_output *output, eg_tensor *tensor, eg_dtype dtype);

#endif
