/* Many records into one array: each record is read, its leads found by name, gaps filled, the rate changed and its
   first samples kept, by whichever thread comes to it. What becomes of a record depends on nothing but that record. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ecgraft/memory.h"
#include "ecgraft/parallel.h"
#include "ecgraft/wfdb.h"

/* mV from the lowest to the highest sample: beyond what a 16-bit converter at 100 units a mV can give, and far beyond
   any heart. Such a signal is in other units than its header says. */
static const double WIDEST_RANGE = 1000;

/* The names of all signals, "I, II, V1", cut at `size`. */
static void list_leads(char *text, size_t size, const eg_wfdb_header *h) {
  size_t used = 0;
  text[0] = '\0';
  for (int i = 0; i < h->n_signals && used < size; i++) {
    int n = snprintf(text + used, size - used, "%s%.20s", i ? ", " : "", h->signals[i].name);
    used += n > 0 ? (size_t)n : 0;
  }
}

static eg_status find_leads(int *channels, const eg_wfdb_header *h, const eg_wfdb_load_options *o) {
  for (int i = 0; i < o->n_leads; i++) {
    channels[i] = -1;
    for (int k = 0; k < h->n_signals; k++) {
      if (!eg_lead_same(h->signals[k].name, o->leads[i]))
        continue;
      if (channels[i] >= 0)
        return eg_fail(EG_WORLD, "%s: has lead %s twice, as signals %d and %d", h->path, o->leads[i], channels[i] + 1,
                       k + 1);
      channels[i] = k;
    }
    if (channels[i] < 0) {
      char there[256];
      list_leads(there, sizeof there, h);
      return eg_fail(EG_WORLD, "%s: has no lead %s; its signals are %s", h->path, o->leads[i], there);
    }
    const char *units = h->signals[channels[i]].units;
    if (eg_wfdb_millivolts(units) == 0)
      return eg_fail(EG_WORLD, "%s: lead %s: expected mV, uV, nV or V, got units of %.20s", h->path, o->leads[i],
                     units);
  }
  return EG_OK;
}

static eg_status ratio(int64_t *up, int64_t *down, const eg_wfdb_header *h, double from,
                       const eg_wfdb_load_options *o) {
  eg_status status = eg_resample_ratio(up, down, from, o->rate);
  if (status == EG_USAGE)
    return eg_fail(EG_WORLD, "%s: cannot be brought from %g to %g samples a second", h->path, from, o->rate);
  if (status == EG_OK && o->method == EG_RATE_DECIMATE && *up != 1)
    return eg_fail(EG_WORLD,
                   "%s: cannot be decimated from %g to %g samples a second: the first is not a multiple of the second",
                   h->path, from, o->rate);
  return status;
}

/* Bounds of what a lead reaches; and whether it has one value throughout. */
static eg_status check_range(const eg_wfdb_header *h, const eg_wfdb_load_options *o, const eg_real *x, int64_t n,
                             int *flat) {
  for (int lead = 0; lead < o->n_leads; lead++) {
    eg_real least = (eg_real)INFINITY, most = (eg_real)-INFINITY;
    for (int64_t i = 0; i < n; i++) {
      eg_real v = x[i * o->n_leads + lead];
      least = v < least ? v : least;
      most = v > most ? v : most;
    }
    if ((double)most - (double)least > WIDEST_RANGE)
      return eg_fail(EG_WORLD, "%s: lead %s spans %g mV: the gain or the units in the header cannot be right", h->path,
                     o->leads[lead], (double)most - (double)least);
    *flat += most == least;
  }
  return EG_OK;
}

static eg_status fill_gaps(eg_wfdb_loaded *loaded, const eg_wfdb_header *h, const eg_wfdb_load_options *o,
                           eg_wfdb_signals *s, int64_t used) {
  double longest = o->longest_gap * s->rate;
  eg_gap_report report;
  eg_repair_gaps(s->values, used, o->n_leads, longest < (double)used ? (int64_t)longest : used, &report);
  if (report.left == used && report.longest == used)
    return eg_fail(EG_WORLD, "%s: lead %s has no valid sample", h->path, o->leads[report.lead]);
  if (report.left > 0)
    return eg_fail(EG_WORLD, "%s: lead %s misses %.3g s on end, more than the %.3g s that are filled", h->path,
                   o->leads[report.lead], (double)report.longest / s->rate, o->longest_gap);
  loaded->gaps = report.gaps;
  loaded->repaired = report.repaired;
  return EG_OK;
}

