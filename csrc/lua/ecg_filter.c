/* ecgraft.core.filter: zero-phase filters of tensors (L, leads) or (N, L, leads). lua/ecgraft/data/filters names
 * things. */
#include <lauxlib.h>
#include <string.h>

#include "args.h"
#include "ecgraft/filter.h"
#include "error.h"
#include "tensor.h"

/* Filters the tensor at index 1 into a new one. */
static int apply(lua_State *L, const char *where, const eg_filter *filter) {
  eg_tensor *x = eg_lua_check_tensor(L, 1, where, "the signals");
  char text[96];
  int dims = x->shape.ndim;
  if (dims != 2 && dims != 3)
    return eg_lua_usage(L, "%s: the signals must have shape (L, leads) or (N, L, leads), got %s", where,
                        eg_shape_text(&x->shape, text, sizeof text));
  eg_tensor **box = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_tensor_clone(box, x));
  int64_t n = dims == 3 ? x->shape.dims[0] : 1, length = x->shape.dims[dims - 2], leads = x->shape.dims[dims - 1];
  eg_real *y = eg_tensor_data(*box);
  for (int64_t i = 0; i < n; i++)
    eg_lua_check(L, eg_filter_zero_phase(y + i * length * leads, y + i * length * leads, length, leads, filter));
  return eg_lua_tensor_filled(L, 1);
}

/* butterworth(signals, kind, order, rate, low, high): kind "low", "high", "band", "stop"; a corner that is not needed
 * is 0 */
static int butterworth(lua_State *L) {
  static const char *const kinds[] = {"low", "high", "band", "stop", NULL};
  eg_filter filter;
  int kind = luaL_checkoption(L, 2, NULL, kinds);
  eg_lua_check(L, eg_butterworth(&filter, (eg_filter_kind)kind,
                                 (int)eg_arg_integer(L, 3, "butterworth", "the order", 1, 64),
                                 eg_arg_number(L, 4, "butterworth", "the rate"),
                                 eg_arg_number(L, 5, "butterworth", "the lower corner"),
                                 eg_arg_number(L, 6, "butterworth", "the upper corner")));
  return apply(L, "butterworth", &filter);
}

/* notch(signals, rate, frequency, q) */
static int notch(lua_State *L) {
  eg_filter filter;
  eg_lua_check(L, eg_notch(&filter, eg_arg_number(L, 2, "notch", "the rate"),
                           eg_arg_number(L, 3, "notch", "the frequency"), eg_arg_number(L, 4, "notch", "q")));
  return apply(L, "notch", &filter);
}

int eg_open_filter(lua_State *L) {
  static const luaL_Reg functions[] = {{"butterworth", butterworth}, {"notch", notch}, {NULL, NULL}};
  luaL_newlib(L, functions);
  lua_setfield(L, -2, "filter");
  return 0;
}
