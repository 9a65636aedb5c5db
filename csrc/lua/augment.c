/* ecgraft.core.augment: training batches (N, L, leads), augmented. Each function gives new tensors without history, and
   draws from this Lua state's generator once; lua/ecgraft/data/augment names things. */
#include <lauxlib.h>

#include "args.h"
#include "ecgraft/augment.h"
#include "error.h"
#include "tensor.h"

/* The stream of one call: the state's generator moves on, so that the next call has another. */
static eg_rng next_stream(lua_State *L) {
  eg_rng *rng = &eg_lua_tape(L)->rng;
  uint64_t call = eg_rng_bits(rng);
  return eg_rng_at(rng, call, 0, 0);
}

/* The tensor at `index`, of `dims` dims. */
static eg_tensor *check_tensor(lua_State *L, int index, const char *where, const char *name, int dims,
                               const char *shape) {
  eg_tensor *x = eg_lua_check_tensor(L, index, where, name);
  char text[96];
  if (x->shape.ndim != dims)
    eg_lua_usage(L, "%s: %s must have shape %s, got %s", where, name, shape,
                 eg_shape_text(&x->shape, text, sizeof text));
  return x;
}

static eg_tensor *check_batch(lua_State *L, const char *where) {
  return check_tensor(L, 1, where, "the signals", 3, "(N, L, leads)");
}

/* Pushes a contiguous tensor with the values of x. */
static const eg_real *push_contiguous(lua_State *L, eg_tensor *x) {
  eg_tensor **box = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_tensor_contiguous(box, x));
  return eg_tensor_data(*box);
}

static eg_real *push_new(lua_State *L, eg_shape shape) {
  eg_tensor **box = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_tensor_new(box, shape));
  return eg_tensor_data(*box);
}

/* records(x, {scale_low = 0, scale_high = 0, noise = 0, wander = 0, rate = 0, lead_dropout = 0, shift = 0}) --> x with
   each record changed by itself (ecgraft/augment.h) */
static int records(lua_State *L) {
  static const char *const where = "augment.records";
  eg_tensor *x = check_batch(L, where);
  eg_opts o = eg_opts_open(L, 2, where);
  eg_augment_options options = {.scale_low = eg_opts_number(&o, "scale_low", 0),
                                .scale_high = eg_opts_number(&o, "scale_high", 0),
                                .noise = eg_opts_number(&o, "noise", 0),
                                .wander = eg_opts_number(&o, "wander", 0),
                                .rate = eg_opts_number(&o, "rate", 0),
                                .lead_dropout = eg_opts_number(&o, "lead_dropout", 0),
                                .shift = eg_opts_integer(&o, "shift", 0, INT64_MAX, 0)};
  eg_opts_close(&o);
  eg_lua_check(L, eg_augment_check(&options, where));
  const int64_t *dims = x->shape.dims;
  const eg_real *from = push_contiguous(L, x);
  eg_real *to = push_new(L, x->shape);
  eg_rng rng = next_stream(L);
  eg_augment(to, from, dims[0], dims[1], dims[2], &options, &rng);
  return eg_lua_tensor_filled(L, 1);
}

/* mixup(x, y, alpha) --> x and its labels y (N, K) mixed, the share of each record's own part */
static int mixup(lua_State *L) {
  static const char *const where = "augment.mixup";
  eg_tensor *x = check_batch(L, where), *y = check_tensor(L, 2, where, "the labels", 2, "(N, K)");
  double alpha = eg_arg_number(L, 3, where, "alpha"), share;
  int64_t n = x->shape.dims[0], row = x->shape.dims[1] * x->shape.dims[2];
  if (y->shape.dims[0] != n)
    return eg_lua_usage(L, "%s: expected labels for %lld records, got %lld", where, (long long)n,
                        (long long)y->shape.dims[0]);
  const eg_real *from = push_contiguous(L, x), *labels = push_contiguous(L, y);
  eg_real *to = push_new(L, x->shape), *to_labels = push_new(L, y->shape);
  eg_rng rng = next_stream(L);
  eg_lua_check(L, eg_mixup(to, to_labels, &share, from, labels, n, row, y->shape.dims[1], alpha, &rng));
  eg_lua_tensor_filled(L, 2);
  lua_pushnumber(L, share);
  return 3;
}

/* windows(x, samples) --> (N, samples, leads): of each record a window at random */
static int windows(lua_State *L) {
  static const char *const where = "augment.windows";
  eg_tensor *x = check_batch(L, where);
  const int64_t *dims = x->shape.dims;
  int64_t window = eg_arg_integer(L, 2, where, "the samples in a window", 1, INT64_MAX);
  if (window > dims[1])
    return eg_lua_usage(L, "%s: expected a window of at most %lld samples, which the records have, got %lld", where,
                        (long long)dims[1], (long long)window);
  const eg_real *from = push_contiguous(L, x);
  eg_real *to = push_new(L, EG_SHAPE(dims[0], window, dims[2]));
  eg_rng rng = next_stream(L);
  eg_random_windows(to, window, from, dims[0], dims[1], dims[2], &rng);
  return eg_lua_tensor_filled(L, 1);
}

int eg_open_augment(lua_State *L) {
  static const luaL_Reg functions[] = {{"records", records}, {"mixup", mixup}, {"windows", windows}, {NULL, NULL}};
  luaL_newlib(L, functions);
  lua_setfield(L, -2, "augment");
  return 0;
}
