/* Userdata that own one C object. "Box first, resource second": push the box, then fill it, so that an error in between
   finds a consistent object. __gc and __close both let go and may be called twice. Knows no particular object. */
#ifndef EG_LUA_BOX_H
#define EG_LUA_BOX_H

#include <lauxlib.h>
#include <lua.h>
#include <stdint.h>

typedef struct eg_box_class {
  const char *name;        /* the metatable's name, "ecgraft.Tensor" */
  void (*release)(void *); /* lets go of the object */
  const luaL_Reg *methods; /* reached by object:method(); may be NULL */
  const luaL_Reg *meta; /* __add and the like; __gc, __close, __name are made here; __index may be given to override */
} eg_box_class;

/* Makes the class's metatable once; leaves the stack as it was. */
void eg_box_register(lua_State *L, const eg_box_class *class);
/* Pushes an empty box; *box is filled by the caller with an object it owns. */
void **eg_box_push(lua_State *L, const eg_box_class *class);
/* The object in the box at `index`; raises where it is another type or already closed. */
void *eg_box_check(lua_State *L, int index, const eg_box_class *class);
/* The same, NULL where it is another type. */
void *eg_box_test(lua_State *L, int index, const eg_box_class *class);

#endif
