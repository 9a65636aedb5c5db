/* What belongs to one Lua state. */
#ifndef EG_LUA_CONTEXT_H
#define EG_LUA_CONTEXT_H

#include <lua.h>

#include "ecgraft/autograd.h"
#include "tensor.h"

typedef struct eg_lua_context {
  eg_tape tape;
  size_t pushed; /* bytes of tensors handed to Lua since the last full collection */
  size_t limit;  /* of live memory, above which a full collection is due */
} eg_lua_context;

eg_lua_context *eg_lua_get_context(lua_State *L);
/* Tensors of so many bytes were handed to Lua; may run a full collection. */
void eg_lua_weigh(lua_State *L, size_t bytes);
/* Lets go of activations that only unreachable Lua values hold, so that backward frees what it passes. */
void eg_lua_collect_before_backward(lua_State *L);

#endif
