/* ecgraft.core.metrics: prepared scores, their metrics, curves and bootstrap. lua/ecgraft/metrics checks options and
   names things; what comes here is positional. Classes and records count from 1. */
#include "ecgraft/metrics.h"

#include <inttypes.h>
#include <lauxlib.h>
#include <math.h>
#include <string.h>

#include "args.h"
#include "box.h"
#include "ecgraft/stats.h"
#include "error.h"
#include "numbers.h"
#include "scored.h"
#include "tensor.h"

static void release_scored(void *object) {
  eg_scored_free(object);
}

static const eg_box_class scored_class = {.name = "ecgraft.Scored", .release = release_scored};

eg_scored *eg_lua_check_scored(lua_State *L, int index) {
  return eg_box_check(L, index, &scored_class);
}

/* The tensor at `index` as contiguous rows; pushes what holds them. */
static const eg_real *contiguous(lua_State *L, eg_tensor *tensor) {
  eg_tensor **box = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_tensor_contiguous(box, tensor));
  return eg_tensor_data(*box);
}

/* The list of class names at `index` (or nil) as C strings in memory of Lua's, pushed; NULL where there is none. The
   table keeps the strings alive. */
static const char *const *class_names(lua_State *L, int index, const char *where, int64_t classes) {
  if (lua_isnoneornil(L, index)) {
    lua_pushnil(L);
    return NULL;
  }
  eg_arg_table(L, index, where, "classes");
  if ((int64_t)lua_rawlen(L, index) != classes)
    eg_lua_usage(L, "%s: expected the names of %" PRId64 " classes, got %" PRId64, where, classes,
                 (int64_t)lua_rawlen(L, index));
  const char **names = lua_newuserdatauv(L, (size_t)classes * sizeof *names, 0);
  for (int64_t k = 0; k < classes; k++) {
    lua_rawgeti(L, index, k + 1);
    names[k] = eg_arg_string(L, -1, where, "each class name");
    lua_pop(L, 1);
  }
  return names;
}

/* prepare(where, scores, labels, classes or nil) --> Scored. Scores (N, K), or (N) for one class. */
static int prepare(lua_State *L) {
  const char *where = eg_arg_string(L, 1, "metrics", "the function's name");
  lua_settop(L, 4);
  eg_tensor *scores = eg_lua_check_tensor(L, 2, where, "scores"), *labels = eg_lua_check_tensor(L, 3, where, "labels");
  char came[96], expected[96];
  if (scores->shape.ndim < 1 || scores->shape.ndim > 2)
    return eg_lua_usage(L, "%s: scores must have shape {records, classes}, got %s", where,
                        eg_shape_text(&scores->shape, came, sizeof came));
  if (!eg_shape_equal(&scores->shape, &labels->shape))
    return eg_lua_usage(L, "%s: labels must have the shape of the scores, %s, got %s", where,
                        eg_shape_text(&scores->shape, expected, sizeof expected),
                        eg_shape_text(&labels->shape, came, sizeof came));
  int64_t records = eg_tensor_dim(scores, 0), classes = eg_tensor_dim(scores, 1);
  const char *const *names = class_names(L, 4, where, classes);
  const eg_real *score = contiguous(L, scores), *label = contiguous(L, labels);
  eg_scored **box = (eg_scored **)eg_box_push(L, &scored_class);
  eg_status status = eg_scored_new(box, score, label, records, classes, names);
  eg_lua_check(L, status == EG_OK ? EG_OK : eg_fail_in(status, where));
  return 1;
}

/* info(scored) --> records, classes, support (list)[, record and class of the first score outside [0, 1]] */
static int info(lua_State *L) {
  eg_scored *s = eg_lua_check_scored(L, 1);
  lua_pushinteger(L, s->records);
  lua_pushinteger(L, s->classes);
  lua_createtable(L, (int)s->classes, 0);
  for (int64_t k = 0; k < s->classes; k++) {
    lua_pushinteger(L, s->support[k]);
    lua_rawseti(L, -2, k + 1);
  }
  if (s->improbable < 0)
    return 3;
  lua_pushinteger(L, s->improbable / s->classes + 1);
  lua_pushinteger(L, s->improbable % s->classes + 1);
  return 5;
}

