/* Convolution as one accumulating matrix product for each sample, tap and group. Tap k of sample n reads the rows
   t stride - padding + k dilation of x: a view with leading dimension stride Ci, so nothing is copied. Outputs whose
   tap would read beyond the ends of x are left out of that tap's product. */
#include "ecgraft/parallel.h"
#include "kernels/conv1d_algorithm.h"
#include "kernels/gemm.h"
#include "kernels/matmul.h"

/* The weight gradient is summed over blocks of samples first: 16 a block, or more where there would be over 16 blocks.
 */
enum { SAMPLES_IN_BLOCK = 16, MOST_BLOCKS = 16 };

static int64_t samples_in_block(int64_t n) {
  int64_t most = (n + MOST_BLOCKS - 1) / MOST_BLOCKS;
  return most > SAMPLES_IN_BLOCK ? most : SAMPLES_IN_BLOCK;
}

static int64_t blocks_of(int64_t n) {
  return (n + samples_in_block(n) - 1) / samples_in_block(n);
}

static int64_t weights(const eg_conv1d_shape *s) {
  return s->co * s->k * (s->ci / s->groups);
}

static bool fits(const eg_conv1d_shape *s, eg_conv1d_direction direction, bool forced) {
  (void)s, (void)direction, (void)forced;
  return true;
}

static size_t scratch_size(const eg_conv1d_shape *s, eg_conv1d_direction direction) {
  if (direction != EG_CONV1D_WEIGHT)
    return 0;
  return (size_t)blocks_of(s->n) * (size_t)weights(s);
}

/* Where the outputs `first` and after of sample n, tap k, group g read x. */
static int64_t input_at(const eg_conv1d_shape *s, int64_t n, int64_t k, int64_t g, int64_t first) {
  int64_t row = first * s->stride - s->padding + k * s->dilation;
  return (n * s->l + row) * s->ci + g * (s->ci / s->groups);
}

static int64_t output_at(const eg_conv1d_shape *s, int64_t n, int64_t g, int64_t first) {
  return (n * s->lo + first) * s->co + g * (s->co / s->groups);
}

static void forward(const eg_conv1d_shape *s, eg_real *y, const eg_real *x, const eg_real *w,
                    const eg_conv1d_ends *ends, eg_real *scratch) {
  (void)scratch;
  const eg_real *bias = ends->bias;
  int64_t ci = s->ci / s->groups, co = s->co / s->groups;
  EG_PARALLEL_FOR
  for (int64_t n = 0; n < s->n; n++) {
    eg_k_fill_rows(y + n * s->lo * s->co, bias, s->lo, s->co);
    for (int64_t g = 0; g < s->groups; g++)
      for (int64_t k = 0; k < s->k; k++) {
        int64_t first, last;
        eg_conv1d_inside(s, k, &first, &last);
        if (first < last)
          eg_k_gemm(false, true, last - first, co, ci, x + input_at(s, n, k, g, first), s->stride * s->ci,
                    w + (g * co * s->k + k) * ci, s->k * ci, 1, y + output_at(s, n, g, first), s->co);
      }
  }
}

static void backward_data(const eg_conv1d_shape *s, eg_real *dx, eg_real beta, const eg_real *dy, const eg_real *w,
                          eg_real *scratch) {
  (void)scratch;
  int64_t ci = s->ci / s->groups, co = s->co / s->groups;
  EG_PARALLEL_FOR
  for (int64_t n = 0; n < s->n; n++) {
    if (beta != 1)
      for (int64_t i = n * s->l * s->ci; i < (n + 1) * s->l * s->ci; i++)
        dx[i] = beta == 0 ? 0 : beta * dx[i];
    for (int64_t g = 0; g < s->groups; g++)
      for (int64_t k = 0; k < s->k; k++) {
        int64_t first, last;
        eg_conv1d_inside(s, k, &first, &last);
        if (first < last)
          eg_k_gemm(false, false, last - first, ci, co, dy + output_at(s, n, g, first), s->co,
                    w + (g * co * s->k + k) * ci, s->k * ci, 1, dx + input_at(s, n, k, g, first), s->stride * s->ci);
      }
  }
}

/* The gradient of tap k (all groups) over one block of samples, into a part of the weight's shape. */
static void weight_part(const eg_conv1d_shape *s, eg_real *part, int64_t block, int64_t k, const eg_real *dy,
                        const eg_real *x) {
  int64_t ci = s->ci / s->groups, co = s->co / s->groups, size = samples_in_block(s->n);
  int64_t end = (block + 1) * size < s->n ? (block + 1) * size : s->n, first, last;
  eg_conv1d_inside(s, k, &first, &last);
  for (int64_t g = 0; g < s->groups; g++) {
    eg_real *out = part + (g * co * s->k + k) * ci;
    if (first == last) { /* the tap lies outside for every output */
      eg_k_gemm(true, false, co, ci, 0, dy, s->co, x, s->ci, 0, out, s->k * ci);
      continue;
    }
    for (int64_t n = block * size; n < end; n++)
      eg_k_gemm(true, false, co, ci, last - first, dy + output_at(s, n, g, first), s->co,
                x + input_at(s, n, k, g, first), s->stride * s->ci, n == block * size ? 0 : 1, out, s->k * ci);
  }
}

static void backward_weight(const eg_conv1d_shape *s, eg_real *dw, eg_real beta, const eg_real *dy, const eg_real *x,
                            eg_real *scratch) {
  int64_t blocks = blocks_of(s->n), size = weights(s);
  EG_PARALLEL_FOR_DYNAMIC
  for (int64_t task = 0; task < blocks * s->k; task++)
    weight_part(s, scratch + task / s->k * size, task / s->k, task % s->k, dy, x);
  eg_k_add_parts(dw, beta, scratch, blocks, size);
}

const eg_conv1d_algorithm eg_conv1d_taps = {
    .name = "taps",
    .text = "one product a sample, tap and group",
    .fits = fits,
    .scratch = scratch_size,
    .forward = forward,
    .backward_data = backward_data,
    .backward_weight = backward_weight,
};
