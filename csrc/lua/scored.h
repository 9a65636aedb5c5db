/* Prepared scores as Lua holds them. */
#ifndef EG_LUA_SCORED_H
#define EG_LUA_SCORED_H

#include <lua.h>

#include "ecgraft/metrics.h"

/* The ecgraft.Scored at `index`; raises where it is something else. */
eg_scored *eg_lua_check_scored(lua_State *L, int index);

#endif
