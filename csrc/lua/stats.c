/* ecgraft.core.stats: tests, intervals and learning curves over lists of numbers. lua/ecgraft/stats checks options and
   names things; what comes here is positional. */
#include "ecgraft/stats.h"

#include <inttypes.h>
#include <lauxlib.h>
#include <math.h>
#include <string.h>

#include "args.h"
#include "error.h"
#include "numbers.h"

static void set_number(lua_State *L, const char *name, double value) {
  lua_pushnumber(L, value);
  lua_setfield(L, -2, name);
}

static void check(lua_State *L, eg_status status, const char *where) {
  eg_lua_check(L, status == EG_OK ? EG_OK : eg_fail_in(status, where));
}

/* sign_flip(differences, draws, seed) --> {mean, p, patterns, exact} */
static int sign_flip(lua_State *L) {
  int64_t n;
  const double *d = eg_lua_numbers(L, 1, "stats.sign_flip", "differences", &n);
  int64_t draws = eg_arg_integer(L, 2, "stats.sign_flip", "draws", 1, INT64_C(1) << 40);
  eg_sign_flip test;
  check(L, eg_sign_flip_test(&test, d, n, draws, (uint64_t)luaL_checkinteger(L, 3)), "stats.sign_flip");
  lua_createtable(L, 0, 5);
  set_number(L, "mean", test.mean);
  set_number(L, "p", test.p);
  lua_pushinteger(L, test.patterns);
  lua_setfield(L, -2, "patterns");
  lua_pushboolean(L, test.exact);
  lua_setfield(L, -2, "exact");
  return 1;
}

/* holm(p values) --> adjusted */
static int holm(lua_State *L) {
  int64_t n;
  const double *p = eg_lua_numbers(L, 1, "stats.holm", "p values", &n);
  double *adjusted = eg_lua_number_buffer(L, "stats.holm", n);
  check(L, eg_holm(adjusted, p, n), "stats.holm");
  eg_lua_push_numbers(L, adjusted, n);
  return 1;
}

/* mcnemar(b, c) --> {p_exact, chi_square, p_chi_square} */
static int mcnemar(lua_State *L) {
  int64_t b = eg_arg_integer(L, 1, "stats.mcnemar", "the first count", 0, INT64_MAX / 4);
  int64_t c = eg_arg_integer(L, 2, "stats.mcnemar", "the second count", 0, INT64_MAX / 4);
  eg_mcnemar test;
  check(L, eg_mcnemar_test(&test, b, c), "stats.mcnemar");
  lua_createtable(L, 0, 5);
  set_number(L, "p_exact", test.p_exact);
  set_number(L, "chi_square", test.chi_square);
  set_number(L, "p_chi_square", test.p_chi_square);
  return 1;
}

/* mean_interval(values, confidence[, resamples, seed]) --> mean, low, high; the t interval without resamples */
static int mean_interval(lua_State *L) {
  lua_settop(L, 4);
  int64_t n;
  const double *values = eg_lua_numbers(L, 1, "stats.mean_interval", "values", &n);
  double confidence = eg_arg_number(L, 2, "stats.mean_interval", "confidence");
  eg_interval interval;
  if (lua_isnil(L, 3)) {
    check(L, eg_mean_interval_t(&interval, values, n, confidence), "stats.mean_interval");
  } else {
    int64_t resamples = eg_arg_integer(L, 3, "stats.mean_interval", "resamples", 1, INT32_MAX);
    uint64_t seed = (uint64_t)luaL_checkinteger(L, 4);
    check(L, eg_mean_interval_bootstrap(&interval, values, n, confidence, resamples, seed), "stats.mean_interval");
  }
  lua_pushnumber(L, interval.estimate);
  lua_pushnumber(L, interval.low);
  lua_pushnumber(L, interval.high);
  return 3;
}

/* percentile(values, confidence) --> low, high */
static int percentile(lua_State *L) {
  int64_t n;
  double *values = (double *)eg_lua_numbers(L, 1, "stats.percentile_interval", "values", &n); /* our own copy */
  double confidence = eg_arg_number(L, 2, "stats.percentile_interval", "confidence"), low, high;
  check(L, eg_percentile_interval(&low, &high, values, n, confidence), "stats.percentile_interval");
  lua_pushnumber(L, low);
  lua_pushnumber(L, high);
  return 2;
}

