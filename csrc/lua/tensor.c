/* The Tensor value: methods that are no ops. Every op is a method as well. */
#include "tensor.h"

#include <inttypes.h>
#include <lauxlib.h>
#include <string.h>

#include "args.h"
#include "box.h"
#include "context.h"
#include "ecgraft/ops.h"
#include "error.h"
#include "ops.h"

static void release(void *object) {
  eg_tensor_release(object);
}

static const eg_box_class class;

eg_tensor **eg_lua_tensor_box(lua_State *L) {
  return (eg_tensor **)eg_box_push(L, &class);
}

int eg_lua_tensor_filled(lua_State *L, int results) {
  const eg_tensor *tensor = eg_lua_test_tensor(L, -1);
  if (tensor && tensor->storage->references == 1)
    eg_lua_weigh(L, (size_t)tensor->storage->size * sizeof(eg_real));
  return results;
}

eg_tensor *eg_lua_test_tensor(lua_State *L, int index) {
  return eg_box_test(L, index, &class);
}

eg_tensor *eg_lua_check_tensor(lua_State *L, int index, const char *where, const char *name) {
  eg_tensor *tensor = eg_lua_test_tensor(L, index);
  if (!tensor) {
    char came[96];
    eg_lua_usage(L, "%s: %s must be a tensor, got %s", where, name, eg_arg_describe(L, index, came, sizeof came));
  }
  return tensor;
}

int eg_lua_no_self(lua_State *L, const char *method) {
  return eg_lua_usage(L, "%s: call it with a colon, x:%s(...)", method, method);
}

static eg_tensor *self(lua_State *L, const char *where) {
  eg_tensor *tensor = eg_lua_test_tensor(L, 1);
  if (!tensor)
    eg_lua_no_self(L, where);
  return tensor;
}

static int shape(lua_State *L) {
  eg_push_shape(L, &self(L, "shape")->shape);
  return 1;
}

static int numel(lua_State *L) {
  lua_pushinteger(L, eg_tensor_numel(self(L, "numel")));
  return 1;
}

static int dim(lua_State *L) {
  lua_pushinteger(L, self(L, "dim")->shape.ndim);
  return 1;
}

/* size([dim]): one dimension's size, or the shape. */
static int size(lua_State *L) {
  eg_tensor *x = self(L, "size");
  if (lua_isnoneornil(L, 2))
    return shape(L);
  lua_pushinteger(L, x->shape.dims[eg_arg_position(L, 2, "size", "dim", x->shape.ndim)]);
  return 1;
}

static int length(lua_State *L) {
  eg_tensor *x = self(L, "#");
  lua_pushinteger(L, x->shape.ndim > 0 ? x->shape.dims[0] : 0);
  return 1;
}

static void push_nested(lua_State *L, const eg_tensor *x, int level, int64_t offset) {
  luaL_checkstack(L, 4, "totable");
  if (level == x->shape.ndim) {
    lua_pushnumber(L, (lua_Number)eg_tensor_data(x)[offset]);
    return;
  }
  int64_t n = x->shape.dims[level];
  lua_createtable(L, n < INT32_MAX ? (int)n : 0, 0);
  for (int64_t i = 0; i < n; i++) {
    push_nested(L, x, level + 1, offset + i * x->strides[level]);
    lua_rawseti(L, -2, i + 1);
  }
}

static int totable(lua_State *L) {
  push_nested(L, self(L, "totable"), 0, 0);
  return 1;
}

static int item(lua_State *L) {
  eg_tensor *x = self(L, "item");
  char text[96];
  if (eg_tensor_numel(x) != 1)
    return eg_lua_usage(L, "item: expected a tensor of one element, got shape %s",
                        eg_shape_text(&x->shape, text, sizeof text));
  lua_pushnumber(L, (lua_Number)eg_tensor_at(x, 0));
  return 1;
}

static int requires_grad(lua_State *L) {
  eg_tensor *x = self(L, "requires_grad");
  if (lua_isnone(L, 2)) {
    lua_pushboolean(L, eg_tensor_is_recorded(x));
    return 1;
  }
  eg_lua_check(L, eg_tensor_require_grad(x, eg_arg_boolean_or(L, 2, "requires_grad", "the argument", true)));
  lua_settop(L, 1);
  return 1;
}

