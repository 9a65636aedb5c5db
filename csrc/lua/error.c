#include "error.h"

#include <lauxlib.h>
#include <stdarg.h>
#include <stdio.h>

void eg_lua_check(lua_State *L, eg_status status) {
  if (status != EG_OK) {
    luaL_where(L, 1);
    lua_pushstring(L, eg_failure());
    lua_concat(L, 2);
    lua_error(L);
  }
}

int eg_lua_return(lua_State *L, eg_status status, int results) {
  if (status == EG_WORLD || status == EG_CANCELLED) {
    lua_pushnil(L);
    lua_pushstring(L, eg_failure());
    return 2;
  }
  eg_lua_check(L, status);
  return results;
}

int eg_lua_usage(lua_State *L, const char *format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  eg_lua_check(L, eg_fail(EG_USAGE, "%s", text));
  return 0;
}
