/* Bootstrap over test records. The records are sorted once; a resample is a count for each record. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "ecgraft/memory.h"
#include "ecgraft/metrics.h"
#include "ecgraft/parallel.h"
#include "ecgraft/random.h"
#include "stats/statistic.h"

enum {
  ATTEMPTS = 10000,       /* draws of one resample before it is given up */
  PARALLEL_WORK = 1 << 18 /* drawn records below which waking threads costs more than it saves */
};

/* What is drawn: strata of units, each unit a list of records. Plain resampling is one stratum whose units are the
   records; with groups the units are the groups; stratified, the strata are the records of equal label rows. */
typedef struct plan {
  int64_t records, units, strata;
  int32_t *first;  /* (strata + 1) where a stratum's units begin in `unit` */
  int32_t *unit;   /* (units) units by stratum */
  int32_t *start;  /* (units + 1) where a unit's records begin in `member` */
  int32_t *member; /* (records) records by unit */
  /* For each class with both sides, the records of either side: as soon as one of a side is drawn, that side is there.
   */
  int64_t sides;
  int32_t *side_start;  /* (sides + 1) */
  int32_t *side_member; /* (records of all sides) */
} plan;

static void plan_free(plan *p) {
  eg_free(p->first);
  eg_free(p->unit);
  eg_free(p->start);
  eg_free(p->member);
  eg_free(p->side_start);
  eg_free(p->side_member);
}

static int32_t *integers(int64_t count) {
  size_t bytes;
  if (!eg_size_mul(&bytes, (size_t)count, sizeof(int32_t))) {
    eg_fail(EG_NOMEM, "%" PRId64 " entries cannot be addressed", count);
    return NULL;
  }
  return eg_alloc(bytes);
}

/* Counting sort: item i belongs to bucket key[i] (0 .. buckets-1); start (buckets + 1), item (count) by bucket. */
static void bucket(int32_t *start, int32_t *item, const int32_t *key, int64_t count, int64_t buckets) {
  memset(start, 0, (size_t)(buckets + 1) * sizeof *start);
  for (int64_t i = 0; i < count; i++)
    start[key[i] + 1]++;
  for (int64_t b = 0; b < buckets; b++)
    start[b + 1] += start[b];
  for (int64_t i = 0; i < count; i++)
    item[start[key[i]]++] = (int32_t)i;
  for (int64_t b = buckets; b > 0; b--)
    start[b] = start[b - 1];
  start[0] = 0;
}

/* stratum (records): a number for each distinct row of labels, in order of first appearance; returns how many.
   renumber (2 * records) is scratch. */
static int64_t number_label_rows(int32_t *stratum, int32_t *renumber, const eg_scored *s) {
  int64_t strata = 1;
  memset(stratum, 0, (size_t)s->records * sizeof *stratum);
  for (int64_t k = 0; k < s->classes; k++) { /* the rows so far, split by one more label */
    for (int64_t i = 0; i < 2 * strata; i++)
      renumber[i] = -1;
    strata = 0;
    for (int64_t i = 0; i < s->records; i++) {
      int32_t *number = &renumber[2 * stratum[i] + s->labels[k * s->records + i]];
      if (*number < 0)
        *number = (int32_t)strata++;
      stratum[i] = *number;
    }
  }
  return strata;
}

static eg_status plan_sides(plan *p, const eg_scored *s) {
  int64_t n = s->records, both = 0, side = 0, place = 0;
  for (int64_t k = 0; k < s->classes; k++)
    both += eg_scored_has_both(s, k);
  p->side_start = integers(2 * both + 1);
  p->side_member = integers(both * n);
  if (!p->side_start || !p->side_member)
    return EG_NOMEM;
  p->side_start[0] = 0;
  for (int64_t k = 0; k < s->classes; k++) {
    if (!eg_scored_has_both(s, k))
      continue;
    for (uint8_t label = 0; label < 2; label++) {
      for (int64_t i = 0; i < n; i++)
        if (s->labels[k * n + i] == label)
          p->side_member[place++] = (int32_t)i;
      p->side_start[++side] = (int32_t)place;
    }
  }
  p->sides = side;
  return EG_OK;
}