/* grad() --> the gradient or nil; grad(tensor) sets it, grad(nil) drops it. */
static int grad(lua_State *L) {
  eg_tensor *x = self(L, "grad");
  if (!lua_isnone(L, 2)) {
    eg_tensor *given = lua_isnil(L, 2) ? NULL : eg_lua_check_tensor(L, 2, "grad", "the gradient");
    char came[96], expected[96];
    if (given && !eg_shape_equal(&given->shape, &x->shape))
      return eg_lua_usage(L, "grad: the gradient has shape %s, the tensor %s",
                          eg_shape_text(&given->shape, came, sizeof came),
                          eg_shape_text(&x->shape, expected, sizeof expected));
    eg_tensor *copy = NULL;
    if (given)
      eg_lua_check(L, eg_tensor_clone(&copy, given));
    eg_tensor_release(x->grad);
    x->grad = copy;
    lua_settop(L, 1);
    return 1;
  }
  if (!x->grad) {
    lua_pushnil(L);
    return 1;
  }
  eg_tensor **box = eg_lua_tensor_box(L);
  *box = eg_tensor_retain(x->grad);
  return 1;
}

static int zero_grad(lua_State *L) {
  eg_tensor_zero_grad(self(L, "zero_grad"));
  return 0;
}

/* backward([gradient] [, {keep_graph = false}]) */
static int backward(lua_State *L) {
  eg_tensor *x = self(L, "backward");
  eg_tensor *seed = eg_lua_test_tensor(L, 2);
  eg_opts o = eg_opts_open(L, seed || (lua_isnil(L, 2) && lua_gettop(L) > 2) ? 3 : 2, "backward");
  bool keep_graph = eg_opts_boolean(&o, "keep_graph", false);
  eg_opts_close(&o);
  eg_lua_collect_before_backward(L);
  eg_lua_check(L, eg_backward(x, seed, keep_graph));
  return 0;
}

static int detach(lua_State *L) {
  eg_tensor *x = self(L, "detach");
  eg_tensor **box = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_tensor_alias(box, x));
  return 1;
}

/* clone(): a copy; recorded, so that gradients flow through it. */
static int clone(lua_State *L) {
  eg_tensor *x = self(L, "clone");
  eg_tensor **box = eg_lua_tensor_box(L);
  if (!eg_tensor_is_recorded(x) || !eg_lua_tape(L)->recording) {
    eg_lua_check(L, eg_tensor_clone(box, x));
  } else {
    eg_tensor **one = eg_lua_tensor_box(L);
    eg_lua_check(L, eg_tensor_full(one, (eg_shape){0}, 1));
    eg_lua_check(L, eg_apply(box, eg_lua_tape(L), &eg_op_mul, (eg_tensor *[]){x, *one}, 2, NULL));
    lua_pop(L, 1);
  }
  return eg_lua_tensor_filled(L, 1);
}

static int contiguous(lua_State *L) {
  eg_tensor *x = self(L, "contiguous");
  if (!eg_tensor_is_contiguous(x))
    return clone(L);
  lua_settop(L, 1);
  return 1;
}

static int is_contiguous(lua_State *L) {
  lua_pushboolean(L, eg_tensor_is_contiguous(self(L, "is_contiguous")));
  return 1;
}

static int count_nonfinite(lua_State *L) {
  lua_pushinteger(L, eg_tensor_count_nonfinite(self(L, "count_nonfinite")));
  return 1;
}

/* Changes in place are not recorded: refused where a gradient would silently be wrong. */
static eg_tensor *writable(lua_State *L, const char *where) {
  eg_tensor *x = self(L, where);
  if (eg_tensor_is_recorded(x) && eg_lua_tape(L)->recording)
    eg_lua_usage(L, "%s: a tensor that requires grad cannot be changed in place; do it inside no_grad", where);
  return x;
}

