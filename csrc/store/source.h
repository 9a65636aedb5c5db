/* What is read from: a file, or bytes in memory. No read goes beyond its end. */
#ifndef EG_STORE_SOURCE_H
#define EG_STORE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ecgraft/dtype.h"
#include "ecgraft/real.h"
#include "ecgraft/status.h"
#include "ecgraft/tensor.h"

typedef struct eg_source {
  const char *name;           /* for messages; the caller's, as long as the source */
  const unsigned char *bytes; /* NULL: a file */
  int descriptor;             /* -1: closed, or memory */
  int64_t size;
} eg_source;

eg_status eg_source_open(eg_source *source, const char *path);
eg_source eg_source_of(const void *bytes, size_t count, const char *name);
void eg_source_close(eg_source *source); /* may be called twice */

/* Exactly `count` bytes from `offset` on; EG_WORLD where the source does not have them. Several threads may read. */
eg_status eg_source_read(const eg_source *source, void *to, int64_t offset, size_t count);
/* n elements of a type, converted. */
eg_status eg_source_read_reals(const eg_source *source, eg_real *to, int64_t offset, int64_t n, eg_dtype dtype,
                               bool big);

/* A tensor whose shape stands in the file `name`: a shape that no tensor can have is the file's fault, EG_WORLD. */
eg_status eg_new_from_file(eg_tensor **out, eg_shape shape, const char *name);

#endif
