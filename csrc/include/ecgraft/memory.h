/* Counted allocation: every block the library owns comes from here.

   Blocks are aligned to 64 bytes. They are kept after eg_free and handed out again, so that a steady training or
   inference loop asks the system for none (a sanitizer build keeps none). Thread-safe. */
#ifndef ECGRAFT_MEMORY_H
#define ECGRAFT_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ecgraft/status.h"

/* A block of `bytes` bytes (0 gives a valid pointer of size 0), or NULL with the failure text set. */
void *eg_alloc(size_t bytes);

/* A zeroed block of count * size bytes; NULL also where the product overflows. */
void *eg_alloc_zero(size_t count, size_t size);

/* Changes a block's size, keeping its content; on failure the old block stays and NULL is returned. */
void *eg_realloc(void *block, size_t bytes);

/* Gives a block back. NULL is allowed. */
void eg_free(void *block);

/* A counted copy of a string, or NULL. */
char *eg_strdup(const char *text);

/* product = a * b; false where it would overflow. */
bool eg_size_mul(size_t *product, size_t a, size_t b);

typedef struct eg_memory_info {
  size_t live;    /* bytes in blocks now held by callers */
  size_t peak;    /* the largest `live` since the last eg_memory_reset_peak */
  size_t cached;  /* bytes kept for reuse */
  size_t blocks;  /* blocks now held by callers */
  uint64_t calls; /* allocations since the start */
  uint64_t asked; /* of those, how many had to ask the system */
} eg_memory_info;

eg_memory_info eg_memory(void);
void eg_memory_reset_peak(void);

/* Gives all cached blocks back to the system. */
void eg_memory_trim(void);

/* From now on at most `bytes` may be held more than now, a block counted with what it takes beside its bytes; 0 ends
   it. For the time in which a file says what is made. */
void eg_memory_limit(size_t bytes);

/* For tests: the nth allocation from now fails (1 = the next), once or, with `forever`, it and all after it. 0 ends it.
 */
void eg_memory_fail_at(uint64_t nth, bool forever);

#endif