static eg_status plan_make(plan *p, const eg_scored *s, const eg_bootstrap_options *options) {
  int64_t n = s->records;
  *p = (plan){.records = n, .units = options->groups ? options->group_count : n, .strata = 1};
  int32_t *key = integers(3 * n); /* with the scratch of number_label_rows */
  p->start = integers(p->units + 1);
  p->member = integers(n);
  p->unit = integers(p->units);
  p->first = integers(p->units + 1);
  bool whole = key && p->start && p->member && p->unit && p->first;
  if (whole) {
    for (int64_t i = 0; i < n; i++)
      key[i] = options->groups ? options->groups[i] : (int32_t)i;
    bucket(p->start, p->member, key, n, p->units);
    if (options->stratified) {
      p->strata = number_label_rows(key, key + n, s);
      bucket(p->first, p->unit, key, n, p->strata);
    } else {
      for (int64_t u = 0; u < p->units; u++)
        p->unit[u] = (int32_t)u;
      p->first[0] = 0;
      p->first[1] = (int32_t)p->units;
    }
  }
  eg_free(key);
  if (!whole)
    return EG_NOMEM;
  for (int64_t u = 0; u < p->units; u++)
    if (p->start[u] == p->start[u + 1])
      return eg_fail(EG_USAGE, "group %" PRId64 " of %" PRId64 " has no record", u + 1, p->units);
  return plan_sides(p, s);
}

static void draw(uint32_t *counts, const plan *p, eg_rng *rng) {
  memset(counts, 0, (size_t)p->records * sizeof *counts);
  for (int64_t s = 0; s < p->strata; s++) {
    int32_t first = p->first[s], size = p->first[s + 1] - first;
    for (int32_t j = 0; j < size; j++) {
      int32_t unit = p->unit[first + (int32_t)eg_rng_below(rng, (uint64_t)size)];
      for (int32_t m = p->start[unit]; m < p->start[unit + 1]; m++)
        counts[p->member[m]]++;
    }
  }
}

static bool keeps_sides(const plan *p, const uint32_t *counts) {
  for (int64_t side = 0; side < p->sides; side++) {
    int32_t m = p->side_start[side], end = p->side_start[side + 1];
    while (m < end && counts[p->side_member[m]] == 0)
      m++;
    if (m == end)
      return false;
  }
  return true;
}

/* Draws resample r until no class lost a side; how many draws were thrown away, or -1 where all were. */
static int64_t resample(uint32_t *counts, const plan *p, uint64_t seed, int64_t r) {
  eg_rng parent = eg_rng_seed(seed);
  for (int64_t attempt = 0; attempt < ATTEMPTS; attempt++) {
    eg_rng rng = eg_rng_at(&parent, (uint64_t)r, (uint64_t)attempt, 0);
    draw(counts, p, &rng);
    if (keeps_sides(p, counts))
      return attempt;
  }
  return -1;
}

static eg_status check_options(const eg_bootstrap_options *o, int64_t records) {
  if (o->resamples < 1)
    return eg_fail(EG_USAGE, "resamples must be at least 1, got %" PRId64, o->resamples);
  if (!o->groups)
    return EG_OK;
  if (o->stratified)
    return eg_fail(EG_USAGE, "groups cannot be drawn stratified by the labels of their records");
  if (o->group_count < 1 || o->group_count > INT32_MAX - 1)
    return eg_fail(EG_USAGE, "expected at least one group, got %" PRId64, o->group_count);
  for (int64_t i = 0; i < records; i++)
    if (o->groups[i] < 0 || o->groups[i] >= o->group_count)
      return eg_fail(EG_USAGE, "the group of record %" PRId64 " must be one of %" PRId64, i + 1, o->group_count);
  return EG_OK;
}

static eg_status check_arms(const eg_arm *arms, int64_t arm_count) {
  if (arm_count < 1)
    return eg_fail(EG_USAGE, "expected at least one arm, got %" PRId64, arm_count);
  for (int64_t a = 0; a < arm_count; a++) {
    if (arms[a].count < 1)
      return eg_fail(EG_USAGE, "arm %" PRId64 " has no runs", a + 1);
    const eg_scored *first = arms[0].runs[0];
    for (int64_t j = 0; j < arms[a].count; j++) {
      const eg_scored *s = arms[a].runs[j];
      if (s->records != first->records || s->classes != first->classes)
        return eg_fail(EG_USAGE,
                       "run %" PRId64 " of arm %" PRId64 " has scores {%" PRId64 ", %" PRId64
                       "}, the first run {%" PRId64 ", %" PRId64 "}",
                       j + 1, a + 1, s->records, s->classes, first->records, first->classes);
      if (memcmp(s->labels, first->labels, (size_t)(s->records * s->classes)) != 0)
        return eg_fail(EG_USAGE, "run %" PRId64 " of arm %" PRId64 " has other labels than the first run", j + 1,
                       a + 1);
    }
  }
  return EG_OK;
}

