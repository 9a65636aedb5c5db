#include "kernels/conv1d_view.h"

#include "ecgraft/parallel.h"
#include "kernels/integers.h"

#ifndef EG_DOUBLE

/* A task is a block of samples that stays in the second cache, and of it so many rows; where that makes too few tasks
   for the threads, also only some of the panels. How work is cut changes no bit of the result: each output is one sum
   in a fixed order. */
enum { BLOCK_ELEMENTS = 65536, MOST_SAMPLES = 16, ROWS_IN_TASK = 240 };

typedef struct cut {
  int64_t samples, blocks; /* in a block, blocks */
  int64_t ranges;          /* of rows */
  int64_t panels, groups;  /* panels, and groups of them */
  int64_t first, last;     /* the output rows [first, last) read inside the input only */
} cut;

static cut cut_of(const eg_conv1d_view *v, const eg_panel_kernels *p) {
  cut c;
  c.samples = larger(1, smaller(MOST_SAMPLES, BLOCK_ELEMENTS / larger(1, v->in_rows * v->in_channels)));
  c.blocks = (v->n + c.samples - 1) / c.samples;
  c.ranges = (v->out_rows + ROWS_IN_TASK - 1) / ROWS_IN_TASK;
  c.panels = (v->out_channels + p->columns - 1) / p->columns;
  int64_t tasks = larger(1, c.blocks * c.ranges), threads = eg_num_threads();
  c.groups = threads == 1 || tasks >= 3 * threads ? 1 : smaller(c.panels, (3 * threads + tasks - 1) / tasks);
  c.first = v->offset < 0 ? (-v->offset + v->step - 1) / v->step : 0;
  int64_t room = v->in_rows - v->taps - v->offset; /* the largest u step that is inside */
  c.last = room < 0 ? 0 : room / v->step + 1;
  c.first = smaller(c.first, v->out_rows);
  c.last = larger(c.first, smaller(c.last, v->out_rows));
  return c;
}

/* What one task does: some neighbouring columns of the output, from the first of a panel on. */
typedef struct columns {
  const eg_panel_kernels *kernels;
  const float *weights; /* of the first panel, from the first tap that is used on */
  int64_t first, count;
} columns;

/* m rows of the output from `at` on, `pitch` apart, from the first k rows of the panels. */
static void run_rows(const eg_conv1d_view *v, const eg_conv1d_job *job, const columns *p, int64_t m, int64_t k,
                     const float *a, int64_t lda, int64_t at, int64_t pitch) {
  at += p->first;
  eg_panel_ends ends = {.start = job->start ? job->start + at : NULL,
                        .pitch = pitch,
                        .bias = job->bias ? job->bias + p->first : NULL,
                        .relu = job->relu};
  p->kernels->rows(m, p->count, k, a, lda, p->weights, v->taps * v->in_channels * p->kernels->columns, job->out + at,
                   pitch, &ends);
}

/* An output row at an end, for all samples of a block at once: only the taps inside. The last panel, where it is not
   as wide as the others, by itself, since its rows lie closer together. */
static void run_end(const eg_conv1d_view *v, const eg_conv1d_job *job, const columns *p, int64_t s, int64_t samples,
                    int64_t u) {
  int64_t row = u * v->step + v->offset, skipped = row < 0 ? smaller(-row, v->taps) : 0;
  int64_t taps = larger(0, smaller(v->taps, v->in_rows - row) - skipped), sample = v->in_rows * v->in_channels;
  const float *a = taps > 0 ? job->in + s * sample + (row + skipped) * v->in_channels : job->in;
  int64_t whole = p->count / p->kernels->columns * p->kernels->columns;
  for (int64_t done = 0; done < p->count; done = done < whole ? whole : p->count) {
    columns part = {p->kernels, p->weights + done * v->taps * v->in_channels, p->first + done,
                    done < whole ? whole : p->count - whole};
    int64_t width = eg_panel_width(p->kernels, v->out_channels, part.first);
    part.weights += skipped * v->in_channels * width;
    run_rows(v, job, &part, samples, taps * v->in_channels, a, sample, s * v->out_sample + u * v->out_pitch,
             v->out_sample);
  }
}

static void run_task(const eg_conv1d_view *v, const eg_conv1d_job *job, const cut *c, const columns *p, int64_t block,
                     int64_t range) {
  int64_t s = block * c->samples, samples = smaller(c->samples, v->n - s), k = v->taps * v->in_channels;
  int64_t from = range * ROWS_IN_TASK, to = smaller(from + ROWS_IN_TASK, v->out_rows);
  int64_t first = smaller(larger(from, c->first), to), last = larger(first, smaller(to, c->last));
  for (int64_t u = from; u < first; u++)
    run_end(v, job, p, s, samples, u);
  for (int64_t done = 0; done < p->count && first < last; done += p->kernels->columns) { /* panel by panel */
    columns panel = {p->kernels, p->weights + done * k, p->first + done, smaller(p->kernels->columns, p->count - done)};
    for (int64_t i = s; i < s + samples; i++)
      run_rows(v, job, &panel, last - first, k,
               job->in + (i * v->in_rows + first * v->step + v->offset) * v->in_channels, v->step * v->in_channels,
               i * v->out_sample + first * v->out_pitch, v->out_pitch);
  }
  for (int64_t u = last; u < to; u++)
    run_end(v, job, p, s, samples, u);
}

void eg_conv1d_view_run(const eg_conv1d_view *v, const eg_conv1d_job *job) {
  const eg_panel_kernels *kernels = eg_panel_now();
  cut c = cut_of(v, kernels);
  EG_PARALLEL_FOR_DYNAMIC
  for (int64_t task = 0; task < c.blocks * c.ranges * c.groups; task++) {
    int64_t group = task % c.groups, place = task / c.groups;
    int64_t first = c.panels * group / c.groups * kernels->columns;
    int64_t last = smaller(v->out_channels, c.panels * (group + 1) / c.groups * kernels->columns);
    columns p = {kernels, job->packed + first * v->taps * v->in_channels, first, last - first};
    run_task(v, job, &c, &p, place / c.ranges, place % c.ranges);
  }
}

#endif
