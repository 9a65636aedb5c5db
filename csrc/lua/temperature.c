/* Temperature scaling, in ecgraft.core.metrics. */
#include <inttypes.h>
#include <lauxlib.h>
#include <math.h>

#include "args.h"
#include "ecgraft/metrics.h"
#include "error.h"
#include "numbers.h"
#include "scored.h"
#include "tensor.h"

/* fit_temperatures(where, scored, fewest) --> list by class of {temperature, likelihood before, after}, and a list of
   what was fitted */
static int fit_temperatures(lua_State *L) {
  const char *where = eg_arg_string(L, 1, "metrics", "the function's name");
  eg_scored *scored = eg_lua_check_scored(L, 2);
  int64_t fewest = eg_arg_integer(L, 3, where, "fewest", 1, INT64_MAX);
  lua_createtable(L, (int)scored->classes, 0);
  lua_createtable(L, (int)scored->classes, 0);
  for (int64_t k = 0; k < scored->classes; k++) {
    eg_temperature t;
    eg_status status = eg_fit_temperature(&t, scored, k, fewest);
    eg_lua_check(L, status == EG_OK ? EG_OK : eg_fail_in(status, where));
    const double fields[] = {t.temperature, t.before, t.after};
    eg_lua_push_numbers(L, fields, 3);
    lua_rawseti(L, -3, k + 1);
    lua_pushboolean(L, t.fitted);
    lua_rawseti(L, -2, k + 1);
  }
  return 2;
}

/* scale_temperatures(scores (N, K), temperatures) --> a new tensor; scores are probabilities */
static int scale_temperatures(lua_State *L) {
  static const char where[] = "metrics.scale_temperatures";
  lua_settop(L, 2);
  eg_tensor *scores = eg_lua_check_tensor(L, 1, where, "scores");
  char came[96];
  if (scores->shape.ndim < 1 || scores->shape.ndim > 2)
    return eg_lua_usage(L, "%s: scores must have shape {records, classes}, got %s", where,
                        eg_shape_text(&scores->shape, came, sizeof came));
  int64_t records = eg_tensor_dim(scores, 0), classes = eg_tensor_dim(scores, 1), count;
  const double *temperatures = eg_lua_numbers(L, 2, where, "temperatures", &count);
  if (count != classes)
    return eg_lua_usage(L, "%s: expected %" PRId64 " temperatures, got %" PRId64, where, classes, count);
  for (int64_t k = 0; k < classes; k++)
    if (!(temperatures[k] > 0 && isfinite(temperatures[k])))
      return eg_lua_usage(L, "%s: temperature %" PRId64 " must be above 0, got %g", where, k + 1, temperatures[k]);
  eg_tensor **whole = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_tensor_contiguous(whole, scores));
  const eg_real *score = eg_tensor_data(*whole);
  eg_tensor **box = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_tensor_new(box, scores->shape));
  eg_real *out = eg_tensor_data(*box);
  for (int64_t i = 0; i < records * classes; i++) {
    if (!(score[i] >= 0 && score[i] <= 1))
      return eg_lua_usage(L, "%s: the score of record %" PRId64 ", class %" PRId64 " must be a probability from 0 to 1",
                          where, i / classes + 1, i % classes + 1);
    out[i] = (eg_real)eg_scale_temperature((double)score[i], temperatures[i % classes]);
  }
  return 1;
}

int eg_open_temperature(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"fit_temperatures", fit_temperatures},
      {"scale_temperatures", scale_temperatures},
      {NULL, NULL},
  };
  lua_getfield(L, -1, "metrics"); /* made by eg_open_metrics */
  luaL_setfuncs(L, functions, 0);
  lua_pop(L, 1);
  return 0;
}
