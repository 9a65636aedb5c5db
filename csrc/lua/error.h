/* From status codes to Lua: the only place that raises for a failure of the core. */
#ifndef EG_LUA_ERROR_H
#define EG_LUA_ERROR_H

#include <lua.h>

#include "ecgraft/status.h"

/* Raises the failure text unless status is EG_OK. The caller holds no C resource then that is not in a box. */
void eg_lua_check(lua_State *L, eg_status status);
/* For functions that meet the world: EG_OK returns `results`; EG_WORLD and EG_CANCELLED push nil, message and return 2;
   the rest raises. */
int eg_lua_return(lua_State *L, eg_status status, int results);
/* Raises a usage error: "function: " + formatted text. */
int eg_lua_usage(lua_State *L, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
