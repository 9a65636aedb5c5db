/* ecgraft.core.random: numbers addressed by seed and stream, independent of manual_seed and of what was drawn before.
 */
#include <lauxlib.h>

#include "args.h"
#include "ecgraft/random.h"
#include "error.h"

static eg_rng stream(lua_State *L, int index, const char *where) {
  eg_rng parent = eg_rng_seed((uint64_t)eg_arg_integer(L, index, where, "the seed", INT64_MIN, INT64_MAX));
  int64_t number = eg_arg_integer_or(L, index + 1, where, "the stream", INT64_MIN, INT64_MAX, 0);
  return eg_rng_at(&parent, (uint64_t)number, 0, 0);
}

/* permutation(n, seed [, stream = 0]) --> a list of 1 .. n in random order */
static int permutation(lua_State *L) {
  int64_t n = eg_arg_integer(L, 1, "random.permutation", "n", 0, 1 << 30);
  eg_rng rng = stream(L, 2, "random.permutation");
  int64_t *order = lua_newuserdatauv(L, ((size_t)n + 1) * sizeof *order, 0);
  eg_rng_permutation(&rng, order, n);
  lua_createtable(L, (int)n, 0);
  for (int64_t i = 0; i < n; i++) {
    lua_pushinteger(L, order[i] + 1);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* uniform(n, seed [, stream = 0]) --> a list of n numbers in [0, 1) */
static int uniform(lua_State *L) {
  int64_t n = eg_arg_integer(L, 1, "random.uniform", "n", 0, 1 << 30);
  eg_rng rng = stream(L, 2, "random.uniform");
  lua_createtable(L, (int)n, 0);
  for (int64_t i = 0; i < n; i++) {
    lua_pushnumber(L, eg_rng_uniform(&rng));
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

static const luaL_Reg functions[] = {{"permutation", permutation}, {"uniform", uniform}, {NULL, NULL}};

int eg_open_random(lua_State *L) {
  luaL_newlib(L, functions);
  lua_setfield(L, -2, "random");
  return 0;
}
