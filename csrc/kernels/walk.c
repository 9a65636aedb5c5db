#include "kernels/walk.h"

#include <stdbool.h>
#include <string.h>

void eg_walk_make(eg_walk *walk, const int64_t *dims, int ndim, const int64_t *const *strides, int operands) {
  memset(walk, 0, sizeof *walk);
  walk->operands = operands;
  walk->numel = 1;
  int n = 0;
  for (int d = 0; d < ndim; d++) {
    walk->numel *= dims[d];
    if (dims[d] == 1)
      continue;
    bool behind = n > 0;
    for (int k = 0; behind && k < operands; k++)
      behind = walk->strides[k][n - 1] == strides[k][d] * dims[d];
    if (!behind)
      walk->dims[n++] = 1;
    walk->dims[n - 1] *= dims[d];
    for (int k = 0; k < operands; k++)
      walk->strides[k][n - 1] = strides[k][d];
  }
  if (n == 0)
    walk->dims[n++] = 1;
  walk->ndim = n;
}

eg_walk_place eg_walk_seek(const eg_walk *walk, int64_t from) {
  eg_walk_place place = {0};
  for (int d = walk->ndim - 1; d >= 0; d--) {
    place.index[d] = from % walk->dims[d];
    from /= walk->dims[d];
    for (int k = 0; k < walk->operands; k++)
      place.at[k] += place.index[d] * walk->strides[k][d];
  }
  return place;
}
