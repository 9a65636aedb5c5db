/* Learning curves, and what pretraining is worth in records from scratch. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "ecgraft/memory.h"
#include "ecgraft/parallel.h"
#include "ecgraft/random.h"
#include "ecgraft/stats.h"
#include "stats/power_fit.h"

eg_status eg_power_curve_fit(eg_power_curve *out, const double *sizes, const double *scores, int64_t count,
                             const eg_power_curve_options *options) {
  eg_power_fit fit;
  EG_TRY(eg_power_fit_make(&fit, sizes, count, options));
  eg_status status = EG_OK;
  for (int64_t i = 0; i < count && status == EG_OK; i++)
    if (!isfinite(scores[i]))
      status = eg_fail(EG_USAGE, "the score of point %" PRId64 " must be a finite number, got %g", i + 1, scores[i]);
  double *scratch = status == EG_OK ? eg_alloc_zero((size_t)eg_power_fit_scratch(&fit), sizeof *scratch) : NULL;
  if (scratch)
    eg_power_fit_run(out, &fit, scores, scratch);
  else if (status == EG_OK)
    status = EG_NOMEM;
  eg_free(scratch);
  eg_power_fit_free(&fit);
  return status;
}

double eg_power_curve_at(const eg_power_curve *curve, double n) {
  return curve->a - curve->b * pow(n, -curve->c);
}

double eg_power_curve_inverse(const eg_power_curve *curve, double score) {
  if (score >= curve->a)
    return INFINITY;
  return curve->b > 0 ? pow(curve->b / (curve->a - score), 1 / curve->c) : 0;
}

static eg_status check_cells(const eg_curve_cell *cells, int64_t count, const char *arm) {
  if (count < 1)
    return eg_fail(EG_USAGE, "expected at least one size of the %s arm", arm);
  for (int64_t i = 0; i < count; i++) {
    if (!(cells[i].size > 0 && isfinite(cells[i].size)))
      return eg_fail(EG_USAGE, "size %" PRId64 " of the %s arm must be above 0, got %g", i + 1, arm, cells[i].size);
    if (cells[i].seeds < 1)
      return eg_fail(EG_USAGE, "size %g of the %s arm has no scores", cells[i].size, arm);
    for (int64_t s = 0; s < cells[i].seeds; s++)
      if (!isfinite(cells[i].scores[s]))
        return eg_fail(EG_USAGE, "score %" PRId64 " at size %g of the %s arm must be a finite number, got %g", s + 1,
                       cells[i].size, arm, cells[i].scores[s]);
  }
  return EG_OK;
}

/* The seeds that a cell draws in a resample are addressed by the cell's size and number of seeds, so that cells of both
   arms that agree in them draw the same. */
static eg_rng stream_of(const eg_curve_cell *cell, uint64_t seed, int64_t resample) {
  uint64_t bits;
  memcpy(&bits, &cell->size, sizeof bits);
  eg_rng parent = eg_rng_seed(seed);
  return eg_rng_at(&parent, (uint64_t)resample, bits, (uint64_t)cell->seeds);
}

static double mean_of(const eg_curve_cell *cell) {
  double sum = 0;
  for (int64_t s = 0; s < cell->seeds; s++)
    sum += cell->scores[s];
  return sum / (double)cell->seeds;
}

/* How far a resample stretches the deviations of n > 1 seeds from their mean, df > 0 degrees of freedom in all. The
   variance of resampled values is (n - 1) / n of what it should be; and it is an estimate, whose own spread is drawn as
   well, so that means spread as Student's t and intervals from few seeds are not too narrow. */
static double stretch_of(int64_t n, int64_t df, eg_rng *rng) {
  double squares = 0;
  for (int64_t i = 0; i < df; i++) {
    double z = eg_rng_normal(rng);
    squares += z * z;
  }
  return sqrt((double)n / (double)(n - 1) * (double)df / squares);
}

/* Draws the cell's seeds into drawn (seeds), of a spread that df degrees of freedom tell. */
static void draw_cell(double *drawn, const eg_curve_cell *cell, int64_t df, eg_rng *scale, uint64_t seed, int64_t r) {
  eg_rng rng = stream_of(cell, seed, r);
  double mean = mean_of(cell), stretch = cell->seeds > 1 ? stretch_of(cell->seeds, df, scale) : 1;
  for (int64_t s = 0; s < cell->seeds; s++)
    drawn[s] = mean + stretch * (cell->scores[eg_rng_below(&rng, (uint64_t)cell->seeds)] - mean);
}

/* Effective sizes of resample r into column r of sizes (pretrained_count, resamples). */
static void one_resample(double *sizes, const eg_power_fit *fit, const eg_curve_cell *scratch, int64_t scratch_count,
                         const eg_curve_cell *pretrained, int64_t pretrained_count, int64_t resamples, int64_t r,
                         uint64_t seed, double *memory) {
  double *scores = memory;
  int64_t place = 0, df = 0;
  for (int64_t i = 0; i < scratch_count; i++)
    df += scratch[i].seeds - 1;
  const eg_rng parent = eg_rng_seed(seed), of_scratch = eg_rng_at(&parent, (uint64_t)r, 0, 1);
  for (int64_t i = 0; i < scratch_count; i++) {
    eg_rng scale = of_scratch; /* one spread for all of its sizes */
    draw_cell(scores + place, &scratch[i], df, &scale, seed, r);
    place += scratch[i].seeds;
  }
  eg_power_curve curve;
  eg_power_fit_run(&curve, fit, scores, memory + fit->points);
  for (int64_t i = 0; i < pretrained_count; i++) {
    eg_rng scale = eg_rng_at(&parent, (uint64_t)r, (uint64_t)i + 1, 1);
    draw_cell(memory, &pretrained[i], pretrained[i].seeds - 1, &scale, seed, r);
    eg_curve_cell drawn = {pretrained[i].size, memory, pretrained[i].seeds};
    sizes[i * resamples + r] = eg_power_curve_inverse(&curve, mean_of(&drawn));
  }
}