/* The row (length, leads) from the record's samples. */
static eg_status fill_row(eg_real *row, eg_wfdb_loaded *loaded, const eg_wfdb_header *h, const eg_wfdb_load_options *o,
                          eg_wfdb_signals *s) {
  int64_t up, down;
  EG_TRY(ratio(&up, &down, h, s->rate, o));
  if (s->length > INT64_MAX / up)
    return eg_fail(EG_WORLD, "%s: %" PRId64 " samples are too many", h->path, s->length);
  loaded->shorter = !o->pad && s->length * up / down < o->length;
  if (loaded->shorter)
    return eg_fail(EG_WORLD, "%s: expected at least %g s, got %g s (%" PRId64 " samples)", h->path,
                   (double)o->length / o->rate, (double)s->length / s->rate, s->length);
  int64_t rows = eg_resample_length(s->length, up, down);
  rows = rows < o->length ? rows : o->length;
  /* Only what the row depends on counts as its gaps and faults. */
  int64_t reach = o->method == EG_RATE_DECIMATE || up == down ? 0 : 10 * (up > down ? up : down) / up + 1;
  int64_t used = (rows - 1) * down / up + reach + 1;
  used = used < s->length ? used : s->length;
  EG_TRY(fill_gaps(loaded, h, o, s, used));
  if (o->method == EG_RATE_DECIMATE) {
    eg_decimate(row, s->values, (rows - 1) * down + 1, o->n_leads, down);
  } else {
    eg_resampler *resampler;
    EG_TRY(eg_resampler_new(&resampler, up, down));
    eg_resample(resampler, row, rows, s->values, used, o->n_leads, o->edges);
    eg_resampler_free(resampler);
  }
  loaded->padded = o->length - rows;
  memset(row + rows * o->n_leads, 0, (size_t)(loaded->padded * o->n_leads) * sizeof *row);
  return check_range(h, o, row, rows, &loaded->flat);
}

static eg_status join_comments(char **out, const eg_wfdb_header *h) {
  size_t size = 1, used = 0;
  for (int i = 0; i < h->n_comments; i++)
    size += strlen(h->comments[i]) + 1;
  char *text = eg_alloc(size);
  if (!text)
    return EG_NOMEM;
  for (int i = 0; i < h->n_comments; i++) {
    size_t n = strlen(h->comments[i]);
    memcpy(text + used, h->comments[i], n);
    used += n;
    text[used++] = '\n';
  }
  text[used] = '\0';
  *out = text;
  return EG_OK;
}

static eg_status load_record(eg_real *row, eg_wfdb_loaded *loaded, const char *path, int *channels,
                             const eg_wfdb_load_options *o) {
  eg_wfdb_header *h;
  EG_TRY(eg_wfdb_header_read(&h, path));
  eg_wfdb_signals s = {0};
  eg_status status = join_comments(&loaded->comments, h);
  if (status == EG_OK)
    status = find_leads(channels, h, o);
  if (status == EG_OK)
    status = eg_wfdb_signals_read(&s, h, channels, o->n_leads, o->verify);
  if (status == EG_OK) {
    loaded->rate = s.rate;
    loaded->length = s.length;
    loaded->saturated = s.saturated;
    status = fill_row(row, loaded, h, o, &s);
  }
  eg_wfdb_signals_free(&s);
  eg_wfdb_header_free(h);
  return status;
}

static void load_one(eg_real *row, eg_wfdb_loaded *loaded, const char *path, const eg_wfdb_load_options *o) {
  int *channels = eg_alloc((size_t)o->n_leads * sizeof *channels);
  loaded->status = channels ? load_record(row, loaded, path, channels, o) : EG_NOMEM;
  eg_free(channels);
  /* The text is this thread's: it is kept here. */
  if (loaded->status != EG_OK && loaded->status != EG_NOMEM && !(loaded->message = eg_strdup(eg_failure())))
    loaded->status = EG_NOMEM;
}

eg_status eg_wfdb_load(eg_real *signals, eg_wfdb_loaded *loaded, const char *const *paths, int64_t count,
                       const eg_wfdb_load_options *options) {
  const eg_wfdb_load_options *o = options;
  if (o->n_leads < 1 || o->length < 1 || !(o->rate > 0) || !isfinite(o->rate) || !(o->longest_gap >= 0))
    return eg_fail(EG_USAGE,
                   "wfdb load: expected leads, a length, a rate and a longest gap, got %d, %" PRId64 ", %g and %g",
                   o->n_leads, o->length, o->rate, o->longest_gap);
  EG_PARALLEL_FOR_DYNAMIC
  for (int64_t i = 0; i < count; i++)
    load_one(signals + i * o->length * o->n_leads, &loaded[i], paths[i], o);
  for (int64_t i = 0; i < count; i++) {
    if (loaded[i].status == EG_NOMEM)
      return eg_fail(EG_NOMEM, "wfdb load: not enough memory for %s", paths[i]);
    if (loaded[i].status != EG_OK && loaded[i].status != EG_WORLD)
      return eg_fail(loaded[i].status, "%s", loaded[i].message);
  }
  return EG_OK;
}

void eg_wfdb_loaded_free(eg_wfdb_loaded *loaded, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    eg_free(loaded[i].message);
    eg_free(loaded[i].comments);
    loaded[i].message = loaded[i].comments = NULL;
  }
}
