/* What the core says about its ops, for the reference: core.describe_ops() returns a list, in the order of
   ecgraft/ops.h, of {name, text, inputs = {"x", "bias?"}, options = {{name, kind, default, text}, ...}, outputs =
   count, differentiable = bool}. */
#include <lauxlib.h>
#include <lua.h>

#include "ecgraft/ops.h"

static const char *kind_name(eg_option_kind kind) {
  switch (kind) {
  case EG_OPTION_INT:
    return "integer";
  case EG_OPTION_REAL:
    return "number";
  case EG_OPTION_BOOL:
    return "boolean";
  case EG_OPTION_DIMS:
    return "list of integers";
  case EG_OPTION_DIM:
    return "dim, from 1";
  }
  return "";
}

static void set_string(lua_State *L, const char *key, const char *value) {
  lua_pushstring(L, value);
  lua_setfield(L, -2, key);
}

/* Sets `default` of the option's table at the top of the stack; a shape, and a dim that is absent, have none. */
static void set_default(lua_State *L, const eg_option *option) {
  if (option->kind == EG_OPTION_DIMS || (option->kind == EG_OPTION_DIM && option->fallback < 0))
    return;
  if (option->kind == EG_OPTION_BOOL)
    lua_pushboolean(L, option->fallback != 0);
  else if (option->kind == EG_OPTION_REAL)
    lua_pushnumber(L, option->fallback);
  else
    lua_pushinteger(L, (lua_Integer)option->fallback + (option->kind == EG_OPTION_DIM));
  lua_setfield(L, -2, "default");
}

static void push_op(lua_State *L, const eg_op *op) {
  lua_createtable(L, 0, 6);
  set_string(L, "name", op->name);
  set_string(L, "text", op->text);
  lua_pushinteger(L, 1 + op->extra);
  lua_setfield(L, -2, "outputs");
  lua_pushboolean(L, op->backward != NULL);
  lua_setfield(L, -2, "differentiable");
  lua_newtable(L);
  for (int i = 0; op->inputs[i]; i++) {
    lua_pushstring(L, op->inputs[i]);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "inputs");
  lua_newtable(L);
  for (int i = 0; op->options && op->options[i].name; i++) {
    lua_createtable(L, 0, 4);
    set_string(L, "name", op->options[i].name);
    set_string(L, "kind", kind_name(op->options[i].kind));
    set_string(L, "text", op->options[i].text);
    set_default(L, &op->options[i]);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "options");
}

static int describe_ops(lua_State *L) {
  luaL_checkstack(L, 6, "describe_ops");
  lua_newtable(L);
  for (int i = 0; eg_ops[i]; i++) {
    push_op(L, eg_ops[i]);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

int eg_open_reference(lua_State *L);
int eg_open_reference(lua_State *L) {
  lua_pushcfunction(L, describe_ops);
  lua_setfield(L, -2, "describe_ops");
  return 0;
}
