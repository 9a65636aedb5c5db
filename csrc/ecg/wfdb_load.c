/* Many records into one array: each record is read, its leads found by name, and fitted to its row, by whichever thread
   comes to it. What becomes of a record depends on nothing but that record. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ecg/wfdb_file.h"
#include "ecgraft/memory.h"
#include "ecgraft/parallel.h"
#include "ecgraft/wfdb.h"

/* Disks answer many questions at once much sooner than one after the other. Where a header took longer than memory
   does, the files of the record AHEAD places further on are asked for, for the next ASKED records; where all is in
   memory already, asking would cost a tenth of the time. */
enum { AHEAD = 32, ASKED = 256 };
static const double SLOW = 1e-4; /* seconds */

/* What a thread keeps between records. */
typedef struct keeper {
  eg_resampler *resampler;
  int ask; /* for so many records yet */
} keeper;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Asks for the header of a record, and for its signals where they have the usual name. */
static void ask_for(const char *path) {
  char name[4096];
  size_t n = strlen(path), ending = strlen(".hea");
  if (n > ending && n < sizeof name && strcmp(path + n - ending, ".hea") == 0 && eg_file_ask(path)) {
    memcpy(name, path, n + 1);
    memcpy(name + n - ending, ".dat", ending);
    if (!eg_file_ask(name)) {
      memcpy(name + n - ending, ".mat", ending);
      eg_file_ask(name);
    }
  }
}

static void ask_ahead(keeper *k, const char *const *paths, int64_t i, int64_t count) {
  if (k->ask > 0 && i + AHEAD < count)
    ask_for(paths[i + AHEAD]);
  k->ask -= k->ask > 0;
}

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

static eg_fit_options fit_options(const eg_wfdb_load_options *o) {
  return (eg_fit_options){.leads = o->leads,
                          .n_leads = o->n_leads,
                          .rate = o->rate,
                          .length = o->length,
                          .method = o->method,
                          .edges = o->edges,
                          .pad = o->pad,
                          .longest_gap = o->longest_gap,
                          .repair_saturated = o->repair_saturated};
}

/* channels (n_leads) and rails (n_leads, 2) are scratch. */
static eg_status load_record(eg_real *row, eg_wfdb_loaded *loaded, const char *path, int *channels, eg_real *rails,
                             const eg_wfdb_load_options *o, keeper *k) {
  eg_wfdb_header *h;
  double begin = now();
  EG_TRY(eg_wfdb_header_read(&h, path));
  if (now() - begin > SLOW)
    k->ask = ASKED;
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
    eg_fit_options fit = fit_options(o);
    eg_fit_report report;
    for (int i = 0; i < o->n_leads; i++)
      eg_wfdb_rails(rails + 2 * i, &h->signals[channels[i]]);
    /* Values are finite but for those that are marked invalid: the reader sees to it. */
    const eg_fit_source source = {h->path, s.values, s.length, s.rate, rails, .complete = s.invalid == 0};
    status = eg_fit(row, &report, &source, &fit, &k->resampler);
    loaded->gaps = report.gaps;
    loaded->repaired = report.repaired;
    loaded->saturation = report.saturation;
    loaded->flat = report.flat;
    loaded->shorter = report.shorter;
    loaded->padded = report.padded;
  }
  eg_wfdb_signals_free(&s);
  eg_wfdb_header_free(h);
  return status;
}

static void load_one(eg_real *row, eg_wfdb_loaded *loaded, const char *path, const eg_wfdb_load_options *o, keeper *k) {
  int *channels = eg_alloc_zero((size_t)o->n_leads, sizeof *channels);
  eg_real *rails = eg_alloc_zero((size_t)o->n_leads, 2 * sizeof *rails);
  loaded->status = channels && rails ? load_record(row, loaded, path, channels, rails, o, k) : EG_NOMEM;
  eg_free(rails);
  eg_free(channels);
  /* The text is this thread's: it is kept here. */
  if (loaded->status != EG_OK && loaded->status != EG_NOMEM && !(loaded->message = eg_strdup(eg_failure())))
    loaded->status = EG_NOMEM;
}

eg_status eg_wfdb_load(eg_real *signals, eg_wfdb_loaded *loaded, const char *const *paths, int64_t count,
                       const eg_wfdb_load_options *options) {
  const eg_wfdb_load_options *o = options;
  eg_fit_options fit = fit_options(o);
  EG_TRY(eg_fit_check(&fit, "wfdb load"));
  const int threads = eg_num_threads();
  keeper *keepers = eg_alloc_zero((size_t)threads, sizeof *keepers);
  if (!keepers)
    return EG_NOMEM;
  EG_PARALLEL_FOR_DYNAMIC
  for (int64_t i = 0; i < count; i++) {
    keeper *k = &keepers[eg_thread_index()];
    ask_ahead(k, paths, i, count);
    load_one(signals + i * o->length * o->n_leads, &loaded[i], paths[i], o, k);
  }
  for (int i = 0; i < threads; i++)
    eg_resampler_free(keepers[i].resampler);
  eg_free(keepers);
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