/* names() --> metrics of a class, metrics of all classes, each a list in the order of EG_METRICS */
static int names(lua_State *L) {
  lua_newtable(L);
  lua_newtable(L);
  for (const eg_metric *const *m = eg_metrics; *m; m++) {
    int list = (*m)->of_class ? -3 : -2;
    lua_pushstring(L, (*m)->name);
    lua_rawseti(L, list, (lua_Integer)lua_rawlen(L, list) + 1);
  }
  return 2;
}

static const double *check_thresholds(lua_State *L, int index, const eg_scored *scored) {
  int64_t count;
  const double *thresholds = eg_lua_numbers(L, index, "metrics", "thresholds", &count);
  if (count != scored->classes)
    eg_lua_usage(L, "metrics: expected %" PRId64 " thresholds, got %" PRId64, scored->classes, count);
  return thresholds;
}

/* The list at `index` of {metric's name, class}, class 0 the macro average; in memory of Lua's, pushed. */
static const eg_statistic *check_statistics(lua_State *L, int index, int64_t *count) {
  eg_arg_table(L, index, "metrics", "statistics");
  *count = (int64_t)lua_rawlen(L, index);
  eg_statistic *statistics = lua_newuserdatauv(L, (size_t)*count * sizeof *statistics + 1, 0);
  for (int64_t q = 0; q < *count; q++) {
    lua_rawgeti(L, index, q + 1);
    eg_arg_table(L, -1, "metrics", "each statistic");
    lua_rawgeti(L, -1, 1);
    lua_rawgeti(L, -2, 2);
    const char *name = eg_arg_string(L, -2, "metrics", "the metric's name");
    statistics[q] =
        (eg_statistic){eg_metric_find(name), eg_arg_integer(L, -1, "metrics", "the class", 0, INT64_MAX) - 1};
    if (!statistics[q].metric)
      eg_lua_usage(L, "metrics: there is no metric \"%s\"", name);
    lua_pop(L, 3);
  }
  return statistics;
}

/* values(scored, thresholds, statistics) --> list of numbers */
static int values(lua_State *L) {
  eg_scored *scored = eg_lua_check_scored(L, 1);
  const double *thresholds = check_thresholds(L, 2, scored);
  int64_t count;
  const eg_statistic *statistics = check_statistics(L, 3, &count);
  double *out = eg_lua_number_buffer(L, "metrics", count);
  eg_lua_check(L, eg_statistics_evaluate(out, statistics, count, scored, thresholds));
  eg_lua_push_numbers(L, out, count);
  return 1;
}

/* confusion(scored, thresholds) --> list of {true_positive, false_positive, false_negative, true_negative} by class */
static int confusion(lua_State *L) {
  eg_scored *scored = eg_lua_check_scored(L, 1);
  eg_metric_input in = {scored, scored->ones, check_thresholds(L, 2, scored), NULL};
  lua_createtable(L, (int)scored->classes, 0);
  for (int64_t k = 0; k < scored->classes; k++) {
    eg_confusion c = eg_confusion_count(&in, k);
    const int64_t counts[] = {c.true_positive, c.false_positive, c.false_negative, c.true_negative};
    lua_createtable(L, 4, 0);
    for (int i = 0; i < 4; i++) {
      lua_pushinteger(L, counts[i]);
      lua_rawseti(L, -2, i + 1);
    }
    lua_rawseti(L, -2, k + 1);
  }
  return 1;
}

/* discordant(scored, thresholds, other, other's thresholds) --> by class {right of the first only, of the second
 * only} */
