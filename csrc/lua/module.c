/* require "ecgraft.core": a table of openers, one a subject. Each adds to the module table, which is at the top of its
   stack, and leaves the stack as it was. */
#include <lauxlib.h>
#include <lua.h>

#define OPENERS(X)                                                                                                     \
  X(context)                                                                                                           \
  X(interrupt)                                                                                                         \
  X(tensor)                                                                                                            \
  X(make)                                                                                                              \
  X(folded_conv1d)                                                                                                     \
  X(optim)                                                                                                             \
  X(reference)                                                                                                         \
  X(random)                                                                                                            \
  X(csv)                                                                                                               \
  X(augment)                                                                                                           \
  X(mat)                                                                                                               \
  X(rows)                                                                                                              \
  X(filter)                                                                                                            \
  X(signal)                                                                                                            \
  X(quality)                                                                                                           \
  X(synth)                                                                                                             \
  X(wfdb)                                                                                                              \
  X(metrics)                                                                                                           \
  X(temperature)                                                                                                       \
  X(stats)                                                                                                             \
  X(linear_svm)                                                                                                        \
  X(store)                                                                                                             \
  X(stream)                                                                                                            \
  X(transferability)                                                                                                   \
  X(line_editor)

#define DECLARE(name) int eg_open_##name(lua_State *L);
OPENERS(DECLARE)

__attribute__((visibility("default"))) int luaopen_ecgraft_core(lua_State *L);

int luaopen_ecgraft_core(lua_State *L) {
  /* Found by another Lua than it is built for, before anything that differs between them is called. */
  if (lua_version(L) != LUA_VERSION_NUM)
    return luaL_error(L, "ecgraft.core is built for " LUA_VERSION ", and this is Lua %d.%d", (int)lua_version(L) / 100,
                      (int)lua_version(L) % 100);
#define OPEN(name) eg_open_##name,
  int (*const openers[])(lua_State *) = {OPENERS(OPEN)};
  lua_newtable(L);
  lua_pushstring(L, ECGRAFT_VERSION);
  lua_setfield(L, -2, "version");
  int top = lua_gettop(L);
  for (size_t i = 0; i < sizeof openers / sizeof *openers; i++) {
    openers[i](L);
    lua_settop(L, top);
  }
  return 1;
}
