#include "store/source.h"

#include <inttypes.h>
#include <string.h>

#include "ecg/wfdb_file.h"
#include "store/convert.h"

eg_status eg_source_open(eg_source *source, const char *path) {
  *source = (eg_source){.name = path, .descriptor = -1};
  return eg_file_open(&source->descriptor, &source->size, path);
}

eg_source eg_source_of(const void *bytes, size_t count, const char *name) {
  static const unsigned char nothing[1] = {0};
  return (eg_source){
      .name = name, .bytes = bytes ? bytes : nothing, .descriptor = -1, .size = bytes ? (int64_t)count : 0};
}

void eg_source_close(eg_source *source) {
  if (source->descriptor >= 0)
    eg_file_close(source->descriptor);
  source->descriptor = -1;
}

eg_status eg_source_read(const eg_source *source, void *to, int64_t offset, size_t count) {
  if (offset < 0 || offset > source->size || count > (uint64_t)(source->size - offset))
    return eg_fail(EG_WORLD, "%s: cut short or damaged: %zu bytes expected at byte %" PRId64 ", the file has %" PRId64,
                   source->name, count, offset, source->size);
  if (source->bytes) {
    memcpy(to, source->bytes + offset, count);
    return EG_OK;
  }
  return eg_file_read(source->descriptor, to, offset, count, source->name);
}

eg_status eg_source_read_reals(const eg_source *source, eg_real *to, int64_t offset, int64_t n, eg_dtype dtype,
                               bool big) {
  if (eg_is_native(dtype, big))
    return eg_source_read(source, to, offset, (size_t)n * sizeof *to);
  enum { BLOCK = 4096 };
  unsigned char block[8 * BLOCK];
  int64_t size = (int64_t)eg_dtype_size(dtype);
  for (int64_t done = 0; done < n; done += BLOCK) {
    int64_t count = n - done < BLOCK ? n - done : BLOCK;
    EG_TRY(eg_source_read(source, block, offset + done * size, (size_t)(count * size)));
    eg_decode_reals(to + done, block, count, dtype, big);
  }
  return EG_OK;
}

eg_status eg_new_from_file(eg_tensor **out, eg_shape shape, const char *name) {
  *out = NULL;
  if (eg_shape_check(&shape) != EG_OK)
    return eg_fail_in(EG_WORLD, name);
  return eg_tensor_new(out, shape);
}
