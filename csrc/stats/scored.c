/* Preparing scores and labels: checked, transposed to one row a class, sorted. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "ecgraft/memory.h"
#include "ecgraft/metrics.h"
#include "ecgraft/parallel.h"
#include "stats/sort.h"

enum { PARALLEL_ENTRIES = 20000 }; /* below, waking threads costs more than it saves */

static void *array(int64_t count, size_t size) {
  size_t bytes;
  if (!eg_size_mul(&bytes, (size_t)count, size)) {
    eg_fail(EG_NOMEM, "%" PRId64 " entries of %zu bytes cannot be addressed", count, size);
    return NULL;
  }
  return eg_alloc(bytes);
}

static eg_status bad_entry(const char *what, double value, const char *expected, int64_t record, int64_t k,
                           const char *const *names) {
  char named[96] = "";
  if (names)
    snprintf(named, sizeof named, " (%.80s)", names[k]);
  char came[32] = "NaN"; /* printf may write -nan */
  if (!isnan(value))
    snprintf(came, sizeof came, "%g", value);
  return eg_fail(EG_USAGE, "%s of record %" PRId64 ", class %" PRId64 "%s must be %s, got %s", what, record + 1, k + 1,
                 named, expected, came);
}

static eg_status check(const eg_real *scores, const eg_real *labels, int64_t records, int64_t classes,
                       const char *const *names, int64_t *improbable) {
  if (records < 1 || classes < 1)
    return eg_fail(EG_USAGE, "expected at least one record and one class, got %" PRId64 " and %" PRId64, records,
                   classes);
  if (classes > INT32_MAX || records > INT32_MAX / classes)
    return eg_fail(EG_USAGE, "expected at most %d scores, got %" PRId64 " x %" PRId64, INT32_MAX, records, classes);
  *improbable = -1;
  for (int64_t i = 0; i < records; i++) {
    for (int64_t k = 0; k < classes; k++) {
      double score = (double)scores[i * classes + k], label = (double)labels[i * classes + k];
      if (!isfinite(score))
        return bad_entry("the score", score, "a finite number", i, k, names);
      if (label != 0 && label != 1)
        return bad_entry("the label", label, "0 or 1", i, k, names);
      if ((score < 0 || score > 1) && *improbable < 0)
        *improbable = i * classes + k;
    }
  }
  return EG_OK;
}

/* Sorts class k and marks the ends of groups of equal scores. entries, scratch (records). */
static void rank(eg_scored *s, int64_t k, eg_keyed *entries, eg_keyed *scratch) {
  int64_t n = s->records;
  const double *scores = s->scores + k * n;
  const uint8_t *labels = s->labels + k * n;
  eg_ranked *ranking = s->ranking + k * n;
  for (int64_t i = 0; i < n; i++)
    entries[i] = (eg_keyed){scores[i], (int32_t)i};
  eg_sort_falling(entries, scratch, n);
  for (int64_t i = 0; i < n; i++)
    ranking[i] = (eg_ranked){.record = entries[i].index,
                             .positive = labels[entries[i].index],
                             .last = i + 1 == n || entries[i + 1].key != entries[i].key};
}

static eg_status fill(eg_scored *s, const eg_real *scores, const eg_real *labels) {
  int64_t n = s->records, classes = s->classes;
  int64_t threads = eg_num_threads();
  eg_keyed *scratch = array(2 * n * threads, sizeof *scratch);
  if (!scratch)
    return EG_NOMEM;
  for (int64_t i = 0; i < n; i++) {
    s->ones[i] = 1;
    s->record_positives[i] = 0;
    for (int64_t k = 0; k < classes; k++)
      s->record_positives[i] += labels[i * classes + k] == 1;
  }
  EG_PARALLEL_FOR_IF(n * classes > PARALLEL_ENTRIES)
  for (int64_t k = 0; k < classes; k++) {
    int64_t support = 0;
    for (int64_t i = 0; i < n; i++) {
      s->scores[k * n + i] = (double)scores[i * classes + k];
      s->labels[k * n + i] = labels[i * classes + k] == 1;
      support += s->labels[k * n + i];
    }
    s->support[k] = support;
    eg_keyed *own = scratch + 2 * n * eg_thread_index();
    rank(s, k, own, own + n);
  }
  eg_free(scratch);
  return EG_OK;
}

eg_status eg_scored_new(eg_scored **out, const eg_real *scores, const eg_real *labels, int64_t records, int64_t classes,
                        const char *const *names) {
  *out = NULL;
  int64_t improbable = -1;
  EG_TRY(check(scores, labels, records, classes, names, &improbable));
  eg_scored *s = eg_alloc_zero(1, sizeof *s);
  if (!s)
    return EG_NOMEM;
  int64_t entries = records * classes;
  s->records = records;
  s->classes = classes;
  s->improbable = improbable;
  s->scores = array(entries, sizeof *s->scores);
  s->labels = array(entries, sizeof *s->labels);
  s->ranking = array(entries, sizeof *s->ranking);
  s->support = array(classes, sizeof *s->support);
  s->record_positives = array(records, sizeof *s->record_positives);
  s->ones = array(records, sizeof *s->ones);
  bool whole = s->scores && s->labels && s->ranking && s->support && s->record_positives && s->ones;
  eg_status status = whole ? fill(s, scores, labels) : EG_NOMEM;
  if (status != EG_OK) {
    eg_scored_free(s);
    return status;
  }
  *out = s;
  return EG_OK;
}

void eg_scored_free(eg_scored *s) {
  if (!s)
    return;
  eg_free(s->scores);
  eg_free(s->labels);
  eg_free(s->ranking);
  eg_free(s->joint_ranking);
  eg_free(s->support);
  eg_free(s->record_positives);
  eg_free(s->ones);
  eg_free(s);
}

bool eg_scored_has_both(const eg_scored *s, int64_t k) {
  return s->support[k] > 0 && s->support[k] < s->records;
}

eg_status eg_scored_rank_jointly(eg_scored *s) {
  if (s->joint_ranking)
    return EG_OK;
  int64_t total = s->records * s->classes;
  eg_keyed *entries = array(2 * total, sizeof *entries);
  eg_ranked *joint = array(total, sizeof *joint);
  if (!entries || !joint) {
    eg_free(entries);
    eg_free(joint);
    return EG_NOMEM;
  }
  for (int64_t i = 0; i < total; i++)
    entries[i] = (eg_keyed){s->scores[i], (int32_t)i};
  eg_sort_falling(entries, entries + total, total);
  for (int64_t i = 0; i < total; i++)
    joint[i] = (eg_ranked){.record = (int32_t)(entries[i].index % s->records),
                           .positive = s->labels[entries[i].index],
                           .last = i + 1 == total || entries[i + 1].key != entries[i].key};
  eg_free(entries);
  s->joint_ranking = joint;
  return EG_OK;
}
