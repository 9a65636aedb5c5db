/* ecgraft.core.store: HDF5 files, safetensors, .npy, and files replaced as a whole. What the world gets wrong (a
   missing, damaged or full one) returns nil and a message; wrong arguments raise.

     save(path, items, attributes) --> true
         items: a list of {name =, tensor = or values =, dtype =, compression =, checksum =, chunk =, attributes =};
   values is a string, number or boolean, or a list of one kind of these; attributes a table from names to such values
     load(path) --> tensors, attributes, names: the arrays by name (lists where they hold strings), and their names in
   order open(path) --> a file, see `file_methods`;  create(path) --> a writer, see `writer_methods`
     load_safetensors(path) --> tensors, metadata, names;  save_safetensors(path, items, metadata) --> true
     load_npy(path) --> tensor, dtype;  save_npy(path, tensor [, {dtype = "float32"}]) --> true
     write_file(path, text) --> true;  tensor_bytes(tensor [, {dtype = "float32"}]) --> string */
#include <lauxlib.h>
#include <string.h>

#include "args.h"
#include "box.h"
#include "ecgraft/store.h"
#include "error.h"
#include "numbers.h"
#include "store_value.h"
#include "tensor.h"

static eg_store_layout layout_options(eg_opts *o) {
  eg_store_layout layout = {.dtype = eg_lua_dtype_option(o)};
  layout.compression = (int)eg_opts_integer(o, "compression", 0, 9, 0);
  layout.checksum = eg_opts_boolean(o, "checksum", true);
  layout.chunk_rows = eg_opts_integer(o, "chunk", 1, UINT32_MAX, 0);
  return layout;
}

/* The item in the table at `index`. Pushes one value that keeps what it points to; the tables it came from must stay.
 */
static eg_store_item check_item(lua_State *L, int index, const char *where) {
  luaL_checkstack(L, 12, where);
  lua_newtable(L);
  int keep = lua_gettop(L);
  eg_arg_table(L, index, where, "each entry");
  eg_opts o = eg_opts_open(L, index, where);
  eg_store_item item = {.name = eg_lua_name_option(&o), .layout = layout_options(&o)};
  if (eg_opts_push(&o, "tensor"))
    item.tensor = eg_lua_check_tensor(L, -1, where, item.name);
  lua_pop(L, 1);
  if (eg_opts_push(&o, "values"))
    item.value = eg_lua_check_value(L, -1, keep, where, item.name);
  lua_pop(L, 1);
  if (eg_opts_push(&o, "attributes"))
    item.attributes = eg_lua_check_attributes(L, -1, keep, where);
  lua_pop(L, 1);
  eg_opts_close(&o);
  if (!item.tensor == !item.value)
    eg_lua_usage(L, "%s: '%s' needs either a tensor or values", where, item.name);
  return item;
}

static int save(lua_State *L) {
  const char *path = eg_arg_string(L, 1, "store.save", "the path");
  eg_arg_table(L, 2, "store.save", "the list of arrays");
  lua_settop(L, 3);
  size_t count = (size_t)lua_rawlen(L, 2);
  eg_store_item *items = eg_lua_new_array(L, count, sizeof *items);
  lua_newtable(L); /* keeps what the items point to */
  int keep = lua_gettop(L);
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, 2, (lua_Integer)i + 1);
    items[i] = check_item(L, lua_gettop(L), "store.save");
    lua_rawseti(L, keep, (lua_Integer)i + 1);
    lua_pop(L, 1);
  }
  const eg_attributes *attributes = NULL;
  if (!lua_isnil(L, 3))
    attributes = eg_lua_check_attributes(L, 3, keep, "store.save");
  return eg_lua_done(L, eg_store_save(path, items, (int64_t)count, attributes));
}

/* Files that are read. */

static void release_file(void *store) {
  eg_store_close(store);
}

static const eg_box_class file_class;

/* Pushes values read from a file; they are freed before anything can raise but a lack of memory, against which they are
 * boxed. */
