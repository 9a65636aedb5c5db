/* Rows of an array in an HDF5 file, read ahead by a thread of their own: sets of records that are larger than memory.

   The order is the caller's, so that training sees the same batches as from memory. Each row is read when it is needed,
   wherever it lies: an array in chunks of one row (as prepared sets have) costs no more than its bytes. */
#ifndef ECGRAFT_STREAM_H
#define ECGRAFT_STREAM_H

#include <stdint.h>

#include "ecgraft/status.h"
#include "ecgraft/tensor.h"

typedef struct eg_stream eg_stream;

/* Rows `rows` (counted from 0; copied) of the array `name` in `path`, each times `scale`, `batch` at a time; the last
   batch may be smaller. Up to three batches are held that were not asked for yet. EG_WORLD: the file cannot be opened;
   EG_USAGE: no such array, a batch below 1. */
eg_status eg_stream_open(eg_stream **out, const char *path, const char *name, const int64_t *rows, int64_t count,
                         int64_t batch, double scale);

/* The next batch, a new tensor (n, ...); *out is NULL behind the last. What is wrong with the file or with a row is
   said when its batch is asked for, and each time after that. */
eg_status eg_stream_next(eg_tensor **out, eg_stream *stream);

/* Ends the thread and lets go; NULL is allowed. */
void eg_stream_close(eg_stream *stream);

#endif
