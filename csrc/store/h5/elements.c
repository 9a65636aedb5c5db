/* The elements of an array: where they lie in the file, and where they belong in the result. */
#include <string.h>

#include "ecgraft/memory.h"
#include "ecgraft/parallel.h"
#include "store/h5/h5.h"

enum { BLOCK_BYTES = 1 << 18, PARALLEL_LEAST = 1 << 20, PARALLEL_ROOM = 16 << 20 };

typedef struct reading {
  eg_h5_array *array;
  eg_h5_file *file;
  int64_t first, rows;
  int64_t row_count; /* elements of a row */
  eg_h5_sink *sink;
  void *context;
} reading;

static eg_status short_of(const reading *r) {
  return eg_fail(EG_WORLD, "%s: damaged HDF5 file: '%.200s' has fewer bytes than its shape says", r->file->source.name,
                 r->array->name);
}

/* `count` elements of the fill value, from position `at` of the result on. */
static void fill(const reading *r, int64_t at, int64_t count) {
  unsigned char block[4096] = {0};
  int64_t width = r->array->type.size, held = width < (int64_t)sizeof block ? (int64_t)sizeof block / width : 0;
  if (width <= (int64_t)sizeof r->array->fill)
    for (int64_t i = 0; i < held; i++)
      memcpy(block + i * width, r->array->fill, (size_t)width);
  for (; count > 0 && held > 0; at += held, count -= held)
    r->sink(r->context, at, block, count < held ? count : held);
}

static eg_status read_compact(const reading *r) {
  int64_t from = r->first * r->row_count, count = r->rows * r->row_count;
  if (r->array->bytes / r->array->type.size < (uint64_t)r->array->space.count)
    return short_of(r);
  r->sink(r->context, 0, r->array->compact + from * (int64_t)r->array->type.size, count);
  return EG_OK;
}

static eg_status read_contiguous(const reading *r) {
  const eg_h5_array *array = r->array;
  int64_t width = array->type.size, count = r->rows * r->row_count,
          step = width < BLOCK_BYTES ? BLOCK_BYTES / width : 1;
  uint64_t size = (uint64_t)(r->file->source.size - r->file->base);
  if (array->address == EG_H5_UNDEFINED) {
    if (!eg_h5_explained(r->file, (uint64_t)count * (uint64_t)width, 0))
      return short_of(r);
    fill(r, 0, count);
    return EG_OK;
  }
  if (array->bytes / (uint64_t)width < (uint64_t)array->space.count || array->address > size ||
      array->bytes > size - array->address)
    return short_of(r);
  unsigned char *block = eg_alloc((size_t)(step * width));
  if (!block)
    return EG_NOMEM;
  int64_t from = r->file->base + (int64_t)array->address + r->first * r->row_count * width;
  eg_status status = EG_OK;
  for (int64_t done = 0; done < count && status == EG_OK; done += step) {
    int64_t here = count - done < step ? count - done : step;
    status = eg_source_read(&r->file->source, block, from + done * width, (size_t)(here * width));
    if (status == EG_OK)
      r->sink(r->context, done, block, here);
  }
  eg_free(block);
  return status;
}

/* Chunks. */

/* The part of a chunk that is within the rows asked for and the array's shape: begin and end along each dim, in the
 * array. */
typedef struct part {
  int64_t origin[EG_MAX_DIMS], begin[EG_MAX_DIMS], end[EG_MAX_DIMS];
} part;

static part part_at(const reading *r, int64_t place) {
  const eg_h5_array *array = r->array;
  part p = {0};
  for (int i = array->space.ndim - 1; i >= 0; i--) {
    int64_t grid = eg_h5_grid(array, i), extent = array->space.dims[i];
    p.origin[i] = p.begin[i] = place % grid * array->chunk[i];
    p.end[i] = extent - p.origin[i] < array->chunk[i] ? extent : p.origin[i] + array->chunk[i];
    place /= grid;
  }
  p.begin[0] = p.begin[0] < r->first ? r->first : p.begin[0];
  p.end[0] = p.end[0] > r->first + r->rows ? r->first + r->rows : p.end[0];
  return p;
}

/* Whether the part's chunk reaches beyond the array's shape. */
static bool is_edge(const eg_h5_array *array, const part *p) {
  for (int i = 0; i < array->space.ndim; i++)
    if (array->space.dims[i] - p->origin[i] < array->chunk[i])
      return true;
  return false;
}

/* Hands over a part, run by run; `bytes` is the chunk, or NULL for the fill value. */
static void hand_over(const reading *r, const part *p, const unsigned char *bytes) {
  const eg_h5_array *array = r->array;
  const int64_t *dims = array->space.dims;
  int inner = array->space.ndim - 1; /* from this dim on, neighbours are neighbours in chunk and result */
  int64_t run = p->end[inner] - p->begin[inner], at[EG_MAX_DIMS];
  while (inner > 0 && array->chunk[inner] == dims[inner]) {
    inner--;
    run *= p->end[inner] - p->begin[inner];
  }
  memcpy(at, p->begin, sizeof at);
  for (;;) {
    int64_t to = at[0] - r->first, from = at[0] - p->origin[0];
    for (int i = 1; i < array->space.ndim; i++) {
      to = to * dims[i] + at[i];
      from = from * array->chunk[i] + (at[i] - p->origin[i]);
    }
    if (bytes)
      r->sink(r->context, to, bytes + from * (int64_t)array->type.size, run);
    else
      fill(r, to, run);
    int i = inner - 1;
    while (i >= 0 && ++at[i] == p->end[i]) {
      at[i] = p->begin[i];
      i--;
    }
    if (i < 0)
      return;
  }
}