static int discordant(lua_State *L) {
  eg_scored *a = eg_lua_check_scored(L, 1), *b = eg_lua_check_scored(L, 3);
  const double *at = check_thresholds(L, 2, a), *bt = check_thresholds(L, 4, b);
  if (a->records != b->records || a->classes != b->classes ||
      memcmp(a->labels, b->labels, (size_t)(a->records * a->classes)) != 0)
    return eg_lua_usage(L, "metrics.mcnemar: both scores must be of the same records with the same labels");
  lua_createtable(L, (int)a->classes, 0);
  for (int64_t k = 0; k < a->classes; k++) {
    int64_t only[2] = {0, 0};
    for (int64_t i = k * a->records; i < (k + 1) * a->records; i++) {
      bool first = (a->scores[i] >= at[k]) == a->labels[i], second = (b->scores[i] >= bt[k]) == b->labels[i];
      only[0] += first && !second;
      only[1] += second && !first;
    }
    lua_createtable(L, 2, 0);
    for (int i = 0; i < 2; i++) {
      lua_pushinteger(L, only[i]);
      lua_rawseti(L, -2, i + 1);
    }
    lua_rawseti(L, -2, k + 1);
  }
  return 1;
}

/* tune(scored) --> thresholds, F1 at them (NaN for a class without a positive) */
static int tune(lua_State *L) {
  eg_scored *scored = eg_lua_check_scored(L, 1);
  double *thresholds = eg_lua_number_buffer(L, "metrics", scored->classes);
  double *f1 = eg_lua_number_buffer(L, "metrics", scored->classes);
  for (int64_t k = 0; k < scored->classes; k++)
    thresholds[k] = eg_tune_threshold(&f1[k], scored, k);
  eg_lua_push_numbers(L, thresholds, scored->classes);
  eg_lua_push_numbers(L, f1, scored->classes);
  return 2;
}

static int64_t check_class(lua_State *L, int index, const eg_scored *scored) {
  return eg_arg_position(L, index, "metrics", "class", scored->classes);
}

/* curve(scored, class, "roc" or "precision_recall") --> x, y, thresholds */
static int curve(lua_State *L) {
  static const char *const kinds[] = {"roc", "precision_recall", NULL};
  eg_scored *scored = eg_lua_check_scored(L, 1);
  int64_t k = check_class(L, 2, scored);
  int kind = luaL_checkoption(L, 3, NULL, kinds);
  double *x = eg_lua_number_buffer(L, "metrics", scored->records + 1);
  double *y = eg_lua_number_buffer(L, "metrics", scored->records + 1);
  double *t = eg_lua_number_buffer(L, "metrics", scored->records + 1);
  int64_t points = kind == 0 ? eg_curve_roc(x, y, t, scored, k) : eg_curve_precision_recall(x, y, t, scored, k);
  eg_lua_push_numbers(L, x, points);
  eg_lua_push_numbers(L, y, points);
  eg_lua_push_numbers(L, t, points);
  return 3;
}

/* calibration(scored, class, bins) --> counts, mean scores, frequencies */
static int calibration(lua_State *L) {
  eg_scored *scored = eg_lua_check_scored(L, 1);
  int64_t k = check_class(L, 2, scored);
  int64_t bins = eg_arg_integer(L, 3, "metrics.calibration", "bins", 1, 1000000);
  int64_t *count = lua_newuserdatauv(L, (size_t)bins * sizeof *count, 0);
  double *mean = eg_lua_number_buffer(L, "metrics", bins), *frequency = eg_lua_number_buffer(L, "metrics", bins);
  eg_status status = eg_curve_calibration(count, mean, frequency, bins, scored, k);
  eg_lua_check(L, status == EG_OK ? EG_OK : eg_fail_in(status, "metrics.calibration"));
  lua_createtable(L, (int)bins, 0);
  for (int64_t b = 0; b < bins; b++) {
    lua_pushinteger(L, count[b]);
    lua_rawseti(L, -2, b + 1);
  }
  eg_lua_push_numbers(L, mean, bins);
  eg_lua_push_numbers(L, frequency, bins);
  return 3;
}