/* crossed(gains, the resampled gains of one after the other, confidence) --> {low, high, p, df, between, records} */
static int crossed(lua_State *L) {
  static const char where[] = "stats.crossed";
  lua_settop(L, 3);
  int64_t seeds, count;
  const double *gains = eg_lua_numbers(L, 1, where, "gains", &seeds);
  const double *resampled = eg_lua_numbers(L, 2, where, "resampled gains", &count);
  if (seeds < 1 || count % seeds != 0)
    return eg_lua_usage(L, "%s: expected as many resamples of each of %" PRId64 " gains, got %" PRId64 " numbers",
                        where, seeds, count);
  int64_t n = count / seeds;
  double *pooled = eg_lua_number_buffer(L, where, n);
  memset(pooled, 0, (size_t)n * sizeof *pooled);
  for (int64_t i = 0; i < count; i++)
    pooled[i % n] += resampled[i] / (double)seeds;
  eg_crossed c;
  check(L, eg_crossed_interval(&c, gains, resampled, pooled, seeds, n, eg_arg_number(L, 3, where, "confidence")),
        where);
  lua_createtable(L, 0, 6);
  set_number(L, "low", c.interval.low);
  set_number(L, "high", c.interval.high);
  set_number(L, "p", c.p);
  set_number(L, "df", c.df);
  set_number(L, "between", c.between);
  set_number(L, "records", c.records);
  return 1;
}

/* The curve's options from {a_most, c_low, c_high, huber} at `index`. */
static eg_power_curve_options check_curve_options(lua_State *L, int index, const char *where) {
  eg_opts o = eg_opts_open(L, index, where);
  eg_power_curve_options options = {
      .a_most = eg_opts_number(&o, "a_most", eg_power_curve_defaults.a_most),
      .c_low = eg_opts_number(&o, "c_low", eg_power_curve_defaults.c_low),
      .c_high = eg_opts_number(&o, "c_high", eg_power_curve_defaults.c_high),
      .huber = eg_opts_number(&o, "huber", eg_power_curve_defaults.huber),
  };
  eg_opts_close(&o);
  return options;
}

static void push_curve(lua_State *L, const eg_power_curve *curve) {
  lua_createtable(L, 0, 4);
  set_number(L, "a", curve->a);
  set_number(L, "b", curve->b);
  set_number(L, "c", curve->c);
  set_number(L, "spread", curve->spread);
}

/* fit_curve(sizes, scores, curve options) --> {a, b, c, spread} */
static int fit_curve(lua_State *L) {
  lua_settop(L, 3);
  int64_t n, scores_n;
  const double *sizes = eg_lua_numbers(L, 1, "stats.fit_curve", "sizes", &n);
  const double *scores = eg_lua_numbers(L, 2, "stats.fit_curve", "scores", &scores_n);
  if (n != scores_n)
    return eg_lua_usage(L, "stats.fit_curve: expected a score for each of %" PRId64 " sizes, got %" PRId64, n,
                        scores_n);
  eg_power_curve_options options = check_curve_options(L, 3, "stats.fit_curve");
  eg_power_curve curve;
  check(L, eg_power_curve_fit(&curve, sizes, scores, n, &options), "stats.fit_curve");
  push_curve(L, &curve);
  return 1;
}

static eg_power_curve check_curve(lua_State *L, int index) {
  eg_arg_table(L, index, "stats", "the curve");
  double value[3];
  static const char *const names[] = {"a", "b", "c"};
  for (int i = 0; i < 3; i++) {
    lua_getfield(L, index, names[i]);
    value[i] = eg_arg_number(L, -1, "stats", names[i]);
    lua_pop(L, 1);
  }
  return (eg_power_curve){.a = value[0], .b = value[1], .c = value[2]};
}

/* curve_at(curve, n) --> score */
static int curve_at(lua_State *L) {
  eg_power_curve curve = check_curve(L, 1);
  lua_pushnumber(L, eg_power_curve_at(&curve, eg_arg_number(L, 2, "stats", "n")));
  return 1;
}

/* curve_inverse(curve, score) --> n */
static int curve_inverse(lua_State *L) {
  eg_power_curve curve = check_curve(L, 1);
  lua_pushnumber(L, eg_power_curve_inverse(&curve, eg_arg_number(L, 2, "stats", "the score")));
  return 1;
}

/* The list at `index` of {size =, scores = {...}} as cells; pushes what holds them. */
static const eg_curve_cell *check_cells(lua_State *L, int index, const char *name, int64_t *count) {
  static const char where[] = "stats.effective_size";
  eg_arg_table(L, index, where, name);
  *count = (int64_t)lua_rawlen(L, index);
  eg_curve_cell *cells = lua_newuserdatauv(L, (size_t)*count * sizeof *cells + 1, 0);
  lua_createtable(L, (int)*count, 0); /* holds the scores of each cell */
  int holder = lua_gettop(L);
  for (int64_t i = 0; i < *count; i++) {
    lua_rawgeti(L, index, i + 1);
    eg_arg_table(L, -1, where, "each size of an arm");
    lua_getfield(L, -1, "size");
    cells[i].size = eg_arg_number(L, -1, where, "size");
    lua_getfield(L, -2, "scores");
    cells[i].scores = eg_lua_numbers(L, -1, where, "scores", &cells[i].seeds);
    lua_rawseti(L, holder, i + 1);
    lua_pop(L, 3);
  }
  return cells;
}

