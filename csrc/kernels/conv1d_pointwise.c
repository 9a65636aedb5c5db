/* Convolution with one tap and no padding: each output row is a product of one input row. Where the rows that are read
   lie evenly through the whole batch (stride 1, or a stride that divides L) all three directions are one product with
   leading dimension stride Ci. */
#include "ecgraft/parallel.h"
#include "kernels/conv1d_algorithm.h"
#include "kernels/matmul.h"

static bool fits(const eg_conv1d_shape *s, eg_conv1d_direction direction, bool forced) {
  (void)direction, (void)forced;
  return s->k == 1 && s->padding == 0 && s->groups == 1 && s->l % s->stride == 0;
}

static size_t scratch_size(const eg_conv1d_shape *s, eg_conv1d_direction direction) {
  return direction == EG_CONV1D_WEIGHT ? eg_k_product_over_rows_scratch(s->n * s->lo, s->co, s->ci) : 0;
}

static void forward(const eg_conv1d_shape *s, eg_real *y, const eg_real *x, const eg_real *w,
                    const eg_conv1d_ends *ends, eg_real *scratch) {
  (void)scratch;
  const eg_real *bias = ends->bias;
  int64_t rows = s->n * s->lo;
  if (bias)
    eg_k_fill_rows(y, bias, rows, s->co);
  eg_k_product(false, true, rows, s->co, s->ci, x, s->stride * s->ci, w, s->ci, bias ? 1 : 0, y, s->co);
}

/* The rows of dx that no output read: nothing is added to them. */
static void scale_rows_between(const eg_conv1d_shape *s, eg_real *dx, eg_real beta) {
  if (beta == 1)
    return;
  EG_PARALLEL_FOR
  for (int64_t row = 0; row < s->n * s->lo; row++)
    for (int64_t i = s->ci; i < s->stride * s->ci; i++) {
      eg_real *out = dx + row * s->stride * s->ci + i;
      *out = beta == 0 ? 0 : beta * *out;
    }
}

static void backward_data(const eg_conv1d_shape *s, eg_real *dx, eg_real beta, const eg_real *dy, const eg_real *w,
                          eg_real *scratch) {
  (void)scratch;
  if (s->stride > 1)
    scale_rows_between(s, dx, beta);
  eg_k_product(false, false, s->n * s->lo, s->ci, s->co, dy, s->co, w, s->ci, beta, dx, s->stride * s->ci);
}

static void backward_weight(const eg_conv1d_shape *s, eg_real *dw, eg_real beta, const eg_real *dy, const eg_real *x,
                            eg_real *scratch) {
  eg_k_product_over_rows(s->n * s->lo, s->co, s->ci, dy, s->co, x, s->stride * s->ci, beta, dw, scratch);
}

const eg_conv1d_algorithm eg_conv1d_pointwise = {
    .name = "pointwise",
    .text = "one product for the whole batch",
    .fits = fits,
    .scratch = scratch_size,
    .forward = forward,
    .backward_data = backward_data,
    .backward_weight = backward_weight,
};
