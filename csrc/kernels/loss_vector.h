/* The kernels of kernels/loss.h, compiled for each instruction set from kernels/vector/loss_kernels.h; on one thread.
 */
#ifndef EG_KERNELS_LOSS_VECTOR_H
#define EG_KERNELS_LOSS_VECTOR_H

#include "kernels/loss.h"

typedef struct eg_loss_kernels {
  void (*squared_error)(eg_real *y, const eg_real *x, const eg_real *z, int64_t n);
  void (*squared_error_grad)(eg_real *d, bool add, double scale, const eg_real *g, int64_t g_step, const eg_real *x,
                             const eg_real *z, int64_t n);
  /* n entries along a walk's last dim: from[k] is where operand k begins, step[k] how far its entries lie apart. */
  void (*bce)(eg_real *y, const eg_real *const *from, const int64_t *step, int64_t n);
  void (*bce_grad)(eg_real *d, int which, bool add, eg_real factor, const eg_real *const *from, const int64_t *step,
                   int64_t n);
  /* Samples [first, last). */
  void (*cross_entropy)(eg_real *y, const eg_real *log_q, const eg_ce_target *target, int64_t first, int64_t last);
  void (*cross_entropy_grad)(eg_real *d, bool add, double scale, const eg_real *g, int64_t g_step, const eg_real *log_q,
                             const eg_ce_target *target, int64_t first, int64_t last);
  void (*cross_entropy_grad_target)(eg_real *d, bool add, double scale, const eg_real *g, int64_t g_step,
                                    const eg_real *log_q, const eg_ce_target *target, int64_t first, int64_t last);
} eg_loss_kernels;

extern const eg_loss_kernels eg_loss_portable, eg_loss_avx2, eg_loss_avx512;

#endif
