/* The filters of chunks (IV.A.2.l), undone: deflate, shuffle, Fletcher-32, and h5py's LZF. */
#include <string.h>
#include <zlib.h>

#include "store/convert.h"
#include "store/h5/h5.h"

enum { DEFLATE = 1, SHUFFLE = 2, FLETCHER32 = 3, LZF = 32000, CHECKSUM_BYTES = 4 };

static const char *why_refused(uint64_t id) {
  switch (id) {
  case 4:
    return "compressed with szip";
  case 5:
    return "compressed with n-bit";
  case 6:
    return "compressed with scale-offset";
  case 32001:
    return "compressed with blosc";
  case 32015:
    return "compressed with zstd";
  default:
    return "compressed with an unknown filter";
  }
}

/* Version 1: count, 6 reserved, then id, length of the name, flags, count of values (2 each), the name padded to 8,
   values (4 each), padded to 8. Version 2: count; no length and no name for ids below 256, no padding. */
eg_status eg_h5_filters_read(eg_h5_filters *filters, const eg_h5_file *file, const eg_h5_message *message) {
  *filters = (eg_h5_filters){0};
  eg_h5_cursor c = eg_h5_message_cursor(message);
  uint64_t version = eg_h5_uint(&c, 1), count = eg_h5_uint(&c, 1);
  if (version == 1)
    eg_h5_bytes(&c, 6);
  if (c.cut || version < 1 || version > 2 || message->shared)
    return eg_h5_damaged(file, "a list of filters is malformed");
  if (count > EG_H5_MAX_FILTERS) {
    filters->refused = "more than 8 filters";
    return EG_OK;
  }
  for (uint64_t i = 0; i < count; i++) {
    uint64_t id = eg_h5_uint(&c, 2);
    uint64_t name = version == 1 || id >= 256 ? eg_h5_uint(&c, 2) : 0;
    eg_h5_bytes(&c, 2);
    uint64_t values = eg_h5_uint(&c, 2);
    eg_h5_bytes(&c, version == 1 ? (name + 7) / 8 * 8 : name);
    uint32_t first = values > 0 ? (uint32_t)eg_h5_uint(&c, 4) : 0;
    eg_h5_bytes(&c, values > 0 ? 4 * (values - 1) : 0);
    if (version == 1 && values % 2 == 1)
      eg_h5_bytes(&c, 4);
    if (c.cut || (id == SHUFFLE && first == 0))
      return eg_h5_damaged(file, "a list of filters is malformed");
    filters->items[i].id = (int)id;
    filters->items[i].value = first;
    filters->count++;
    if ((id < DEFLATE || id > FLETCHER32) && id != LZF)
      filters->refused = why_refused(id);
  }
  return EG_OK;
}

/* Each checksum in the row adds its 4 bytes to what the filter before it makes. */
size_t eg_h5_filter_room(const eg_h5_filters *filters, size_t plain) {
  return plain + (size_t)filters->count * CHECKSUM_BYTES;
}

/* Byte k of all elements lies together; what is left over at the end is as it was. (`width` is the file's word: it may
   be four billion where there is no element as wide.) */
static void unshuffle(unsigned char *to, const unsigned char *from, size_t size, size_t width) {
  size_t count = size / width;
  for (size_t k = 0; count > 0 && k < width; k++)
    for (size_t i = 0; i < count; i++)
      to[i * width + k] = from[k * count + i];
  memcpy(to + count * width, from + count * width, size - count * width);
}

/* Fletcher-32 of big-endian 16-bit words, an odd last byte padded with 0 (H5_checksum_fletcher32 of the library). */
static uint32_t fletcher32(const unsigned char *bytes, size_t size) {
  uint32_t a = 0, b = 0;
  size_t words = size / 2;
  while (words > 0) {
    size_t run = words < 360 ? words : 360; /* the sums fit 32 bits so long */
    words -= run;
    for (; run > 0; run--, bytes += 2) {
      a += (uint32_t)(bytes[0] << 8 | bytes[1]);
      b += a;
    }
    a = (a & 0xffff) + (a >> 16);
    b = (b & 0xffff) + (b >> 16);
  }
  if (size % 2 == 1) {
    a += (uint32_t)(bytes[0] << 8);
    b += a;
    a = (a & 0xffff) + (a >> 16);
    b = (b & 0xffff) + (b >> 16);
  }
  a = (a & 0xffff) + (a >> 16);
  b = (b & 0xffff) + (b >> 16);
  return b << 16 | a;
}

/* LibLZF's format. A byte below 32: that many and one more bytes follow as they are. Else its upper 3 bits are a length
   (7: and the next byte more) and the lower 5 with the next byte a distance: length + 2 bytes are repeated from
   distance + 1 before. Returns the bytes made, or -1. */
static int64_t expand_lzf(unsigned char *to, size_t room, const unsigned char *from, size_t size) {
  const unsigned char *end = from + size;
  size_t made = 0;
  while (from < end) {
    size_t control = *from++, length = control + 1;
    if (control < 32) {
      if ((size_t)(end - from) < length || room - made < length)
        return -1;
      memcpy(to + made, from, length);
      made += length;
      from += length;
      continue;
    }
    length = control >> 5;
    if (length == 7 && from < end)
      length += *from++;
    if (from == end)
      return -1;
    size_t distance = ((control & 31) << 8 | *from++) + 1;
    length += 2;
    if (distance > made || room - made < length)
      return -1;
    for (; length > 0; length--, made++) /* what is repeated may begin within what is made of it */
      to[made] = to[made - distance];
  }
  return (int64_t)made;
}

static int64_t expand_deflate(unsigned char *to, size_t room, const unsigned char *from, size_t size) {
  uLongf length = (uLongf)room;
  return uncompress(to, &length, from, (uLong)size) == Z_OK ? (int64_t)length : -1;
}

unsigned char *eg_h5_unfilter(const eg_h5_filters *filters, uint32_t skip, unsigned char *a, unsigned char *b,
                              size_t room, size_t size, size_t plain, const char **fault) {
  for (int i = filters->count - 1; i >= 0; i--) {
    if (skip >> i & 1)
      continue;
    if (filters->items[i].id == FLETCHER32) {
      if (size < CHECKSUM_BYTES || fletcher32(a, size - CHECKSUM_BYTES) != eg_get_uint(a + size - CHECKSUM_BYTES, 4)) {
        *fault = "checksum of a chunk is wrong";
        return NULL;
      }
      size -= CHECKSUM_BYTES;
      continue;
    }
    if (filters->items[i].id == SHUFFLE) {
      unshuffle(b, a, size, filters->items[i].value);
    } else {
      int64_t made = (filters->items[i].id == LZF ? expand_lzf : expand_deflate)(b, room, a, size);
      if (made < 0) {
        *fault = "a compressed chunk cannot be expanded";
        return NULL;
      }
      size = (size_t)made;
    }
    unsigned char *swap = a;
    a = b;
    b = swap;
  }
  if (size != plain) {
    *fault = "a chunk has another size than its array says";
    return NULL;
  }
  return a;
}
