#include "store_value.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "box.h"
#include "error.h"

/* From Lua. */

/* New memory that lives as long as the table at `keep`. */
static void *kept(lua_State *L, int keep, size_t bytes) {
  void *memory = lua_newuserdatauv(L, bytes > 0 ? bytes : 1, 0);
  memset(memory, 0, bytes);
  luaL_ref(L, keep);
  return memory;
}

static size_t entry_size(eg_value_kind kind) {
  return kind == EG_VALUE_STRING ? sizeof(char *) : kind == EG_VALUE_BOOL ? sizeof(bool) : 8;
}

/* The kind of the value at the top. */
static eg_value_kind kind_at_top(lua_State *L, const char *where, const char *name) {
  char came[96];
  switch (lua_type(L, -1)) {
  case LUA_TSTRING:
    return EG_VALUE_STRING;
  case LUA_TBOOLEAN:
    return EG_VALUE_BOOL;
  case LUA_TNUMBER:
    return lua_isinteger(L, -1) ? EG_VALUE_INTEGER : EG_VALUE_REAL;
  default:
    eg_lua_usage(L, "%s: '%s' must be a string, a number, a boolean or a list of one of these, got %s", where, name,
                 eg_arg_describe(L, -1, came, sizeof came));
    return EG_VALUE_STRING;
  }
}

const char *eg_lua_check_text(lua_State *L, int index, const char *where, const char *name) {
  size_t length;
  const char *text = lua_tolstring(L, index, &length);
  if (strlen(text) != length)
    eg_lua_usage(L, "%s: '%s' holds a byte 0, which a file cannot keep", where, name);
  return text;
}

static void put(lua_State *L, eg_value_kind kind, void *data, lua_Integer i, const char *where, const char *name) {
  switch (kind) {
  case EG_VALUE_STRING:
    ((const char **)data)[i] = eg_lua_check_text(L, -1, where, name);
    break;
  case EG_VALUE_INTEGER:
    ((int64_t *)data)[i] = lua_tointeger(L, -1);
    break;
  case EG_VALUE_REAL:
    ((double *)data)[i] = lua_tonumber(L, -1);
    break;
  case EG_VALUE_BOOL:
    ((bool *)data)[i] = lua_toboolean(L, -1);
    break;
  }
}

/* The common kind of a list's entries; integers among reals are reals. An empty list is one of reals. */
static eg_value_kind kind_of_list(lua_State *L, int index, lua_Integer count, const char *where, const char *name) {
  eg_value_kind kind = EG_VALUE_REAL;
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, index, i);
    eg_value_kind each = kind_at_top(L, where, name);
    bool numbers =
        (kind == EG_VALUE_INTEGER || kind == EG_VALUE_REAL) && (each == EG_VALUE_INTEGER || each == EG_VALUE_REAL);
    if (i > 1 && each != kind && !numbers) {
      char came[96];
      eg_lua_usage(L, "%s: entry %d of '%s' is of another kind than those before it: %s", where, (int)i, name,
                   eg_arg_describe(L, -1, came, sizeof came));
    }
    if (i == 1)
      kind = each;
    else if (each != kind)
      kind = EG_VALUE_REAL;
    lua_pop(L, 1);
  }
  return kind;
}

/* A table with keys beside 1 .. n is no list: what else it holds would be lost. */
static void check_list(lua_State *L, int index, lua_Integer count, const char *where, const char *name) {
  lua_Integer keys = 0;
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
    keys++;
  if (keys != count)
    eg_lua_usage(L, "%s: '%s' must be a list (1 .. n, nothing else), got a table of %d keys", where, name, (int)keys);
}

static void fill_value(lua_State *L, eg_value *value, int index, int keep, const char *where, const char *name) {
  luaL_checkstack(L, 4, where);
  value->list = lua_istable(L, index);
  if (value->list) {
    lua_Integer count = (lua_Integer)lua_rawlen(L, index);
    check_list(L, index, count, where, name);
    value->count = count;
    value->kind = kind_of_list(L, index, count, where, name);
  } else {
    value->count = 1;
    lua_pushvalue(L, index);
    value->kind = kind_at_top(L, where, name);
    lua_pop(L, 1);
  }
  void *data = kept(L, keep, (size_t)value->count * entry_size(value->kind));
  for (lua_Integer i = 0; i < value->count; i++) {
    if (value->list)
      lua_rawgeti(L, index, i + 1);
    else
      lua_pushvalue(L, index);
    put(L, value->kind, data, i, where, name);
    lua_pop(L, 1);
  }
  value->data = data;
}

const eg_value *eg_lua_check_value(lua_State *L, int index, int keep, const char *where, const char *name) {
  index = lua_absindex(L, index);
  eg_value *value = kept(L, lua_absindex(L, keep), sizeof *value);
  fill_value(L, value, index, lua_absindex(L, keep), where, name);
  return value;
}

