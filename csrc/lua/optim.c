/* Optimizers for Lua: core.optim.new(kind) is an ecgraft.Optimizer, the thin value over which lua/ecgraft/optim builds
   its groups and states. Parameters are counted from 1 over all groups. */
#include <inttypes.h>
#include <lauxlib.h>
#include <string.h>

#include "args.h"
#include "box.h"
#include "ecgraft/optim.h"
#include "error.h"
#include "tensor.h"

static void release(void *object) {
  eg_optim_free(object);
}

static const eg_box_class class;

static eg_optim *self(lua_State *L) {
  return eg_box_check(L, 1, &class);
}

static const eg_optim_kind *find_kind(lua_State *L, const char *name) {
  for (const eg_optim_kind *const *kind = eg_optim_kinds; *kind; kind++)
    if (strcmp((*kind)->name, name) == 0)
      return *kind;
  eg_lua_usage(L, "optim.new: no optimizer is called '%s'", name);
  return NULL;
}

/* new(kind): "SGD", "Adam", ... */
static int new (lua_State *L) {
  const eg_optim_kind *kind = find_kind(L, eg_arg_string(L, 1, "optim.new", "the kind"));
  void **box = eg_box_push(L, &class);
  eg_optim *optim;
  eg_lua_check(L, eg_optim_new(&optim, kind));
  *box = optim;
  return 1;
}

/* Settings from a table name -> number at `index`, over those in `settings`. Names that the kind does not have are
   passed over: lua/ecgraft/optim has checked them. */
static void read_settings(lua_State *L, int index, const eg_optim_kind *kind, double *settings) {
  eg_arg_table(L, index, kind->name, "the settings");
  for (int i = 0; kind->settings[i].name; i++) {
    if (lua_getfield(L, index, kind->settings[i].name) != LUA_TNIL)
      settings[i] =
          lua_isboolean(L, -1) ? lua_toboolean(L, -1) : eg_arg_number(L, -1, kind->name, kind->settings[i].name);
    lua_pop(L, 1);
  }
}

/* The list of tensors at `index`, borrowed, in memory that the collector owns (pushed). */
static eg_tensor **read_tensors(lua_State *L, int index, const char *where, int64_t *count) {
  eg_arg_table(L, index, where, "the parameters");
  *count = (int64_t)lua_rawlen(L, index);
  eg_tensor **list = lua_newuserdatauv(L, (size_t)(*count + 1) * sizeof *list, 0);
  for (int64_t i = 0; i < *count; i++) {
    lua_rawgeti(L, index, i + 1);
    list[i] = eg_lua_check_tensor(L, -1, where, "each parameter");
    lua_pop(L, 1);
  }
  return list;
}

/* optim:add_group(parameters, settings) */
static int add_group(lua_State *L) {
  eg_optim *optim = self(L);
  const eg_optim_kind *kind = eg_optim_kind_of(optim);
  double settings[EG_MAX_SETTINGS];
  int64_t count;
  eg_optim_defaults(kind, settings);
  read_settings(L, 3, kind, settings);
  eg_tensor **list = read_tensors(L, 2, kind->name, &count);
  eg_lua_check(L, eg_optim_add_group(optim, list, count, settings));
  return 0;
}

static int group_argument(lua_State *L, const eg_optim *optim) {
  return (int)eg_arg_position(L, 2, eg_optim_kind_of(optim)->name, "the group", eg_optim_groups(optim));
}

/* optim:settings(group) --> {lr = ...} */
static int settings(lua_State *L) {
  eg_optim *optim = self(L);
  const eg_optim_kind *kind = eg_optim_kind_of(optim);
  const double *values = eg_optim_settings(optim, group_argument(L, optim));
  lua_newtable(L);
  for (int i = 0; kind->settings[i].name; i++) {
    if (kind->settings[i].flag)
      lua_pushboolean(L, values[i] != 0);
    else
      lua_pushnumber(L, values[i]);
    lua_setfield(L, -2, kind->settings[i].name);
  }
  return 1;
}

/* optim:configure(group, settings): those that are named; all or, where one is wrong, none */
static int configure(lua_State *L) {
  eg_optim *optim = self(L);
  int group = group_argument(L, optim);
  double changed[EG_MAX_SETTINGS];
  memcpy(changed, eg_optim_settings(optim, group), sizeof changed);
  read_settings(L, 3, eg_optim_kind_of(optim), changed);
  eg_lua_check(L, eg_optim_configure(optim, group, changed));
  return 0;
}

static int step(lua_State *L) {
  eg_lua_check(L, eg_optim_step(self(L)));
  return 0;
}

static int zero_grad(lua_State *L) {
  eg_optim_zero_grad(self(L));
  return 0;
}

/* optim:count() --> parameters, groups */
static int count(lua_State *L) {
  eg_optim *optim = self(L);
  lua_pushinteger(L, eg_optim_count(optim));
  lua_pushinteger(L, eg_optim_groups(optim));
  return 2;
}

static int64_t parameter_argument(lua_State *L, const eg_optim *optim) {
  return eg_arg_position(L, 2, eg_optim_kind_of(optim)->name, "the parameter", eg_optim_count(optim));
}

static int slot_argument(lua_State *L, const eg_optim *optim) {
  const eg_optim_kind *kind = eg_optim_kind_of(optim);
  const char *name = eg_arg_string(L, 3, kind->name, "the name of the state");
  for (int s = 0; kind->slots[s]; s++)
    if (strcmp(kind->slots[s], name) == 0)
      return s;
  return eg_lua_usage(L, "%s: keeps no state called '%.60s'", kind->name, name);
}

