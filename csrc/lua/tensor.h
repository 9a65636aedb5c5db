/* Tensors as Lua values. Box first: take a box, then let a core function fill it.

     eg_tensor **out = eg_lua_tensor_box(L);
     eg_lua_check(L, eg_tensor_zeros(out, shape));
     return eg_lua_tensor_filled(L, 1);
*/
#ifndef EG_LUA_TENSOR_H
#define EG_LUA_TENSOR_H

#include <lua.h>

#include "ecgraft/autograd.h"

/* Pushes an empty tensor value and returns the place for a new reference. */
eg_tensor **eg_lua_tensor_box(lua_State *L);
/* Says that the boxes on the stack were filled, so that the collector learns what tensors weigh. Returns `results`. */
int eg_lua_tensor_filled(lua_State *L, int results);
/* The tensor at `index`, borrowed; raises "WHERE: NAME must be a tensor, got ...". */
eg_tensor *eg_lua_check_tensor(lua_State *L, int index, const char *where, const char *name);
/* The same, NULL where it is something else. */
eg_tensor *eg_lua_test_tensor(lua_State *L, int index);
/* Raises that a method was called with something else than a tensor before it, as x.shape() does. */
int eg_lua_no_self(lua_State *L, const char *method);
/* This Lua state's tape: whether ops are recorded, and the random generator of manual_seed. */
eg_tape *eg_lua_tape(lua_State *L);

#endif
