#include "ops.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "context.h"
#include "ecgraft/ops.h"
#include "error.h"
#include "tensor.h"

/* Tensors that hold positions count from 1 in Lua and from 0 in the core. ORDER INDEXED: bits of outputs, of inputs. */
static const struct {
  const eg_op *op;
  unsigned outputs, inputs;
} indexed[] = {
    {&eg_op_argmax, 1, 0}, {&eg_op_argmin, 1, 0},       {&eg_op_max, 2, 0},           {&eg_op_min, 2, 0},
    {&eg_op_sort, 2, 0},   {&eg_op_index_select, 0, 2}, {&eg_op_cross_entropy, 0, 2},
};

static void index_bits(const eg_op *op, unsigned *outputs, unsigned *inputs) {
  *outputs = *inputs = 0;
  for (size_t i = 0; i < sizeof indexed / sizeof *indexed; i++) {
    if (indexed[i].op == op) {
      *outputs = indexed[i].outputs;
      *inputs = indexed[i].inputs;
    }
  }
}

static bool optional(const char *name) {
  return name[strlen(name) - 1] == '?';
}

/* A name without its trailing "?" or "...". */
static const char *plain(const char *name, char *text, size_t size) {
  snprintf(text, size, "%.*s", (int)strcspn(name, "?."), name);
  return text;
}

/* Puts a tensor at a stack slot in place of the number there. */
static void number_to_tensor(lua_State *L, int index) {
  double value = lua_tonumber(L, index);
  eg_tensor **box = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_tensor_full(box, (eg_shape){0}, value));
  lua_replace(L, index);
}

/* The inputs of a list {a, b, c} at `first`. The list keeps them alive. */
static int list_inputs(lua_State *L, const eg_op *op, int first, eg_tensor **inputs) {
  eg_arg_table(L, first, op->name, "the list of tensors");
  int n = (int)lua_rawlen(L, first);
  if (n < 1 || n > EG_MAX_INPUTS)
    eg_lua_usage(L, "%s: expected a list of 1 to %d tensors, got %d", op->name, EG_MAX_INPUTS, n);
  for (int i = 0; i < n; i++) {
    lua_rawgeti(L, first, i + 1);
    inputs[i] = eg_lua_check_tensor(L, -1, op->name, "each entry of the list");
    lua_pop(L, 1);
  }
  return n;
}

/* The inputs at `first` and after; *next is the index of the first argument that is none. */
static int plain_inputs(lua_State *L, const eg_op *op, int first, eg_tensor **inputs, int *next) {
  int at = first, n = 0;
  for (; op->inputs[n]; n++) {
    char name[48];
    eg_tensor *tensor = at <= lua_gettop(L) ? eg_lua_test_tensor(L, at) : NULL;
    inputs[n] = NULL;
    if (!tensor && lua_type(L, at) == LUA_TNUMBER && !optional(op->inputs[n])) {
      number_to_tensor(L, at);
      tensor = eg_lua_test_tensor(L, at);
    }
    if (tensor)
      inputs[n] = tensor;
    else if (!optional(op->inputs[n]))
      eg_lua_check_tensor(L, at, op->name, plain(op->inputs[n], name, sizeof name));
    else if (!lua_isnoneornil(L, at))
      continue; /* an option already: the optional input is left out */
    if (at <= lua_gettop(L))
      at++;
  }
  *next = at;
  return n;
}

static int64_t dim_value(lua_State *L, const eg_op *op, const eg_option *option, int ndim) {
  if (strcmp(option->name, "index") == 0 || strcmp(option->name, "first") == 0)
    return eg_arg_integer(L, -1, op->name, option->name, 1, INT64_MAX) - 1;
  return eg_arg_position(L, -1, op->name, option->name, ndim);
}

/* Sets one field of the options struct from the value at the top of the stack (nil: the default). */
static void set_field(lua_State *L, const eg_op *op, const eg_option *option, int ndim, unsigned char *options) {
  void *field = options + option->offset;
  bool absent = lua_isnoneornil(L, -1);
  switch (option->kind) {
  case EG_OPTION_INT:
    *(int64_t *)field =
        absent ? (int64_t)option->fallback : eg_arg_integer(L, -1, op->name, option->name, INT64_MIN, INT64_MAX);
    break;
  case EG_OPTION_DIM:
    *(int64_t *)field = absent ? (int64_t)option->fallback : dim_value(L, op, option, ndim);
    break;
  case EG_OPTION_REAL:
    *(double *)field = absent ? option->fallback : eg_arg_number(L, -1, op->name, option->name);
    break;
  case EG_OPTION_BOOL:
    *(bool *)field = absent ? option->fallback != 0 : eg_arg_boolean_or(L, -1, op->name, option->name, false);
    break;
  case EG_OPTION_DIMS:
    if (absent) {
      *(eg_shape *)field = (eg_shape){.ndim = -1};
    } else {
      eg_arg_table(L, -1, op->name, option->name);
      *(eg_shape *)field = eg_arg_shape(L, lua_gettop(L), op->name, true);
    }
    break;
  }
}

static void options_from_table(lua_State *L, const eg_op *op, int index, int ndim, unsigned char *options) {
  eg_opts o = eg_opts_open(L, index, op->name);
  for (const eg_option *each = op->options; each && each->name; each++) {
    eg_opts_push(&o, each->name);
    set_field(L, op, each, ndim, options);
    lua_pop(L, 1);
  }
  eg_opts_close(&o);
}

