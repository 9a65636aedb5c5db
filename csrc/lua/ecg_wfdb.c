/* ecgraft.core.wfdb: headers, records and many records at once. Signals count from 1 here. */
#include <lauxlib.h>
#include <string.h>

#include "args.h"
#include "box.h"
#include "ecgraft/memory.h"
#include "ecgraft/wfdb.h"
#include "error.h"
#include "tensor.h"

static void release_header(void *header) {
  eg_wfdb_header_free(header);
}

static const eg_box_class header_class = {.name = "ecgraft.WfdbHeader", .release = release_header};

/* What became of `count` records. */
typedef struct fates {
  int64_t count;
  eg_wfdb_loaded each[];
} fates;

static void release_fates(void *object) {
  fates *f = object;
  eg_wfdb_loaded_free(f->each, f->count);
  eg_free(f);
}

static const eg_box_class fates_class = {.name = "ecgraft.WfdbFates", .release = release_fates};

static void set_integer(lua_State *L, const char *name, int64_t value) {
  lua_pushinteger(L, value);
  lua_setfield(L, -2, name);
}

static void set_number(lua_State *L, const char *name, double value) {
  lua_pushnumber(L, value);
  lua_setfield(L, -2, name);
}

static void set_string(lua_State *L, const char *name, const char *value) {
  lua_pushstring(L, value);
  lua_setfield(L, -2, name);
}

static void push_signal(lua_State *L, const eg_wfdb_signal *s) {
  lua_createtable(L, 0, 16);
  set_string(L, "file", s->file);
  set_integer(L, "format", s->format);
  set_integer(L, "samples_per_frame", s->samples_per_frame);
  set_integer(L, "skew", s->skew);
  set_integer(L, "offset", s->offset);
  set_number(L, "gain", s->gain);
  set_integer(L, "baseline", s->baseline);
  set_string(L, "units", s->units);
  set_integer(L, "resolution", s->resolution);
  set_integer(L, "zero", s->zero);
  set_integer(L, "initial", s->initial);
  if (s->has_checksum)
    set_integer(L, "checksum", s->checksum);
  set_integer(L, "block_size", s->block_size);
  set_string(L, "name", s->name);
}

/* The header as a table. */
static void push_header(lua_State *L, const eg_wfdb_header *h) {
  luaL_checkstack(L, 6, "header");
  lua_createtable(L, 0, 16);
  set_string(L, "path", h->path);
  set_string(L, "name", h->name);
  if (h->segments)
    set_integer(L, "segments", h->segments);
  set_number(L, "rate", h->rate);
  set_number(L, "counter_rate", h->counter_rate);
  set_number(L, "base_counter", h->base_counter);
  set_integer(L, "length", h->length);
  set_string(L, "time", h->time);
  set_string(L, "date", h->date);
  lua_createtable(L, h->n_signals, 0);
  for (int i = 0; i < h->n_signals; i++) {
    push_signal(L, &h->signals[i]);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "signals");
  lua_createtable(L, h->n_comments, 0);
  for (int i = 0; i < h->n_comments; i++) {
    lua_pushstring(L, h->comments[i]);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "comments");
}

/* header(path) --> table, or nil and a message */
static int header(lua_State *L) {
  const char *path = eg_arg_string(L, 1, "wfdb.header", "the path");
  eg_wfdb_header **box = (eg_wfdb_header **)eg_box_push(L, &header_class);
  eg_status status = eg_wfdb_header_read(box, path);
  if (status == EG_OK)
    push_header(L, *box);
  return eg_lua_return(L, status, 1);
}

/* Whether an earlier signal is in the same file, or this one in none. */
static bool file_is_known(const eg_wfdb_header *h, int signal) {
  const char *file = h->signals[signal].file;
  for (int i = signal - 1; i >= 0; i--)
    if (strcmp(h->signals[i].file, file) == 0)
      return true;
  return strcmp(file, "~") == 0;
}

/* files(path) --> the paths of a record's files, each once: the header and what it names, beside it; or nil and a
   message */
static int files(lua_State *L) {
  const char *path = eg_arg_string(L, 1, "wfdb.files", "the path");
  eg_wfdb_header **box = (eg_wfdb_header **)eg_box_push(L, &header_class);
  eg_status status = eg_wfdb_header_read(box, path);
  if (status != EG_OK)
    return eg_lua_return(L, status, 1);
  const eg_wfdb_header *h = *box;
  const char *slash = strrchr(h->path, '/');
  const size_t folder = slash ? (size_t)(slash - h->path) + 1 : 0;
  lua_Integer count = 0;
  lua_newtable(L);
  lua_pushstring(L, h->path);
  lua_rawseti(L, -2, ++count);
  for (int i = 0; i < h->n_signals; i++) {
    if (file_is_known(h, i))
      continue;
    lua_pushlstring(L, h->path, folder);
    lua_pushstring(L, h->signals[i].file);
    lua_concat(L, 2);
    lua_rawseti(L, -2, ++count);
  }
  return 1;
}

