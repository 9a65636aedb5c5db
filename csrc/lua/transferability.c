/* ecgraft.core.transferability: leep, melep, logme, h_score, cka of tensors. lua/ecgraft/transfer/measure names things.
 */
#include "ecgraft/transferability.h"

#include <lauxlib.h>

#include "args.h"
#include "error.h"
#include "tensor.h"

/* The matrix at `index` as doubles in memory of Lua's, pushed; its rows and columns. One dimension counts as a column.
 */
static double *matrix(lua_State *L, int index, const char *where, const char *name, int64_t *rows, int64_t *columns) {
  eg_tensor *x = eg_lua_check_tensor(L, index, where, name);
  char shape[96];
  if (x->shape.ndim < 1 || x->shape.ndim > 2)
    eg_lua_usage(L, "%s: %s must have one or two dimensions, got shape %s", where, name,
                 eg_shape_text(&x->shape, shape, sizeof shape));
  int64_t n = eg_tensor_numel(x);
  *rows = x->shape.dims[0];
  *columns = eg_tensor_dim(x, 1);
  double *values = lua_newuserdatauv(L, (size_t)(n > 0 ? n : 1) * sizeof *values, 0);
  for (int64_t i = 0; i < n; i++)
    values[i] = (double)eg_tensor_at(x, i);
  return values;
}

/* Two matrices with the same number of rows, on the stack until the call ends. */
typedef struct pair {
  const double *a, *b;
  int64_t n, da, db;
} pair;

static pair two(lua_State *L, const char *where, const char *first, const char *second) {
  pair p;
  int64_t n;
  p.a = matrix(L, 1, where, first, &p.n, &p.da);
  p.b = matrix(L, 2, where, second, &n, &p.db);
  if (n != p.n)
    eg_lua_usage(L, "%s: %s has %lld records, %s has %lld", where, first, (long long)p.n, second, (long long)n);
  return p;
}

static int push(lua_State *L, eg_status status, const double *score) {
  eg_lua_check(L, status);
  lua_pushnumber(L, *score);
  return 1;
}

/* leep(theta (n, sources), classes (n) from 1, number of classes) */
static int leep(lua_State *L) {
  pair p = two(L, "leep", "theta", "the classes");
  int64_t targets = eg_arg_integer(L, 3, "leep", "the number of classes", 1, INT32_MAX);
  int64_t *y = lua_newuserdatauv(L, (size_t)(p.n > 0 ? p.n : 1) * sizeof *y, 0);
  for (int64_t i = 0; i < p.n; i++)
    y[i] = (int64_t)p.b[i * p.db] - 1;
  double score = 0;
  return push(L, eg_leep(&score, p.a, y, p.n, p.da, targets), &score);
}

#define MEASURE(name, first, second)                                                                                   \
  static int name(lua_State *L) {                                                                                      \
    pair p = two(L, #name, first, second);                                                                             \
    double score = 0;                                                                                                  \
    return push(L, eg_##name(&score, p.a, p.b, p.n, p.da, p.db), &score);                                              \
  }
MEASURE(melep, "the source probabilities", "the labels")
MEASURE(logme, "the features", "the labels")
MEASURE(h_score, "the features", "the labels")
MEASURE(linear_cka, "the first features", "the second features")

int eg_open_transferability(lua_State *L) {
  static const luaL_Reg functions[] = {{"leep", leep},       {"melep", melep},    {"logme", logme},
                                       {"h_score", h_score}, {"cka", linear_cka}, {NULL, NULL}};
  luaL_newlib(L, functions);
  lua_setfield(L, -2, "transferability");
  return 0;
}
