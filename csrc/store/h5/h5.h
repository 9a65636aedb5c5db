/* Reading the structure of HDF5 files. "HDF5 File Format Specification, version 3.0" (The HDF Group); section numbers
   in the sources are that document's.

   Nothing in a file is trusted. Each read is checked against the file's size, and each read of structure is charged to
   a budget of a fixed multiple of that size: loops among addresses, and blocks that share bytes, end when it is spent.
   What is loaded lies in memory as a block and is parsed through a cursor that cannot leave it. */
#ifndef EG_STORE_H5_H
#define EG_STORE_H5_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ecgraft/status.h"
#include "ecgraft/store.h"
#include "store/source.h"

#define EG_H5_UNDEFINED UINT64_MAX /* an address: none */
enum { EG_H5_GROUP_DEPTH = 32, EG_H5_TREE_DEPTH = 32 };

/* Files. */
typedef struct eg_h5_file {
  eg_source source;
  int64_t base;              /* addresses count from here (a user block may come before) */
  int64_t budget;            /* bytes that may still be spent */
  uint64_t root;             /* object header of the root group */
  bool one_thread;           /* chunks are read by the calling thread alone */
  struct eg_h5_texts *texts; /* collections of the global heap that are loaded, or NULL */
} eg_h5_file;

/* Finds and checks the superblock of an opened source. */
eg_status eg_h5_begin(eg_h5_file *file);
/* Grants a new budget; called at the start of each public function. */
void eg_h5_grant(eg_h5_file *file);
/* Charges bytes to the budget: those of structure, and those of memory that is made from it. */
eg_status eg_h5_spend(eg_h5_file *file, uint64_t count);
/* EG_WORLD: "FILE: damaged HDF5 file: WHAT". */
eg_status eg_h5_damaged(const eg_h5_file *file, const char *what);
/* Structure at an address, charged to the budget. */
eg_status eg_h5_fetch(eg_h5_file *file, void *to, uint64_t address, uint64_t count);
/* The same into a new block, to be freed; *block is NULL on failure. */
eg_status eg_h5_load(eg_h5_file *file, unsigned char **block, uint64_t address, uint64_t count);
/* A block with a signature of 4 bytes and a checksum in its last 4 (of all before); `what` names it in the message. */
eg_status eg_h5_verify(const eg_h5_file *file, const unsigned char *block, uint64_t count, const char *signature,
                       const char *what);
eg_status eg_h5_load_verified(eg_h5_file *file, unsigned char **block, uint64_t address, uint64_t count,
                              const char *signature, const char *what);
/* Whether this is the checksum of structure, Bob Jenkins' lookup3 hash. */
bool eg_h5_sum_is(const unsigned char *bytes, uint64_t count, uint64_t sum);

/* Bytes in memory, little-endian. Beyond the end everything is 0 and `cut` is set. */
typedef struct eg_h5_cursor {
  const unsigned char *at, *end;
  bool cut;
} eg_h5_cursor;

eg_h5_cursor eg_h5_cursor_of(const unsigned char *bytes, uint64_t count);
uint64_t eg_h5_uint(eg_h5_cursor *cursor, int bytes);
/* The next `count` bytes, or NULL. */
const unsigned char *eg_h5_bytes(eg_h5_cursor *cursor, uint64_t count);
/* Bytes that hold every number up to `limit`. */
int eg_h5_bytes_for(uint64_t limit);

/* Objects: the messages of an object header (IV.A). */
enum {
  EG_H5_DATASPACE = 0x01,
  EG_H5_LINK_INFO = 0x02,
  EG_H5_DATATYPE = 0x03,
  EG_H5_FILL = 0x05,
  EG_H5_LINK = 0x06,
  EG_H5_EXTERNAL = 0x07,
  EG_H5_LAYOUT = 0x08,
  EG_H5_FILTERS = 0x0B,
  EG_H5_ATTRIBUTE = 0x0C,
  EG_H5_CONTINUATION = 0x10,
  EG_H5_SYMBOL_TABLE = 0x11,
  EG_H5_ATTRIBUTE_INFO = 0x15,
};

typedef struct eg_h5_message {
  int type;
  bool shared; /* what is meant lies elsewhere (a named datatype) */
  const unsigned char *data;
  size_t size;
} eg_h5_message;

typedef struct eg_h5_object {
  int64_t count, capacity;
  eg_h5_message *messages;
  struct eg_h5_block *blocks; /* own the messages' bytes */
} eg_h5_object;

