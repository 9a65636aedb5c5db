/* A convolution as products of a view of its input with packed weights, without a copy of the input: the rows of the
   left matrix are overlapping slices of a sample. Forward is one view; backward with respect to the data is one for
   each phase of the stride. float only. */
#ifndef EG_KERNELS_CONV1D_VIEW_H
#define EG_KERNELS_CONV1D_VIEW_H

#include "kernels/panel.h"

/* Output row u of a sample reads the input rows u step + offset ... + taps - 1; those beyond the ends count as 0. */
typedef struct eg_conv1d_view {
  int64_t n;                    /* samples */
  int64_t in_rows, in_channels; /* of a sample, dense */
  int64_t step, offset, taps;
  int64_t out_rows, out_channels;
  int64_t out_pitch, out_sample; /* from one output row to the next, from one sample to the next, in elements */
} eg_conv1d_view;

/* out = in's products with `packed`, the weights (taps in_channels, out_channels) as panels; then start and bias are
   added and, where relu is set, what is below 0 becomes 0. */
typedef struct eg_conv1d_job {
  float *out;
  const float *in, *packed;
  const float *start; /* laid out like out, or out itself; NULL: 0 */
  const float *bias;  /* (out_channels); NULL: 0 */
  bool relu;
} eg_conv1d_job;

void eg_conv1d_view_run(const eg_conv1d_view *v, const eg_conv1d_job *job);

#endif
