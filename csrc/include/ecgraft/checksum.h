/* Checksums of files: what a prepared set was made from. */
#ifndef ECGRAFT_CHECKSUM_H
#define ECGRAFT_CHECKSUM_H

#include <stdint.h>

#include "ecgraft/status.h"

/* The CRC-32 of a regular file (ISO 3309, as gzip, zip and the program `crc32` have it) and its size in bytes. EG_WORLD
   where it cannot be read. */
eg_status eg_file_checksum(uint32_t *sum, int64_t *size, const char *path);

#endif
