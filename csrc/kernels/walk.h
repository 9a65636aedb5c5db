/* Walks over a row-major result whose operands may be stretched or permuted: the result is visited in order, and each
   operand's place follows from its strides (0 along a stretched dim). Dims that lie behind one another in every operand
   are merged, so that equal contiguous operands are one run. */
#ifndef EG_KERNELS_WALK_H
#define EG_KERNELS_WALK_H

#include <stdint.h>

enum { EG_WALK_DIMS = 8, EG_WALK_OPERANDS = 5, EG_WALK_PIECE = 16384 };

typedef struct eg_walk {
  int ndim; /* after merging, at least 1 */
  int operands;
  int64_t numel; /* of the result */
  int64_t dims[EG_WALK_DIMS];
  int64_t strides[EG_WALK_OPERANDS][EG_WALK_DIMS]; /* in elements */
} eg_walk;

/* A place in the walk: the index in each dim, and where each operand stands (in elements from its first). */
typedef struct eg_walk_place {
  int64_t index[EG_WALK_DIMS];
  int64_t at[EG_WALK_OPERANDS];
} eg_walk_place;

/* dims: ndim entries; strides: one list of ndim entries an operand. */
void eg_walk_make(eg_walk *walk, const int64_t *dims, int ndim, const int64_t *const *strides, int operands);

/* The place of element `from` of the result, 0 <= from < numel. */
eg_walk_place eg_walk_seek(const eg_walk *walk, int64_t from);

/* How many elements from this place lie along the last dim, at most `most`. */
static inline int64_t eg_walk_run(const eg_walk *walk, const eg_walk_place *place, int64_t most) {
  int64_t left = walk->dims[walk->ndim - 1] - place->index[walk->ndim - 1];
  return left < most ? left : most;
}

/* Goes on by `n` elements, not beyond the end of the last dim. */
static inline void eg_walk_advance(const eg_walk *walk, eg_walk_place *place, int64_t n) {
  int last = walk->ndim - 1;
  place->index[last] += n;
  for (int k = 0; k < walk->operands; k++)
    place->at[k] += n * walk->strides[k][last];
  for (int d = last; d > 0 && place->index[d] == walk->dims[d]; d--) {
    place->index[d] = 0;
    place->index[d - 1]++;
    for (int k = 0; k < walk->operands; k++)
      place->at[k] += walk->strides[k][d - 1] - walk->dims[d] * walk->strides[k][d];
  }
}

/* The stride of an operand along the last dim. */
static inline int64_t eg_walk_step(const eg_walk *walk, int operand) {
  return walk->strides[operand][walk->ndim - 1];
}

/* Work on a walk is cut into pieces of EG_WALK_PIECE elements, whatever the number of threads. */
static inline int64_t eg_walk_pieces(int64_t numel) {
  return (numel + EG_WALK_PIECE - 1) / EG_WALK_PIECE;
}

static inline int64_t eg_walk_piece_end(const eg_walk *walk, int64_t piece) {
  int64_t end = (piece + 1) * EG_WALK_PIECE;
  return end < walk->numel ? end : walk->numel;
}

#endif
