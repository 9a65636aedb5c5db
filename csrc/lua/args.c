#include "args.h"

#include <inttypes.h>
#include <lauxlib.h>
#include <stdio.h>

#include "error.h"

const char *eg_arg_describe(lua_State *L, int index, char *text, size_t size) {
  switch (lua_type(L, index)) {
  case LUA_TNUMBER:
    if (lua_isinteger(L, index))
      snprintf(text, size, "%" PRId64, (int64_t)lua_tointeger(L, index));
    else
      snprintf(text, size, "%.14g", lua_tonumber(L, index));
    break;
  case LUA_TSTRING:
    snprintf(text, size, "the string \"%.40s\"", lua_tostring(L, index));
    break;
  case LUA_TBOOLEAN:
    snprintf(text, size, "%s", lua_toboolean(L, index) ? "true" : "false");
    break;
  case LUA_TUSERDATA: {
    int kind = luaL_getmetafield(L, index, "__name");
    snprintf(text, size, "%s", kind == LUA_TSTRING ? lua_tostring(L, -1) : "a userdata");
    if (kind != LUA_TNIL)
      lua_pop(L, 1);
    break;
  }
  case LUA_TNIL:
  case LUA_TNONE:
    snprintf(text, size, "nil");
    break;
  default:
    snprintf(text, size, "a %s", luaL_typename(L, index));
  }
  return text;
}

static void wrong(lua_State *L, int index, const char *where, const char *name, const char *expected) {
  char came[96];
  eg_arg_describe(L, index, came, sizeof came);
  eg_lua_usage(L, "%s: %s must be %s, got %s", where, name, expected, came);
}

static void wrong_range(lua_State *L, int index, const char *where, const char *name, int64_t least, int64_t most) {
  char expected[96];
  if (most == INT64_MAX)
    snprintf(expected, sizeof expected, "an integer of at least %" PRId64, least);
  else
    snprintf(expected, sizeof expected, "an integer from %" PRId64 " to %" PRId64, least, most);
  wrong(L, index, where, name, expected);
}

int64_t eg_arg_integer(lua_State *L, int index, const char *where, const char *name, int64_t least, int64_t most) {
  int whole = 0;
  int64_t value = lua_type(L, index) == LUA_TNUMBER ? lua_tointegerx(L, index, &whole) : 0;
  if (!whole || value < least || value > most)
    wrong_range(L, index, where, name, least, most);
  return value;
}

int64_t eg_arg_integer_or(lua_State *L, int index, const char *where, const char *name, int64_t least, int64_t most,
                          int64_t fallback) {
  return lua_isnoneornil(L, index) ? fallback : eg_arg_integer(L, index, where, name, least, most);
}

double eg_arg_number(lua_State *L, int index, const char *where, const char *name) {
  if (lua_type(L, index) != LUA_TNUMBER)
    wrong(L, index, where, name, "a number");
  return lua_tonumber(L, index);
}

double eg_arg_number_or(lua_State *L, int index, const char *where, const char *name, double fallback) {
  return lua_isnoneornil(L, index) ? fallback : eg_arg_number(L, index, where, name);
}

bool eg_arg_boolean_or(lua_State *L, int index, const char *where, const char *name, bool fallback) {
  if (lua_isnoneornil(L, index))
    return fallback;
  if (!lua_isboolean(L, index))
    wrong(L, index, where, name, "true or false");
  return lua_toboolean(L, index);
}

const char *eg_arg_string(lua_State *L, int index, const char *where, const char *name) {
  if (lua_type(L, index) != LUA_TSTRING)
    wrong(L, index, where, name, "a string");
  return lua_tostring(L, index);
}

const char *eg_arg_string_or(lua_State *L, int index, const char *where, const char *name, const char *fallback) {
  return lua_isnoneornil(L, index) ? fallback : eg_arg_string(L, index, where, name);
}

void eg_arg_table(lua_State *L, int index, const char *where, const char *name) {
  if (!lua_istable(L, index))
    wrong(L, index, where, name, "a table");
}

int64_t eg_arg_position(lua_State *L, int index, const char *where, const char *name, int64_t count) {
  int whole = 0;
  int64_t value = lua_type(L, index) == LUA_TNUMBER ? lua_tointegerx(L, index, &whole) : 0;
  if (!whole || value == 0 || value > count || value < -count) {
    char expected[96];
    snprintf(expected, sizeof expected, "an integer from 1 to %" PRId64 " (or from -%" PRId64 " to -1)", count, count);
    wrong(L, index, where, name, count > 0 ? expected : "absent: there is nothing to choose from");
  }
  return value > 0 ? value - 1 : count + value;
}

