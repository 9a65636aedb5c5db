/* ecgraft.core.synth: the synthetic 12-lead ECG. Records count from 1 here. */
#include <lauxlib.h>
#include <math.h>

#include "args.h"
#include "ecgraft/memory.h"
#include "ecgraft/synth.h"
#include "error.h"
#include "tensor.h"

static const char *const where = "synth";

/* Fields of a hospital that are single numbers. */
static const struct {
  const char *name;
  size_t offset;
} fields[] = {{"several", offsetof(eg_synth_hospital, several)},
              {"severity", offsetof(eg_synth_hospital, severity)},
              {"heart_rate", offsetof(eg_synth_hospital, heart_rate)},
              {"gain", offsetof(eg_synth_hospital, gain)},
              {"gain_spread", offsetof(eg_synth_hospital, gain_spread)},
              {"electrode", offsetof(eg_synth_hospital, electrode)},
              {"wander", offsetof(eg_synth_hospital, wander)},
              {"hum", offsetof(eg_synth_hospital, hum)},
              {"muscle", offsetof(eg_synth_hospital, muscle)},
              {"noise_spread", offsetof(eg_synth_hospital, noise_spread)},
              {"hum_frequency", offsetof(eg_synth_hospital, hum_frequency)},
              {"artefact", offsetof(eg_synth_hospital, artefact)},
              {"bandwidth", offsetof(eg_synth_hospital, bandwidth)}};
enum { FIELDS = sizeof fields / sizeof *fields };

static double *field_of(eg_synth_hospital *hospital, int i) {
  return (double *)(void *)((char *)hospital + fields[i].offset);
}

/* hospital(letter) --> {prevalence = {NORM = .15, ...}, gain = 1, ...}: every field of eg_synth_hospital */
static int hospital(lua_State *L) {
  const char *letter = eg_arg_string(L, 1, "synth.hospital", "the letter");
  eg_synth_hospital h;
  eg_lua_check(L, eg_synth_hospital_named(&h, letter[0] && !letter[1] ? letter[0] : '?'));
  lua_createtable(L, 0, FIELDS + 1);
  for (int i = 0; i < FIELDS; i++) {
    lua_pushnumber(L, *field_of(&h, i));
    lua_setfield(L, -2, fields[i].name);
  }
  lua_createtable(L, 0, EG_SYNTH_CLASSES);
  for (int c = 0; c < EG_SYNTH_CLASSES; c++) {
    lua_pushnumber(L, h.prevalence[c]);
    lua_setfield(L, -2, eg_synth_class_name((eg_synth_class)c));
  }
  lua_setfield(L, -2, "prevalence");
  return 1;
}

static eg_synth_class check_class(lua_State *L, int index, const char *name) {
  const char *text = eg_arg_string(L, index, where, name);
  int class = eg_synth_class_named(text);
  if (class < 0)
    eg_lua_usage(L, "%s: no class is named '%.40s'", where, text);
  return (eg_synth_class) class;
}

/* compatible(a, b): whether one record may show both classes */
static int compatible(lua_State *L) {
  eg_synth_class a = check_class(L, 1, "the first class"), b = check_class(L, 2, "the second class");
  lua_pushboolean(L, eg_synth_compatible(a, b));
  return 1;
}

/* The hospital in the table at the top of the stack, with every field. */
static void read_hospital(lua_State *L, eg_synth_hospital *h) {
  int index = lua_gettop(L);
  eg_opts o = eg_opts_open(L, index, where);
  for (int i = 0; i < FIELDS; i++)
    *field_of(h, i) = eg_opts_number(&o, fields[i].name, NAN);
  for (int c = 0; c < EG_SYNTH_CLASSES; c++)
    h->prevalence[c] = 0;
  if (eg_opts_push(&o, "prevalence")) {
    int list = lua_gettop(L);
    eg_arg_table(L, list, where, "prevalence");
    eg_opts shares = eg_opts_open(L, list, where);
    for (int c = 0; c < EG_SYNTH_CLASSES; c++)
      h->prevalence[c] = eg_opts_number(&shares, eg_synth_class_name((eg_synth_class)c), 0);
    eg_opts_close(&shares);
  }
  lua_pop(L, 1);
  eg_opts_close(&o);
}

/* The class names at `index` as classes, in memory of Lua's, pushed. */
static eg_synth_class *class_list(lua_State *L, int index, int64_t *count) {
  eg_arg_table(L, index, where, "classes");
  *count = (int64_t)lua_rawlen(L, index);
  eg_synth_class *list = lua_newuserdatauv(L, ((size_t)*count + 1) * sizeof *list, 0);
  for (int64_t k = 0; k < *count; k++) {
    lua_rawgeti(L, index, k + 1);
    list[k] = check_class(L, -1, "each class");
    lua_pop(L, 1);
  }
  return list;
}

static void *memory(lua_State *L, int64_t count, int64_t each, size_t size) {
  size_t n, bytes;
  if (!eg_size_mul(&n, (size_t)count, (size_t)each) || !eg_size_mul(&bytes, n, size))
    eg_lua_usage(L, "%s: %lld records are more than can be addressed", where, (long long)count);
  return lua_newuserdatauv(L, bytes, 0);
}

static void set_number(lua_State *L, const char *name, double value) {
  if (!isnan(value)) {
    lua_pushnumber(L, value);
    lua_setfield(L, -2, name);
  }
}

