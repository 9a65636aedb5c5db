/* Arguments in: each checker names the function, the argument, what was expected and what came. Knows no tensor. */
#ifndef EG_LUA_ARGS_H
#define EG_LUA_ARGS_H

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

#include "ecgraft/tensor.h"

/* `where` is the function's public name, `name` the argument's. */
int64_t eg_arg_integer(lua_State *L, int index, const char *where, const char *name, int64_t least, int64_t most);
int64_t eg_arg_integer_or(lua_State *L, int index, const char *where, const char *name, int64_t least, int64_t most,
                          int64_t fallback);
double eg_arg_number(lua_State *L, int index, const char *where, const char *name);
double eg_arg_number_or(lua_State *L, int index, const char *where, const char *name, double fallback);
bool eg_arg_boolean_or(lua_State *L, int index, const char *where, const char *name, bool fallback);
const char *eg_arg_string(lua_State *L, int index, const char *where, const char *name);
const char *eg_arg_string_or(lua_State *L, int index, const char *where, const char *name, const char *fallback);
void eg_arg_table(lua_State *L, int index, const char *where, const char *name);
/* A dim or index of a thing with `count` of them: 1..count, or -count..-1 from the end; returned counted from 0. */
int64_t eg_arg_position(lua_State *L, int index, const char *where, const char *name, int64_t count);
/* A list {2, 3} or the remaining arguments 2, 3 from `index` on, as a shape. -1 is allowed where `free` says so. */
eg_shape eg_arg_shape(lua_State *L, int index, const char *where, bool free);
void eg_push_shape(lua_State *L, const eg_shape *shape);
/* What stands at `index`, in words, for error messages: "a string", "2.5", "nil", "ecgraft.Tensor". Pushes nothing. */
const char *eg_arg_describe(lua_State *L, int index, char *text, size_t size);

/* Options: a table at `index` or nothing. Call eg_opts_open, then one getter for each option in any order, then
   eg_opts_close, which raises for a name that no getter asked for and lists those that are known. */
typedef struct eg_opts {
  lua_State *L;
  int index; /* of the table; 0 where there is none */
  const char *where;
  int known; /* stack index of a table with the names asked for */
} eg_opts;
eg_opts eg_opts_open(lua_State *L, int index, const char *where);
int64_t eg_opts_integer(eg_opts *o, const char *name, int64_t least, int64_t most, int64_t fallback);
double eg_opts_number(eg_opts *o, const char *name, double fallback);
bool eg_opts_boolean(eg_opts *o, const char *name, bool fallback);
const char *eg_opts_string(eg_opts *o, const char *name,
                           const char *fallback); /* valid while the table is on the stack */
/* Pushes the value of an option of any type (nil where absent) and returns whether it was there. */
bool eg_opts_push(eg_opts *o, const char *name);
void eg_opts_close(eg_opts *o);

#endif
