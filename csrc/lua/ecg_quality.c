/* ecgraft.core.quality: what is wrong with records (N, L, leads) in mV. lua/ecgraft/data/quality puts it into words. */
#include <lauxlib.h>
#include <math.h>
#include <string.h>

#include "args.h"
#include "ecgraft/memory.h"
#include "ecgraft/parallel.h"
#include "ecgraft/quality.h"
#include "error.h"
#include "tensor.h"

static const char *const where = "quality";

/* ORDER FAULT: bit i of eg_lead_faults */
static const char *const faults[] = {"flat", "saturated", "noisy", "hum", NULL};
/* ORDER LIMB */
static const char *const limb_leads[] = {"I", "II", "III", "aVR", "aVL", "aVF", "V6", NULL};
/* ORDER LAW */
static const char *const laws[] = {"III = II - I", "aVR = -(I + II) / 2", "aVL = I - II / 2", "aVF = II - I / 2", NULL};
/* ORDER SWAP, without none */
static const char *const swaps[] = {"right and left arm", "right arm and left leg", NULL};
/* Columns of what measure() returns, and the fields of eg_lead_quality. */
static const char *const measures[] = {"flat", "clipped", "noise", "share", "hum", "hum_frequency", NULL};
enum { MEASURES = sizeof(eg_lead_quality) / sizeof(double) };

typedef struct records {
  const eg_real *x;
  int64_t n, length, leads;
  double rate;
} records;

/* The tensor and the rate at 1 and 2, checked; pushes what keeps the tensor. */
static records check_records(lua_State *L, int arguments) {
  lua_settop(L, arguments);
  eg_tensor *x = eg_lua_check_tensor(L, 1, where, "the signals");
  double rate = eg_arg_number(L, 2, where, "the rate");
  char text[96];
  if (x->shape.ndim != 3)
    eg_lua_usage(L, "%s: the signals must have shape (N, L, leads), got %s", where,
                 eg_shape_text(&x->shape, text, sizeof text));
  eg_lua_check(L, eg_quality_check(x->shape.dims[1], rate));
  eg_tensor **box = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_tensor_contiguous(box, x));
  return (records){eg_tensor_data(*box), x->shape.dims[0], x->shape.dims[1], x->shape.dims[2], rate};
}

/* Pushes memory of Lua's for count * each things. */
static void *memory(lua_State *L, int64_t count, int64_t each, size_t size) {
  size_t n, bytes;
  if (!eg_size_mul(&n, (size_t)count, (size_t)each) || !eg_size_mul(&bytes, n, size) || bytes > SIZE_MAX / 2)
    eg_lua_usage(L, "%s: %lld records are more than can be addressed", where, (long long)count);
  return lua_newuserdatauv(L, bytes + 1, 0);
}

/* Raises the first failure of `each` (n); what failed in a thread was a lack of memory, all else was checked before. */
static void check_all(lua_State *L, const eg_status *each, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    if (each[i] != EG_OK)
      eg_lua_check(L, eg_fail(each[i], "%s: not enough memory for record %lld", where, (long long)i + 1));
}

static eg_quality_limits check_limits(lua_State *L, int index) {
  eg_opts o = eg_opts_open(L, index, where);
  eg_quality_limits limits = {.flat = eg_opts_number(&o, "flat", eg_quality_defaults.flat),
                              .clipped = eg_opts_number(&o, "clipped", eg_quality_defaults.clipped),
                              .noise = eg_opts_number(&o, "noise", eg_quality_defaults.noise),
                              .hum = eg_opts_number(&o, "hum", eg_quality_defaults.hum)};
  eg_opts_close(&o);
  return limits;
}

/* leads(signals, rate [, limits]) --> a tensor (N, leads, #measures), a list of N * leads sets of faults: bit i - 1 is
   faults[i] */
