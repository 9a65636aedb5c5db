/* Rows copied from one place to another: joining, choosing by index, turning round. */
#ifndef EG_KERNELS_GATHER_H
#define EG_KERNELS_GATHER_H

#include <stdbool.h>
#include <stdint.h>

#include "ecgraft/real.h"

/* `rows` rows of `width` elements: to (rows, to_pitch) = from (rows, from_pitch), of which `width` each; += where
 * `add`. */
void eg_k_copy_rows(eg_real *to, int64_t to_pitch, bool add, const eg_real *from, int64_t from_pitch, int64_t rows,
                    int64_t width);

/* y (outer, count, inner) = x (outer, R, inner) at index (count): whole numbers from 0 to R - 1 */
void eg_k_index_select(eg_real *y, const eg_real *x, const eg_real *index, int64_t outer, int64_t R, int64_t inner,
                       int64_t count);

/* dx (outer, R, inner) += g (outer, count, inner), each row at its index, in the order of the indices. */
void eg_k_index_add(eg_real *dx, const eg_real *g, const eg_real *index, int64_t outer, int64_t R, int64_t inner,
                    int64_t count);

/* y (outer, R, inner): x with r counted from the other end; y += it where `add`. */
void eg_k_flip(eg_real *y, bool add, const eg_real *x, int64_t outer, int64_t R, int64_t inner);

#endif
