#include "store/write.h"

#include "store/convert.h"

eg_dtype eg_dtype_or_real(eg_dtype dtype) {
  if (dtype != EG_DTYPE_OTHER)
    return dtype;
  return sizeof(eg_real) == 4 ? EG_DTYPE_FLOAT32 : EG_DTYPE_FLOAT64;
}

static eg_status write_reals(eg_output *output, const eg_real *from, int64_t n, eg_dtype dtype) {
  if (eg_is_native(dtype, false))
    return eg_output_write(output, from, (size_t)n * sizeof *from);
  enum { BLOCK = 4096 };
  unsigned char block[8 * BLOCK];
  for (int64_t done = 0; done < n; done += BLOCK) {
    int64_t count = n - done < BLOCK ? n - done : BLOCK;
    EG_TRY(eg_encode(block, from + done, count, dtype));
    EG_TRY(eg_output_write(output, block, (size_t)count * eg_dtype_size(dtype)));
  }
  return EG_OK;
}

eg_status eg_write_elements(eg_output *output, eg_tensor *tensor, eg_dtype dtype) {
  eg_tensor *whole;
  EG_TRY(eg_tensor_contiguous(&whole, tensor));
  eg_status status = write_reals(output, eg_tensor_data(whole), eg_tensor_numel(whole), dtype);
  eg_tensor_release(whole);
  return status;
}