/* To be released, on failure as well. */
eg_status eg_h5_object_read(eg_h5_object *object, eg_h5_file *file, uint64_t address);
void eg_h5_object_release(eg_h5_object *object);
const eg_h5_message *eg_h5_object_find(const eg_h5_object *object, int type); /* the first, or NULL */
eg_h5_cursor eg_h5_message_cursor(const eg_h5_message *message);

/* Types and shapes (IV.A.2.b, IV.A.2.d). */
typedef enum eg_h5_class { EG_H5_NUMBER, EG_H5_STRING, EG_H5_LONG_STRING, EG_H5_FOREIGN } eg_h5_class;

typedef struct eg_h5_type {
  eg_h5_class class; /* LONG_STRING: of variable length, kept in the global heap */
  eg_dtype dtype;
  bool big;            /* big-endian */
  bool spaces;         /* STRING: padded with spaces rather than ended by 0 */
  uint32_t size;       /* bytes of an element in the file */
  const char *refused; /* FOREIGN: why it cannot be read */
} eg_h5_type;

typedef struct eg_h5_space {
  int ndim; /* -1: null, no elements at all */
  int64_t dims[EG_MAX_DIMS];
  int64_t most[EG_MAX_DIMS]; /* what they may grow to; -1: without limit */
  int64_t count;             /* elements */
  const char *refused;       /* more dims than we have, or NULL */
} eg_h5_space;

eg_status eg_h5_type_read(eg_h5_type *type, const eg_h5_file *file, eg_h5_cursor *cursor);
eg_status eg_h5_space_read(eg_h5_space *space, const eg_h5_file *file, eg_h5_cursor *cursor);

/* Groups: every hard link of a group, in order of creation where all are tracked, else by name. */
typedef struct eg_h5_link {
  char *name;
  uint64_t address;
  int64_t order; /* of creation; -1: not tracked */
} eg_h5_link;

typedef struct eg_h5_links {
  int64_t count, capacity;
  eg_h5_link *items;
  bool untracked; /* one of them has no order */
} eg_h5_links;

bool eg_h5_is_group(const eg_h5_object *object);
/* To be freed, on failure as well. */
eg_status eg_h5_links_read(eg_h5_links *links, eg_h5_file *file, const eg_h5_object *object);
void eg_h5_links_free(eg_h5_links *links);

/* Fractal heaps (III.G): links and attributes that are many or large. */
typedef struct eg_h5_heap eg_h5_heap;
eg_status eg_h5_heap_open(eg_h5_heap **out, eg_h5_file *file, uint64_t address);
void eg_h5_heap_close(eg_h5_heap *heap);
/* The object that an id names. *object is valid until the next call or eg_h5_heap_close. */
eg_status eg_h5_heap_get(eg_h5_heap *heap, const unsigned char *id, size_t id_size, const unsigned char **object,
                         size_t *size);

/* Version 2 B-trees (III.A.2): calls `visit` for each record, in order. `type` is what the tree must hold, or one of
 * two. */
typedef eg_status eg_h5_visit(void *context, const unsigned char *record, size_t size, int type);
eg_status eg_h5_tree_walk(eg_h5_file *file, uint64_t address, int type, int other_type, eg_h5_visit *visit,
                          void *context);

/* Version 1 B-trees (III.A.1): calls `visit` for each child of the lowest nodes with the key before it. */
typedef eg_status eg_h5_visit_child(void *context, const unsigned char *key, uint64_t child);
eg_status eg_h5_tree1_walk(eg_h5_file *file, uint64_t address, int type, size_t key_size, eg_h5_visit_child *visit,
                           void *context);

/* Text in the global heap (III.E). `reference` is 16 bytes: length, address of the collection, index. Not ended by 0;
   valid until eg_h5_texts_free, for the collections that were needed stay loaded until then. */
eg_status eg_h5_text(eg_h5_file *file, const unsigned char *reference, const char **text, size_t *length);
void eg_h5_texts_free(eg_h5_file *file);

/* Filters (IV.A.2.l). */
enum { EG_H5_MAX_FILTERS = 8 };
typedef struct eg_h5_filters {
  int count;
  struct {
    int id;
    uint32_t value; /* shuffle: bytes of an element */
  } items[EG_H5_MAX_FILTERS];
  const char *refused; /* one that is not known here, or NULL */
} eg_h5_filters;

eg_status eg_h5_filters_read(eg_h5_filters *filters, const eg_h5_file *file, const eg_h5_message *message);
/* The most bytes a chunk of `plain` bytes may take in a step of the way. */
size_t eg_h5_filter_room(const eg_h5_filters *filters, size_t plain);
/* Undoes the filters on `size` bytes in `a`, with `b` as scratch; both have `room` bytes, at least eg_h5_filter_room
   and at least `size`. Bit i of `skip`: filter i was not applied. Returns where the `plain` bytes now are, or NULL with
   *fault set. */
