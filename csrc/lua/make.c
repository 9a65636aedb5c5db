/* Making tensors: tensor{...}, zeros, ones, full, arange, linspace, eye, rand, randn, uniform, randperm. */
#include <lauxlib.h>
#include <math.h>

#include "args.h"
#include "ecgraft/memory.h"
#include "error.h"
#include "tensor.h"

/* The shape of nested tables, read along the first entries. */
static eg_shape nested_shape(lua_State *L, int index) {
  eg_shape shape = {0};
  lua_pushvalue(L, index);
  while (lua_istable(L, -1)) {
    if (shape.ndim == EG_MAX_DIMS)
      eg_lua_usage(L, "tensor: at most %d levels of tables", EG_MAX_DIMS);
    shape.dims[shape.ndim++] = (int64_t)lua_rawlen(L, -1);
    lua_rawgeti(L, -1, 1);
    lua_remove(L, -2);
  }
  lua_pop(L, 1);
  return shape;
}

/* Copies the value at the top of the stack, checking that every table has the shape's length. */
static eg_real *copy_nested(lua_State *L, const eg_shape *shape, int level, eg_real *to) {
  char came[96];
  if (level == shape->ndim) {
    if (lua_type(L, -1) != LUA_TNUMBER)
      eg_lua_usage(L, "tensor: every entry must be a number, got %s", eg_arg_describe(L, -1, came, sizeof came));
    *to = (eg_real)lua_tonumber(L, -1);
    return to + 1;
  }
  luaL_checkstack(L, 2, "tensor");
  if (!lua_istable(L, -1) || (int64_t)lua_rawlen(L, -1) != shape->dims[level])
    eg_lua_usage(L, "tensor: expected a table of %lld entries at level %d, got %s%s", (long long)shape->dims[level],
                 level + 1, eg_arg_describe(L, -1, came, sizeof came), lua_istable(L, -1) ? " of another length" : "");
  for (int64_t i = 0; i < shape->dims[level]; i++) {
    lua_rawgeti(L, -1, i + 1);
    to = copy_nested(L, shape, level + 1, to);
    lua_pop(L, 1);
  }
  return to;
}

/* tensor(number or nested tables) */
static int tensor(lua_State *L) {
  if (eg_lua_test_tensor(L, 1)) { /* a tensor: a copy without history */
    eg_tensor **copy = eg_lua_tensor_box(L);
    eg_lua_check(L, eg_tensor_clone(copy, eg_lua_test_tensor(L, 1)));
    return eg_lua_tensor_filled(L, 1);
  }
  char came[96];
  if (!lua_istable(L, 1) && lua_type(L, 1) != LUA_TNUMBER)
    return eg_lua_usage(L, "tensor: expected a number or a table of numbers, got %s",
                        eg_arg_describe(L, 1, came, sizeof came));
  eg_shape shape = nested_shape(L, 1);
  eg_tensor **box = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_tensor_new(box, shape));
  lua_pushvalue(L, 1);
  copy_nested(L, &shape, 0, eg_tensor_data(*box));
  lua_pop(L, 1);
  return eg_lua_tensor_filled(L, 1);
}

static int constant(lua_State *L, eg_shape shape, double value) {
  eg_tensor **box = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_tensor_full(box, shape, value));
  return eg_lua_tensor_filled(L, 1);
}

static int zeros(lua_State *L) {
  return constant(L, eg_arg_shape(L, 1, "zeros", false), 0);
}

static int ones(lua_State *L) {
  return constant(L, eg_arg_shape(L, 1, "ones", false), 1);
}

/* full({dims}, value) */
static int full(lua_State *L) {
  eg_arg_table(L, 1, "full", "the shape");
  return constant(L, eg_arg_shape(L, 1, "full", false), eg_arg_number(L, 2, "full", "the value"));
}

/* start + i * step for i in 0 .. n-1 */
static int sequence(lua_State *L, double start, double step, int64_t n) {
  eg_tensor **box = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_tensor_new(box, EG_SHAPE(n)));
  eg_real *x = eg_tensor_data(*box);
  for (int64_t i = 0; i < n; i++)
    x[i] = (eg_real)(start + (double)i * step);
  return eg_lua_tensor_filled(L, 1);
}