/* All that a resample needs. */
typedef struct job {
  double *values; /* (arms, statistics, resamples) */
  const eg_arm *arms;
  int64_t arm_count;
  const eg_statistic *statistics;
  int64_t statistic_count;
  const eg_bootstrap_options *options;
  plan plan;
  char *scratch;                    /* a block for each thread: the metric's bytes, then the counts */
  size_t metric_bytes, count_bytes; /* both multiples of 64 */
} job;

/* Draws resample r and evaluates it; how many draws were thrown away, or -1 where all were. */
static int64_t run_resample(const job *j, int64_t r) {
  void *own = j->scratch + (size_t)eg_thread_index() * (j->metric_bytes + j->count_bytes);
  uint32_t *counts = (uint32_t *)((char *)own + j->metric_bytes);
  int64_t thrown = resample(counts, &j->plan, j->options->seed, r);
  for (int64_t a = 0; a < j->arm_count && thrown >= 0; a++) {
    const eg_arm *arm = &j->arms[a];
    for (int64_t q = 0; q < j->statistic_count; q++) {
      double sum = 0;
      for (int64_t i = 0; i < arm->count; i++) {
        eg_metric_input in = {arm->runs[i], counts, arm->thresholds[i], own};
        sum += eg_statistic_value(&j->statistics[q], &in);
      }
      j->values[(a * j->statistic_count + q) * j->options->resamples + r] = sum / (double)arm->count;
    }
  }
  return thrown;
}

static eg_status run_all(const job *j, int64_t *redrawn) {
  int64_t thrown = 0, given_up = 0, resamples = j->options->resamples;
  bool parallel = resamples > PARALLEL_WORK / j->plan.records;
#pragma omp parallel for schedule(dynamic, 4) num_threads(eg_num_threads()) reduction(+ : thrown, given_up) if (parallel)
  for (int64_t r = 0; r < resamples; r++) {
    int64_t more = given_up > 0 ? -1 : run_resample(j, r); /* a thread that gave up once need not try again */
    thrown += more > 0 ? more : 0;
    given_up += more < 0;
  }
  if (redrawn)
    *redrawn = thrown;
  if (given_up > 0)
    return eg_fail(EG_USAGE,
                   "%d draws in a row lost a class that has both sides among the %" PRId64
                   " records; draw stratified, or leave so rare a class out",
                   (int)ATTEMPTS, j->plan.records);
  return EG_OK;
}

static size_t round_up(size_t bytes) {
  return (bytes + 63) / 64 * 64;
}

eg_status eg_bootstrap(double *values, int64_t *redrawn, const eg_arm *arms, int64_t arm_count,
                       const eg_statistic *statistics, int64_t statistic_count, const eg_bootstrap_options *options) {
  EG_TRY(check_arms(arms, arm_count));
  const eg_scored *first = arms[0].runs[0];
  EG_TRY(check_options(options, first->records));
  job j = {values, arms, arm_count, statistics, statistic_count, options, {0}, NULL, 0, 0};
  for (int64_t a = 0; a < arm_count; a++)
    for (int64_t i = 0; i < arms[a].count; i++)
      EG_TRY(eg_statistics_prepare(&j.metric_bytes, statistics, statistic_count, arms[a].runs[i]));
  j.metric_bytes = round_up(j.metric_bytes);
  j.count_bytes = round_up((size_t)first->records * sizeof(uint32_t));
  j.scratch = eg_alloc_zero(j.metric_bytes + j.count_bytes, (size_t)eg_num_threads());
  eg_status status = j.scratch ? plan_make(&j.plan, first, options) : EG_NOMEM;
  if (status == EG_OK)
    status = run_all(&j, redrawn);
  plan_free(&j.plan);
  eg_free(j.scratch);
  return status;
}
