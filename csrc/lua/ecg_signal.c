/* ecgraft.core.signal: resampling, gaps and scaling of tensors (L, leads) or (N, L, leads). Each gives a new tensor. */
#include <lauxlib.h>
#include <math.h>
#include <string.h>

#include "args.h"
#include "ecgraft/memory.h"
#include "ecgraft/parallel.h"
#include "ecgraft/signal.h"
#include "error.h"
#include "tensor.h"

/* A tensor seen as n records of (length, leads). */
typedef struct volume {
  const eg_tensor *tensor;
  const eg_real *x;
  int64_t n, length, leads;
} volume;

/* The first of `arguments` arguments, contiguous; pushes one value that keeps it, behind the arguments. */
static volume check_volume(lua_State *L, int arguments, const char *where) {
  lua_settop(L, arguments);
  eg_tensor *x = eg_lua_check_tensor(L, 1, where, "the signals");
  char text[96];
  int dims = x->shape.ndim;
  if (dims != 2 && dims != 3)
    eg_lua_usage(L, "%s: the signals must have shape (L, leads) or (N, L, leads), got %s", where,
                 eg_shape_text(&x->shape, text, sizeof text));
  eg_tensor **box = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_tensor_contiguous(box, x));
  return (volume){.tensor = *box,
                  .x = eg_tensor_data(*box),
                  .n = dims == 3 ? x->shape.dims[0] : 1,
                  .length = x->shape.dims[dims - 2],
                  .leads = x->shape.dims[dims - 1]};
}

/* Pushes a new tensor like the volume's, with another length. */
static eg_real *push_like(lua_State *L, const volume *v, int64_t length) {
  eg_shape shape = v->tensor->shape;
  shape.dims[shape.ndim - 2] = length;
  eg_tensor **box = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_tensor_new(box, shape));
  return eg_tensor_data(*box);
}

/* Pushes a copy to be changed in place. */
static eg_real *push_copy(lua_State *L, const volume *v) {
  eg_real *y = push_like(L, v, v->length);
  memcpy(y, v->x, (size_t)(v->n * v->length * v->leads) * sizeof *y);
  return y;
}

/* resample(x, from, to [, {edges = "zero" | "hold"}]): anti-aliased, by a rational factor; ceil(L to / from) samples */
static int resample(lua_State *L) {
  volume v = check_volume(L, 4, "signal.resample");
  double from = eg_arg_number(L, 2, "signal.resample", "the rate it has");
  double to = eg_arg_number(L, 3, "signal.resample", "the rate asked for");
  eg_opts o = eg_opts_open(L, 4, "signal.resample");
  const char *name = eg_opts_string(&o, "edges", "zero");
  if (strcmp(name, "zero") != 0 && strcmp(name, "hold") != 0)
    return eg_lua_usage(L, "signal.resample: edges must be \"zero\" or \"hold\", got \"%.40s\"", name);
  eg_edges edges = strcmp(name, "hold") == 0 ? EG_EDGES_HOLD : EG_EDGES_ZERO;
  eg_opts_close(&o);
  int64_t up, down;
  eg_status status = eg_resample_ratio(&up, &down, from, to);
  if (status != EG_OK)
    eg_lua_check(L, eg_fail_in(status, "signal.resample"));
  if (v.length < 1 || v.length > INT64_MAX / 10000)
    return eg_lua_usage(L, "signal.resample: expected at least one sample, got %lld", (long long)v.length);
  int64_t length = eg_resample_length(v.length, up, down);
  eg_real *y = push_like(L, &v, length);
  eg_resampler *resampler;
  eg_lua_check(L, eg_resampler_new(&resampler, up, down));
  EG_PARALLEL_FOR
  for (int64_t i = 0; i < v.n; i++)
    eg_resample(resampler, y + i * length * v.leads, length, v.x + i * v.length * v.leads, v.length, v.leads, edges);
  eg_resampler_free(resampler);
  return eg_lua_tensor_filled(L, 1);
}

/* decimate(x, step): every step-th sample, no low-pass */
static int decimate(lua_State *L) {
  volume v = check_volume(L, 2, "signal.decimate");
  int64_t step = eg_arg_integer(L, 2, "signal.decimate", "the step", 1, INT32_MAX);
  int64_t length = v.length > 0 ? (v.length - 1) / step + 1 : 0;
  eg_real *y = push_like(L, &v, length);
  for (int64_t i = 0; i < v.n; i++)
    eg_decimate(y + i * length * v.leads, v.x + i * v.length * v.leads, v.length, v.leads, step);
  return eg_lua_tensor_filled(L, 1);
}