/* Point estimates, then resamples, then intervals. points (of all scratch cells) sizes; memory: threads x stride
   doubles; sizes (pretrained_count x resamples). */
static eg_status measure(eg_effective_size *out, eg_power_curve *curve, const eg_power_fit *fit,
                         const eg_curve_cell *scratch, int64_t scratch_count, const eg_curve_cell *pretrained,
                         int64_t pretrained_count, double confidence, int64_t resamples, uint64_t seed, double *memory,
                         int64_t stride, double *sizes) {
  int64_t place = 0;
  double smallest = INFINITY, largest = 0;
  for (int64_t i = 0; i < scratch_count; i++) {
    smallest = fmin(smallest, scratch[i].size);
    largest = fmax(largest, scratch[i].size);
    for (int64_t s = 0; s < scratch[i].seeds; s++)
      memory[place++] = scratch[i].scores[s];
  }
  eg_power_fit_run(curve, fit, memory, memory + fit->points);
#pragma omp parallel for schedule(dynamic, 4) num_threads(eg_num_threads()) if (resamples > 16)
  for (int64_t r = 0; r < resamples; r++)
    one_resample(sizes, fit, scratch, scratch_count, pretrained, pretrained_count, resamples, r, seed,
                 memory + eg_thread_index() * stride);
  for (int64_t i = 0; i < pretrained_count; i++) {
    double size = pretrained[i].size, score = mean_of(&pretrained[i]), low, high;
    double records = eg_power_curve_inverse(curve, score);
    EG_TRY(eg_percentile_interval(&low, &high, sizes + i * resamples, resamples, confidence));
    out[i] = (eg_effective_size){.size = size,
                                 .score = score,
                                 .records = {records, low, high},
                                 .ratio = {records / size, low / size, high / size},
                                 .extrapolated = records < smallest || records > largest};
  }
  return EG_OK;
}

eg_status eg_effective_sizes(eg_effective_size *out, eg_power_curve *curve, const eg_curve_cell *scratch,
                             int64_t scratch_count, const eg_curve_cell *pretrained, int64_t pretrained_count,
                             double confidence, int64_t resamples, uint64_t seed,
                             const eg_power_curve_options *options) {
  EG_TRY(check_cells(scratch, scratch_count, "scratch"));
  EG_TRY(check_cells(pretrained, pretrained_count, "pretrained"));
  if (resamples < 1)
    return eg_fail(EG_USAGE, "resamples must be at least 1, got %" PRId64, resamples);
  int64_t points = 0, place = 0;
  for (int64_t i = 0; i < scratch_count; i++)
    points += scratch[i].seeds;
  double *point_sizes = eg_alloc_zero((size_t)points, sizeof *point_sizes);
  if (!point_sizes)
    return EG_NOMEM;
  for (int64_t i = 0; i < scratch_count; i++)
    for (int64_t s = 0; s < scratch[i].seeds; s++)
      point_sizes[place++] = scratch[i].size;
  eg_power_fit fit;
  eg_status status = eg_power_fit_make(&fit, point_sizes, points, options);
  eg_free(point_sizes);
  EG_TRY(status);
  int64_t stride = points + eg_power_fit_scratch(&fit);
  for (int64_t i = 0; i < pretrained_count; i++)
    stride = pretrained[i].seeds > stride ? pretrained[i].seeds : stride;
  double *memory = eg_alloc_zero((size_t)stride, sizeof *memory * (size_t)eg_num_threads());
  double *sizes = eg_alloc_zero((size_t)resamples, sizeof *sizes * (size_t)pretrained_count);
  status = memory && sizes ? measure(out, curve, &fit, scratch, scratch_count, pretrained, pretrained_count, confidence,
                                     resamples, seed, memory, stride, sizes)
                           : EG_NOMEM;
  eg_free(memory);
  eg_free(sizes);
  eg_power_fit_free(&fit);
  return status;
}

eg_status eg_break_even_size(eg_break_even *out, const double *sizes, const double *lows, int64_t count) {
  if (count < 1)
    return eg_fail(EG_USAGE, "expected at least one size");
  *out = (eg_break_even){false, NAN, NAN};
  for (int64_t i = 0; i < count; i++) {
    if (!(sizes[i] > 0) || (i > 0 && sizes[i] <= sizes[i - 1]))
      return eg_fail(EG_USAGE, "sizes must be above 0 and rise, got %g as number %" PRId64, sizes[i], i + 1);
    if (isnan(lows[i]))
      return eg_fail(EG_USAGE, "the gain at size %g has no interval", sizes[i]);
  }
  int64_t kept = count; /* how many sizes up to the last with a gain: one in between may have been measured badly */
  while (kept > 0 && !(lows[kept - 1] > 0))
    kept--;
  if (kept == count)
    return EG_OK;
  *out = (eg_break_even){true, sizes[kept], sizes[kept]};
  if (kept > 0) {
    double part = lows[kept - 1] / (lows[kept - 1] - lows[kept]);
    out->estimate = exp(log(sizes[kept - 1]) + part * (log(sizes[kept]) - log(sizes[kept - 1])));
  }
  return EG_OK;
}