eg_shape eg_arg_shape(lua_State *L, int index, const char *where, bool free) {
  eg_shape shape = {0};
  bool table = lua_istable(L, index);
  int64_t count = table ? (int64_t)lua_rawlen(L, index) : lua_gettop(L) - index + 1;
  if (count < 0)
    count = 0;
  if (count > EG_MAX_DIMS)
    eg_lua_usage(L, "%s: at most %d dimensions, got %" PRId64, where, EG_MAX_DIMS, count);
  shape.ndim = (int)count;
  for (int i = 0; i < shape.ndim; i++) {
    if (table) {
      lua_rawgeti(L, index, i + 1);
      shape.dims[i] = eg_arg_integer(L, -1, where, "each dimension", free ? -1 : 0, INT64_MAX);
      lua_pop(L, 1);
    } else {
      shape.dims[i] = eg_arg_integer(L, index + i, where, "each dimension", free ? -1 : 0, INT64_MAX);
    }
  }
  return shape;
}

void eg_push_shape(lua_State *L, const eg_shape *shape) {
  lua_createtable(L, shape->ndim, 0);
  for (int i = 0; i < shape->ndim; i++) {
    lua_pushinteger(L, shape->dims[i]);
    lua_rawseti(L, -2, i + 1);
  }
}

eg_opts eg_opts_open(lua_State *L, int index, const char *where) {
  index = lua_absindex(L, index);
  if (!lua_isnoneornil(L, index) && !lua_istable(L, index))
    wrong(L, index, where, "the options", "a table");
  eg_opts o = {.L = L, .index = lua_istable(L, index) ? index : 0, .where = where};
  lua_newtable(L);
  o.known = lua_gettop(L);
  return o;
}

/* Notes the name as known; true, with the value on the stack, where it was given. */
static bool get(eg_opts *o, const char *name) {
  lua_State *L = o->L;
  luaL_checkstack(L, 4, "options");
  lua_pushboolean(L, 1);
  lua_setfield(L, o->known, name);
  if (!o->index)
    return false;
  lua_pushstring(L, name);
  if (lua_rawget(L, o->index) != LUA_TNIL)
    return true;
  lua_pop(L, 1);
  return false;
}

int64_t eg_opts_integer(eg_opts *o, const char *name, int64_t least, int64_t most, int64_t fallback) {
  if (!get(o, name))
    return fallback;
  int64_t value = eg_arg_integer(o->L, -1, o->where, name, least, most);
  lua_pop(o->L, 1);
  return value;
}

double eg_opts_number(eg_opts *o, const char *name, double fallback) {
  if (!get(o, name))
    return fallback;
  double value = eg_arg_number(o->L, -1, o->where, name);
  lua_pop(o->L, 1);
  return value;
}

bool eg_opts_boolean(eg_opts *o, const char *name, bool fallback) {
  if (!get(o, name))
    return fallback;
  bool value = eg_arg_boolean_or(o->L, -1, o->where, name, fallback);
  lua_pop(o->L, 1);
  return value;
}

const char *eg_opts_string(eg_opts *o, const char *name, const char *fallback) {
  if (!get(o, name))
    return fallback;
  const char *value = eg_arg_string(o->L, -1, o->where, name);
  lua_pop(o->L, 1);
  return value;
}

bool eg_opts_push(eg_opts *o, const char *name) {
  if (get(o, name))
    return true;
  lua_pushnil(o->L);
  return false;
}

/* The names in the table at the top of the stack, sorted, "a, b", pushed in place of it. */
static void push_sorted_names(lua_State *L, int known) {
  lua_newtable(L);
  int list = lua_gettop(L), count = 0;
  for (lua_pushnil(L); lua_next(L, known); lua_pop(L, 1)) {
    lua_pushvalue(L, -2);
    lua_rawseti(L, list, ++count);
  }
  lua_getglobal(L, "table");
  lua_getfield(L, -1, "sort");
  lua_pushvalue(L, list);
  lua_call(L, 1, 0);
  lua_getfield(L, -1, "concat");
  lua_pushvalue(L, list);
  lua_pushstring(L, ", ");
  lua_call(L, 2, 1);
}

void eg_opts_close(eg_opts *o) {
  lua_State *L = o->L;
  luaL_checkstack(L, 8, "options");
  if (o->index) {
    for (lua_pushnil(L); lua_next(L, o->index); lua_pop(L, 1)) {
      lua_pushvalue(L, -2);
      bool known = lua_rawget(L, o->known) != LUA_TNIL;
      lua_pop(L, 1);
      if (!known) {
        char name[96];
        if (lua_type(L, -2) == LUA_TSTRING)
          snprintf(name, sizeof name, "'%.80s'", lua_tostring(L, -2));
        else
          eg_arg_describe(L, -2, name, sizeof name);
        push_sorted_names(L, o->known);
        eg_lua_usage(L, "%s: unknown option %s; known options: %s", o->where, name, lua_tostring(L, -1));
      }
    }
  }
  lua_remove(L, o->known);
}
