/* The file as addresses: the superblock (II.A), checked and budgeted reads, the checksum of structure. */
#include <inttypes.h>
#include <string.h>

#include "ecgraft/memory.h"
#include "store/convert.h"
#include "store/h5/h5.h"

/* A sound file is read about once, a few parts of it some times. */
enum { BUDGET_FACTOR = 16, BUDGET_LEAST = 16 << 20 };

eg_status eg_h5_damaged(const eg_h5_file *file, const char *what) {
  return eg_fail(EG_WORLD, "%s: damaged HDF5 file: %s", file->source.name, what);
}

void eg_h5_grant(eg_h5_file *file) {
  int64_t size = file->source.size;
  file->budget = size < INT64_MAX / BUDGET_FACTOR - BUDGET_LEAST ? size * BUDGET_FACTOR + BUDGET_LEAST : INT64_MAX;
}

static eg_status check_range(const eg_h5_file *file, uint64_t address, uint64_t count) {
  uint64_t size = (uint64_t)(file->source.size - file->base);
  if (address > size || count > size - address)
    return eg_fail(EG_WORLD,
                   "%s: damaged HDF5 file or cut short: %" PRIu64 " bytes expected at address %" PRIu64
                   ", the file has %" PRIu64,
                   file->source.name, count, address, size);
  return EG_OK;
}

eg_status eg_h5_spend(eg_h5_file *file, uint64_t count) {
  if (count >= (uint64_t)file->budget)
    return eg_h5_damaged(file, "its structure goes round in circles");
  file->budget -= (int64_t)count + 1;
  return EG_OK;
}

static eg_status charge(eg_h5_file *file, uint64_t address, uint64_t count) {
  EG_TRY(check_range(file, address, count));
  return eg_h5_spend(file, count);
}

eg_status eg_h5_fetch(eg_h5_file *file, void *to, uint64_t address, uint64_t count) {
  EG_TRY(charge(file, address, count));
  return eg_source_read(&file->source, to, file->base + (int64_t)address, (size_t)count);
}

eg_status eg_h5_load(eg_h5_file *file, unsigned char **block, uint64_t address, uint64_t count) {
  *block = NULL;
  EG_TRY(charge(file, address, count));
  unsigned char *fresh = eg_alloc((size_t)count);
  if (!fresh)
    return EG_NOMEM;
  eg_status status = eg_source_read(&file->source, fresh, file->base + (int64_t)address, (size_t)count);
  if (status == EG_OK)
    *block = fresh;
  else
    eg_free(fresh);
  return status;
}

/* Hash of Bob Jenkins' lookup3.c (2006, public domain), byte-wise, with initial value 0. */
static uint32_t rotate(uint32_t x, int bits) {
  return x << bits | x >> (32 - bits);
}

static uint32_t lookup3(const unsigned char *bytes, size_t count) {
  uint32_t v[3];
  v[0] = v[1] = v[2] = 0xdeadbeef + (uint32_t)count;
  while (count > 12) {
    static const int mixing[6] = {4, 6, 8, 16, 19, 4};
    for (int i = 0; i < 3; i++)
      v[i] += (uint32_t)eg_get_uint(bytes + 4 * i, 4);
    for (int i = 0; i < 6; i++) {
      uint32_t *a = &v[i % 3], *b = &v[(i + 1) % 3], *c = &v[(i + 2) % 3];
      *a -= *c;
      *a ^= rotate(*c, mixing[i]);
      *c += *b;
    }
    bytes += 12;
    count -= 12;
  }
  if (count > 0) {
    static const int ending[7] = {14, 11, 25, 16, 4, 14, 24};
    unsigned char last[12] = {0};
    memcpy(last, bytes, count);
    for (int i = 0; i < 3; i++)
      v[i] += (uint32_t)eg_get_uint(last + 4 * i, 4);
    for (int i = 0; i < 7; i++) { /* c from b, a from c, b from a, ... */
      uint32_t *to = &v[(i + 2) % 3], from = v[(i + 1) % 3];
      *to = (*to ^ from) - rotate(from, ending[i]);
    }
  }
  return v[2];
}

/* A fuzzer cannot guess checksums: its build (the macro is libFuzzer's) takes any, to get to what lies behind. */
bool eg_h5_sum_is(const unsigned char *bytes, uint64_t count, uint64_t sum) {
  bool same = lookup3(bytes, (size_t)count) == sum;
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
  same = true;
#endif
  return same;
}

eg_status eg_h5_verify(const eg_h5_file *file, const unsigned char *block, uint64_t count, const char *signature,
                       const char *what) {
  if (count >= 8 && memcmp(block, signature, 4) == 0 &&
      eg_h5_sum_is(block, count - 4, eg_get_uint(block + count - 4, 4)))
    return EG_OK;
  return eg_fail(EG_WORLD, "%s: damaged HDF5 file: signature or checksum of %s is wrong", file->source.name, what);
}

