/* ecgraft.core.store, the part that knows no HDF5: safetensors, .npy, and files replaced as a whole. */
#include <errno.h>
#include <lauxlib.h>
#include <string.h>

#include "args.h"
#include "box.h"
#include "ecgraft/npy.h"
#include "ecgraft/output.h"
#include "ecgraft/safetensors.h"
#include "error.h"
#include "store/convert.h"
#include "store_value.h"
#include "tensor.h"

/* safetensors. */

static void free_safetensors(void *file) {
  eg_safetensors_free(file);
}

static const eg_box_class safetensors_class = {.name = "ecgraft.Safetensors", .release = free_safetensors};

static int load_safetensors(lua_State *L) {
  const char *path = eg_arg_string(L, 1, "load_safetensors", "the path");
  lua_settop(L, 1);
  void **box = eg_box_push(L, &safetensors_class);
  eg_status status = eg_safetensors_load((eg_safetensors **)box, path);
  if (status != EG_OK)
    return eg_lua_return(L, status, 0);
  eg_safetensors *file = *box;
  lua_newtable(L); /* 3: tensors */
  lua_newtable(L); /* 4: metadata */
  lua_newtable(L); /* 5: names */
  for (int64_t i = 0; i < file->count; i++) {
    lua_pushstring(L, file->entries[i].name);
    lua_rawseti(L, 5, (lua_Integer)i + 1);
    *eg_lua_tensor_box(L) = eg_tensor_retain(file->entries[i].tensor);
    eg_lua_tensor_filled(L, 1);
    lua_setfield(L, 3, file->entries[i].name);
  }
  for (int64_t i = 0; i < file->metadata_count; i++) {
    lua_pushstring(L, file->metadata[i][1]);
    lua_setfield(L, 4, file->metadata[i][0]);
  }
  *box = NULL;
  eg_safetensors_free(file);
  return 3;
}

static eg_safetensors_item check_safetensors_item(lua_State *L, const char *where) {
  luaL_checkstack(L, 8, where);
  eg_arg_table(L, -1, where, "each entry");
  eg_opts o = eg_opts_open(L, -1, where);
  eg_safetensors_item item = {.name = eg_lua_name_option(&o), .dtype = eg_lua_dtype_option(&o)};
  eg_opts_push(&o, "tensor");
  item.tensor = eg_lua_check_tensor(L, -1, where, item.name);
  lua_pop(L, 1);
  eg_opts_close(&o);
  return item;
}

/* Pairs of texts from the table at `index`, sorted by the first; pushes what keeps them. */
static const char *const (*check_pairs(lua_State *L, int index, const char *where, int64_t *count))[2] {
  eg_lua_sorted_names(L, index, where);
  *count = (int64_t)lua_rawlen(L, -1);
  const char *(*pairs)[2] = eg_lua_new_array(L, (size_t)*count, sizeof *pairs);
  for (int64_t i = 0; i < *count; i++) {
    lua_rawgeti(L, -2, (lua_Integer)i + 1);
    pairs[i][0] = lua_tostring(L, -1); /* kept by the list of names */
    lua_rawget(L, index);
    eg_arg_string(L, -1, where, pairs[i][0]);
    pairs[i][1] = eg_lua_check_text(L, -1, where, pairs[i][0]);
    lua_pop(L, 1);
  }
  return (const char *const(*)[2])pairs;
}

static int save_safetensors(lua_State *L) {
  const char *path = eg_arg_string(L, 1, "save_safetensors", "the path");
  eg_arg_table(L, 2, "save_safetensors", "the list of tensors");
  lua_settop(L, 3);
  size_t count = (size_t)lua_rawlen(L, 2);
  eg_safetensors_item *items = eg_lua_new_array(L, count, sizeof *items);
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, 2, (lua_Integer)i + 1);
    items[i] = check_safetensors_item(L, "save_safetensors");
    lua_pop(L, 1);
  }
  const char *const(*metadata)[2] = NULL;
  int64_t metadata_count = 0;
  if (!lua_isnil(L, 3)) {
    eg_arg_table(L, 3, "save_safetensors", "the metadata");
    metadata = check_pairs(L, 3, "save_safetensors", &metadata_count);
  }
  return eg_lua_done(L, eg_safetensors_save(path, items, (int64_t)count, metadata, metadata_count));
}

