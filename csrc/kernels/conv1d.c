#include "kernels/conv1d.h"

#include "ecgraft/parallel.h"
#include "kernels/conv1d_algorithm.h"

int64_t eg_conv1d_length(int64_t l, int64_t k, int64_t stride, int64_t padding, int64_t dilation) {
  int64_t room = l + 2 * padding - dilation * (k - 1) - 1;
  return room < 0 ? 0 : room / stride + 1;
}

void eg_conv1d_inside(const eg_conv1d_shape *s, int64_t k, int64_t *first, int64_t *last) {
  int64_t at = k * s->dilation - s->padding; /* where tap k of output 0 reads */
  *first = at >= 0 ? 0 : (-at + s->stride - 1) / s->stride;
  *last = at >= s->l ? 0 : (s->l - at - 1) / s->stride + 1;
  if (*last > s->lo)
    *last = s->lo;
  if (*first > *last)
    *first = *last;
}

size_t eg_conv1d_scratch(const eg_conv1d_shape *s, eg_conv1d_direction direction) {
  const eg_conv1d_algorithm *way = eg_conv1d_choose(s, direction);
  return direction == EG_CONV1D_FORWARD ? eg_conv1d_forward_scratch(way, s) : way->scratch(s, direction);
}

size_t eg_conv1d_forward_scratch(const eg_conv1d_algorithm *way, const eg_conv1d_shape *s) {
  return (way->pack ? way->packed(s) : 0) + way->scratch(s, EG_CONV1D_FORWARD);
}

/* y = y + residual, and ReLU. */
static void finish(const eg_conv1d_shape *s, eg_real *y, const eg_conv1d_ends *ends) {
  EG_PARALLEL_FOR
  for (int64_t row = 0; row < s->n * s->lo; row++)
    for (int64_t i = row * s->co; i < (row + 1) * s->co; i++) {
      eg_real z = ends->residual ? y[i] + ends->residual[i] : y[i];
      y[i] = ends->relu && z < 0 ? 0 : z;
    }
}

void eg_conv1d_run(const eg_conv1d_algorithm *way, const eg_conv1d_shape *s, eg_real *y, const eg_real *x,
                   const eg_real *w, const eg_conv1d_ends *ends, eg_real *scratch) {
  way->forward(s, y, x, w, ends, scratch);
  if (!way->pack && (ends->residual || ends->relu))
    finish(s, y, ends);
}

void eg_conv1d_pack_and_run(const eg_conv1d_algorithm *way, const eg_conv1d_shape *s, eg_real *y, const eg_real *x,
                            const eg_real *w, const eg_conv1d_ends *ends, eg_real *scratch) {
  if (way->pack) {
    eg_real *packed = scratch;
    scratch += way->packed(s);
    way->pack(s, packed, w, scratch);
    w = packed;
  }
  eg_conv1d_run(way, s, y, x, w, ends, scratch);
}

void eg_k_conv1d_forward(const eg_conv1d_shape *s, eg_real *y, const eg_real *x, const eg_real *w, const eg_real *bias,
                         eg_real *scratch) {
  eg_conv1d_pack_and_run(eg_conv1d_choose(s, EG_CONV1D_FORWARD), s, y, x, w, &(eg_conv1d_ends){.bias = bias}, scratch);
}

void eg_k_conv1d_backward_data(const eg_conv1d_shape *s, eg_real *dx, eg_real beta, const eg_real *dy, const eg_real *w,
                               eg_real *scratch) {
  eg_conv1d_choose(s, EG_CONV1D_DATA)->backward_data(s, dx, beta, dy, w, scratch);
}

void eg_k_conv1d_backward_weight(const eg_conv1d_shape *s, eg_real *dw, eg_real beta, const eg_real *dy,
                                 const eg_real *x, eg_real *scratch) {
  eg_conv1d_choose(s, EG_CONV1D_WEIGHT)->backward_weight(s, dw, beta, dy, x, scratch);
}
