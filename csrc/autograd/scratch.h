/* Scratch of an op while it runs. */
#ifndef EG_AUTOGRAD_SCRATCH_H
#define EG_AUTOGRAD_SCRATCH_H

#include "ecgraft/memory.h"
#include "ecgraft/real.h"

/* Room for `count` numbers, to be given back with eg_free; NULL for 0. */
static inline eg_status eg_scratch(eg_real **out, size_t count) {
  size_t bytes;
  *out = NULL;
  if (count == 0)
    return EG_OK;
  if (!eg_size_mul(&bytes, count, sizeof **out))
    return eg_fail(EG_NOMEM, "out of memory: %zu numbers asked", count);
  *out = eg_alloc(bytes);
  return *out ? EG_OK : EG_NOMEM;
}

#endif
