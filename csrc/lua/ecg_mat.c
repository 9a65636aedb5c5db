/* ecgraft.core.mat: MAT files of version 5. */
#include <lauxlib.h>

#include "args.h"
#include "box.h"
#include "ecgraft/mat.h"
#include "error.h"
#include "tensor.h"

static void release(void *mat) {
  eg_mat_free(mat);
}

static const eg_box_class mat_class = {.name = "ecgraft.Mat", .release = release};

/* load(path) --> table from names ("x", "ECG.data") to tensors and strings, list of names; or nil and a message */
static int load(lua_State *L) {
  const char *path = eg_arg_string(L, 1, "mat.load", "the path");
  lua_settop(L, 1);
  eg_mat **box = (eg_mat **)eg_box_push(L, &mat_class);
  eg_status status = eg_mat_load(box, path);
  if (status != EG_OK)
    return eg_lua_return(L, status, 0);
  const eg_mat *mat = *box;
  lua_newtable(L);
  lua_newtable(L);
  for (int64_t i = 0; i < mat->count; i++) {
    const eg_mat_entry *entry = &mat->entries[i];
    lua_pushstring(L, entry->name);
    if (entry->text) {
      lua_pushstring(L, entry->text);
    } else {
      *eg_lua_tensor_box(L) = eg_tensor_retain(entry->tensor);
      eg_lua_tensor_filled(L, 1);
    }
    lua_rawset(L, 3);
    lua_pushstring(L, entry->name);
    lua_rawseti(L, 4, i + 1);
  }
  return 2;
}

int eg_open_mat(lua_State *L) {
  static const luaL_Reg functions[] = {{"load", load}, {NULL, NULL}};
  eg_box_register(L, &mat_class);
  lua_newtable(L);
  luaL_setfuncs(L, functions, 0);
  lua_setfield(L, -2, "mat");
  return 0;
}
