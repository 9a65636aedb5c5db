/* Indices of chunks that are arrays: the fixed array (VII.C) and the extensible array (VII.D). An entry is the chunk's
   address (8), and where chunks are filtered its size and the filters left out (4). Entries stand in the order of the
   grid that the largest shape gives; of an array that grows along one dim, with that dim first. */
#include <string.h>

#include "ecgraft/memory.h"
#include "store/h5/h5.h"

typedef struct entries {
  eg_h5_chunk_list *list;
  uint64_t size; /* of an entry, bytes */
  bool filtered;
  int order[EG_MAX_DIMS];     /* the dims from slow to fast */
  uint64_t grid[EG_MAX_DIMS]; /* chunks along order[i]; the first's is not needed */
} entries;

/* `growing`: the dim without limit, or -1. */
static eg_status begin(entries *e, eg_h5_chunk_list *list, int growing) {
  const eg_h5_array *array = list->array;
  int n = 0;
  *e = (entries){.list = list};
  if (growing >= 0)
    e->order[n++] = growing;
  for (int i = 0; i < array->space.ndim; i++)
    if (i != growing)
      e->order[n++] = i;
  for (int i = 0; i < n; i++) {
    int64_t most = array->space.most[e->order[i]], chunk = array->chunk[e->order[i]];
    e->grid[i] = (uint64_t)(most / chunk + (most % chunk != 0));
    if (i > 0 && e->grid[i] == 0)
      return eg_h5_damaged(list->file, "an index of chunks does not fit its array");
  }
  return EG_OK;
}

/* Client 0: plain addresses; 1: filtered chunks. */
static eg_status check_entry_size(entries *e, uint64_t client, uint64_t size) {
  e->filtered = client == 1;
  e->size = size;
  if (client > 1 || (client == 0 && size != 8) || (client == 1 && (size < 13 || size > 20)))
    return eg_h5_damaged(e->list->file, "the entries of an index of chunks are malformed");
  return EG_OK;
}

/* `count` entries at `bytes`, the first of them number `first`. */
static eg_status add_entries(const entries *e, uint64_t first, const unsigned char *bytes, uint64_t count) {
  const eg_h5_array *array = e->list->array;
  eg_h5_cursor c = eg_h5_cursor_of(bytes, count * e->size);
  for (uint64_t i = 0; i < count; i++) {
    uint64_t address = eg_h5_uint(&c, 8), size = (uint64_t)array->chunk_bytes, skip = 0, number = first + i;
    if (e->filtered) {
      size = eg_h5_uint(&c, (int)e->size - 12);
      skip = eg_h5_uint(&c, 4);
    }
    uint64_t coordinates[EG_MAX_DIMS];
    for (int d = array->space.ndim - 1; d > 0; d--) {
      coordinates[e->order[d]] = number % e->grid[d];
      number /= e->grid[d];
    }
    coordinates[e->order[0]] = number;
    EG_TRY(eg_h5_chunk_add(e->list, coordinates, address, size, skip));
  }
  return EG_OK;
}

/* Entries and their checksum, at an address. */
static eg_status add_page(const entries *e, uint64_t first, uint64_t address, uint64_t count) {
  unsigned char *bytes;
  eg_h5_file *file = e->list->file;
  if (count > (uint64_t)file->source.size / e->size)
    return eg_h5_damaged(file, "an index of chunks is larger than the file");
  uint64_t size = count * e->size;
  EG_TRY(eg_h5_load(file, &bytes, address, size + 4));
  eg_h5_cursor c = eg_h5_cursor_of(bytes + size, 4);
  eg_status status = eg_h5_sum_is(bytes, size, eg_h5_uint(&c, 4))
                         ? add_entries(e, first, bytes, count)
                         : eg_h5_damaged(file, "checksum of an index of chunks is wrong");
  eg_free(bytes);
  return status;
}

static bool is_set(const unsigned char *bits, uint64_t i) {
  return bits[i / 8] >> (7 - i % 8) & 1;
}

/* Pages that were written, as the bits from number `bit` on say, one after the other. */
static eg_status add_pages(const entries *e, uint64_t first, uint64_t address, uint64_t count, uint64_t page,
                           const unsigned char *bits, uint64_t bit) {
  eg_status status = EG_OK;
  for (uint64_t done = 0; done < count && status == EG_OK; done += page, bit++) {
    uint64_t here = count - done < page ? count - done : page;
    if (is_set(bits, bit))
      status = add_page(e, first + done, address, here);
    address += here * e->size + 4;
  }
  return status;
}