/* The arm at `index`: {runs = list of Scored, thresholds = list of lists}. Pushes what holds its arrays. */
static eg_arm check_arm(lua_State *L, int index) {
  index = lua_absindex(L, index);
  eg_arg_table(L, index, "metrics", "each arm");
  lua_getfield(L, index, "runs");
  lua_getfield(L, index, "thresholds");
  int runs = lua_gettop(L) - 1, thresholds = runs + 1;
  eg_arg_table(L, runs, "metrics", "runs");
  eg_arg_table(L, thresholds, "metrics", "thresholds");
  int64_t count = (int64_t)lua_rawlen(L, runs);
  eg_scored **scored = lua_newuserdatauv(L, (size_t)count * sizeof *scored + 1, 0);
  const double **lists = lua_newuserdatauv(L, (size_t)count * sizeof *lists + 1, 0);
  lua_createtable(L, (int)count, 0); /* holds the numbers of each list */
  int holder = lua_gettop(L);
  for (int64_t j = 0; j < count; j++) {
    lua_rawgeti(L, runs, j + 1);
    scored[j] = eg_lua_check_scored(L, -1);
    lua_pop(L, 1);
    lua_rawgeti(L, thresholds, j + 1);
    lists[j] = check_thresholds(L, -1, scored[j]);
    lua_rawseti(L, holder, j + 1);
    lua_pop(L, 1);
  }
  return (eg_arm){scored, lists, count};
}

/* Pushes {estimate, low, high[, p]}; the ends are NaN where a resample's value is. Sorts values (n). */
static void push_interval(lua_State *L, double estimate, double *values, int64_t n, double confidence, bool with_p) {
  double low = NAN, high = NAN, p = with_p ? eg_resampled_p(values, n) : NAN;
  eg_status status = isnan(estimate) ? EG_NUMERIC : eg_percentile_interval(&low, &high, values, n, confidence);
  if (status != EG_NUMERIC)
    eg_lua_check(L, status);
  const double fields[] = {estimate, low, high, p};
  eg_lua_push_numbers(L, fields, with_p ? 4 : 3);
}

/* The groups of records, list of numbers from 1, as C counts them; in memory of Lua's, pushed. */
static const int32_t *check_groups(lua_State *L, int index, const char *where, int64_t records, int64_t *group_count) {
  *group_count = 0;
  if (lua_isnoneornil(L, index)) {
    lua_pushnil(L);
    return NULL;
  }
  eg_arg_table(L, index, "metrics", "groups");
  if ((int64_t)lua_rawlen(L, index) != records)
    eg_lua_usage(L, "%s: expected the groups of %" PRId64 " records, got %" PRId64, where, records,
                 (int64_t)lua_rawlen(L, index));
  int32_t *groups = lua_newuserdatauv(L, (size_t)records * sizeof *groups, 0);
  for (int64_t i = 0; i < records; i++) {
    lua_rawgeti(L, index, i + 1);
    groups[i] = (int32_t)eg_arg_integer(L, -1, where, "each group", 1, records) - 1;
    *group_count = groups[i] + 1 > *group_count ? groups[i] + 1 : *group_count;
    lua_pop(L, 1);
  }
  return groups;
}

/* All runs of `arms` as arms of one run each, so that every run's values can be had. Pushes what holds them. */
static const eg_arm *each_run(lua_State *L, const char *where, const eg_arm *arms, int64_t arm_count, int64_t *runs) {
  *runs = 0;
  for (int64_t a = 0; a < arm_count; a++)
    *runs += arms[a].count;
  luaL_argcheck(L, *runs < INT32_MAX, 2, where);
  eg_arm *single = lua_newuserdatauv(L, (size_t)*runs * sizeof *single, 0);
  int64_t place = 0;
  for (int64_t a = 0; a < arm_count; a++)
    for (int64_t j = 0; j < arms[a].count; j++)
      single[place++] = (eg_arm){arms[a].runs + j, arms[a].thresholds + j, 1};
  return single;
}

