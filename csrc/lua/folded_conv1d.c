/* core.folded_conv1d{...} is an ecgraft.FoldedConv1d: a convolution with its batch-norm folded in, for inference;
   lua/ecgraft/nn/folding.lua decides when it is used. */
#include <lauxlib.h>

#include "args.h"
#include "box.h"
#include "context.h"
#include "ecgraft/folded_conv1d.h"
#include "error.h"
#include "tensor.h"

static void release(void *object) {
  eg_folded_conv1d_free(object);
}

static const eg_box_class class;

static eg_tensor *field(lua_State *L, const char *name, bool needed) {
  bool absent = lua_getfield(L, 1, name) == LUA_TNIL;
  eg_tensor *tensor = absent && !needed ? NULL : eg_lua_check_tensor(L, -1, "folded_conv1d", name);
  lua_pop(L, 1);
  return tensor;
}

static int64_t whole(lua_State *L, const char *name, int64_t least) {
  lua_getfield(L, 1, name);
  int64_t value = eg_arg_integer(L, -1, "folded_conv1d", name, least, INT32_MAX);
  lua_pop(L, 1);
  return value;
}

/* folded_conv1d{weight, bias?, gamma?, beta?, mean, var, eps, stride, padding, dilation, groups} */
static int new (lua_State *L) {
  eg_arg_table(L, 1, "folded_conv1d", "the parts");
  eg_folded_parts parts = {
      .weight = field(L, "weight", true),
      .bias = field(L, "bias", false),
      .gamma = field(L, "gamma", false),
      .beta = field(L, "beta", false),
      .mean = field(L, "mean", true),
      .var = field(L, "var", true),
      .conv = {whole(L, "stride", 1), whole(L, "padding", 0), whole(L, "dilation", 1), whole(L, "groups", 1)}};
  lua_getfield(L, 1, "eps");
  parts.eps = eg_arg_number(L, -1, "folded_conv1d", "eps");
  void **box = eg_box_push(L, &class);
  eg_folded_conv1d *folded;
  eg_lua_check(L, eg_folded_conv1d_new(&folded, &parts));
  *box = folded;
  return 1;
}

/* folded:apply(x [, residual [, relu]]) --> y, without history */
static int apply(lua_State *L) {
  eg_folded_conv1d *folded = eg_box_check(L, 1, &class);
  eg_tensor *x = eg_lua_check_tensor(L, 2, "conv1d", "x");
  eg_tensor *residual = lua_isnoneornil(L, 3) ? NULL : eg_lua_check_tensor(L, 3, "conv1d", "residual");
  eg_tensor **box = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_folded_conv1d_apply(box, folded, x, residual, lua_toboolean(L, 4)));
  return eg_lua_tensor_filled(L, 1);
}

static const luaL_Reg methods[] = {{"apply", apply}, {NULL, NULL}};
static const eg_box_class class = {.name = "ecgraft.FoldedConv1d", .release = release, .methods = methods};

int eg_open_folded_conv1d(lua_State *L) {
  eg_box_register(L, &class);
  lua_pushcfunction(L, new);
  lua_setfield(L, -2, "folded_conv1d");
  return 0;
}