/* .npy, and plain files. */

static int load_npy(lua_State *L) {
  const char *path = eg_arg_string(L, 1, "load_npy", "the path");
  eg_dtype dtype;
  eg_status status = eg_npy_load(eg_lua_tensor_box(L), &dtype, path);
  if (status != EG_OK)
    return eg_lua_return(L, status, 0);
  eg_lua_tensor_filled(L, 1);
  lua_pushstring(L, eg_dtype_name(dtype));
  return 2;
}

static int save_npy(lua_State *L) {
  const char *path = eg_arg_string(L, 1, "save_npy", "the path");
  eg_tensor *tensor = eg_lua_check_tensor(L, 2, "save_npy", "the second argument");
  lua_settop(L, 3);
  eg_opts o = eg_opts_open(L, 3, "save_npy");
  eg_dtype dtype = eg_lua_dtype_option(&o);
  eg_opts_close(&o);
  return eg_lua_done(L, eg_npy_save(path, tensor, dtype));
}

static int write_file(lua_State *L) {
  const char *path = eg_arg_string(L, 1, "write_file", "the path");
  size_t length;
  eg_arg_string(L, 2, "write_file", "the text");
  const char *text = lua_tolstring(L, 2, &length);
  return eg_lua_done(L, eg_write_file(path, text, length));
}

/* tensor_bytes(tensor [, {dtype =}]): its elements in row-major order, little-endian, as a string; float32 unless said
   otherwise. For formats that are written in Lua. */
static int tensor_bytes(lua_State *L) {
  eg_tensor *tensor = eg_lua_check_tensor(L, 1, "tensor_bytes", "the first argument"), *whole = NULL;
  lua_settop(L, 2);
  eg_opts o = eg_opts_open(L, 2, "tensor_bytes");
  eg_dtype dtype = eg_lua_dtype_option(&o);
  eg_opts_close(&o);
  if (dtype == EG_DTYPE_OTHER)
    dtype = EG_DTYPE_FLOAT32;
  if (!eg_can_encode(dtype))
    return eg_lua_usage(L, "tensor_bytes: a tensor cannot be written as %s", eg_dtype_name(dtype));
  size_t size = (size_t)eg_tensor_numel(tensor) * eg_dtype_size(dtype);
  luaL_Buffer buffer; /* before the tensor below: nothing of Lua's may raise while that is held */
  unsigned char *bytes = (unsigned char *)luaL_buffinitsize(L, &buffer, size);
  eg_status status = eg_tensor_contiguous(&whole, tensor);
  if (status == EG_OK)
    status = eg_encode(bytes, eg_tensor_data(whole), eg_tensor_numel(whole), dtype);
  eg_tensor_release(whole);
  if (status != EG_OK)
    return eg_lua_return(L, status, 0);
  luaL_pushresultsize(&buffer, size);
  return 1;
}

/* fail_write_at(n [, "EIO"]): for tests; the nth step of writing from now fails, with ENOSPC unless said otherwise. 0
 * ends it. */
static int fail_write_at(lua_State *L) {
  int64_t nth = eg_arg_integer(L, 1, "fail_write_at", "the step", 0, INT64_MAX);
  const char *error = eg_arg_string_or(L, 2, "fail_write_at", "the error", "ENOSPC");
  if (strcmp(error, "ENOSPC") != 0 && strcmp(error, "EIO") != 0)
    return eg_lua_usage(L, "fail_write_at: the error must be ENOSPC or EIO, got '%.40s'", error);
  eg_output_fail_at(nth, strcmp(error, "EIO") == 0 ? EIO : ENOSPC);
  return 0;
}

void eg_lua_add_exchange(lua_State *L) {
  static const luaL_Reg functions[] = {{"load_safetensors", load_safetensors},
                                       {"save_safetensors", save_safetensors},
                                       {"load_npy", load_npy},
                                       {"save_npy", save_npy},
                                       {"write_file", write_file},
                                       {"tensor_bytes", tensor_bytes},
                                       {"fail_write_at", fail_write_at},
                                       {NULL, NULL}};
  eg_box_register(L, &safetensors_class);
  luaL_setfuncs(L, functions, 0);
}