/* The list of integers at `index` as channels counted from 0, in memory of Lua's. */
static int *channel_list(lua_State *L, int index, const eg_wfdb_header *h, int *n) {
  eg_arg_table(L, index, "wfdb.read", "channels");
  lua_Unsigned count = lua_rawlen(L, index);
  if (count < 1 || count > (lua_Unsigned)h->n_signals)
    eg_lua_usage(L, "wfdb.read: expected from 1 to %d channels, got %lld", h->n_signals, (long long)count);
  int *channels = lua_newuserdatauv(L, (size_t)count * sizeof *channels, 0);
  for (lua_Unsigned i = 0; i < count; i++) {
    lua_rawgeti(L, index, (lua_Integer)i + 1);
    channels[i] = (int)eg_arg_position(L, -1, "wfdb.read", "each channel", h->n_signals);
    lua_pop(L, 1);
  }
  *n = (int)count;
  return channels;
}

/* A tensor (length, n) of what was read; takes the values in any case. */
static eg_status tensor_of(eg_tensor **out, eg_wfdb_signals *s) {
  eg_status status = eg_tensor_from(out, EG_SHAPE(s->length, s->n), s->values);
  eg_wfdb_signals_free(s);
  return status;
}

/* read(path [, {channels = {1, 2}, verify = true}]) --> {header =, signals = tensor (L, n), rate =, invalid =,
   saturated =}, or nil and a message. Values in mV where the units are mV, uV, nV or V. */
static int read_record(lua_State *L) {
  const char *path = eg_arg_string(L, 1, "wfdb.read", "the path");
  eg_opts o = eg_opts_open(L, 2, "wfdb.read");
  bool verify = eg_opts_boolean(&o, "verify", true), some = eg_opts_push(&o, "channels");
  int list = lua_gettop(L);
  eg_opts_close(&o);
  list--; /* closing took a table from below it */
  eg_wfdb_header **box = (eg_wfdb_header **)eg_box_push(L, &header_class);
  eg_status status = eg_wfdb_header_read(box, path);
  if (status != EG_OK)
    return eg_lua_return(L, status, 0);
  int n = 0;
  int *channels = some ? channel_list(L, list, *box, &n) : NULL;
  lua_createtable(L, 0, 5);
  eg_tensor **tensor = eg_lua_tensor_box(L);
  eg_wfdb_signals s;
  status = eg_wfdb_signals_read(&s, *box, channels, n, verify);
  if (status != EG_OK)
    return eg_lua_return(L, status, 0);
  double rate = s.rate;
  int64_t invalid = s.invalid, saturated = s.saturated;
  eg_lua_check(L, tensor_of(tensor, &s));
  eg_lua_tensor_filled(L, 1);
  lua_setfield(L, -2, "signals");
  set_number(L, "rate", rate);
  set_integer(L, "invalid", invalid);
  set_integer(L, "saturated", saturated);
  push_header(L, *box);
  lua_setfield(L, -2, "header");
  return 1;
}

/* A list of strings as an array in memory of Lua's, pushed; the strings stay the list's. */
static const char **string_list(lua_State *L, int index, const char *name, int64_t *count) {
  eg_arg_table(L, index, "wfdb.load", name);
  *count = (int64_t)lua_rawlen(L, index);
  const char **list = lua_newuserdatauv(L, ((size_t)*count + 1) * sizeof *list, 0);
  for (int64_t i = 0; i < *count; i++) {
    lua_rawgeti(L, index, i + 1);
    list[i] = eg_arg_string(L, -1, "wfdb.load", name);
    lua_pop(L, 1);
  }
  return list;
}

static int choice(lua_State *L, eg_opts *o, const char *name, const char *zero, const char *one) {
  const char *value = eg_opts_string(o, name, zero);
  if (strcmp(value, zero) != 0 && strcmp(value, one) != 0)
    eg_lua_usage(L, "wfdb.load: %s must be \"%s\" or \"%s\", got \"%.40s\"", name, zero, one, value);
  return strcmp(value, one) == 0;
}

/* Moves the rows of records that were read together, in order; returns how many there are. */
static int64_t close_ranks(eg_real *x, int64_t row, const fates *f) {
  int64_t kept = 0;
  for (int64_t i = 0; i < f->count; i++)
    if (f->each[i].status == EG_OK) {
      if (kept != i)
        memmove(x + kept * row, x + i * row, (size_t)row * sizeof *x);
      kept++;
    }
  return kept;
}