/* The block: "FADB", version, client, header (8); then entries and checksum, or, where they are more than a page, a bit
   for each page, a checksum, and the pages. */
static eg_status add_fixed_block(const entries *e, uint64_t address, uint64_t count, uint64_t page) {
  eg_h5_file *file = e->list->file;
  unsigned char *block;
  uint64_t pages = count > page ? (count + page - 1) / page : 0, inside = pages ? (pages + 7) / 8 : count * e->size;
  if (count > (uint64_t)file->source.size / 8)
    return eg_h5_damaged(file, "an index of chunks is larger than the file");
  EG_TRY(eg_h5_load_verified(file, &block, address, 14 + inside + 4, "FADB", "an index of chunks"));
  eg_status status = pages ? add_pages(e, 0, address + 14 + inside + 4, count, page, block + 14, 0)
                           : add_entries(e, 0, block + 14, count);
  eg_free(block);
  return status;
}

/* Header: "FAHD", version, client, size of an entry, bits of a page, count (8), block (8), checksum. */
eg_status eg_h5_fixed_array(eg_h5_chunk_list *list) {
  entries e;
  unsigned char header[28];
  EG_TRY(begin(&e, list, -1));
  EG_TRY(eg_h5_fetch(list->file, header, list->array->index.address, sizeof header));
  EG_TRY(eg_h5_verify(list->file, header, sizeof header, "FAHD", "an index of chunks"));
  eg_h5_cursor c = eg_h5_cursor_of(header + 5, sizeof header - 5);
  uint64_t client = eg_h5_uint(&c, 1), size = eg_h5_uint(&c, 1), bits = eg_h5_uint(&c, 1), count = eg_h5_uint(&c, 8);
  uint64_t address = eg_h5_uint(&c, 8);
  EG_TRY(check_entry_size(&e, client, size));
  if (bits > 32)
    return eg_h5_damaged(list->file, "an index of chunks is malformed");
  return address == EG_H5_UNDEFINED ? EG_OK : add_fixed_block(&e, address, count, (uint64_t)1 << bits);
}

/* The extensible array: an index block with the first entries and the addresses of the first data blocks, then of super
   blocks, each with addresses of data blocks. Super block u stands for 2^(u/2) data blocks of 2^((u+1)/2) times the
   smallest count. */
typedef struct extensible {
  entries e;
  uint64_t supers;   /* all super blocks there may be */
  uint64_t in_index; /* entries in the index block */
  uint64_t least;    /* entries of the smallest data block */
  uint64_t pointers; /* of data blocks in the smallest super block that is one of its own */
  uint64_t page;     /* entries of a page */
  uint64_t offset_bytes;
} extensible;

/* "EADB", version, client, header (8), offset, entries, checksum; or without entries, and pages behind it. */
static eg_status add_data_block(const extensible *x, uint64_t first, uint64_t address, uint64_t count,
                                const unsigned char *bits, uint64_t bit) {
  uint64_t prefix = 14 + x->offset_bytes;
  unsigned char *block;
  eg_h5_file *file = x->e.list->file;
  if (address == EG_H5_UNDEFINED)
    return EG_OK;
  if (count > (uint64_t)file->source.size / 8)
    return eg_h5_damaged(file, "an index of chunks is larger than the file");
  uint64_t inside = bits ? 0 : count * x->e.size;
  EG_TRY(eg_h5_load_verified(file, &block, address, prefix + inside + 4, "EADB", "an index of chunks"));
  eg_status status = bits ? add_pages(&x->e, first, address + prefix + 4, count, x->page, bits, bit)
                          : add_entries(&x->e, first, block + prefix, count);
  eg_free(block);
  return status;
}

/* "EASB", version, client, header (8), offset, [a bit for each page of each data block], data blocks (8 each),
 * checksum. */
