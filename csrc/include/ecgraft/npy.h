/* NumPy's .npy files: one array. Versions 1.0, 2.0 and 3.0 are read, C and Fortran order, little- and big-endian, types
   b1 i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8; the file's size must be exactly what the header says. Object arrays are refused:
   no pickle is ever run. Format: numpy.lib.format. */
#ifndef ECGRAFT_NPY_H
#define ECGRAFT_NPY_H

#include "ecgraft/dtype.h"
#include "ecgraft/status.h"
#include "ecgraft/tensor.h"

/* *dtype (NULL: not asked) is the type in the file. */
eg_status eg_npy_load(eg_tensor **out, eg_dtype *dtype, const char *path);
/* Version 1.0, C order, little-endian, replacing `path` at once; dtype float32, float64 or an integer type,
 * EG_DTYPE_OTHER: eg_real's. */
eg_status eg_npy_save(const char *path, eg_tensor *tensor, eg_dtype dtype);

#endif