static int push_read_value(lua_State *L, eg_store *store, const char *name) {
  eg_value *value = eg_lua_value_box(L);
  eg_status status = eg_store_read_value(value, store, name);
  if (status == EG_OK)
    eg_lua_push_value(L, value);
  return eg_lua_return(L, status, 1);
}

static int push_read_attributes(lua_State *L, eg_store *store, const char *name) {
  eg_attributes *attributes = eg_lua_attributes_box(L);
  eg_status status = eg_store_read_attributes(attributes, store, name);
  if (status == EG_OK)
    eg_lua_push_attributes(L, attributes);
  return eg_lua_return(L, status, 1);
}

static void push_names(lua_State *L, const eg_store *store) {
  lua_newtable(L);
  for (int64_t i = 0; i < eg_store_count(store); i++) {
    lua_pushstring(L, eg_store_entry_at(store, i)->name);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

static int open_file(lua_State *L) {
  const char *path = eg_arg_string(L, 1, "store.open", "the path");
  void **box = eg_box_push(L, &file_class);
  return eg_lua_return(L, eg_store_open((eg_store **)box, path), 1);
}

static eg_store *file_self(lua_State *L) {
  return eg_box_check(L, 1, &file_class);
}

static const eg_store_entry *file_entry(lua_State *L, const char *where) {
  eg_store *store = file_self(L);
  const char *name = eg_arg_string(L, 2, where, "the name");
  int64_t i = eg_store_find(store, name);
  if (i < 0)
    eg_lua_usage(L, "%s: there is no array '%s'", where, name);
  return eg_store_entry_at(store, i);
}

static int file_names(lua_State *L) {
  push_names(L, file_self(L));
  return 1;
}

static int file_has(lua_State *L) {
  eg_store *store = file_self(L);
  lua_pushboolean(L, eg_store_find(store, eg_arg_string(L, 2, "has", "the name")) >= 0);
  return 1;
}

static int file_shape(lua_State *L) {
  eg_push_shape(L, &file_entry(L, "shape")->shape);
  return 1;
}

static int file_dtype(lua_State *L) {
  const eg_store_entry *entry = file_entry(L, "dtype");
  lua_pushstring(L, eg_dtype_name(entry->dtype));
  if (!entry->refused)
    return 1;
  lua_pushstring(L, entry->refused);
  return 2;
}

/* read(name): the whole array; read(name, first, last): rows, counted from 1, both included. */
static int file_read(lua_State *L) {
  eg_store *store = file_self(L);
  const eg_store_entry *entry = file_entry(L, "read");
  if (lua_isnoneornil(L, 3)) {
    eg_tensor **box = eg_lua_tensor_box(L);
    eg_status status = eg_store_read(box, store, entry->name);
    return status == EG_OK ? eg_lua_tensor_filled(L, 1) : eg_lua_return(L, status, 1);
  }
  int64_t rows = entry->shape.ndim > 0 ? entry->shape.dims[0] : 0;
  int64_t first = eg_arg_integer(L, 3, "read", "the first row", 1, rows + 1);
  int64_t last = eg_arg_integer_or(L, 4, "read", "the last row", first - 1, rows, rows);
  eg_tensor **box = eg_lua_tensor_box(L);
  eg_status status = eg_store_read_rows(box, store, entry->name, first - 1, last - first + 1);
  return status == EG_OK ? eg_lua_tensor_filled(L, 1) : eg_lua_return(L, status, 1);
}

/* gather(name, rows [, scale]): rows (a list, counted from 1) in that order, each times `scale`. */
static int file_gather(lua_State *L) {
  eg_store *store = file_self(L);
  const eg_store_entry *entry = file_entry(L, "gather");
  int64_t count;
  const int64_t *rows = eg_lua_rows(L, 3, "gather", &count);
  double scale = eg_arg_number_or(L, 4, "gather", "the scale", 1);
  eg_tensor **box = eg_lua_tensor_box(L);
  eg_status status = eg_store_gather(box, store, entry->name, rows, count, scale);
  return status == EG_OK ? eg_lua_tensor_filled(L, 1) : eg_lua_return(L, status, 1);
}

static int file_values(lua_State *L) {
  return push_read_value(L, file_self(L), eg_arg_string(L, 2, "values", "the name"));
}

static int file_attributes(lua_State *L) {
  eg_store *store = file_self(L);
  return push_read_attributes(L, store, lua_isnoneornil(L, 2) ? NULL : eg_arg_string(L, 2, "attributes", "the name"));
}

/* Lets go at once; the box stays, closed. A second time does nothing. */
static int close_box(lua_State *L, const eg_box_class *class) {
  luaL_checkudata(L, 1, class->name);
  luaL_getmetafield(L, 1, "__close");
  lua_pushvalue(L, 1);
  lua_call(L, 1, 0);
  return 0;
}

static int file_close(lua_State *L) {
  return close_box(L, &file_class);
}

/* names() --> list;  has(name);  shape(name);  dtype(name) --> its name (and why it cannot be read, where it cannot);
   read(name [, first, last]) --> tensor;  gather(name, rows [, scale]) --> tensor;  values(name) --> list of exact
   integers, numbers or strings; attributes([name]) --> table;  close() */
static const luaL_Reg file_methods[] = {{"names", file_names},   {"has", file_has},
                                        {"shape", file_shape},   {"dtype", file_dtype},
                                        {"read", file_read},     {"values", file_values},
                                        {"gather", file_gather}, {"attributes", file_attributes},
                                        {"close", file_close},   {NULL, NULL}};

static const eg_box_class file_class = {.name = "ecgraft.StoreFile", .release = release_file, .methods = file_methods};

/* Pushes an open file and returns it, or NULL with nil and a message pushed. */
static eg_store *push_open(lua_State *L, const char *where) {
  const char *path = eg_arg_string(L, 1, where, "the path");
  lua_settop(L, 1);
  void **box = eg_box_push(L, &file_class);
  if (eg_lua_return(L, eg_store_open((eg_store **)box, path), 1) != 1)
    return NULL;
  return *box;
}

/* Pushes one array: a tensor, or a list where it holds strings. */
static eg_status push_entry(lua_State *L, eg_store *store, const eg_store_entry *entry) {
  if (entry->dtype == EG_DTYPE_STRING && !entry->refused) {
    eg_value *value = eg_lua_value_box(L);
    EG_TRY(eg_store_read_value(value, store, entry->name));
    eg_lua_push_value(L, value);
    lua_remove(L, -2);
    return EG_OK;
  }
  EG_TRY(eg_store_read(eg_lua_tensor_box(L), store, entry->name));
  eg_lua_tensor_filled(L, 1);
  return EG_OK;
}

static int load(lua_State *L) {
  eg_store *store = push_open(L, "store.load");
  if (!store)
    return 2;
  lua_newtable(L);
  for (int64_t i = 0; i < eg_store_count(store); i++) {
    const eg_store_entry *entry = eg_store_entry_at(store, i);
    eg_status status = push_entry(L, store, entry);
    if (status != EG_OK)
      return eg_lua_return(L, status, 0);
    lua_setfield(L, 3, entry->name);
  }
  if (push_read_attributes(L, store, NULL) != 1)
    return 2;
  lua_remove(L, 4); /* the box of the attributes */
  push_names(L, store);
  *(void **)lua_touserdata(L, 2) = NULL;
  eg_store_close(store);
  return 3;
}

static int list(lua_State *L) {
  eg_store *store = push_open(L, "store.list");
  if (!store)
    return 2;
  lua_newtable(L);
  for (int64_t i = 0; i < eg_store_count(store); i++) {
    const eg_store_entry *entry = eg_store_entry_at(store, i);
    lua_createtable(L, 0, 4);
    lua_pushstring(L, entry->name);
    lua_setfield(L, -2, "name");
    eg_push_shape(L, &entry->shape);
    lua_setfield(L, -2, "shape");
    lua_pushstring(L, eg_dtype_name(entry->dtype));
    lua_setfield(L, -2, "dtype");
    lua_pushstring(L, entry->refused);
    lua_setfield(L, -2, "refused");
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

static int attributes(lua_State *L) {
  eg_store *store = push_open(L, "store.attributes");
  return store ? push_read_attributes(L, store, NULL) : 2;
}

/* Files that are written step by step. */

static void abandon(void *writer) {
  eg_store_abandon(writer);
}

static const eg_box_class writer_class;

static eg_store_writer *writer_self(lua_State *L) {
  return eg_box_check(L, 1, &writer_class);
}

static int create(lua_State *L) {
  const char *path = eg_arg_string(L, 1, "store.create", "the path");
  void **box = eg_box_push(L, &writer_class);
  return eg_lua_return(L, eg_store_create((eg_store_writer **)box, path), 1);
}

static int writer_write(lua_State *L) {
  eg_store_writer *writer = writer_self(L);
  lua_settop(L, 2);
  eg_store_item item = check_item(L, 2, "write");
  return eg_lua_done(L, eg_store_write(writer, &item));
}

/* reserve(name, shape [, {dtype, compression, checksum, chunk}]); a first dim of 0 grows as needed. */
static int writer_reserve(lua_State *L) {
  eg_store_writer *writer = writer_self(L);
  const char *name = eg_arg_string(L, 2, "reserve", "the name");
  eg_arg_table(L, 3, "reserve", "the shape");
  lua_settop(L, 4);
  eg_shape shape = eg_arg_shape(L, 3, "reserve", false);
  eg_opts o = eg_opts_open(L, 4, "reserve");
  eg_store_layout layout = layout_options(&o);
  eg_opts_close(&o);
  return eg_lua_done(L, eg_store_reserve(writer, name, shape, &layout));
}

static int writer_append(lua_State *L) {
  eg_store_writer *writer = writer_self(L);
  const char *name = eg_arg_string(L, 2, "append", "the name");
  return eg_lua_done(L, eg_store_append(writer, name, eg_lua_check_tensor(L, 3, "append", "the rows")));
}

/* attributes(table [, name]): of the file, or of an array. */
static int writer_attributes(lua_State *L) {
  eg_store_writer *writer = writer_self(L);
  lua_settop(L, 3);
  const char *name = lua_isnil(L, 3) ? NULL : eg_arg_string(L, 3, "attributes", "the name");
  lua_newtable(L);
  const eg_attributes *attributes = eg_lua_check_attributes(L, 2, 4, "attributes");
  return eg_lua_done(L, eg_store_write_attributes(writer, name, attributes));
}

/* The file takes its place; the writer is closed either way. */
static int writer_commit(lua_State *L) {
  eg_store_writer *writer = writer_self(L);
  *(void **)lua_touserdata(L, 1) = NULL;
  return eg_lua_done(L, eg_store_commit(writer));
}

static int writer_close(lua_State *L) {
  return close_box(L, &writer_class);
}

/* write(item);  reserve(name, shape [, options]);  append(name, rows);  attributes(table [, name]);  commit(); close():
   what was not committed is as if it had never been. All but close --> true. */
static const luaL_Reg writer_methods[] = {{"write", writer_write},
                                          {"reserve", writer_reserve},
                                          {"append", writer_append},
                                          {"attributes", writer_attributes},
                                          {"commit", writer_commit},
                                          {"close", writer_close},
                                          {NULL, NULL}};

static const eg_box_class writer_class = {.name = "ecgraft.StoreWriter", .release = abandon, .methods = writer_methods};

int eg_open_store(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"save", save},      {"load", load},     {"list", list}, {"attributes", attributes},
      {"open", open_file}, {"create", create}, {NULL, NULL}};
  eg_box_register(L, &file_class);
  eg_box_register(L, &writer_class);
  eg_lua_register_values(L);
  lua_newtable(L);
  luaL_setfuncs(L, functions, 0);
  eg_lua_add_exchange(L);
  lua_setfield(L, -2, "store");
  return 0;
}