/* out (n): the mean over `runs` rows of values, which are `stride` apart. */
static void pool(double *out, const double *values, int64_t runs, int64_t stride, int64_t n) {
  memset(out, 0, (size_t)n * sizeof *out);
  for (int64_t j = 0; j < runs; j++)
    for (int64_t r = 0; r < n; r++)
      out[r] += values[j * stride + r];
  for (int64_t r = 0; r < n; r++)
    out[r] /= (double)runs;
}

/* What the bootstrap of arms found, and room for one statistic's values. Runs of the second arm come behind the
 * first's. */
typedef struct drawn {
  const eg_arm *arms;
  int64_t runs, statistics, resamples;
  double confidence;
  double *estimates; /* (runs, statistics) */
  double *values;    /* (runs, statistics, resamples) */
  double *pooled;    /* (resamples) */
  double *gains;     /* (runs of an arm + 1, resamples) */
} drawn;

static double mean_estimate(const drawn *d, int64_t first, int64_t runs, int64_t q) {
  double sum = 0;
  for (int64_t j = first; j < first + runs; j++)
    sum += d->estimates[j * d->statistics + q];
  return sum / (double)runs;
}

/* Sets field "overall" of the table on top, {low, high, p, df}: the gain over other records and other seeds, where runs
   of both arms can be paired and there are several. d->pooled holds the pooled gains. */
static void set_overall(lua_State *L, const char *where, const drawn *d, int64_t q) {
  int64_t n = d->resamples, runs = d->arms[0].count;
  if (runs < 2 || runs != d->arms[1].count || n < 2)
    return;
  double *differences = d->gains + runs * n;
  for (int64_t j = 0; j < runs; j++) {
    const double *with = d->values + (j * d->statistics + q) * n;
    const double *without = d->values + ((runs + j) * d->statistics + q) * n;
    for (int64_t r = 0; r < n; r++)
      d->gains[j * n + r] = with[r] - without[r];
    differences[j] = d->estimates[j * d->statistics + q] - d->estimates[(runs + j) * d->statistics + q];
  }
  eg_crossed c;
  eg_status status = eg_crossed_interval(&c, differences, d->gains, d->pooled, runs, n, d->confidence);
  if (status == EG_NUMERIC)
    return;
  eg_lua_check(L, status == EG_OK ? EG_OK : eg_fail_in(status, where));
  const double fields[] = {c.interval.low, c.interval.high, c.p, c.df};
  eg_lua_push_numbers(L, fields, 4);
  lua_setfield(L, -2, "overall");
}

/* Pushes the row of statistic q; see bootstrap. */
static void push_row(lua_State *L, const char *where, const drawn *d, int64_t arm_count, int64_t q) {
  int64_t n = d->resamples, stride = d->statistics * n;
  lua_createtable(L, 0, 3);
  if (arm_count == 2) {
    int64_t first = d->arms[0].count, second = d->arms[1].count;
    pool(d->gains, d->values + q * n, first, stride, n);
    pool(d->pooled, d->values + first * stride + q * n, second, stride, n);
    for (int64_t r = 0; r < n; r++)
      d->pooled[r] = d->gains[r] - d->pooled[r];
    set_overall(L, where, d, q);
    push_interval(L, mean_estimate(d, 0, first, q) - mean_estimate(d, first, second, q), d->pooled, n, d->confidence,
                  true);
    lua_setfield(L, -2, "gain");
  }
  lua_createtable(L, (int)arm_count, 0);
  for (int64_t a = 0, first = 0; a < arm_count; first += d->arms[a++].count) {
    pool(d->pooled, d->values + first * stride + q * n, d->arms[a].count, stride, n);
    push_interval(L, mean_estimate(d, first, d->arms[a].count, q), d->pooled, n, d->confidence, false);
    lua_rawseti(L, -2, a + 1);
  }
  lua_setfield(L, -2, "arms");
}

