/* Lists of Lua numbers as arrays of doubles, in memory of Lua's. */
#ifndef EG_LUA_NUMBERS_H
#define EG_LUA_NUMBERS_H

#include <lua.h>
#include <stdint.h>

/* Pushes a block for `count` doubles. */
double *eg_lua_number_buffer(lua_State *L, const char *where, int64_t count);
/* The list of numbers at `index`; pushes the block that holds them. Raises where an entry is no number. */
const double *eg_lua_numbers(lua_State *L, int index, const char *where, const char *name, int64_t *count);
/* The list of row numbers at `index`, from 1 on in Lua, from 0 on in C; pushes the block that holds them. */
const int64_t *eg_lua_rows(lua_State *L, int index, const char *where, int64_t *count);
/* Pushes a list. */
void eg_lua_push_numbers(lua_State *L, const double *numbers, int64_t count);

#endif