/* Pushes what is true of a record. */
static void push_truth(lua_State *L, const eg_synth_truth *truth, const eg_synth_beat *beats) {
  luaL_checkstack(L, 6, where);
  lua_createtable(L, 0, 12);
  lua_createtable(L, 1, 0);
  for (int c = 0, n = 0; c < EG_SYNTH_CLASSES; c++)
    if (EG_SYNTH_HAS(truth->findings, c)) {
      lua_pushstring(L, eg_synth_class_name((eg_synth_class)c));
      lua_rawseti(L, -2, ++n);
    }
  lua_setfield(L, -2, "findings");
  lua_pushinteger(L, truth->patient + 1);
  lua_setfield(L, -2, "patient");
  set_number(L, "heart_rate", truth->heart_rate);
  set_number(L, "pr", truth->pr);
  set_number(L, "qrs", truth->qrs);
  set_number(L, "qt", truth->qt);
  set_number(L, "axis", truth->axis);
  if (truth->region) {
    lua_pushstring(L, truth->region);
    lua_setfield(L, -2, "region");
  }
  lua_pushinteger(L, truth->age);
  lua_setfield(L, -2, "age");
  lua_pushstring(L, truth->male ? "male" : "female");
  lua_setfield(L, -2, "sex");
  lua_createtable(L, (int)truth->beats, 0);
  luaL_Buffer types;
  for (int64_t i = 0; i < truth->beats; i++) {
    lua_pushnumber(L, beats[i].time);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "beats");
  luaL_buffinit(L, &types);
  for (int64_t i = 0; i < truth->beats; i++)
    luaL_addchar(&types, beats[i].type);
  luaL_pushresult(&types);
  lua_setfield(L, -2, "beat_types");
}

static void fill_labels(eg_tensor *labels, const eg_synth_truth *truth, int64_t n, const eg_synth_class *classes,
                        int64_t k) {
  eg_real *y = eg_tensor_data(labels);
  for (int64_t i = 0; i < n; i++)
    for (int64_t c = 0; c < k; c++)
      y[i * k + c] = EG_SYNTH_HAS(truth[i].findings, classes[c]) ? 1 : 0;
}

/* generate{hospital = {...}, classes = {...}, records =, first = 1, seed =, site =, rate =, length =, repeat =, noise
   =, clean =} --> signals (records, length, 12) in mV, labels (records, #classes), a list of what is true of each
   record: {findings = {"AF", ...}, patient =, age =, sex =, heart_rate =, pr =, qrs =, qt =, axis =, region =, beats =
   seconds of QRS onsets, beat_types = "NNVN"} */
static int generate(lua_State *L) {
  lua_settop(L, 1);
  eg_arg_table(L, 1, where, "the options");
  eg_opts o = eg_opts_open(L, 1, where);
  eg_synth_options options = {
      .seed = (uint64_t)eg_opts_integer(&o, "seed", INT64_MIN, INT64_MAX, 1),
      .site = (uint64_t)eg_opts_integer(&o, "site", INT64_MIN, INT64_MAX, 0),
      .rate = eg_opts_number(&o, "rate", 100),
      .length = eg_opts_integer(&o, "length", 1, INT32_MAX, 1000),
      .repeat = eg_opts_number(&o, "repeat", 0),
      .noise = eg_opts_number(&o, "noise", 1),
      .clean = eg_opts_boolean(&o, "clean", false),
  };
  int64_t records = eg_opts_integer(&o, "records", 1, INT32_MAX, 1),
          first = eg_opts_integer(&o, "first", 1, INT32_MAX, 1), k;
  if (!eg_opts_push(&o, "hospital") || !lua_istable(L, -1))
    return eg_lua_usage(L, "%s: expected a table 'hospital'", where);
  read_hospital(L, &options.hospital);
  if (!eg_opts_push(&o, "classes"))
    return eg_lua_usage(L, "%s: expected a list 'classes'", where);
  eg_synth_class *classes = class_list(L, lua_gettop(L), &k);
  eg_opts_close(&o);
  eg_lua_check(L, eg_synth_check(&options));
  int64_t room = eg_synth_beat_room(&options);
  eg_synth_truth *truth = memory(L, records, 1, sizeof *truth);
  eg_synth_beat *beats = memory(L, records, room, sizeof *beats);
  eg_tensor **signals = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_tensor_new(signals, EG_SHAPE(records, options.length, EG_SYNTH_LEADS)));
  eg_lua_tensor_filled(L, 0);
  eg_tensor **labels = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_tensor_new(labels, EG_SHAPE(records, k)));
  eg_lua_check(L, eg_synth_generate(&options, first - 1, records, eg_tensor_data(*signals), truth, beats));
  fill_labels(*labels, truth, records, classes, k);
  lua_createtable(L, (int)records, 0);
  for (int64_t i = 0; i < records; i++) {
    push_truth(L, &truth[i], beats + i * room);
    lua_rawseti(L, -2, i + 1);
  }
  return 3;
}

static const luaL_Reg functions[] = {
    {"hospital", hospital}, {"compatible", compatible}, {"generate", generate}, {NULL, NULL}};

int eg_open_synth(lua_State *L) {
  luaL_newlib(L, functions);
  lua_createtable(L, EG_SYNTH_CLASSES, 0);
  for (int c = 0; c < EG_SYNTH_CLASSES; c++) {
    lua_pushstring(L, eg_synth_class_name((eg_synth_class)c));
    lua_rawseti(L, -2, c + 1);
  }
  lua_setfield(L, -2, "classes");
  lua_setfield(L, -2, "synth");
  return 0;
}