static int push_tensor(lua_State *L, eg_tensor *tensor) {
  if (!tensor) {
    lua_pushnil(L);
    return 1;
  }
  eg_tensor **box = eg_lua_tensor_box(L);
  *box = eg_tensor_retain(tensor);
  return 1;
}

/* optim:parameter(i) --> tensor, group */
static int parameter(lua_State *L) {
  eg_optim *optim = self(L);
  int64_t i = parameter_argument(L, optim);
  push_tensor(L, eg_optim_parameter(optim, i));
  lua_pushinteger(L, eg_optim_group_of(optim, i) + 1);
  return 2;
}

/* optim:slot(i, name) --> tensor (not a copy) or nil */
static int slot(lua_State *L) {
  eg_optim *optim = self(L);
  int64_t i = parameter_argument(L, optim);
  return push_tensor(L, eg_optim_slot(optim, i, slot_argument(L, optim)));
}

/* optim:set_slot(i, name, tensor or nil): copied */
static int set_slot(lua_State *L) {
  eg_optim *optim = self(L);
  int64_t i = parameter_argument(L, optim);
  int s = slot_argument(L, optim);
  eg_tensor *value =
      lua_isnoneornil(L, 4) ? NULL : eg_lua_check_tensor(L, 4, eg_optim_kind_of(optim)->name, "the state");
  eg_lua_check(L, eg_optim_set_slot(optim, i, s, value));
  return 0;
}

/* optim:steps(i) --> how many steps parameter i has made; optim:steps(i, n) sets it */
static int steps(lua_State *L) {
  eg_optim *optim = self(L);
  int64_t i = parameter_argument(L, optim);
  if (lua_isnoneornil(L, 3)) {
    lua_pushinteger(L, eg_optim_steps(optim, i));
    return 1;
  }
  eg_optim_set_steps(optim, i,
                     eg_arg_integer(L, 3, eg_optim_kind_of(optim)->name, "the number of steps", 0, INT64_MAX));
  return 0;
}

/* clip_grad_norm(parameters, most) --> the norm before clipping */
static int clip_grad_norm(lua_State *L) {
  int64_t n;
  double norm, most = eg_arg_number(L, 2, "clip_grad_norm", "the limit");
  eg_tensor **list = read_tensors(L, 1, "clip_grad_norm", &n);
  eg_lua_check(L, eg_clip_grad_norm(&norm, list, n, most));
  lua_pushnumber(L, norm);
  return 1;
}

/* clip_grad_value(parameters, most) */
static int clip_grad_value(lua_State *L) {
  int64_t n;
  double most = eg_arg_number(L, 2, "clip_grad_value", "the limit");
  eg_tensor **list = read_tensors(L, 1, "clip_grad_value", &n);
  eg_lua_check(L, eg_clip_grad_value(list, n, most));
  return 0;
}

static void push_setting(lua_State *L, const eg_setting *s) {
  lua_createtable(L, 0, 4);
  lua_pushstring(L, s->name);
  lua_setfield(L, -2, "name");
  lua_pushstring(L, s->text);
  lua_setfield(L, -2, "text");
  lua_pushboolean(L, s->flag);
  lua_setfield(L, -2, "flag");
  if (s->flag)
    lua_pushboolean(L, s->fallback != 0);
  else
    lua_pushnumber(L, s->fallback);
  lua_setfield(L, -2, "default");
}

/* kinds: a list of {name, text, settings = {{name, text, flag, default}, ...}, slots = {name, ...}} */
static void push_kinds(lua_State *L) {
  lua_newtable(L);
  for (int k = 0; eg_optim_kinds[k]; k++) {
    const eg_optim_kind *kind = eg_optim_kinds[k];
    lua_createtable(L, 0, 4);
    lua_pushstring(L, kind->name);
    lua_setfield(L, -2, "name");
    lua_pushstring(L, kind->text);
    lua_setfield(L, -2, "text");
    lua_newtable(L);
    for (int i = 0; kind->settings[i].name; i++) {
      push_setting(L, &kind->settings[i]);
      lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, "settings");
    lua_newtable(L);
    for (int i = 0; kind->slots[i]; i++) {
      lua_pushstring(L, kind->slots[i]);
      lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, "slots");
    lua_rawseti(L, -2, k + 1);
  }
}

static const luaL_Reg methods[] = {{"add_group", add_group},
                                   {"settings", settings},
                                   {"configure", configure},
                                   {"step", step},
                                   {"zero_grad", zero_grad},
                                   {"count", count},
                                   {"parameter", parameter},
                                   {"slot", slot},
                                   {"set_slot", set_slot},
                                   {"steps", steps},
                                   {NULL, NULL}};

static const luaL_Reg functions[] = {
    {"new", new}, {"clip_grad_norm", clip_grad_norm}, {"clip_grad_value", clip_grad_value}, {NULL, NULL}};

static const eg_box_class class = {.name = "ecgraft.Optimizer", .release = release, .methods = methods};

/* Adds core.optim. */
int eg_open_optim(lua_State *L) {
  eg_box_register(L, &class);
  luaL_newlib(L, functions);
  push_kinds(L);
  lua_setfield(L, -2, "kinds");
  lua_setfield(L, -2, "optim");
  return 0;
}