/* minmax(x) --> each lead of each record in [-1, 1], the number of flat leads (they are 0) */
static int minmax(lua_State *L) {
  volume v = check_volume(L, 1, "signal.minmax");
  eg_real *y = push_copy(L, &v);
  int64_t flat = 0;
  for (int64_t i = 0; i < v.n; i++)
    flat += eg_scale_minmax(y + i * v.length * v.leads, v.length, v.leads);
  lua_pushinteger(L, flat);
  lua_insert(L, -2);
  eg_lua_tensor_filled(L, 1);
  lua_insert(L, -2);
  return 2;
}

/* The list at `index` as numbers, one for each lead, in memory of Lua's. */
static const double *lead_list(lua_State *L, int index, const char *name, int64_t leads) {
  eg_arg_table(L, index, "signal.standardise", name);
  if ((int64_t)lua_rawlen(L, index) != leads)
    eg_lua_usage(L, "signal.standardise: expected a list with one for each of %lld leads as %s, got %lld",
                 (long long)leads, name, (long long)lua_rawlen(L, index));
  double *list = lua_newuserdatauv(L, ((size_t)leads + 1) * sizeof *list, 0);
  for (int64_t i = 0; i < leads; i++) {
    lua_rawgeti(L, index, i + 1);
    list[i] = eg_arg_number(L, -1, "signal.standardise", name);
    lua_pop(L, 1);
  }
  return list;
}

static int standardise_by_lead(lua_State *L, const volume *v) {
  const double *mean = lead_list(L, 2, "the means", v->leads);
  const double *deviation = lead_list(L, 3, "the deviations", v->leads);
  for (int64_t i = 0; i < v->leads; i++)
    if (!(deviation[i] > 0))
      return eg_lua_usage(L, "signal.standardise: the deviations must be above 0, got %g", deviation[i]);
  eg_real *y = push_copy(L, v);
  EG_PARALLEL_FOR
  for (int64_t i = 0; i < v->n; i++)
    eg_standardise_by_lead(y + i * v->length * v->leads, v->length, v->leads, mean, deviation);
  return eg_lua_tensor_filled(L, 1);
}

/* standardise(x, mean, deviation): (x - mean) / deviation, numbers or lists with one for each lead; without them each
   lead of each record by its own */
static int standardise(lua_State *L) {
  volume v = check_volume(L, 3, "signal.standardise");
  if (lua_istable(L, 2))
    return standardise_by_lead(L, &v);
  bool own = lua_isnoneornil(L, 2);
  double mean = own ? 0 : eg_arg_number(L, 2, "signal.standardise", "the mean");
  double deviation = own ? 1 : eg_arg_number(L, 3, "signal.standardise", "the deviation");
  if (!(deviation > 0))
    return eg_lua_usage(L, "signal.standardise: the deviation must be above 0, got %g", deviation);
  eg_real *y = push_copy(L, &v);
  int64_t row = v.length * v.leads;
  EG_PARALLEL_FOR
  for (int64_t i = 0; i < v.n; i++)
    if (own)
      eg_standardise_leads(y + i * row, v.length, v.leads);
    else
      eg_standardise(y + i * row, row, mean, deviation);
  return eg_lua_tensor_filled(L, 1);
}

/* moments(x) --> mean, deviation, count of all finite values */
static int moments(lua_State *L) {
  volume v = check_volume(L, 1, "signal.moments");
  double mean, deviation;
  int64_t count = eg_moments(&mean, &deviation, v.x, v.n * v.length * v.leads);
  lua_pushnumber(L, mean);
  lua_pushnumber(L, deviation);
  lua_pushinteger(L, count);
  return 3;
}

/* moments_by_lead(x) --> means, deviations, counts: lists with one for each lead, of its finite values */
static int moments_by_lead(lua_State *L) {
  volume v = check_volume(L, 1, "signal.moments_by_lead");
  double *mean = lua_newuserdatauv(L, ((size_t)v.leads + 1) * 2 * sizeof *mean, 0), *deviation = mean + v.leads;
  int64_t *count = lua_newuserdatauv(L, ((size_t)v.leads + 1) * sizeof *count, 0);
  eg_moments_by_lead(mean, deviation, count, v.x, v.n * v.length, v.leads);
  for (int list = 0; list < 3; list++) {
    lua_createtable(L, v.leads < INT32_MAX ? (int)v.leads : 0, 0);
    for (int64_t i = 0; i < v.leads; i++) {
      if (list < 2)
        lua_pushnumber(L, list == 0 ? mean[i] : deviation[i]);
      else
        lua_pushinteger(L, count[i]);
      lua_rawseti(L, -2, i + 1);
    }
  }
  return 3;
}

