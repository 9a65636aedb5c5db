/* How loops along a dimension share out their work. An array is seen as (outer, R, inner), R being the dimension, and
   cut into tiles of up to EG_TILE columns, over which one task goes along R. */
#ifndef EG_KERNELS_TILE_H
#define EG_KERNELS_TILE_H

#include <stdint.h>

enum { EG_TILE = 64, EG_TILE_SMALL = 16384 /* elements, up to which one thread does all */ };

typedef struct eg_tile {
  int64_t width; /* columns: 1 .. EG_TILE */
  int64_t x;     /* where the tile begins in (outer, R, inner) */
  int64_t y;     /* where it begins in (outer, inner) */
} eg_tile;

static inline int64_t eg_tile_count(int64_t outer, int64_t inner) {
  return outer * ((inner + EG_TILE - 1) / EG_TILE);
}

static inline eg_tile eg_tile_at(int64_t task, int64_t R, int64_t inner) {
  int64_t across = (inner + EG_TILE - 1) / EG_TILE, first = task % across * EG_TILE, o = task / across;
  return (eg_tile){inner - first < EG_TILE ? inner - first : EG_TILE, o * R * inner + first, o * inner + first};
}

#endif