static int measure(lua_State *L) {
  records r = check_records(L, 3);
  eg_quality_limits limits = check_limits(L, 3);
  eg_lead_quality *quality = memory(L, r.n, r.leads, sizeof *quality);
  eg_status *status = memory(L, r.n, 1, sizeof *status);
  EG_PARALLEL_FOR_DYNAMIC
  for (int64_t i = 0; i < r.n; i++)
    status[i] = eg_quality_leads(quality + i * r.leads, r.x + i * r.length * r.leads, r.length, r.leads, r.rate);
  check_all(L, status, r.n);
  eg_tensor **box = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_tensor_new(box, (eg_shape){.ndim = 3, .dims = {r.n, r.leads, MEASURES}}));
  eg_real *y = eg_tensor_data(*box);
  lua_createtable(L, r.n * r.leads < INT32_MAX ? (int)(r.n * r.leads) : 0, 0);
  for (int64_t i = 0; i < r.n * r.leads; i++) {
    const eg_lead_quality *q = &quality[i];
    const double row[MEASURES] = {q->flat, q->clipped, q->noise, q->share, q->hum, q->hum_frequency};
    for (int m = 0; m < MEASURES; m++)
      y[i * MEASURES + m] = (eg_real)row[m];
    lua_pushinteger(L, eg_lead_faults(q, &limits));
    lua_rawseti(L, -2, i + 1);
  }
  lua_insert(L, -2);
  eg_lua_tensor_filled(L, 1);
  lua_insert(L, -2);
  return 2;
}

/* The table at `index`: columns from 1, 0 where a lead is not there. */
static void check_columns(lua_State *L, int index, int *columns, int64_t leads) {
  eg_arg_table(L, index, where, "the columns");
  for (int c = 0; c < EG_LIMB_COLUMNS; c++) {
    lua_rawgeti(L, index, c + 1);
    columns[c] =
        (int)eg_arg_integer(L, lua_gettop(L), where, "each column", 0, leads < INT32_MAX ? leads : INT32_MAX) - 1;
    lua_pop(L, 1);
  }
}

/* limbs(signals, rate, columns) --> a list for each record {violation = mV or nil, law =, swap = or nil, beats =} */
static int limbs(lua_State *L) {
  records r = check_records(L, 3);
  int columns[EG_LIMB_COLUMNS];
  check_columns(L, 3, columns, r.leads);
  eg_limb_quality *quality = memory(L, r.n, 1, sizeof *quality);
  eg_status *status = memory(L, r.n, 1, sizeof *status);
  EG_PARALLEL_FOR_DYNAMIC
  for (int64_t i = 0; i < r.n; i++)
    status[i] = eg_quality_limbs(&quality[i], r.x + i * r.length * r.leads, r.length, r.leads, r.rate, columns);
  check_all(L, status, r.n);
  lua_createtable(L, r.n < INT32_MAX ? (int)r.n : 0, 0);
  for (int64_t i = 0; i < r.n; i++) {
    lua_createtable(L, 0, 4);
    if (!isnan(quality[i].violation)) {
      lua_pushnumber(L, quality[i].violation);
      lua_setfield(L, -2, "violation");
      lua_pushstring(L, laws[quality[i].law]);
      lua_setfield(L, -2, "law");
    }
    if (quality[i].swap != EG_SWAP_NONE) {
      lua_pushstring(L, swaps[quality[i].swap - 1]);
      lua_setfield(L, -2, "swap");
    }
    lua_pushinteger(L, quality[i].beats);
    lua_setfield(L, -2, "beats");
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* Adds a list of names to the table at the top. */
static void set_names(lua_State *L, const char *field, const char *const *names) {
  lua_newtable(L);
  for (int i = 0; names[i]; i++) {
    lua_pushstring(L, names[i]);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, field);
}

int eg_open_quality(lua_State *L) {
  static const luaL_Reg functions[] = {{"leads", measure}, {"limbs", limbs}, {NULL, NULL}};
  luaL_newlib(L, functions);
  set_names(L, "faults", faults);
  set_names(L, "limb_leads", limb_leads);
  set_names(L, "measures", measures);
  lua_createtable(L, 0, 4);
  lua_pushnumber(L, eg_quality_defaults.flat);
  lua_setfield(L, -2, "flat");
  lua_pushnumber(L, eg_quality_defaults.clipped);
  lua_setfield(L, -2, "clipped");
  lua_pushnumber(L, eg_quality_defaults.noise);
  lua_setfield(L, -2, "noise");
  lua_pushnumber(L, eg_quality_defaults.hum);
  lua_setfield(L, -2, "hum");
  lua_setfield(L, -2, "defaults");
  lua_setfield(L, -2, "quality");
  return 0;
}
