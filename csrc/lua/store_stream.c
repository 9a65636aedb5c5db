/* ecgraft.core.store, the part for sets larger than memory: rows read ahead, and checksums of what sets are made from.
 */
#include <lauxlib.h>

#include "args.h"
#include "box.h"
#include "ecgraft/checksum.h"
#include "ecgraft/memory.h"
#include "ecgraft/parallel.h"
#include "ecgraft/stream.h"
#include "error.h"
#include "numbers.h"
#include "tensor.h"

static void close_stream(void *stream) {
  eg_stream_close(stream);
}

static const eg_box_class stream_class;

/* stream(path, name, rows, batch [, scale]) --> a stream (ecgraft/stream.h), or nil, message. rows: a list, from 1 on.
 */
static int stream(lua_State *L) {
  const char *path = eg_arg_string(L, 1, "store.stream", "the path");
  const char *name = eg_arg_string(L, 2, "store.stream", "the name");
  int64_t count, batch = eg_arg_integer(L, 4, "store.stream", "the batch", 1, INT64_MAX);
  double scale = eg_arg_number_or(L, 5, "store.stream", "the scale", 1);
  const int64_t *rows = eg_lua_rows(L, 3, "store.stream", &count);
  void **box = eg_box_push(L, &stream_class);
  return eg_lua_return(L, eg_stream_open((eg_stream **)box, path, name, rows, count, batch, scale), 1);
}

/* stream:next() --> tensor, or nil behind the last batch, or nil, message */
static int next_batch(lua_State *L) {
  eg_stream *s = eg_box_check(L, 1, &stream_class);
  eg_tensor **box = eg_lua_tensor_box(L);
  eg_status status = eg_stream_next(box, s);
  if (status != EG_OK)
    return eg_lua_return(L, status, 1);
  if (!*box) {
    lua_pushnil(L);
    return 1;
  }
  return eg_lua_tensor_filled(L, 1);
}

static int close_method(lua_State *L) {
  luaL_checkudata(L, 1, stream_class.name);
  luaL_getmetafield(L, 1, "__close");
  lua_pushvalue(L, 1);
  lua_call(L, 1, 0);
  return 0;
}

typedef struct summed {
  eg_status status;
  uint32_t sum;
  int64_t size;
} summed;

/* checksums(paths) --> a list of {CRC-32, bytes}; false stands for a file that cannot be read */
static int checksums(lua_State *L) {
  eg_arg_table(L, 1, "store.checksums", "the paths");
  lua_settop(L, 1);
  int64_t count = (int64_t)lua_rawlen(L, 1);
  const char **paths = lua_newuserdatauv(L, ((size_t)count + 1) * sizeof *paths, 0);
  for (int64_t i = 0; i < count; i++) {
    lua_rawgeti(L, 1, i + 1);
    paths[i] = eg_arg_string(L, -1, "store.checksums", "each path"); /* kept by the list */
    lua_pop(L, 1);
  }
  summed *sums = lua_newuserdatauv(L, ((size_t)count + 1) * sizeof *sums, 0);
  EG_PARALLEL_FOR_DYNAMIC
  for (int64_t i = 0; i < count; i++)
    sums[i].status = eg_file_checksum(&sums[i].sum, &sums[i].size, paths[i]);
  lua_newtable(L);
  for (int64_t i = 0; i < count; i++) {
    if (sums[i].status == EG_NOMEM)
      eg_lua_check(L, eg_fail(EG_NOMEM, "store.checksums: not enough memory for %s", paths[i]));
    if (sums[i].status == EG_OK) {
      lua_createtable(L, 2, 0);
      lua_pushinteger(L, sums[i].sum);
      lua_rawseti(L, -2, 1);
      lua_pushinteger(L, sums[i].size);
      lua_rawseti(L, -2, 2);
    } else {
      lua_pushboolean(L, 0);
    }
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

static const luaL_Reg methods[] = {{"next", next_batch}, {"close", close_method}, {NULL, NULL}};
static const eg_box_class stream_class = {.name = "ecgraft.Stream", .release = close_stream, .methods = methods};

int eg_open_stream(lua_State *L) {
  static const luaL_Reg functions[] = {{"stream", stream}, {"checksums", checksums}, {NULL, NULL}};
  eg_box_register(L, &stream_class);
  lua_getfield(L, -1, "store");
  luaL_setfuncs(L, functions, 0);
  return 0;
}
