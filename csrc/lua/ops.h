/* Calling any op from Lua by its description. */
#ifndef EG_LUA_OPS_H
#define EG_LUA_OPS_H

#include <lua.h>

#include "ecgraft/autograd.h"

/* Calls `op` with the arguments from stack index `first` on; pushes the results and returns their number.
   Arguments: the inputs in order (a number stands for a tensor without dims; an optional one may be nil or left out),
   then the options as one table or by position. */
int eg_lua_call_op(lua_State *L, const eg_op *op, int first);
/* Sets each op as a field of the table at the top of the stack. */
void eg_lua_set_ops(lua_State *L);
/* The same as methods of tensors. */
void eg_lua_set_op_methods(lua_State *L);

#endif