/* bootstrap(where, arms, statistics, {resamples =, seed =, confidence =, stratified =, groups =}) --> list by statistic
   of {arms = {{estimate, low, high}, ...}, gain = {estimate, low, high, p} of arm 1 over arm 2 where there are two,
   overall = {low, high, p, df} of the gain over seeds as well where both have as many runs, at least two}, and how many
   resamples were drawn again. */
static int bootstrap(lua_State *L) {
  const char *where = eg_arg_string(L, 1, "metrics", "the function's name");
  lua_settop(L, 4);
  eg_arg_table(L, 2, where, "arms");
  int64_t arm_count = (int64_t)lua_rawlen(L, 2);
  if (arm_count < 1 || arm_count > 2)
    return eg_lua_usage(L, "%s: expected one or two arms, got %" PRId64, where, arm_count);
  luaL_checkstack(L, 50, where);
  eg_arm arms[2];
  for (int64_t a = 0; a < arm_count; a++) {
    lua_rawgeti(L, 2, a + 1);
    arms[a] = check_arm(L, -1);
    if (arms[a].count < 1)
      return eg_lua_usage(L, "%s: expected at least one run", where);
  }
  int64_t count, runs;
  const eg_statistic *statistics = check_statistics(L, 3, &count);
  const eg_arm *single = each_run(L, where, arms, arm_count, &runs);
  eg_opts o = eg_opts_open(L, 4, where);
  eg_bootstrap_options options = {
      .resamples = eg_opts_integer(&o, "resamples", 1, INT32_MAX, 1000),
      .seed = (uint64_t)eg_opts_integer(&o, "seed", INT64_MIN, INT64_MAX, 1),
      .stratified = eg_opts_boolean(&o, "stratified", false),
  };
  double confidence = eg_opts_number(&o, "confidence", 0.95);
  eg_opts_push(&o, "groups");
  options.groups = check_groups(L, lua_gettop(L), where, arms[0].runs[0]->records, &options.group_count);
  eg_opts_close(&o);
  int64_t n = options.resamples, redrawn;
  drawn d = {.arms = arms, .runs = runs, .statistics = count, .resamples = n, .confidence = confidence};
  d.estimates = eg_lua_number_buffer(L, where, runs * count);
  for (int64_t j = 0; j < runs; j++)
    eg_lua_check(L, eg_statistics_evaluate(d.estimates + j * count, statistics, count, single[j].runs[0],
                                           single[j].thresholds[0]));
  d.values = eg_lua_number_buffer(L, where, runs * count * n);
  d.pooled = eg_lua_number_buffer(L, where, n);
  d.gains = eg_lua_number_buffer(L, where, arms[0].count * (n + 1) + n);
  eg_status status = eg_bootstrap(d.values, &redrawn, single, runs, statistics, count, &options);
  eg_lua_check(L, status == EG_OK ? EG_OK : eg_fail_in(status, where));
  lua_createtable(L, (int)count, 0);
  for (int64_t q = 0; q < count; q++) {
    push_row(L, where, &d, arm_count, q);
    lua_rawseti(L, -2, q + 1);
  }
  lua_pushinteger(L, redrawn);
  return 2;
}

int eg_open_metrics(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"prepare", prepare},
      {"info", info},
      {"names", names},
      {"values", values},
      {"confusion", confusion},
      {"discordant", discordant},
      {"tune", tune},
      {"curve", curve},
      {"calibration", calibration},
      {"bootstrap", bootstrap},
      {NULL, NULL},
  };
  eg_box_register(L, &scored_class);
  luaL_newlib(L, functions);
  lua_setfield(L, -2, "metrics");
  return 0;
}
