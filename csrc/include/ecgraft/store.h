/* HDF5 files: arrays by name, with attributes. Models, checkpoints and prepared sets of records are such files.

   Writing goes through the HDF5 library into a temporary file that replaces its target when it is complete
   (ecgraft/output.h). Reading does not: eg_store_open parses the file itself and trusts nothing in it, because the HDF5
   library crashes on damaged files (a single flipped bit of a small file smashes the stack of version 1.10.8). Every
   address is checked against the file's size, the work spent on its structure is bounded by that size, and no array is
   allocated that the bytes stored for it cannot fill (deflate expands at most 1032-fold). Read are numbers (integers of
   1 to 8 bytes, IEEE floats of 2, 4 and 8, either byte order, enumerations as their integers), strings of fixed and
   variable length; stored compact, contiguous or in chunks (all chunk indices up to HDF5 1.14's), plain or through
   deflate, LZF, shuffle and Fletcher-32. The rest (compound types, other filters, virtual and external data) is listed
   but refused with the reason.

   Larger than memory: ecgraft/stream.h reads rows ahead of who needs them.

   Threads: the HDF5 library of most distributions is not thread-safe, so one lock is held around each call of a writer.
   Another library of the same process that calls HDF5 meanwhile is not covered by that lock. A reader uses no global
   state: one eg_store is used by one thread at a time, several by several threads. */
#ifndef ECGRAFT_STORE_H
#define ECGRAFT_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "ecgraft/dtype.h"
#include "ecgraft/status.h"
#include "ecgraft/tensor.h"

/* Values: what attributes and lists hold. */
typedef enum eg_value_kind { EG_VALUE_STRING, EG_VALUE_INTEGER, EG_VALUE_REAL, EG_VALUE_BOOL } eg_value_kind;

typedef struct eg_value {
  eg_value_kind kind;
  bool list;     /* a list of `count` entries; otherwise one value */
  int64_t count; /* 1 where it is no list */
  union {
    const void *data;
    const char *const *strings; /* UTF-8 */
    const int64_t *integers;
    const double *reals;
    const bool *bools;
  };
} eg_value;

typedef struct eg_attribute {
  const char *name;
  eg_value value;
} eg_attribute;

typedef struct eg_attributes {
  int64_t count;
  eg_attribute *items; /* sorted by name where they were read */
} eg_attributes;

/* Lets go of what a reading function below filled in; a zeroed struct is allowed. */
void eg_value_free(eg_value *value);
void eg_attributes_free(eg_attributes *attributes);
/* The value of that name, or NULL. */
const eg_value *eg_attributes_find(const eg_attributes *attributes, const char *name);

/* Reading. */
typedef struct eg_store eg_store;

typedef struct eg_store_entry {
  const char *name; /* with '/' between groups */
  eg_shape shape;   /* ndim 0: a single value */
  eg_dtype dtype;
  const char *refused; /* why it cannot be read, or NULL */
} eg_store_entry;

/* EG_WORLD where the file is missing, no HDF5 file, or damaged in its structure. */
eg_status eg_store_open(eg_store **out, const char *path);
void eg_store_close(eg_store *store); /* NULL is allowed */

/* Arrays in the order in which they were written, where the file has kept it; else sorted by name. */
int64_t eg_store_count(const eg_store *store);
const eg_store_entry *eg_store_entry_at(const eg_store *store, int64_t i);
int64_t eg_store_find(const eg_store *store, const char *name); /* -1 where there is none */

/* A new tensor with the whole array, or with `rows` rows (along the first dim) from `first` on. EG_USAGE: no such
   array, a range beyond it, an array of strings; EG_WORLD: damaged. */
eg_status eg_store_read(eg_tensor **out, eg_store *store, const char *name);
eg_status eg_store_read_rows(eg_tensor **out, eg_store *store, const char *name, int64_t first, int64_t rows);

/* A new tensor with the rows `rows` (counted from 0; any order, repeats allowed), each times `scale` (1: as stored).
   EG_USAGE: no such array, a row beyond it; EG_WORLD: damaged. */
eg_status eg_store_gather(eg_tensor **out, eg_store *store, const char *name, const int64_t *rows, int64_t count,
                          double scale);

/* An array of at most one dim as a value: exact integers, reals as double, strings. To be freed. */
eg_status eg_store_read_value(eg_value *out, eg_store *store, const char *name);

/* The attributes of an array, or of the file where `name` is NULL. Those of a kind that eg_value has no place for are
   passed over; arrays of numbers come as lists in row-major order. To be freed. */
eg_status eg_store_read_attributes(eg_attributes *out, eg_store *store, const char *name);

/* Writing. */

/* How an array lies in the file. All zero: eg_real's type, in one piece. With compression or checksum arrays of up to 8
   KiB lie in their object header, which has a checksum of its own, and larger ones in chunks. */
typedef struct eg_store_layout {
  eg_dtype dtype;     /* float32, float64 or an integer type: values are rounded, and EG_USAGE where one does not fit */
  int compression;    /* deflate 1 .. 9 with shuffle; 0: none */
  bool checksum;      /* Fletcher-32, checked by every reader: EG_WORLD where a byte was changed */
  int64_t chunk_rows; /* rows in a chunk; 0: about a megabyte of them */
} eg_store_layout;

typedef struct eg_store_item {
  const char *name;      /* '/' makes groups */
  eg_tensor *tensor;     /* either a tensor */
  const eg_value *value; /* or a value: strings, exact integers, reals, truth values */
  eg_store_layout layout;
  const eg_attributes *attributes; /* of the array; NULL: none */
} eg_store_item;

/* One file with these arrays and attributes, replacing `path` at once or not at all. */
eg_status eg_store_save(const char *path, const eg_store_item *items, int64_t count, const eg_attributes *attributes);

/* The same step by step, for arrays larger than memory. Nothing is seen at `path` before eg_store_commit. */
typedef struct eg_store_writer eg_store_writer;
eg_status eg_store_create(eg_store_writer **out, const char *path);
eg_status eg_store_write(eg_store_writer *writer, const eg_store_item *item);
/* An array that is filled by eg_store_append, a block of rows at a time. shape.dims[0] is its number of rows, which
   eg_store_commit insists on, or 0 where it grows as needed. */
eg_status eg_store_reserve(eg_store_writer *writer, const char *name, eg_shape shape, const eg_store_layout *layout);
/* Appends rows: `rows` has the array's shape but for the first dim. */
eg_status eg_store_append(eg_store_writer *writer, const char *name, eg_tensor *rows);
/* A value of more than about 3000 bytes gets a companion, the attribute NAME.crc32, which reading checks and hides.
   Attributes of an array already written or reserved, or of the file where `name` is NULL. One of the same name is
 * replaced. */
eg_status eg_store_write_attributes(eg_store_writer *writer, const char *name, const eg_attributes *attributes);
/* Both let go of the writer, whether they succeed or not. */
eg_status eg_store_commit(eg_store_writer *writer);
void eg_store_abandon(eg_store_writer *writer); /* NULL is allowed */

#endif
