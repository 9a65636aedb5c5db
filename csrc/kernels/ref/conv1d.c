/* Convolution by loops from the definition in kernels/conv1d.h: the plain twin of the others. Parallel over samples
   (forward, data) and over output channels (weight). */
#include "ecgraft/parallel.h"
#include "kernels/conv1d_algorithm.h"

static bool fits(const eg_conv1d_shape *s, eg_conv1d_direction direction, bool forced) {
  (void)s, (void)direction, (void)forced;
  return true;
}

static size_t scratch_size(const eg_conv1d_shape *s, eg_conv1d_direction direction) {
  (void)s, (void)direction;
  return 0;
}

static void forward(const eg_conv1d_shape *s, eg_real *y, const eg_real *x, const eg_real *w,
                    const eg_conv1d_ends *ends, eg_real *scratch) {
  (void)scratch;
  const eg_real *bias = ends->bias;
  int64_t ci = s->ci / s->groups, co = s->co / s->groups; /* in one group */
  EG_PARALLEL_FOR
  for (int64_t n = 0; n < s->n; n++)
    for (int64_t t = 0; t < s->lo; t++)
      for (int64_t o = 0; o < s->co; o++) {
        eg_real sum = bias ? bias[o] : 0;
        for (int64_t k = 0; k < s->k; k++) {
          int64_t at = t * s->stride - s->padding + k * s->dilation;
          if (at < 0 || at >= s->l)
            continue;
          for (int64_t i = 0; i < ci; i++)
            sum += w[(o * s->k + k) * ci + i] * x[(n * s->l + at) * s->ci + o / co * ci + i];
        }
        y[(n * s->lo + t) * s->co + o] = sum;
      }
}

static void backward_data(const eg_conv1d_shape *s, eg_real *dx, eg_real beta, const eg_real *dy, const eg_real *w,
                          eg_real *scratch) {
  (void)scratch;
  int64_t ci = s->ci / s->groups, co = s->co / s->groups;
  EG_PARALLEL_FOR
  for (int64_t n = 0; n < s->n; n++)
    for (int64_t at = 0; at < s->l; at++)
      for (int64_t c = 0; c < s->ci; c++) {
        eg_real sum = 0;
        for (int64_t k = 0; k < s->k; k++) {
          int64_t from = at + s->padding - k * s->dilation, t = from / s->stride;
          if (from < 0 || from % s->stride != 0 || t >= s->lo)
            continue;
          for (int64_t o = c / ci * co; o < (c / ci + 1) * co; o++)
            sum += w[(o * s->k + k) * ci + c % ci] * dy[(n * s->lo + t) * s->co + o];
        }
        eg_real *out = dx + (n * s->l + at) * s->ci + c;
        *out = beta == 0 ? sum : sum + beta * *out;
      }
}

static void backward_weight(const eg_conv1d_shape *s, eg_real *dw, eg_real beta, const eg_real *dy, const eg_real *x,
                            eg_real *scratch) {
  (void)scratch;
  int64_t ci = s->ci / s->groups, co = s->co / s->groups;
  EG_PARALLEL_FOR
  for (int64_t o = 0; o < s->co; o++)
    for (int64_t k = 0; k < s->k; k++)
      for (int64_t i = 0; i < ci; i++) {
        eg_real sum = 0;
        for (int64_t n = 0; n < s->n; n++)
          for (int64_t t = 0; t < s->lo; t++) {
            int64_t at = t * s->stride - s->padding + k * s->dilation;
            if (at >= 0 && at < s->l)
              sum += dy[(n * s->lo + t) * s->co + o] * x[(n * s->l + at) * s->ci + o / co * ci + i];
          }
        eg_real *out = dw + (o * s->k + k) * ci + i;
        *out = beta == 0 ? sum : sum + beta * *out;
      }
}

const eg_conv1d_algorithm eg_conv1d_plain = {
    .name = "plain",
    .text = "loops from the definition",
    .fits = fits,
    .scratch = scratch_size,
    .forward = forward,
    .backward_data = backward_data,
    .backward_weight = backward_weight,
};
