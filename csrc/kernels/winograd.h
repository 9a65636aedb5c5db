/* The transforms of the minimal filtering algorithm F(4, 3) (Winograd 1980; Lavin & Gray 2016) in one dimension, points
   0, 1, -1, 2, -2 and infinity: four outputs of a filter of three taps from six inputs by six products instead of
   twelve.

     u = G g   v = B^T d   y = A^T (u * v)
           1/4    0     0            4  0 -5  0  1  0
          -1/6  -1/6  -1/6           0 -4 -4  1  1  0            1  1  1  1  1  0
     G =  -1/6   1/6  -1/6   B^T =   0  4 -4 -1  1  0    A^T =   0  1 -1  2 -2  0
           1/24  1/12  1/6           0 -2 -1  2  1  0            0  1  1  4  4  0
           1/24 -1/12  1/6           0  2 -1 -2  1  0            0  1 -1  8 -8  1
           0      0     1            0  4  0 -5  0  1

   Each works on rows of channels; the six results lie `plane` elements apart. Where rows are grouped in panels (see
   kernels/panel.h) channel c of a row is at (c / columns) panel + c % columns. float only. */
#ifndef EG_KERNELS_WINOGRAD_H
#define EG_KERNELS_WINOGRAD_H

#include <stdint.h>

#include "kernels/panel.h"

enum { EG_WINOGRAD_TILE = 4, EG_WINOGRAD_POINTS = 6 };

/* Where transformed rows lie: row r, point t, channel c at t plane + r pitch + (c / columns) panel + c % columns. */
typedef struct eg_winograd_place {
  int64_t plane, pitch, panel;
} eg_winograd_place;

typedef struct eg_winograd_kernels {
  /* v rows 0 .. tiles - 1: B^T of the rows offset + 4 r ... + 5 of x (l, c); rows beyond its ends are 0. */
  void (*input)(float *v, const eg_winograd_place *to, const float *x, int64_t l, int64_t c, int64_t offset,
                int64_t tiles);
  /* y (l, pitch): rows 4 r ... 4 r + 3 = A^T of row r of m, ended as `ends` says; n columns. */
  void (*output)(float *y, int64_t pitch, int64_t l, int64_t n, const float *m, const eg_winograd_place *from,
                 const eg_panel_ends *ends);
  /* m rows 0 .. tiles - 1: A of the rows 4 r ... 4 r + 3 of dy (l, c), 0 beyond its end: the adjoint of `output`. */
  void (*output_adjoint)(float *m, const eg_winograd_place *to, const float *dy, int64_t l, int64_t c, int64_t tiles);
  /* u (6, n): G g for g (3, n); n is a whole number of vectors. */
  void (*filter)(float *u, const float *g, int64_t n);
  /* dg (3, n, taps `pitch` apart) = G^T u + beta dg; points of u are `plane` apart: the adjoint of `filter`. */
  void (*filter_adjoint)(float *dg, int64_t pitch, float beta, const float *u, int64_t plane, int64_t n);
} eg_winograd_kernels;

/* Of the instruction set in use. */
const eg_winograd_kernels *eg_winograd_now(void);

extern const eg_winograd_kernels eg_winograd_portable, eg_winograd_avx2, eg_winograd_avx512;

#endif