/* A number as a tensor without dims, or the tensor at `index`. */
static eg_tensor *operand(lua_State *L, int index, const char *where) {
  if (lua_type(L, index) != LUA_TNUMBER)
    return eg_lua_check_tensor(L, index, where, "the value");
  double value = lua_tonumber(L, index);
  eg_tensor **box = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_tensor_full(box, (eg_shape){0}, value));
  return *box;
}

static int copy_into(lua_State *L) {
  eg_tensor *x = writable(L, "copy_");
  eg_lua_check(L, eg_tensor_copy_into(x, operand(L, 2, "copy_")));
  lua_settop(L, 1);
  return 1;
}

static int fill(lua_State *L) {
  eg_tensor *x = writable(L, "fill_");
  eg_tensor_fill(x, eg_arg_number(L, 2, "fill_", "the value"));
  lua_settop(L, 1);
  return 1;
}

static int zero(lua_State *L) {
  eg_tensor_fill(writable(L, "zero_"), 0);
  lua_settop(L, 1);
  return 1;
}

/* add_(value [, factor]): x += factor * value */
static int add_into(lua_State *L) {
  eg_tensor *x = writable(L, "add_");
  double factor = eg_arg_number_or(L, 3, "add_", "the factor", 1);
  eg_lua_check(L, eg_tensor_add_into(x, operand(L, 2, "add_"), factor));
  lua_settop(L, 1);
  return 1;
}

static int scale(lua_State *L) {
  eg_tensor *x = writable(L, "mul_");
  eg_tensor_scale_into(x, eg_arg_number(L, 2, "mul_", "the factor"));
  lua_settop(L, 1);
  return 1;
}

/* Fills with random numbers from this state's generator: uniform_(low, high), normal_(mean, deviation). */
static int random_into(lua_State *L, const char *where, double first, double second,
                       eg_status (*make)(eg_tensor **, eg_shape, eg_rng *, double, double)) {
  eg_tensor *x = writable(L, where);
  first = eg_arg_number_or(L, 2, where, "the first argument", first);
  second = eg_arg_number_or(L, 3, where, "the second argument", second);
  eg_tensor **box = eg_lua_tensor_box(L);
  eg_lua_check(L, make(box, x->shape, &eg_lua_tape(L)->rng, first, second));
  eg_lua_check(L, eg_tensor_copy_into(x, *box));
  lua_settop(L, 1);
  return 1;
}

static int uniform_into(lua_State *L) {
  return random_into(L, "uniform_", 0, 1, eg_tensor_uniform);
}

static int normal_into(lua_State *L) {
  return random_into(L, "normal_", 0, 1, eg_tensor_normal);
}

/* select(dim, index) and narrow(dim, first, length): positions from the end may be negative. */
static int select_one(lua_State *L, int64_t dim_at, int index_argument) {
  eg_tensor *x = self(L, "select");
  eg_select_options options = {.dim = dim_at};
  options.index = eg_arg_position(L, index_argument, "select", "index", eg_tensor_dim(x, (int)dim_at));
  eg_tensor **box = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_apply(box, eg_lua_tape(L), &eg_op_select, &x, 1, &options));
  return 1;
}

static int select_dim(lua_State *L) {
  return select_one(L, eg_arg_position(L, 2, "select", "dim", self(L, "select")->shape.ndim), 3);
}

static int narrow(lua_State *L) {
  eg_tensor *x = self(L, "narrow");
  eg_narrow_options options;
  options.dim = eg_arg_position(L, 2, "narrow", "dim", x->shape.ndim);
  int64_t count = x->shape.dims[options.dim];
  options.length = eg_arg_integer(L, 4, "narrow", "length", 0, INT64_MAX);
  options.first =
      options.length == 0 && lua_tointeger(L, 3) == count + 1 ? count : eg_arg_position(L, 3, "narrow", "first", count);
  eg_tensor **box = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_apply(box, eg_lua_tape(L), &eg_op_narrow, &x, 1, &options));
  return 1;
}

