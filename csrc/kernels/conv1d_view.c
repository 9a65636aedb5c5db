#include "kernels/conv1d_view.h"

#include "ecgraft/parallel.h"

#ifndef EG_DOUBLE

/* A task is a block of samples that stays in the second cache, and of it so many rows; where that makes few tasks, also
   one panel. How work is cut changes no bit of the result: each output is one sum in a fixed order. */
enum { BLOCK_ELEMENTS = 65536, MOST_SAMPLES = 16, ROWS_IN_TASK = 240 };

typedef struct cut {
  int64_t samples, blocks;  /* in a block, blocks */
  int64_t ranges;           /* of rows */
  int64_t panels, together; /* panels in all, in one task */
  int64_t first, last;      /* the output rows [first, last) read inside the input only */
} cut;

static int64_t smaller(int64_t a, int64_t b) {
  return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b) {
  return a > b ? a : b;
}

static cut cut_of(const eg_conv1d_view *v, const eg_panel_kernels *p) {
  cut c;
  c.samples = larger(1, smaller(MOST_SAMPLES, BLOCK_ELEMENTS / larger(1, v->in_rows * v->in_channels)));
  c.blocks = (v->n + c.samples - 1) / c.samples;
  c.ranges = (v->out_rows + ROWS_IN_TASK - 1) / ROWS_IN_TASK;
  c.panels = (v->out_channels + p->columns - 1) / p->columns;
  c.together = c.blocks * c.ranges < 3 * eg_num_threads() ? 1 : c.panels;
  c.first = v->offset < 0 ? (-v->offset + v->step - 1) / v->step : 0;
  int64_t room = v->in_rows - v->taps - v->offset; /* the largest u step that is inside */
  c.last = room < 0 ? 0 : room / v->step + 1;
  c.first = smaller(c.first, v->out_rows);
  c.last = larger(c.first, smaller(c.last, v->out_rows));
  return c;
}

/* What all calls for one panel have in common. */
typedef struct panel_place {
  const eg_panel_kernels *kernels;
  const float *weights;
  int64_t column, width, valid;
  const float *bias;
  bool add;
} panel_place;

static void run_rows(const panel_place *p, int64_t m, int64_t k, const float *a, int64_t lda, const float *weights,
                     float *c, int64_t ldc) {
  const float *start = p->add ? c : p->bias ? p->bias + p->column : NULL;
  p->kernels->rows(m, p->valid, k, a, lda, weights, c, ldc, start, p->add ? ldc : 0);
}

/* An output row at an end, for all samples of a block at once: only the taps inside. */
static void run_end(const eg_conv1d_view *v, const panel_place *p, int64_t s, int64_t samples, int64_t u, float *out,
                    const float *in) {
  int64_t row = u * v->step + v->offset, skipped = row < 0 ? smaller(-row, v->taps) : 0;
  int64_t taps = larger(0, smaller(v->taps, v->in_rows - row) - skipped), sample = v->in_rows * v->in_channels;
  const float *a = taps > 0 ? in + s * sample + (row + skipped) * v->in_channels : in;
  run_rows(p, samples, taps * v->in_channels, a, sample, p->weights + skipped * v->in_channels * p->width,
           out + s * v->out_sample + u * v->out_pitch + p->column, v->out_sample);
}

static void run_panel(const eg_conv1d_view *v, const cut *c, const panel_place *p, int64_t block, int64_t range,
                      float *out, const float *in) {
  int64_t s = block * c->samples, samples = smaller(c->samples, v->n - s);
  int64_t from = range * ROWS_IN_TASK, to = smaller(from + ROWS_IN_TASK, v->out_rows);
  int64_t first = smaller(larger(from, c->first), to), last = larger(first, smaller(to, c->last));
  for (int64_t u = from; u < first; u++)
    run_end(v, p, s, samples, u, out, in);
  for (int64_t i = s; i < s + samples && first < last; i++)
    run_rows(p, last - first, v->taps * v->in_channels,
             in + (i * v->in_rows + first * v->step + v->offset) * v->in_channels, v->step * v->in_channels, p->weights,
             out + i * v->out_sample + first * v->out_pitch + p->column, v->out_pitch);
  for (int64_t u = last; u < to; u++)
    run_end(v, p, s, samples, u, out, in);
}

void eg_conv1d_view_run(const eg_conv1d_view *v, float *out, const float *in, const float *packed, const float *bias,
                        bool add) {
  const eg_panel_kernels *kernels = eg_panel_now();
  cut c = cut_of(v, kernels);
  int64_t k = v->taps * v->in_channels, groups = c.panels > 0 ? c.panels / c.together : 0;
  EG_PARALLEL_FOR_DYNAMIC
  for (int64_t task = 0; task < c.blocks * c.ranges * groups; task++) {
    int64_t group = task % groups, place = task / groups;
    for (int64_t i = group * c.together; i < (group + 1) * c.together; i++) {
      int64_t column = i * kernels->columns, width = eg_panel_width(kernels, v->out_channels, column);
      panel_place p = {.kernels = kernels,
                       .weights = packed + column * k,
                       .column = column,
                       .width = width,
                       .valid = smaller(width, v->out_channels - column),
                       .bias = bias,
                       .add = add};
      run_panel(v, &c, &p, place / c.ranges, place % c.ranges, out, in);
    }
  }
}

#endif
