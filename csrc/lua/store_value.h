/* Values and attributes of files (ecgraft/store.h) from and to Lua. */
#ifndef EG_LUA_STORE_VALUE_H
#define EG_LUA_STORE_VALUE_H

#include <lua.h>

#include "args.h"
#include "ecgraft/store.h"

/* From Lua: a string, number or boolean at `index`, or a list of one kind of these. What comes back, and what it points
   to, is kept by the table at `keep` and by the value itself. Raises for anything else; `name` is the value's. */
const eg_value *eg_lua_check_value(lua_State *L, int index, int keep, const char *where, const char *name);
/* The same for a table from names to values, sorted by name. */
const eg_attributes *eg_lua_check_attributes(lua_State *L, int index, int keep, const char *where);
/* Pushes the sorted list of the keys of the table at `index`, which must be strings without a 0. */
void eg_lua_sorted_names(lua_State *L, int index, const char *where);

/* The string at `index`, which must not hold a byte 0. */
const char *eg_lua_check_text(lua_State *L, int index, const char *where, const char *name);

/* To Lua. A box is pushed empty, filled by a reading function, and freed with the Lua value. */
eg_value *eg_lua_value_box(lua_State *L);
eg_attributes *eg_lua_attributes_box(lua_State *L);
void eg_lua_push_value(lua_State *L, const eg_value *value);
void eg_lua_push_attributes(lua_State *L, const eg_attributes *attributes);

void eg_lua_register_values(lua_State *L);

/* What the functions of ecgraft.core.store share. */

/* Zeroed memory in a userdata, pushed: what is collected from Lua tables lies there, so that an error in between leaves
   nothing behind. */
void *eg_lua_new_array(lua_State *L, size_t count, size_t size);
/* Options `dtype` (EG_DTYPE_OTHER where absent) and `name` (required). */
eg_dtype eg_lua_dtype_option(eg_opts *o);
const char *eg_lua_name_option(eg_opts *o);
/* Returns true, or nil and a message, or raises. */
int eg_lua_done(lua_State *L, eg_status status);
/* Adds safetensors, .npy and plain files to the table at the top. */
void eg_lua_add_exchange(lua_State *L);

#endif