/* arange(last) --> 1, 2 .. last; arange(first, last [, step]): both ends included, as in Lua's for. */
static int arange(lua_State *L) {
  double first = 1, last = eg_arg_number(L, 1, "arange", "last"), step = eg_arg_number_or(L, 3, "arange", "step", 1);
  if (!lua_isnoneornil(L, 2)) {
    first = last;
    last = eg_arg_number(L, 2, "arange", "last");
  }
  if (!(step != 0) || !isfinite(step) || !isfinite(first) || !isfinite(last))
    return eg_lua_usage(L, "arange: first, last and step must be finite, and step not 0");
  double count = floor((last - first) / step + 1e-9) + 1;
  if (count > 9e15)
    return eg_lua_usage(L, "arange: %g elements are more than memory can address", count);
  return sequence(L, first, step, count > 0 ? (int64_t)count : 0);
}

/* linspace(first, last, n) */
static int linspace(lua_State *L) {
  double first = eg_arg_number(L, 1, "linspace", "first"), last = eg_arg_number(L, 2, "linspace", "last");
  int64_t n = eg_arg_integer(L, 3, "linspace", "n", 1, INT64_MAX);
  return sequence(L, first, n > 1 ? (last - first) / (double)(n - 1) : 0, n);
}

/* eye(n): the identity matrix */
static int eye(lua_State *L) {
  int64_t n = eg_arg_integer(L, 1, "eye", "n", 0, 1 << 24);
  eg_tensor **box = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_tensor_zeros(box, EG_SHAPE(n, n)));
  for (int64_t i = 0; i < n; i++)
    eg_tensor_data(*box)[i * (n + 1)] = 1;
  return eg_lua_tensor_filled(L, 1);
}

static int random_tensor(lua_State *L, eg_shape shape, double a, double b,
                         eg_status (*make)(eg_tensor **, eg_shape, eg_rng *, double, double)) {
  eg_tensor **box = eg_lua_tensor_box(L);
  eg_lua_check(L, make(box, shape, &eg_lua_tape(L)->rng, a, b));
  return eg_lua_tensor_filled(L, 1);
}

/* rand(dims): uniform in [0, 1); randn(dims): standard normal; uniform({dims} [, low = 0, high = 1]) */
static int rand_uniform(lua_State *L) {
  return random_tensor(L, eg_arg_shape(L, 1, "rand", false), 0, 1, eg_tensor_uniform);
}

static int randn(lua_State *L) {
  return random_tensor(L, eg_arg_shape(L, 1, "randn", false), 0, 1, eg_tensor_normal);
}

static int uniform(lua_State *L) {
  eg_arg_table(L, 1, "uniform", "the shape");
  double low = eg_arg_number_or(L, 2, "uniform", "low", 0), high = eg_arg_number_or(L, 3, "uniform", "high", 1);
  return random_tensor(L, eg_arg_shape(L, 1, "uniform", false), low, high, eg_tensor_uniform);
}

/* randperm(n): the numbers 1 .. n in random order */
static int randperm(lua_State *L) {
  int64_t n = eg_arg_integer(L, 1, "randperm", "n", 0, 1 << 24);
  eg_tensor **box = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_tensor_new(box, EG_SHAPE(n)));
  int64_t *order = eg_alloc((size_t)n * sizeof *order);
  if (!order)
    eg_lua_check(L, EG_NOMEM);
  eg_rng_permutation(&eg_lua_tape(L)->rng, order, n);
  for (int64_t i = 0; i < n; i++)
    eg_tensor_data(*box)[i] = (eg_real)(order[i] + 1);
  eg_free(order);
  return eg_lua_tensor_filled(L, 1);
}

static const luaL_Reg functions[] = {{"tensor", tensor},   {"zeros", zeros},       {"ones", ones},
                                     {"full", full},       {"arange", arange},     {"linspace", linspace},
                                     {"eye", eye},         {"rand", rand_uniform}, {"randn", randn},
                                     {"uniform", uniform}, {"randperm", randperm}, {NULL, NULL}};

int eg_open_make(lua_State *L) {
  luaL_setfuncs(L, functions, 0);
  return 0;
}