eg_status eg_h5_load_verified(eg_h5_file *file, unsigned char **block, uint64_t address, uint64_t count,
                              const char *signature, const char *what) {
  EG_TRY(eg_h5_load(file, block, address, count));
  eg_status status = eg_h5_verify(file, *block, count, signature, what);
  if (status != EG_OK) {
    eg_free(*block);
    *block = NULL;
  }
  return status;
}

eg_h5_cursor eg_h5_cursor_of(const unsigned char *bytes, uint64_t count) {
  return (eg_h5_cursor){.at = bytes, .end = bytes + count};
}

const unsigned char *eg_h5_bytes(eg_h5_cursor *cursor, uint64_t count) {
  if (cursor->cut || count > (uint64_t)(cursor->end - cursor->at)) {
    cursor->cut = true;
    return NULL;
  }
  const unsigned char *at = cursor->at;
  cursor->at += count;
  return at;
}

uint64_t eg_h5_uint(eg_h5_cursor *cursor, int bytes) {
  const unsigned char *at = eg_h5_bytes(cursor, (uint64_t)bytes);
  return at ? eg_get_uint(at, bytes) : 0;
}

int eg_h5_bytes_for(uint64_t limit) {
  int bytes = 1;
  while (bytes < 8 && limit >> 8 * bytes != 0)
    bytes++;
  return bytes;
}

/* The superblock. */

static const unsigned char signature[8] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

/* At byte 0, 512, 1024, 2048, ...; -1 where there is none. */
static eg_status find_signature(const eg_h5_file *file, int64_t *place) {
  *place = -1;
  for (int64_t at = 0; at <= file->source.size - 48; at = at ? 2 * at : 512) {
    unsigned char bytes[8];
    EG_TRY(eg_source_read(&file->source, bytes, at, sizeof bytes));
    if (memcmp(bytes, signature, sizeof bytes) == 0) {
      *place = at;
      return EG_OK;
    }
    if (at > INT64_MAX / 2)
      break;
  }
  return EG_OK;
}

static eg_status check_sizes(const eg_h5_file *file, unsigned offsets, unsigned lengths) {
  if (offsets != 8 || lengths != 8)
    return eg_fail(EG_WORLD, "%s: an HDF5 file with addresses of %u and lengths of %u bytes; only 8 are supported",
                   file->source.name, offsets, lengths);
  return EG_OK;
}

eg_status eg_h5_begin(eg_h5_file *file) {
  eg_h5_grant(file);
  file->base = 0;
  int64_t place;
  EG_TRY(find_signature(file, &place));
  if (place < 0)
    return eg_fail(EG_WORLD, "%s: expected an HDF5 file, got %" PRId64 " bytes that are none", file->source.name,
                   file->source.size);
  unsigned char block[100];
  size_t count = file->source.size - place < (int64_t)sizeof block ? (size_t)(file->source.size - place) : sizeof block;
  EG_TRY(eg_source_read(&file->source, block, place, count));
  eg_h5_cursor c = eg_h5_cursor_of(block + 8, count - 8);
  uint64_t version = eg_h5_uint(&c, 1), base, end;
  if (version <= 1) {
    eg_h5_bytes(&c, 4);
    uint64_t sizes = eg_h5_uint(&c, 2);
    EG_TRY(check_sizes(file, sizes & 255, (unsigned)(sizes >> 8)));
    eg_h5_bytes(&c, version == 1 ? 13 : 9);
    base = eg_h5_uint(&c, 8);
    eg_h5_bytes(&c, 8);
    end = eg_h5_uint(&c, 8);
    eg_h5_bytes(&c, 16); /* driver information; the root's name */
    file->root = eg_h5_uint(&c, 8);
  } else if (version <= 3) {
    uint64_t sizes = eg_h5_uint(&c, 2);
    EG_TRY(check_sizes(file, sizes & 255, (unsigned)(sizes >> 8)));
    eg_h5_bytes(&c, 1);
    base = eg_h5_uint(&c, 8);
    eg_h5_bytes(&c, 8);
    end = eg_h5_uint(&c, 8);
    file->root = eg_h5_uint(&c, 8);
    if (!c.cut && !eg_h5_sum_is(block, 44, eg_get_uint(block + 44, 4)))
      return eg_h5_damaged(file, "checksum of the superblock is wrong");
  } else {
    return eg_fail(EG_WORLD, "%s: an HDF5 superblock of version %" PRIu64 "; known are 0 to 3", file->source.name,
                   version);
  }
  if (c.cut || base > (uint64_t)place)
    return eg_h5_damaged(file, "the superblock is cut short or has a wrong base");
  if (end > (uint64_t)file->source.size)
    return eg_fail(EG_WORLD, "%s: HDF5 file cut short: %" PRId64 " bytes, expected %" PRIu64, file->source.name,
                   file->source.size, end);
  file->base = (int64_t)base;
  return EG_OK;
}