static void set_interval(lua_State *L, const char *name, eg_interval interval) {
  lua_createtable(L, 0, 3);
  set_number(L, "estimate", interval.estimate);
  set_number(L, "low", interval.low);
  set_number(L, "high", interval.high);
  lua_setfield(L, -2, name);
}

/* effective_sizes(scratch, pretrained, confidence, resamples, seed, curve options) --> list of {size, score, records =
   interval, ratio = interval, extrapolated}, curve */
static int effective_sizes(lua_State *L) {
  static const char where[] = "stats.effective_size";
  lua_settop(L, 6);
  int64_t scratch_count, pretrained_count;
  const eg_curve_cell *scratch = check_cells(L, 1, "scratch", &scratch_count);
  const eg_curve_cell *pretrained = check_cells(L, 2, "pretrained", &pretrained_count);
  double confidence = eg_arg_number(L, 3, where, "confidence");
  int64_t resamples = eg_arg_integer(L, 4, where, "resamples", 1, INT32_MAX);
  uint64_t seed = (uint64_t)luaL_checkinteger(L, 5);
  eg_power_curve_options options = check_curve_options(L, 6, where);
  eg_effective_size *out = lua_newuserdatauv(L, (size_t)pretrained_count * sizeof *out + 1, 0);
  eg_power_curve curve;
  check(L,
        eg_effective_sizes(out, &curve, scratch, scratch_count, pretrained, pretrained_count, confidence, resamples,
                           seed, &options),
        where);
  lua_createtable(L, (int)pretrained_count, 0);
  for (int64_t i = 0; i < pretrained_count; i++) {
    lua_createtable(L, 0, 5);
    set_number(L, "size", out[i].size);
    set_number(L, "score", out[i].score);
    set_interval(L, "records", out[i].records);
    set_interval(L, "ratio", out[i].ratio);
    lua_pushboolean(L, out[i].extrapolated);
    lua_setfield(L, -2, "extrapolated");
    lua_rawseti(L, -2, i + 1);
  }
  push_curve(L, &curve);
  return 2;
}

/* break_even(sizes, lower ends) --> {size, estimate}, or nil where the gain is never lost */
static int break_even(lua_State *L) {
  static const char where[] = "stats.break_even";
  int64_t n, lows_n;
  const double *sizes = eg_lua_numbers(L, 1, where, "sizes", &n);
  const double *lows = eg_lua_numbers(L, 2, where, "lower ends", &lows_n);
  if (n != lows_n)
    return eg_lua_usage(L, "%s: expected %" PRId64 " lower ends, got %" PRId64, where, n, lows_n);
  eg_break_even out;
  check(L, eg_break_even_size(&out, sizes, lows, n), where);
  if (!out.reached) {
    lua_pushnil(L);
    return 1;
  }
  lua_createtable(L, 0, 2);
  set_number(L, "size", out.size);
  set_number(L, "estimate", out.estimate);
  return 1;
}

/* incomplete_beta(a, b, x), student_t(t, df): the distributions the tests rest on, for checking them. */
static int incomplete_beta(lua_State *L) {
  lua_pushnumber(L, eg_incomplete_beta(luaL_checknumber(L, 1), luaL_checknumber(L, 2), luaL_checknumber(L, 3)));
  return 1;
}

static int student_t(lua_State *L) {
  lua_pushnumber(L, eg_student_t_two_sided(luaL_checknumber(L, 1), luaL_checknumber(L, 2)));
  return 1;
}

int eg_open_stats(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"sign_flip", sign_flip},
      {"holm", holm},
      {"mcnemar", mcnemar},
      {"mean_interval", mean_interval},
      {"percentile", percentile},
      {"crossed", crossed},
      {"fit_curve", fit_curve},
      {"curve_at", curve_at},
      {"curve_inverse", curve_inverse},
      {"effective_sizes", effective_sizes},
      {"break_even", break_even},
      {"incomplete_beta", incomplete_beta},
      {"student_t", student_t},
      {NULL, NULL},
  };
  luaL_newlib(L, functions);
  lua_setfield(L, -2, "stats");
  return 0;
}