/* repair(x [, longest]) --> x with gaps of at most `longest` samples (any length where it is not given) filled by
   straight lines, {gaps =, repaired =, left =, longest =}: gaps filled, samples in them, samples still missing, the
   longest gap left */
static int repair(lua_State *L) {
  volume v = check_volume(L, 2, "signal.repair");
  int64_t longest = eg_arg_integer_or(L, 2, "signal.repair", "the longest gap", 0, INT64_MAX, INT64_MAX);
  eg_real *y = push_copy(L, &v);
  eg_gap_report sum = {0};
  for (int64_t i = 0; i < v.n; i++) {
    eg_gap_report each;
    eg_repair_gaps(y + i * v.length * v.leads, v.length, v.leads, longest, &each);
    sum.gaps += each.gaps;
    sum.repaired += each.repaired;
    sum.left += each.left;
    sum.longest = each.longest > sum.longest ? each.longest : sum.longest;
  }
  eg_lua_tensor_filled(L, 1);
  lua_createtable(L, 0, 4);
  lua_pushinteger(L, sum.gaps);
  lua_setfield(L, -2, "gaps");
  lua_pushinteger(L, sum.repaired);
  lua_setfield(L, -2, "repaired");
  lua_pushinteger(L, sum.left);
  lua_setfield(L, -2, "left");
  lua_pushinteger(L, sum.longest);
  lua_setfield(L, -2, "longest");
  return 2;
}

/* repair_saturated(x, rate [, longest = 1]) --> x in which what was cut off at a lead's own extremes is filled, in runs
   of at most `longest` seconds, {runs =, repaired =, left =}: runs filled, samples in them, samples of longer ones */
static int repair_saturated(lua_State *L) {
  static const char *const where = "signal.repair_saturated";
  volume v = check_volume(L, 3, where);
  double rate = eg_arg_number(L, 2, where, "the rate"), longest = eg_arg_number_or(L, 3, where, "the longest run", 1);
  if (!(rate > 0) || !isfinite(rate) || !(longest >= 0))
    return eg_lua_usage(L, "%s: expected a rate above 0 and a longest run of 0 seconds or more, got %g and %g", where,
                        rate, longest);
  eg_real *y = push_copy(L, &v);
  eg_saturation_report sum = {0};
  for (int64_t i = 0; i < v.n; i++) {
    eg_saturation_report each;
    eg_lua_check(L, eg_repair_saturated(y + i * v.length * v.leads, v.length, v.leads, rate, longest, NULL, &each));
    sum.runs += each.runs;
    sum.repaired += each.repaired;
    sum.left += each.left;
  }
  eg_lua_tensor_filled(L, 1);
  lua_createtable(L, 0, 3);
  lua_pushinteger(L, sum.runs);
  lua_setfield(L, -2, "runs");
  lua_pushinteger(L, sum.repaired);
  lua_setfield(L, -2, "repaired");
  lua_pushinteger(L, sum.left);
  lua_setfield(L, -2, "left");
  return 2;
}

/* hashes(x) --> a list of one integer a record: records with equal signals have equal ones */
static int hashes(lua_State *L) {
  volume v = check_volume(L, 1, "signal.hashes");
  int64_t row = v.length * v.leads;
  uint64_t *list = lua_newuserdatauv(L, ((size_t)v.n + 1) * sizeof *list, 0);
  EG_PARALLEL_FOR
  for (int64_t i = 0; i < v.n; i++)
    list[i] = eg_signal_hash(v.x + i * row, row);
  lua_createtable(L, v.n < INT32_MAX ? (int)v.n : 0, 0);
  for (int64_t i = 0; i < v.n; i++) {
    lua_pushinteger(L, (lua_Integer)list[i]);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

static const luaL_Reg functions[] = {{"resample", resample}, {"decimate", decimate},
                                     {"minmax", minmax},     {"standardise", standardise},
                                     {"moments", moments},   {"moments_by_lead", moments_by_lead},
                                     {"repair", repair},     {"repair_saturated", repair_saturated},
                                     {"hashes", hashes},     {NULL, NULL}};

int eg_open_signal(lua_State *L) {
  luaL_newlib(L, functions);
  lua_setfield(L, -2, "signal");
  return 0;
}
