/* The ways to compute a convolution, in one table: the first that fits the shape and direction is taken. A new way is a
   file and a line in the table of conv1d_algorithm.c. */
#ifndef EG_KERNELS_CONV1D_ALGORITHM_H
#define EG_KERNELS_CONV1D_ALGORITHM_H

#include "kernels/conv1d.h"

typedef struct eg_conv1d_algorithm {
  const char *name;
  const char *text;
  /* Whether it can do this shape in this direction on this machine; where it also would be slower than what stands
     below in the table it says no, unless `forced`. */
  bool (*fits)(const eg_conv1d_shape *s, eg_conv1d_direction direction, bool forced);
  /* Elements; for forward the larger of what `pack` and `forward` want. */
  size_t (*scratch)(const eg_conv1d_shape *s, eg_conv1d_direction direction);
  /* Weights as `forward` reads them, for any n, l and lo: elements, and making them. NULL: it takes them as they are.
   */
  size_t (*packed)(const eg_conv1d_shape *s);
  void (*pack)(const eg_conv1d_shape *s, eg_real *packed, const eg_real *w, eg_real *scratch);
  /* An algorithm that packs sees to all of `ends`, the others to the bias; eg_conv1d_run does the rest for those. */
  void (*forward)(const eg_conv1d_shape *s, eg_real *y, const eg_real *x, const eg_real *w, const eg_conv1d_ends *ends,
                  eg_real *scratch);
  /* As the functions of conv1d.h. */
  void (*backward_data)(const eg_conv1d_shape *s, eg_real *dx, eg_real beta, const eg_real *dy, const eg_real *w,
                        eg_real *scratch);
  void (*backward_weight)(const eg_conv1d_shape *s, eg_real *dw, eg_real beta, const eg_real *dy, const eg_real *x,
                          eg_real *scratch);
} eg_conv1d_algorithm;

extern const eg_conv1d_algorithm eg_conv1d_winograd;  /* conv1d_winograd.c */
extern const eg_conv1d_algorithm eg_conv1d_direct;    /* conv1d_direct.c */
extern const eg_conv1d_algorithm eg_conv1d_pointwise; /* conv1d_pointwise.c */
extern const eg_conv1d_algorithm eg_conv1d_taps;      /* conv1d_taps.c */
extern const eg_conv1d_algorithm eg_conv1d_plain;     /* ref/conv1d.c */

/* All of them, fastest first, NULL at the end. */
enum { EG_CONV1D_WAYS = 5 };
extern const eg_conv1d_algorithm *const eg_conv1d_algorithms[EG_CONV1D_WAYS + 1];

/* What is used for this shape in this direction. */
const eg_conv1d_algorithm *eg_conv1d_choose(const eg_conv1d_shape *s, eg_conv1d_direction direction);

/* Forward by one of them; w packed where it packs. */
void eg_conv1d_run(const eg_conv1d_algorithm *way, const eg_conv1d_shape *s, eg_real *y, const eg_real *x,
                   const eg_real *w, const eg_conv1d_ends *ends, eg_real *scratch);
/* The same from the weights as they are; scratch: eg_conv1d_forward_scratch. */
size_t eg_conv1d_forward_scratch(const eg_conv1d_algorithm *way, const eg_conv1d_shape *s);
void eg_conv1d_pack_and_run(const eg_conv1d_algorithm *way, const eg_conv1d_shape *s, eg_real *y, const eg_real *x,
                            const eg_real *w, const eg_conv1d_ends *ends, eg_real *scratch);

/* For tests and benchmarks: use this one wherever it fits (elsewhere the table decides); NULL ends it. False: no such
   name. Not to be called while other threads compute. */
bool eg_conv1d_force(const char *name);

#endif
