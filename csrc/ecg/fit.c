#include "ecgraft/fit.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* mV from the lowest to the highest sample: beyond what a 16-bit converter at 100 units a mV can give, and far beyond
   any heart. Such a signal is in other units than was said. */
static const double WIDEST_RANGE = 1000;

eg_status eg_fit_check(const eg_fit_options *o, const char *where) {
  if (o->n_leads < 1 || o->length < 1 || !(o->rate > 0) || !isfinite(o->rate) || !(o->longest_gap >= 0))
    return eg_fail(EG_USAGE, "%s: expected leads, a length, a rate and a longest gap, got %d, %" PRId64 ", %g and %g",
                   where, o->n_leads, o->length, o->rate, o->longest_gap);
  return EG_OK;
}

static eg_status ratio(int64_t *up, int64_t *down, const char *name, double from, const eg_fit_options *o) {
  eg_status status = eg_resample_ratio(up, down, from, o->rate);
  if (status == EG_USAGE)
    return eg_fail(EG_WORLD, "%s: cannot be brought from %g to %g samples a second", name, from, o->rate);
  if (status == EG_OK && o->method == EG_RATE_DECIMATE && *up != 1)
    return eg_fail(EG_WORLD,
                   "%s: cannot be decimated from %g to %g samples a second: the first is not a multiple of the second",
                   name, from, o->rate);
  return status;
}

/* Bounds of what a lead reaches; and whether it has one value throughout. */
static eg_status check_range(const char *name, const eg_fit_options *o, const eg_real *x, int64_t n, int *flat) {
  for (int lead = 0; lead < o->n_leads; lead++) {
    eg_real least = (eg_real)INFINITY, most = (eg_real)-INFINITY;
    for (int64_t i = 0; i < n; i++) {
      eg_real v = x[i * o->n_leads + lead];
      least = v < least ? v : least;
      most = v > most ? v : most;
    }
    if ((double)most - (double)least > WIDEST_RANGE)
      return eg_fail(EG_WORLD, "%s: lead %s spans %g mV: its gain or its units cannot be right", name, o->leads[lead],
                     (double)most - (double)least);
    *flat += most == least;
  }
  return EG_OK;
}

static eg_status fill_gaps(eg_fit_report *report, const char *name, const eg_fit_options *o, eg_real *x, int64_t used,
                           double rate) {
  double longest = o->longest_gap * rate;
  eg_gap_report gaps;
  eg_repair_gaps(x, used, o->n_leads, longest < (double)used ? (int64_t)longest : used, &gaps);
  if (gaps.left > 0 && gaps.longest == used)
    return eg_fail(EG_WORLD, "%s: lead %s has no valid sample", name, o->leads[gaps.lead]);
  if (gaps.left > 0)
    return eg_fail(EG_WORLD, "%s: lead %s misses %.3g s on end, more than the %.3g s that are filled", name,
                   o->leads[gaps.lead], (double)gaps.longest / rate, o->longest_gap);
  report->gaps = gaps.gaps;
  report->repaired = gaps.repaired;
  return EG_OK;
}

eg_status eg_fit(eg_real *row, eg_fit_report *report, eg_real *x, int64_t length, double rate, const eg_real *rails,
                 const char *name, const eg_fit_options *o) {
  *report = (eg_fit_report){0};
  int64_t up, down;
  EG_TRY(ratio(&up, &down, name, rate, o));
  if (length > INT64_MAX / up)
    return eg_fail(EG_WORLD, "%s: %" PRId64 " samples are too many", name, length);
  report->shorter = !o->pad && length * up / down < o->length;
  if (report->shorter)
    return eg_fail(EG_WORLD, "%s: expected at least %g s, got %g s (%" PRId64 " samples)", name,
                   (double)o->length / o->rate, (double)length / rate, length);
  int64_t rows = eg_resample_length(length, up, down);
  rows = rows < o->length ? rows : o->length;
  /* Only what the row depends on counts as its gaps and faults. */
  int64_t reach = o->method == EG_RATE_DECIMATE || up == down ? 0 : 10 * (up > down ? up : down) / up + 1;
  int64_t used = (rows - 1) * down / up + reach + 1;
  used = used < length ? used : length;
  if (o->repair_saturated)
    EG_TRY(eg_repair_saturated(x, used, o->n_leads, rate, o->longest_gap, rails, &report->saturation));
  EG_TRY(fill_gaps(report, name, o, x, used, rate));
  if (o->method == EG_RATE_DECIMATE) {
    eg_decimate(row, x, (rows - 1) * down + 1, o->n_leads, down);
  } else {
    eg_resampler *resampler;
    EG_TRY(eg_resampler_new(&resampler, up, down));
    eg_resample(resampler, row, rows, x, used, o->n_leads, o->edges);
    eg_resampler_free(resampler);
  }
  report->padded = o->length - rows;
  memset(row + rows * o->n_leads, 0, (size_t)(report->padded * o->n_leads) * sizeof *row);
  return check_range(name, o, row, rows, &report->flat);
}

static bool is_zero(const eg_real *x, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    if (x[i] != 0)
      return false;
  return true;
}

void eg_trim_zeros(int64_t *first, int64_t *count, const eg_real *x, int64_t length, int64_t leads) {
  int64_t begin = 0, end = length;
  while (begin < end && is_zero(x + begin * leads, leads))
    begin++;
  while (end > begin && is_zero(x + (end - 1) * leads, leads))
    end--;
  *first = begin;
  *count = end - begin;
}
