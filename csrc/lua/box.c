#include "box.h"

static int let_go(lua_State *L) {
  /* The class sits in the metatable; a foreign value (called by hand) is left alone. */
  if (lua_type(L, 1) != LUA_TUSERDATA || !lua_getmetatable(L, 1))
    return 0;
  if (lua_getfield(L, -1, "__ecgraft_class") != LUA_TLIGHTUSERDATA)
    return 0;
  const eg_box_class *class = lua_touserdata(L, -1);
  void **box = luaL_testudata(L, 1, class->name);
  if (box && *box) {
    void *object = *box;
    *box = NULL;
    class->release(object);
  }
  return 0;
}

void eg_box_register(lua_State *L, const eg_box_class *class) {
  if (luaL_newmetatable(L, class->name)) {
    if (class->methods) {
      lua_newtable(L);
      luaL_setfuncs(L, class->methods, 0);
      lua_setfield(L, -2, "__index");
    }
    if (class->meta)
      luaL_setfuncs(L, class->meta, 0);
    lua_pushlightuserdata(L, (void *)(uintptr_t) class);
    lua_setfield(L, -2, "__ecgraft_class");
    lua_pushcfunction(L, let_go);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, let_go);
    lua_setfield(L, -2, "__close");
  }
  lua_pop(L, 1);
}

void **eg_box_push(lua_State *L, const eg_box_class *class) {
  void **box = lua_newuserdatauv(L, sizeof *box, 1);
  *box = NULL;
  luaL_setmetatable(L, class->name);
  return box;
}

void *eg_box_check(lua_State *L, int index, const eg_box_class *class) {
  void **box = luaL_checkudata(L, index, class->name);
  if (!*box)
    luaL_error(L, "%s is closed", class->name);
  return *box;
}

void *eg_box_test(lua_State *L, int index, const eg_box_class *class) {
  void **box = luaL_testudata(L, index, class->name);
  return box ? *box : NULL;
}