static eg_status add_super_block(const extensible *x, uint64_t first, uint64_t address, uint64_t blocks,
                                 uint64_t count) {
  eg_h5_file *file = x->e.list->file;
  unsigned char *bytes;
  if (address == EG_H5_UNDEFINED)
    return EG_OK;
  uint64_t pages = count > x->page ? count / x->page : 0, bits = (pages + 7) / 8, prefix = 14 + x->offset_bytes;
  uint64_t most = (uint64_t)file->source.size / (bits + 8);
  if (blocks > most)
    return eg_h5_damaged(file, "an index of chunks is larger than the file");
  EG_TRY(eg_h5_load_verified(file, &bytes, address, prefix + blocks * (bits + 8) + 4, "EASB", "an index of chunks"));
  eg_h5_cursor c = eg_h5_cursor_of(bytes + prefix + blocks * bits, blocks * 8);
  eg_status status = EG_OK;
  for (uint64_t i = 0; i < blocks && status == EG_OK; i++)
    status = add_data_block(x, first + i * count, eg_h5_uint(&c, 8), count, pages ? bytes + prefix : NULL, i * pages);
  eg_free(bytes);
  return status;
}

static int log2_of(uint64_t x) {
  return 63 - __builtin_clzll(x);
}

/* "EAIB", version, client, header (8), entries, addresses of data blocks, addresses of super blocks, checksum. */
static eg_status add_index_block(const extensible *x, uint64_t address) {
  unsigned char *bytes;
  eg_h5_file *file = x->e.list->file;
  uint64_t direct = 2 * (uint64_t)log2_of(x->pointers), data_blocks = 2 * (x->pointers - 1);
  uint64_t own = x->supers > direct ? x->supers - direct : 0, inside = x->in_index * x->e.size;
  uint64_t size = 14 + inside + 8 * (data_blocks + own) + 4;
  EG_TRY(eg_h5_load_verified(file, &bytes, address, size, "EAIB", "an index of chunks"));
  eg_h5_cursor c = eg_h5_cursor_of(bytes + 14 + inside, size - 14 - inside - 4);
  eg_status status = add_entries(&x->e, 0, bytes + 14, x->in_index);
  uint64_t first = x->in_index;
  for (uint64_t u = 0; u < x->supers && status == EG_OK; u++) {
    uint64_t blocks = (uint64_t)1 << u / 2, count = x->least << (u + 1) / 2;
    if (u >= direct)
      status = add_super_block(x, first, eg_h5_uint(&c, 8), blocks, count);
    for (uint64_t i = 0; u < direct && i < blocks && status == EG_OK; i++)
      status = add_data_block(x, first + i * count, eg_h5_uint(&c, 8), count, NULL, 0);
    first += blocks * count;
  }
  eg_free(bytes);
  return status;
}

/* Header: "EAHD", version, client, size of an entry, bits of the largest count, entries in the index block, entries of
   the smallest data block, data blocks of the smallest super block, bits of a page, six counts (48), index block (8),
   checksum. */
eg_status eg_h5_extensible_array(eg_h5_chunk_list *list) {
  int growing = 0;
  while (growing < list->array->space.ndim && list->array->space.most[growing] >= 0)
    growing++;
  extensible x = {.supers = 0};
  unsigned char header[72];
  if (growing == list->array->space.ndim)
    return eg_h5_damaged(list->file, "an index of chunks does not fit its array");
  EG_TRY(begin(&x.e, list, growing));
  EG_TRY(eg_h5_fetch(list->file, header, list->array->index.address, sizeof header));
  EG_TRY(eg_h5_verify(list->file, header, sizeof header, "EAHD", "an index of chunks"));
  eg_h5_cursor c = eg_h5_cursor_of(header + 5, sizeof header - 5);
  uint64_t client = eg_h5_uint(&c, 1), size = eg_h5_uint(&c, 1), bits = eg_h5_uint(&c, 1);
  x.in_index = eg_h5_uint(&c, 1);
  x.least = eg_h5_uint(&c, 1);
  x.pointers = eg_h5_uint(&c, 1);
  uint64_t page_bits = eg_h5_uint(&c, 1);
  eg_h5_bytes(&c, 48);
  uint64_t address = eg_h5_uint(&c, 8);
  EG_TRY(check_entry_size(&x.e, client, size));
  if (bits > 64 || page_bits > 32 || x.least == 0 || (x.least & (x.least - 1)) != 0 || x.pointers == 0 ||
      (x.pointers & (x.pointers - 1)) != 0 || bits < (uint64_t)log2_of(x.least))
    return eg_h5_damaged(list->file, "an index of chunks is malformed");
  x.supers = 1 + bits - (uint64_t)log2_of(x.least);
  x.page = (uint64_t)1 << page_bits;
  x.offset_bytes = (bits + 7) / 8;
  return address == EG_H5_UNDEFINED ? EG_OK : add_index_block(&x, address);
}