static void push_fates(lua_State *L, const fates *f) {
  lua_createtable(L, f->count < INT32_MAX ? (int)f->count : 0, 0);
  for (int64_t i = 0; i < f->count; i++) {
    const eg_wfdb_loaded *each = &f->each[i];
    lua_createtable(L, 0, 12);
    if (each->message)
      set_string(L, "error", each->message);
    if (each->shorter) {
      lua_pushboolean(L, 1);
      lua_setfield(L, -2, "shorter");
    }
    if (each->comments)
      set_string(L, "comments", each->comments);
    set_number(L, "rate", each->rate);
    set_integer(L, "length", each->length);
    set_integer(L, "gaps", each->gaps);
    set_integer(L, "repaired", each->repaired);
    set_integer(L, "saturated", each->saturated);
    set_integer(L, "cut_runs", each->saturation.runs);
    set_integer(L, "cut_repaired", each->saturation.repaired);
    set_integer(L, "cut_left", each->saturation.left);
    set_integer(L, "flat", each->flat);
    set_integer(L, "padded", each->padded);
    lua_rawseti(L, -2, i + 1);
  }
}

/* load(paths, {leads =, rate =, length =, method = "resample" | "decimate", edges = "zero" | "hold", pad = false,
   longest_gap = 1, repair_saturated = false, verify = true}) --> signals (kept, length, leads), fates: for each path a
   table with comments, rate, length, gaps, repaired, saturated, cut_runs, cut_repaired and cut_left (of
   repair_saturated: runs, samples in them, samples that stay), flat, padded, shorter (true: too short), and error (a
   message) where it was not read and has no row. */
static int load(lua_State *L) {
  eg_opts o = eg_opts_open(L, 2, "wfdb.load");
  eg_wfdb_load_options options = {0};
  options.rate = eg_opts_number(&o, "rate", 100);
  options.length = eg_opts_integer(&o, "length", 1, INT64_MAX, 1000);
  options.method = choice(L, &o, "method", "resample", "decimate") ? EG_RATE_DECIMATE : EG_RATE_RESAMPLE;
  options.edges = choice(L, &o, "edges", "zero", "hold") ? EG_EDGES_HOLD : EG_EDGES_ZERO;
  options.pad = eg_opts_boolean(&o, "pad", false);
  options.longest_gap = eg_opts_number(&o, "longest_gap", 1);
  options.repair_saturated = eg_opts_boolean(&o, "repair_saturated", false);
  options.verify = eg_opts_boolean(&o, "verify", true);
  int64_t count, n_leads = 12;
  options.leads = eg_standard_leads;
  bool some = eg_opts_push(&o, "leads");
  int list = lua_gettop(L) - 1;
  eg_opts_close(&o);
  if (some)
    options.leads = string_list(L, list, "leads", &n_leads);
  if (n_leads < 1 || n_leads > 4096)
    return eg_lua_usage(L, "wfdb.load: expected from 1 to 4096 leads, got %lld", (long long)n_leads);
  options.n_leads = (int)n_leads;
  const char **paths = string_list(L, 1, "paths", &count);
  fates **box = (fates **)eg_box_push(L, &fates_class);
  size_t bytes;
  if (!eg_size_mul(&bytes, (size_t)count, sizeof(eg_wfdb_loaded)))
    return eg_lua_usage(L, "wfdb.load: too many paths");
  fates *all = *box = eg_alloc_zero(1, sizeof *all + bytes);
  if (!all) {
    eg_lua_check(L, EG_NOMEM); /* raises */
    return 0;
  }
  all->count = count;
  eg_tensor **whole = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_tensor_new(whole, EG_SHAPE(count, options.length, n_leads)));
  eg_real *signals = eg_tensor_data(*whole);
  eg_lua_check(L, eg_wfdb_load(signals, all->each, paths, count, &options));
  int64_t kept = close_ranks(signals, options.length * n_leads, all);
  if (kept < count) {
    eg_tensor **part = eg_lua_tensor_box(L);
    eg_lua_check(L, eg_tensor_narrow(part, *whole, 0, 0, kept));
  }
  eg_lua_tensor_filled(L, 1);
  push_fates(L, all);
  return 2;
}

/* same_lead(a, b) --> whether two lead names mean the same lead */
static int same_lead(lua_State *L) {
  lua_pushboolean(L, eg_lead_same(eg_arg_string(L, 1, "wfdb.same_lead", "the first name"),
                                  eg_arg_string(L, 2, "wfdb.same_lead", "the second name")));
  return 1;
}

/* millivolts(units) --> the factor to mV, or nil */
static int millivolts(lua_State *L) {
  double factor = eg_wfdb_millivolts(eg_arg_string(L, 1, "wfdb.millivolts", "the units"));
  if (factor != 0)
    lua_pushnumber(L, factor);
  else
    lua_pushnil(L);
  return 1;
}

static const luaL_Reg functions[] = {{"header", header}, {"files", files},         {"read", read_record},
                                     {"load", load},     {"same_lead", same_lead}, {"millivolts", millivolts},
                                     {NULL, NULL}};

int eg_open_wfdb(lua_State *L) {
  eg_box_register(L, &header_class);
  eg_box_register(L, &fates_class);
  luaL_newlib(L, functions);
  lua_createtable(L, 12, 0);
  for (int i = 0; i < 12; i++) {
    lua_pushstring(L, eg_standard_leads[i]);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "standard_leads");
  lua_setfield(L, -2, "wfdb");
  return 0;
}