unsigned char *eg_h5_unfilter(const eg_h5_filters *filters, uint32_t skip, unsigned char *a, unsigned char *b,
                              size_t room, size_t size, size_t plain, const char **fault);

/* Datasets: where an array's elements are (IV.A.2.i). */
typedef enum eg_h5_storage { EG_H5_COMPACT, EG_H5_CONTIGUOUS, EG_H5_CHUNKED } eg_h5_storage;

typedef struct eg_h5_chunk {
  int64_t place; /* in the grid of chunks, row-major */
  uint64_t address;
  uint32_t size; /* bytes in the file */
  uint32_t skip; /* filters not applied */
} eg_h5_chunk;

typedef struct eg_h5_index { /* of chunks, before it is read */
  int kind;                  /* 0: version 1 B-tree; 1 .. 5 as in layout version 4 */
  uint64_t address;
  uint64_t single_size; /* kind 1: bytes in the file; 0: unfiltered */
  uint32_t single_skip;
} eg_h5_index;

typedef struct eg_h5_array {
  char *name;
  uint64_t header;     /* address of its object header */
  const char *refused; /* why it cannot be read, or NULL */
  eg_h5_type type;
  eg_h5_space space;
  eg_h5_storage storage;
  uint64_t address, bytes;    /* contiguous; compact: `compact` instead of the address */
  unsigned char *compact;     /* its own copy */
  unsigned char fill[8];      /* what elements are that were never written; numbers only */
  bool unfilled;              /* never filled in advance: a chunk that is not there is lost */
  int64_t chunk[EG_MAX_DIMS]; /* elements along each dim */
  int64_t chunk_bytes;
  bool plain_edges; /* chunks that reach beyond the shape are not filtered */
  eg_h5_filters filters;
  eg_h5_index index;
  bool indexed; /* `chunks` was read */
  int64_t chunk_count;
  eg_h5_chunk *chunks; /* sorted by place */
  size_t room;         /* what reading any chunk takes, twice; 0: not known yet */
} eg_h5_array;

bool eg_h5_is_array(const eg_h5_object *object);
/* Fills everything but name and header; to be freed, on failure as well. */
eg_status eg_h5_array_read(eg_h5_array *array, const eg_h5_file *file, const eg_h5_object *object);
void eg_h5_array_free(eg_h5_array *array);
/* Whether an array of so many bytes can come from `stored` bytes of this file (deflate expands at most 1032-fold). */
bool eg_h5_explained(const eg_h5_file *file, uint64_t bytes, uint64_t stored);
/* Chunks along a dim. */
int64_t eg_h5_grid(const eg_h5_array *array, int dim);

/* Reads the index of chunks, once. */
eg_status eg_h5_array_index(eg_h5_array *array, eg_h5_file *file);
/* Parts of that: the chunks found so far, and the two indices that are arrays (VII.C, VII.D). */
typedef struct eg_h5_chunk_list {
  eg_h5_array *array;
  eg_h5_file *file;
  int64_t capacity;
} eg_h5_chunk_list;
/* Notes the chunk at these coordinates of the grid, where there is one. */
eg_status eg_h5_chunk_add(eg_h5_chunk_list *list, const uint64_t *coordinates, uint64_t address, uint64_t size,
                          uint64_t skip);
eg_status eg_h5_fixed_array(eg_h5_chunk_list *list);
eg_status eg_h5_extensible_array(eg_h5_chunk_list *list);

/* Elements: hands the raw bytes of rows first .. first + rows - 1 to `sink`, piece by piece: `count` elements that
   belong at position `at` of the result. Pieces do not overlap; several threads may call at once. Each element is
   handed over once. */
typedef void eg_h5_sink(void *context, int64_t at, const unsigned char *from, int64_t count);
eg_status eg_h5_elements(eg_h5_array *array, eg_h5_file *file, int64_t first, int64_t rows, eg_h5_sink *sink,
                         void *context);

/* Attributes. */
eg_status eg_h5_attributes_read(eg_attributes *out, eg_h5_file *file, uint64_t header);
/* Elements of a type as a value: `count` of them at `bytes`; collections of the global heap stay loaded. A foreign type
 * makes an empty list. */
eg_status eg_h5_value(eg_value *out, eg_h5_file *file, const eg_h5_type *type, const unsigned char *bytes,
                      int64_t count, bool list);

#endif