static int by_text(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void eg_lua_sorted_names(lua_State *L, int index, const char *where) {
  index = lua_absindex(L, index);
  size_t count = 0, i = 0;
  luaL_checkstack(L, 6, where);
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    char came[96];
    if (lua_type(L, -2) != LUA_TSTRING)
      eg_lua_usage(L, "%s: names must be strings, got %s", where, eg_arg_describe(L, -2, came, sizeof came));
    eg_lua_check_text(L, -2, where, "a name");
    count++;
  }
  const char **names = lua_newuserdatauv(L, (count > 0 ? count : 1) * sizeof *names, 0);
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
    names[i++] = lua_tostring(L, -2);
  qsort(names, count, sizeof *names, by_text);
  lua_createtable(L, (int)count, 0);
  for (i = 0; i < count; i++) {
    lua_pushstring(L, names[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_remove(L, -2);
}

const eg_attributes *eg_lua_check_attributes(lua_State *L, int index, int keep, const char *where) {
  index = lua_absindex(L, index);
  keep = lua_absindex(L, keep);
  eg_arg_table(L, index, where, "the attributes");
  eg_lua_sorted_names(L, index, where);
  int names = lua_gettop(L);
  eg_attributes *attributes = kept(L, keep, sizeof *attributes);
  attributes->count = (int64_t)lua_rawlen(L, names);
  attributes->items = kept(L, keep, (size_t)attributes->count * sizeof *attributes->items);
  for (int64_t i = 0; i < attributes->count; i++) {
    lua_rawgeti(L, names, (lua_Integer)i + 1);
    attributes->items[i].name = lua_tostring(L, -1);
    lua_rawget(L, index);
    fill_value(L, &attributes->items[i].value, lua_gettop(L), keep, where, attributes->items[i].name);
    lua_pop(L, 1);
  }
  luaL_ref(L, keep); /* the names */
  return attributes;
}

/* To Lua. The boxes hold the structs themselves; only __gc is needed. */

#define VALUE_BOX "ecgraft.StoredValue"
#define ATTRIBUTES_BOX "ecgraft.StoredAttributes"

static int free_value(lua_State *L) {
  eg_value_free(luaL_checkudata(L, 1, VALUE_BOX));
  return 0;
}

static int free_attributes(lua_State *L) {
  eg_attributes_free(luaL_checkudata(L, 1, ATTRIBUTES_BOX));
  return 0;
}

eg_value *eg_lua_value_box(lua_State *L) {
  eg_value *value = lua_newuserdatauv(L, sizeof *value, 0);
  *value = (eg_value){.data = NULL};
  luaL_setmetatable(L, VALUE_BOX);
  return value;
}

eg_attributes *eg_lua_attributes_box(lua_State *L) {
  eg_attributes *attributes = lua_newuserdatauv(L, sizeof *attributes, 0);
  *attributes = (eg_attributes){0};
  luaL_setmetatable(L, ATTRIBUTES_BOX);
  return attributes;
}

static void push_entry(lua_State *L, const eg_value *value, int64_t i) {
  switch (value->kind) {
  case EG_VALUE_STRING:
    lua_pushstring(L, value->strings[i]);
    break;
  case EG_VALUE_INTEGER:
    lua_pushinteger(L, value->integers[i]);
    break;
  case EG_VALUE_REAL:
    lua_pushnumber(L, value->reals[i]);
    break;
  case EG_VALUE_BOOL:
    lua_pushboolean(L, value->bools[i]);
    break;
  }
}

void eg_lua_push_value(lua_State *L, const eg_value *value) {
  luaL_checkstack(L, 4, "values of a file");
  if (!value->list) {
    push_entry(L, value, 0);
    return;
  }
  lua_newtable(L);
  for (int64_t i = 0; i < value->count; i++) {
    push_entry(L, value, i);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

void eg_lua_push_attributes(lua_State *L, const eg_attributes *attributes) {
  luaL_checkstack(L, 4, "attributes of a file");
  lua_newtable(L);
  for (int64_t i = 0; i < attributes->count; i++) {
    eg_lua_push_value(L, &attributes->items[i].value);
    lua_setfield(L, -2, attributes->items[i].name);
  }
}

static void register_box(lua_State *L, const char *name, lua_CFunction gc) {
  luaL_newmetatable(L, name);
  lua_pushcfunction(L, gc);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
}

void eg_lua_register_values(lua_State *L) {
  register_box(L, VALUE_BOX, free_value);
  register_box(L, ATTRIBUTES_BOX, free_attributes);
}

/* Shared. */

void *eg_lua_new_array(lua_State *L, size_t count, size_t size) {
  void *array = lua_newuserdatauv(L, count > 0 ? count * size : 1, 0);
  memset(array, 0, count * size);
  return array;
}

int eg_lua_done(lua_State *L, eg_status status) {
  lua_pushboolean(L, 1);
  return eg_lua_return(L, status, 1);
}

eg_dtype eg_lua_dtype_option(eg_opts *o) {
  const char *name = eg_opts_string(o, "dtype", NULL);
  eg_dtype dtype = name ? eg_dtype_named(name) : EG_DTYPE_OTHER;
  if (name && dtype == EG_DTYPE_OTHER)
    eg_lua_usage(o->L, "%s: dtype must be float32, float64, int8, int16, int32, int64 or uint8, got '%.40s'", o->where,
                 name);
  return dtype;
}

const char *eg_lua_name_option(eg_opts *o) {
  const char *name = eg_opts_string(o, "name", NULL);
  if (!name)
    eg_lua_usage(o->L, "%s: every entry needs a name", o->where);
  return name;
}
