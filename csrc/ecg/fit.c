#include "ecgraft/fit.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* mV from the lowest to the highest sample: beyond what a 16-bit converter at 100 units a mV can give, and far beyond
   any heart. Such a signal is in other units than was said. */
static const double WIDEST_RANGE = 1000;

enum { RUN = 256 };

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

/* Bounds of what leads `lead` .. `lead` + count - 1 reach, count <= RUN. Of few leads some rows are taken at once, as
   one long row each of whose entries has its own bounds: that goes through vectors whatever the number of leads. */
static void bounds(eg_real *least, eg_real *most, const eg_real *x, int64_t n, int64_t leads, int64_t lead, int count) {
  const int64_t rows = count == leads ? RUN / count : 1;
  for (int64_t k = 0; k < rows * count; k++) {
    least[k] = (eg_real)INFINITY;
    most[k] = (eg_real)-INFINITY;
  }
  for (int64_t i = 0; i < n; i += rows) {
    const eg_real *v = x + i * leads + lead;
    const int64_t entries = (n - i < rows ? n - i : rows) * count;
    for (int64_t k = 0; k < entries; k++) {
      least[k] = v[k] < least[k] ? v[k] : least[k];
      most[k] = v[k] > most[k] ? v[k] : most[k];
    }
  }
  for (int64_t k = count; k < rows * count; k++) {
    least[k % count] = least[k] < least[k % count] ? least[k] : least[k % count];
    most[k % count] = most[k] > most[k % count] ? most[k] : most[k % count];
  }
}

/* No lead reaches too far; counts those with one value throughout. */
static eg_status check_range(const char *name, const eg_fit_options *o, const eg_real *x, int64_t n, int *flat) {
  eg_real least[RUN], most[RUN];
  for (int lead = 0; lead < o->n_leads; lead += RUN) {
    int count = o->n_leads - lead < RUN ? o->n_leads - lead : RUN;
    bounds(least, most, x, n, o->n_leads, lead, count);
    for (int c = 0; c < count; c++) {
      double range = (double)most[c] - (double)least[c];
      if (range > WIDEST_RANGE)
        return eg_fail(EG_WORLD, "%s: lead %s spans %g mV: its gain or its units cannot be right", name,
                       o->leads[lead + c], range);
      *flat += most[c] == least[c];
    }
  }
  return EG_OK;
}

/* Fills gaps in the first `used` samples. */
static eg_status fill_gaps(eg_fit_report *report, const eg_fit_source *s, const eg_fit_options *o, int64_t used) {
  double longest = o->longest_gap * s->rate;
  eg_gap_report gaps;
  eg_repair_gaps(s->x, used, o->n_leads, longest < (double)used ? (int64_t)longest : used, &gaps);
  if (gaps.left > 0 && gaps.longest == used)
    return eg_fail(EG_WORLD, "%s: lead %s has no valid sample", s->name, o->leads[gaps.lead]);
  if (gaps.left > 0)
    return eg_fail(EG_WORLD, "%s: lead %s misses %.3g s on end, more than the %.3g s that are filled", s->name,
                   o->leads[gaps.lead], (double)gaps.longest / s->rate, o->longest_gap);
  report->gaps = gaps.gaps;
  report->repaired = gaps.repaired;
  return EG_OK;
}

eg_status eg_fit(eg_real *row, eg_fit_report *report, const eg_fit_source *s, const eg_fit_options *o,
                 eg_resampler **kept) {
  *report = (eg_fit_report){0};
  int64_t up, down;
  EG_TRY(ratio(&up, &down, s->name, s->rate, o));
  if (s->length > INT64_MAX / up)
    return eg_fail(EG_WORLD, "%s: %" PRId64 " samples are too many", s->name, s->length);
  report->shorter = !o->pad && s->length * up / down < o->length;
  if (report->shorter)
    return eg_fail(EG_WORLD, "%s: expected at least %g s, got %g s (%" PRId64 " samples)", s->name,
                   (double)o->length / o->rate, (double)s->length / s->rate, s->length);
  int64_t rows = eg_resample_length(s->length, up, down);
  rows = rows < o->length ? rows : o->length;
  /* Only what the row depends on counts as its gaps and faults. */
  int64_t reach = o->method == EG_RATE_DECIMATE || up == down ? 0 : 10 * (up > down ? up : down) / up + 1;
  int64_t used = (rows - 1) * down / up + reach + 1;
  used = used < s->length ? used : s->length;
  if (o->repair_saturated)
    EG_TRY(eg_repair_saturated(s->x, used, o->n_leads, s->rate, o->longest_gap, s->rails, &report->saturation));
  if (!s->complete)
    EG_TRY(fill_gaps(report, s, o, used));
  if (o->method == EG_RATE_DECIMATE) {
    eg_decimate(row, s->x, (rows - 1) * down + 1, o->n_leads, down);
  } else {
    if (!eg_resampler_is(*kept, up, down)) {
      eg_resampler_free(*kept);
      EG_TRY(eg_resampler_new(kept, up, down));
    }
    eg_resample(*kept, row, rows, s->x, used, o->n_leads, o->edges);
  }
  report->padded = o->length - rows;
  memset(row + rows * o->n_leads, 0, (size_t)(report->padded * o->n_leads) * sizeof *row);
  return check_range(s->name, o, row, rows, &report->flat);
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
