/* Long attributes have a companion, NAME.crc32, with their checksum: HDF5 itself keeps none for what is too large for
   its heaps' blocks. Readers of ours check and hide it. */
#ifndef EG_STORE_VALUE_H
#define EG_STORE_VALUE_H

#include "ecgraft/store.h"

#define EG_CHECKSUM_SUFFIX ".crc32"
enum { EG_LONG_ATTRIBUTE = 3000 }; /* bytes of name and value from which on there is one */

/* CRC-32 of the entries: strings with the 0 at their end, anything else as 8 bytes, little-endian. */
int64_t eg_value_checksum(const eg_value *value);

#endif