/* The chunk at a place of the grid, or NULL where none was written. */
static const eg_h5_chunk *find_chunk(const eg_h5_array *array, int64_t place) {
  int64_t low = 0, high = array->chunk_count;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    if (array->chunks[middle].place < place)
      low = middle + 1;
    else
      high = middle;
  }
  return low < array->chunk_count && array->chunks[low].place == place ? &array->chunks[low] : NULL;
}

static eg_status fetch_chunk(const reading *r, const eg_h5_chunk *chunk, unsigned char *to) {
  uint64_t size = (uint64_t)(r->file->source.size - r->file->base);
  if (chunk->address > size)
    return eg_h5_damaged(r->file, "a chunk lies beyond the end of the file");
  return eg_source_read(&r->file->source, to, r->file->base + (int64_t)chunk->address, chunk->size);
}

/* Reads, expands and hands over one chunk. Returns NULL, or what is wrong with it. Called by several threads. */
static const char *do_chunk(const reading *r, int64_t place, unsigned char *scratch, size_t room) {
  const eg_h5_array *array = r->array;
  const eg_h5_chunk *chunk = find_chunk(array, place);
  part p = part_at(r, place);
  const unsigned char *bytes = NULL;
  if (!chunk && array->unfilled)
    return "a chunk is missing";
  if (chunk) {
    const char *fault = NULL;
    if (fetch_chunk(r, chunk, scratch) != EG_OK)
      return "a chunk cannot be read";
    uint32_t skip = array->plain_edges && is_edge(array, &p) ? UINT32_MAX : chunk->skip;
    bytes = eg_h5_unfilter(&array->filters, skip, scratch, scratch + room, room, chunk->size,
                           (size_t)array->chunk_bytes, &fault);
    if (!bytes)
      return fault;
  }
  hand_over(r, &p, bytes);
  return NULL;
}

static size_t scratch_room(eg_h5_array *array) {
  if (array->room)
    return array->room;
  size_t room = eg_h5_filter_room(&array->filters, (size_t)array->chunk_bytes);
  for (int64_t i = 0; i < array->chunk_count; i++)
    if (array->chunks[i].size > room)
      room = array->chunks[i].size;
  array->room = (room + 63) / 64 * 64;
  return array->room;
}

static eg_status read_chunked(const reading *r) {
  EG_TRY(eg_h5_array_index(r->array, r->file));
  int64_t across = 1, top = r->first / r->array->chunk[0], bottom = (r->first + r->rows - 1) / r->array->chunk[0];
  for (int i = 1; i < r->array->space.ndim; i++)
    across *= eg_h5_grid(r->array, i);
  int64_t begin = top * across, end = (bottom + 1) * across, bad = INT64_MAX;
  size_t room = scratch_room(r->array);
  bool parallel = !r->file->one_thread && end - begin > 1 && eg_num_threads() > 1 && room <= PARALLEL_ROOM &&
                  (end - begin) * r->array->chunk_bytes >= PARALLEL_LEAST;
  unsigned char *scratch = eg_alloc((size_t)(parallel ? eg_num_threads() : 1) * 2 * room);
  if (!scratch)
    return EG_NOMEM;
  const char *why = NULL;
  EG_PARALLEL_FOR_IF(parallel)
  for (int64_t place = begin; place < end; place++) {
    const char *fault = do_chunk(r, place, scratch + (size_t)(parallel ? eg_thread_index() : 0) * 2 * room, room);
    if (fault) {
      EG_PRAGMA(omp critical(eg_h5_chunks))
      if (place < bad) { /* the first fault, whatever thread found it */
        bad = place;
        why = fault;
      }
    }
  }
  eg_free(scratch);
  if (why)
    return eg_fail(EG_WORLD, "%s: damaged HDF5 file: '%.200s': %s", r->file->source.name, r->array->name, why);
  return EG_OK;
}

eg_status eg_h5_elements(eg_h5_array *array, eg_h5_file *file, int64_t first, int64_t rows, eg_h5_sink *sink,
                         void *context) {
  reading r = {
      .array = array, .file = file, .first = first, .rows = rows, .row_count = 1, .sink = sink, .context = context};
  for (int i = 1; i < array->space.ndim; i++)
    r.row_count *= array->space.dims[i];
  if (array->space.count == 0 || rows == 0)
    return EG_OK;
  switch (array->storage) {
  case EG_H5_COMPACT:
    return read_compact(&r);
  case EG_H5_CONTIGUOUS:
    return read_contiguous(&r);
  default:
    return read_chunked(&r);
  }
}
