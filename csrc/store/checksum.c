#include "ecgraft/checksum.h"

#include <zlib.h>

#include "ecgraft/memory.h"
#include "store/source.h"

enum { BLOCK_BYTES = 1 << 18 };

eg_status eg_file_checksum(uint32_t *sum, int64_t *size, const char *path) {
  eg_source source;
  EG_TRY(eg_source_open(&source, path));
  unsigned char *block = eg_alloc(source.size < BLOCK_BYTES ? (size_t)source.size + 1 : BLOCK_BYTES);
  eg_status status = block ? EG_OK : EG_NOMEM;
  uLong crc = crc32(0, NULL, 0);
  for (int64_t at = 0; at < source.size && status == EG_OK; at += BLOCK_BYTES) {
    int64_t here = source.size - at < BLOCK_BYTES ? source.size - at : BLOCK_BYTES;
    status = eg_source_read(&source, block, at, (size_t)here);
    crc = crc32(crc, block, (uInt)here);
  }
  eg_free(block);
  *sum = (uint32_t)crc;
  *size = source.size;
  eg_source_close(&source);
  return status;
}