/* permute(2, 1, 3) or permute{2, 1, 3} */
static int permute(lua_State *L) {
  eg_tensor *x = self(L, "permute");
  eg_permute_options options = {.order = eg_arg_shape(L, 2, "permute", true)};
  for (int i = 0; i < options.order.ndim; i++)
    options.order.dims[i]--;
  eg_tensor **box = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_apply(box, eg_lua_tape(L), &eg_op_permute, &x, 1, &options));
  return 1;
}

/* x[i] is select(1, i); any other key is a method (the upvalue). */
static int index(lua_State *L) {
  if (lua_type(L, 2) == LUA_TNUMBER) {
    if (self(L, "index")->shape.ndim == 0)
      return eg_lua_usage(L, "index: a tensor without dimensions has no elements to choose from; use x:item()");
    return select_one(L, 0, 2);
  }
  lua_pushvalue(L, 2);
  lua_gettable(L, lua_upvalueindex(1));
  return 1;
}

/* x[i] = number or tensor */
static int set_index(lua_State *L) {
  eg_tensor *x = self(L, "index");
  if (lua_type(L, 2) != LUA_TNUMBER || x->shape.ndim == 0) {
    char came[96];
    return eg_lua_usage(L, "index: only x[i] = value can be assigned, got the key %s",
                        eg_arg_describe(L, 2, came, sizeof came));
  }
  writable(L, "index");
  int64_t at = eg_arg_position(L, 2, "index", "the index", x->shape.dims[0]);
  eg_tensor *value = operand(L, 3, "index");
  eg_tensor **part = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_tensor_select(part, x, 0, at));
  eg_lua_check(L, eg_tensor_copy_into(*part, value));
  return 0;
}

#define OPERATOR(name)                                                                                                 \
  static int name##_operator(lua_State *L) {                                                                           \
    lua_settop(L, 2);                                                                                                  \
    return eg_lua_call_op(L, &eg_op_##name, 1);                                                                        \
  }
OPERATOR(add)
OPERATOR(sub)
OPERATOR(mul)
OPERATOR(div)
OPERATOR(pow)

static int neg_operator(lua_State *L) {
  lua_settop(L, 1);
  return eg_lua_call_op(L, &eg_op_neg, 1);
}

static const luaL_Reg methods[] = {{"shape", shape},
                                   {"numel", numel},
                                   {"dim", dim},
                                   {"size", size},
                                   {"totable", totable},
                                   {"item", item},
                                   {"requires_grad", requires_grad},
                                   {"grad", grad},
                                   {"zero_grad", zero_grad},
                                   {"backward", backward},
                                   {"detach", detach},
                                   {"clone", clone},
                                   {"contiguous", contiguous},
                                   {"is_contiguous", is_contiguous},
                                   {"count_nonfinite", count_nonfinite},
                                   {"copy_", copy_into},
                                   {"fill_", fill},
                                   {"zero_", zero},
                                   {"add_", add_into},
                                   {"mul_", scale},
                                   {"uniform_", uniform_into},
                                   {"normal_", normal_into},
                                   {"select", select_dim},
                                   {"narrow", narrow},
                                   {"permute", permute},
                                   {NULL, NULL}};

static const luaL_Reg meta[] = {{"__len", length},       {"__newindex", set_index}, {"__add", add_operator},
                                {"__sub", sub_operator}, {"__mul", mul_operator},   {"__div", div_operator},
                                {"__pow", pow_operator}, {"__unm", neg_operator},   {NULL, NULL}};

static const eg_box_class class = {.name = "ecgraft.Tensor", .release = release, .meta = meta};

/* Adds to the module table: ops, and tensor_methods, which Lua files may extend. */
int eg_open_tensor(lua_State *L) {
  eg_box_register(L, &class);
  lua_newtable(L);
  eg_lua_set_ops(L);
  lua_setfield(L, -2, "ops");
  luaL_getmetatable(L, class.name);
  lua_newtable(L);
  eg_lua_set_op_methods(L);
  luaL_setfuncs(L, methods, 0);
  lua_pushvalue(L, -1);
  lua_setfield(L, -4, "tensor_methods");
  lua_pushcclosure(L, index, 1);
  lua_setfield(L, -2, "__index");
  lua_setfield(L, -2, "tensor_meta");
  return 0;
}
