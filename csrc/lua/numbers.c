#include "numbers.h"

#include <inttypes.h>
#include <lauxlib.h>
#include <limits.h>

#include "args.h"
#include "ecgraft/memory.h"
#include "error.h"

double *eg_lua_number_buffer(lua_State *L, const char *where, int64_t count) {
  size_t bytes;
  if (count < 0 || !eg_size_mul(&bytes, (size_t)count, sizeof(double)) || bytes > PTRDIFF_MAX / 2)
    eg_lua_usage(L, "%s: %" PRId64 " numbers cannot be held", where, count);
  luaL_checkstack(L, 4, where);
  return lua_newuserdatauv(L, bytes + 1, 0); /* never of size 0 */
}

const double *eg_lua_numbers(lua_State *L, int index, const char *where, const char *name, int64_t *count) {
  index = lua_absindex(L, index);
  eg_arg_table(L, index, where, name);
  *count = (int64_t)lua_rawlen(L, index);
  double *numbers = eg_lua_number_buffer(L, where, *count);
  for (int64_t i = 0; i < *count; i++) {
    lua_rawgeti(L, index, i + 1);
    if (lua_type(L, -1) != LUA_TNUMBER) {
      char came[96];
      eg_lua_usage(L, "%s: entry %" PRId64 " of %s must be a number, got %s", where, i + 1, name,
                   eg_arg_describe(L, -1, came, sizeof came));
    }
    numbers[i] = lua_tonumber(L, -1);
    lua_pop(L, 1);
  }
  return numbers;
}

const int64_t *eg_lua_rows(lua_State *L, int index, const char *where, int64_t *count) {
  index = lua_absindex(L, index);
  eg_arg_table(L, index, where, "the list of rows");
  *count = (int64_t)lua_rawlen(L, index);
  size_t bytes;
  if (!eg_size_mul(&bytes, (size_t)*count, sizeof(int64_t)) || bytes > PTRDIFF_MAX / 2)
    eg_lua_usage(L, "%s: %" PRId64 " rows cannot be held", where, *count);
  luaL_checkstack(L, 4, where);
  int64_t *rows = lua_newuserdatauv(L, bytes + 1, 0);
  for (int64_t i = 0; i < *count; i++) {
    lua_rawgeti(L, index, i + 1);
    rows[i] = eg_arg_integer(L, -1, where, "each row", 1, INT64_MAX) - 1;
    lua_pop(L, 1);
  }
  return rows;
}

void eg_lua_push_numbers(lua_State *L, const double *numbers, int64_t count) {
  luaL_checkstack(L, 4, "numbers");
  lua_createtable(L, count < INT_MAX ? (int)count : 0, 0);
  for (int64_t i = 0; i < count; i++) {
    lua_pushnumber(L, numbers[i]);
    lua_rawseti(L, -2, i + 1);
  }
}