static void options_by_position(lua_State *L, const eg_op *op, int next, int ndim, unsigned char *options) {
  int top = lua_gettop(L);
  for (const eg_option *each = op->options; each && each->name; each++) {
    if (each->kind == EG_OPTION_DIMS && lua_type(L, next) == LUA_TNUMBER) { /* reshape(2, 3) */
      *(eg_shape *)(void *)(options + each->offset) = eg_arg_shape(L, next, op->name, true);
      next = top + 1;
      continue;
    }
    if (next <= top)
      lua_pushvalue(L, next++);
    else
      lua_pushnil(L);
    set_field(L, op, each, ndim, options);
    lua_pop(L, 1);
  }
  if (next <= top) {
    char came[96];
    eg_lua_usage(L, "%s: unexpected argument: %s", op->name, eg_arg_describe(L, next, came, sizeof came));
  }
}

/* A table with entries from 1 on, or without any: {} is the shape of one element. */
static bool is_list(lua_State *L, int index) {
  if (lua_rawlen(L, index) > 0)
    return true;
  lua_pushnil(L);
  if (lua_next(L, index) == 0)
    return true;
  lua_pop(L, 2);
  return false;
}

static bool is_options(lua_State *L, const eg_op *op, int next) {
  if (!lua_istable(L, next))
    return lua_isnoneornil(L, next) && next == lua_gettop(L);
  bool dims = op->options && op->options->name && op->options->kind == EG_OPTION_DIMS && is_list(L, next);
  return !dims && next == lua_gettop(L);
}

/* A copy of a tensor with `by` added, boxed on the stack. */
static eg_tensor *shifted(lua_State *L, eg_tensor *tensor, double by) {
  eg_tensor **one = eg_lua_tensor_box(L), **copy = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_tensor_full(one, (eg_shape){0}, by));
  eg_lua_check(L, eg_tensor_clone(copy, tensor));
  eg_lua_check(L, eg_tensor_add_into(*copy, *one, 1));
  lua_remove(L, -2);
  return *copy;
}

int eg_lua_call_op(lua_State *L, const eg_op *op, int first) {
  eg_tensor *inputs[EG_MAX_INPUTS] = {NULL}, *outputs[1 + EG_MAX_EXTRA];
  _Alignas(16) unsigned char options[EG_MAX_OPTION_BYTES] = {0};
  int next = first + 1, n;
  luaL_checkstack(L, 32, op->name);
  if (strstr(op->inputs[0], "..."))
    n = list_inputs(L, op, first, inputs);
  else
    n = plain_inputs(L, op, first, inputs, &next);
  int ndim = inputs[0] ? inputs[0]->shape.ndim : 0;
  if (is_options(L, op, next))
    options_from_table(L, op, next, ndim, options);
  else
    options_by_position(L, op, next, ndim, options);

  if (op == &eg_op_permute) { /* the one list that holds dims */
    eg_shape *order = &((eg_permute_options *)(void *)options)->order;
    for (int i = 0; i < order->ndim; i++)
      order->dims[i]--;
  }
  unsigned index_outputs, index_inputs;
  index_bits(op, &index_outputs, &index_inputs);
  for (int i = 0; i < n; i++)
    if (index_inputs >> i & 1 && inputs[i] && (op != &eg_op_cross_entropy || inputs[i]->shape.ndim < ndim))
      inputs[i] = shifted(L, inputs[i], -1);

  /* The boxes lie on the stack before there is anything to put into them. */
  eg_tensor **boxes[1 + EG_MAX_EXTRA];
  for (int i = 0; i <= op->extra; i++)
    boxes[i] = eg_lua_tensor_box(L);
  eg_status status = eg_apply(outputs, eg_lua_tape(L), op, inputs, n, op->options ? options : NULL);
  size_t bytes = 0; /* also of outputs that the tape refers to */
  for (int i = 0; i <= op->extra && status == EG_OK; i++) {
    *boxes[i] = outputs[i];
    bytes += (size_t)outputs[i]->storage->size * sizeof(eg_real);
  }
  eg_lua_check(L, status);
  for (int i = 0; i <= op->extra; i++) {
    if (index_outputs >> i & 1) {
      eg_tensor *one;
      eg_lua_check(L, eg_tensor_full(&one, (eg_shape){0}, 1));
      eg_status added = eg_tensor_add_into(*boxes[i], one, 1);
      eg_tensor_release(one);
      eg_lua_check(L, added);
    }
  }
  int results = op->extra + 1;
  if ((op == &eg_op_max || op == &eg_op_min) && ((eg_dim_options *)(void *)options)->dim < 0) {
    lua_pop(L, 1); /* over everything: the value alone */
    results = 1;
  }
  if (op->views)
    return eg_lua_tensor_filled(L, results);
  eg_lua_weigh(L, bytes);
  return results;
}

static int call(lua_State *L) {
  return eg_lua_call_op(L, lua_touserdata(L, lua_upvalueindex(1)), 1);
}

/* As a method: what stands before the colon is a tensor, never a number that stands for one. */
static int call_method(lua_State *L) {
  const eg_op *op = lua_touserdata(L, lua_upvalueindex(1));
  if (!eg_lua_test_tensor(L, 1) && !strstr(op->inputs[0], "..."))
    return eg_lua_no_self(L, op->name);
  return eg_lua_call_op(L, op, 1);
}

static void set_ops(lua_State *L, lua_CFunction function) {
  for (const eg_op *const *op = eg_ops; *op; op++) {
    lua_pushlightuserdata(L, (void *)(uintptr_t)*op);
    lua_pushcclosure(L, function, 1);
    lua_setfield(L, -2, (*op)->name);
  }
}

void eg_lua_set_ops(lua_State *L) {
  set_ops(L, call);
}

void eg_lua_set_op_methods(lua_State *L) {
  set_ops(L, call_method);
}
