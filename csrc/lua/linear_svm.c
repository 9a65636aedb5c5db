/* ecgraft.core.linear_svm: fit and platt, of tensors. lua/ecgraft/linear_svm.lua checks options and chooses C. */
#include "ecgraft/linear_svm.h"

#include <inttypes.h>
#include <lauxlib.h>

#include "args.h"
#include "error.h"
#include "tensor.h"

/* The matrix at `index`, contiguous; pushes what holds it. One dimension counts as a column. */
static const eg_real *matrix(lua_State *L, int index, const char *where, const char *name, int64_t *rows,
                             int64_t *columns) {
  eg_tensor *x = eg_lua_check_tensor(L, index, where, name);
  char shape[96];
  if (x->shape.ndim < 1 || x->shape.ndim > 2)
    eg_lua_usage(L, "%s: %s must have one or two dimensions, got shape %s", where, name,
                 eg_shape_text(&x->shape, shape, sizeof shape));
  *rows = x->shape.dims[0];
  *columns = eg_tensor_dim(x, 1);
  eg_tensor **box = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_tensor_contiguous(box, x));
  return eg_tensor_data(*box);
}

static void same_records(lua_State *L, const char *where, const char *first, int64_t n, int64_t labelled) {
  if (labelled != n)
    eg_lua_usage(L, "%s: %s have %" PRId64 " records, the labels %" PRId64, where, first, n, labelled);
}

static void *room(lua_State *L, int64_t n) {
  return lua_newuserdatauv(L, (size_t)(n > 0 ? n : 1) * sizeof(double), 0);
}

/* Pushes a tensor of these values. */
static void push_tensor(lua_State *L, eg_shape shape, const double *values) {
  eg_tensor **out = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_tensor_zeros(out, shape));
  eg_real *data = eg_tensor_data(*out);
  for (int64_t i = 0; i < eg_tensor_numel(*out); i++)
    data[i] = (eg_real)values[i];
  eg_lua_tensor_filled(L, 1);
}

/* fit(features (n, d), labels (n, k), {C, squared, intercept, tolerance, passes, seed}) --> weight (k, d), bias (k),
   gaps (a list) */
static int fit(lua_State *L) {
  static const char where[] = "linear_svm";
  lua_settop(L, 3);
  eg_opts o = eg_opts_open(L, 3, where);
  eg_svm_options options = {.cost = eg_opts_number(&o, "C", 1),
                            .squared = eg_opts_boolean(&o, "squared", true),
                            .intercept = eg_opts_number(&o, "intercept", 1),
                            .tolerance = eg_opts_number(&o, "tolerance", 1e-4),
                            .passes = eg_opts_integer(&o, "passes", 1, INT32_MAX, 1000),
                            .seed = (uint64_t)eg_opts_integer(&o, "seed", INT64_MIN, INT64_MAX, 1)};
  eg_opts_close(&o);
  int64_t n, d, labelled, targets;
  const eg_real *features = matrix(L, 1, where, "the features", &n, &d);
  const eg_real *labels = matrix(L, 2, where, "the labels", &labelled, &targets);
  same_records(L, where, "the features", n, labelled);
  double *weights = room(L, targets * d), *bias = room(L, targets), *gaps = room(L, targets);
  eg_status status = eg_linear_svm(weights, bias, gaps, features, labels, n, d, targets, &options);
  eg_lua_check(L, status == EG_OK ? EG_OK : eg_fail_in(status, where));
  push_tensor(L, EG_SHAPE(targets, d), weights);
  push_tensor(L, EG_SHAPE(targets), bias);
  lua_createtable(L, (int)targets, 0);
  for (int64_t k = 0; k < targets; k++) {
    lua_pushnumber(L, gaps[k]);
    lua_rawseti(L, -2, k + 1);
  }
  return 3;
}

/* platt(decisions (n), labels (n)) --> slope, offset */
static int platt(lua_State *L) {
  static const char where[] = "linear_svm";
  lua_settop(L, 2);
  int64_t n, labelled, columns;
  const eg_real *decisions = matrix(L, 1, where, "the decisions", &n, &columns);
  const eg_real *labels = matrix(L, 2, where, "the labels", &labelled, &columns);
  same_records(L, where, "the decisions", n, labelled);
  double slope = 0, offset = 0;
  eg_status status = eg_platt(&slope, &offset, decisions, labels, n);
  eg_lua_check(L, status == EG_OK ? EG_OK : eg_fail_in(status, where));
  lua_pushnumber(L, slope);
  lua_pushnumber(L, offset);
  return 2;
}

int eg_open_linear_svm(lua_State *L) {
  static const luaL_Reg functions[] = {{"fit", fit}, {"platt", platt}, {NULL, NULL}};
  luaL_newlib(L, functions);
  lua_setfield(L, -2, "linear_svm");
  return 0;
}
