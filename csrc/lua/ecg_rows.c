/* ecgraft.core.rows: recordings that are at hand as tensors, gathered into one array of rows (ecgraft/fit.h). */
#include <lauxlib.h>
#include <string.h>

#include "args.h"
#include "box.h"
#include "ecgraft/fit.h"
#include "ecgraft/memory.h"
#include "ecgraft/parallel.h"
#include "error.h"
#include "tensor.h"

static const char *const where = "rows";

/* Rows 0 .. count-1 of `signals` (capacity, length, leads) are filled. */
typedef struct gathered {
  eg_tensor *signals;
  int64_t count, capacity;
  eg_fit_options options;
  char *texts; /* the names of the leads */
  const char **leads;
} gathered;

static void release(void *object) {
  gathered *g = object;
  eg_tensor_release(g->signals);
  eg_free(g->texts);
  eg_free(g->leads);
  eg_free(g);
}

/* What became of the records of one call. */
typedef struct fates {
  int64_t count;
  struct fate {
    eg_status status;
    char *message;
    int64_t length, cut; /* samples used, and zeros at both ends that were not */
    eg_fit_report report;
  } each[];
} fates;

static void release_fates(void *object) {
  fates *f = object;
  for (int64_t i = 0; i < f->count; i++)
    eg_free(f->each[i].message);
  eg_free(f);
}

static const eg_box_class fates_class = {.name = "ecgraft.RowFates", .release = release_fates};
static const eg_box_class rows_class;

static bool choice(lua_State *L, eg_opts *o, const char *name, const char *zero, const char *one) {
  const char *value = eg_opts_string(o, name, zero);
  if (strcmp(value, zero) != 0 && strcmp(value, one) != 0)
    eg_lua_usage(L, "%s: %s must be \"%s\" or \"%s\", got \"%.40s\"", where, name, zero, one, value);
  return strcmp(value, one) == 0;
}

/* Copies the names at `index`, which is a list. */
static void copy_leads(lua_State *L, int index, gathered *g) {
  lua_Unsigned n = lua_rawlen(L, index);
  size_t size = 1, used = 0;
  for (lua_Unsigned i = 1; i <= n; i++) {
    lua_rawgeti(L, index, (lua_Integer)i);
    size += strlen(eg_arg_string(L, -1, where, "each lead")) + 1;
    lua_pop(L, 1);
  }
  g->leads = eg_alloc_zero((size_t)n, sizeof *g->leads);
  g->texts = eg_alloc(size);
  if (!g->leads || !g->texts)
    eg_lua_check(L, EG_NOMEM);
  for (lua_Unsigned i = 0; i < n; i++) {
    lua_rawgeti(L, index, (lua_Integer)i + 1);
    const char *name = lua_tostring(L, -1);
    size_t length = strlen(name) + 1;
    g->leads[i] = memcpy(g->texts + used, name, length);
    used += length;
    lua_pop(L, 1);
  }
  g->options.leads = g->leads;
}

/* new(capacity, {leads =, rate =, length =, method = "resample" | "decimate", edges = "zero" | "hold", pad = false,
   longest_gap = 1, repair_saturated = false}) --> rows, with room for so many records */
static int new (lua_State *L) {
  lua_settop(L, 2);
  int64_t capacity = eg_arg_integer(L, 1, where, "the number of records", 0, INT64_MAX);
  eg_opts o = eg_opts_open(L, 2, where);
  eg_fit_options options = {.rate = eg_opts_number(&o, "rate", 100),
                            .length = eg_opts_integer(&o, "length", 1, INT64_MAX, 1000),
                            .longest_gap = eg_opts_number(&o, "longest_gap", 1),
                            .pad = eg_opts_boolean(&o, "pad", false),
                            .repair_saturated = eg_opts_boolean(&o, "repair_saturated", false)};
  options.method = choice(L, &o, "method", "resample", "decimate") ? EG_RATE_DECIMATE : EG_RATE_RESAMPLE;
  options.edges = choice(L, &o, "edges", "zero", "hold") ? EG_EDGES_HOLD : EG_EDGES_ZERO;
  eg_opts_push(&o, "leads");
  int list = lua_gettop(L) - 1;
  eg_opts_close(&o);
  eg_arg_table(L, list, where, "leads");
  lua_Unsigned n = lua_rawlen(L, list);
  if (n < 1 || n > 4096)
    return eg_lua_usage(L, "%s: expected from 1 to 4096 leads, got %lld", where, (long long)n);
  options.n_leads = (int)n;
  eg_lua_check(L, eg_fit_check(&options, where));
  void **box = eg_box_push(L, &rows_class);
  gathered *g = *box = eg_alloc_zero(1, sizeof *g);
  if (!g) {
    eg_lua_check(L, EG_NOMEM);
    return 0;
  }
  g->options = options;
  g->capacity = capacity;
  copy_leads(L, list, g);
  eg_lua_check(L, eg_tensor_new(&g->signals, EG_SHAPE(capacity, options.length, options.n_leads)));
  return 1;
}

/* What one call of add works on. */
typedef struct work {
  const gathered *g;
  const eg_real *x; /* (n, length, channels) */
  int64_t length, channels, skip;
  const int *columns;       /* of the leads, counted from 0 */
  const char *const *names; /* of the records */
  double rate, factor;
  bool trim;
} work;

static void fit_one(const work *w, int64_t i, struct fate *fate, eg_resampler **kept) {
  const eg_fit_options *o = &w->g->options;
  const eg_real *x = w->x + i * w->length * w->channels;
  int64_t first = w->skip < w->length ? w->skip : w->length, count = w->length - first;
  if (w->trim)
    eg_trim_zeros(&first, &count, x, w->length, w->channels);
  fate->cut = w->trim ? w->length - count : 0;
  fate->length = count;
  if (count == 0) {
    fate->status = eg_fail(EG_WORLD, w->trim ? "%s: is empty: every sample is 0" : "%s: has no sample", w->names[i]);
  } else {
    eg_real *mine = eg_alloc((size_t)(count * o->n_leads) * sizeof *mine);
    fate->status = mine ? EG_OK : EG_NOMEM;
    if (mine) {
      for (int64_t t = 0; t < count; t++)
        for (int k = 0; k < o->n_leads; k++)
          mine[t * o->n_leads + k] = (eg_real)((double)x[(first + t) * w->channels + w->columns[k]] * w->factor);
      eg_real *row = eg_tensor_data(w->g->signals) + (w->g->count + i) * o->length * o->n_leads;
      const eg_fit_source source = {w->names[i], mine, count, w->rate, NULL, .complete = false};
      fate->status = eg_fit(row, &fate->report, &source, o, kept);
      eg_free(mine);
    }
  }
  /* The text is this thread's: it is kept here. */
  if (fate->status != EG_OK && fate->status != EG_NOMEM && !(fate->message = eg_strdup(eg_failure())))
    fate->status = EG_NOMEM;
}

static eg_status fit_all(const work *w, fates *f) {
  const int threads = eg_num_threads();
  eg_resampler **kept = eg_alloc_zero((size_t)threads, sizeof(eg_resampler *)); /* of each thread */
  if (!kept)
    return EG_NOMEM;
  EG_PARALLEL_FOR_DYNAMIC
  for (int64_t i = 0; i < f->count; i++)
    fit_one(w, i, &f->each[i], &kept[eg_thread_index()]);
  for (int i = 0; i < threads; i++)
    eg_resampler_free(kept[i]);
  eg_free(kept);
  return EG_OK;
}

static void push_fates(lua_State *L, const fates *f) {
  lua_createtable(L, f->count < INT32_MAX ? (int)f->count : 0, 0);
  for (int64_t i = 0; i < f->count; i++) {
    const struct fate *each = &f->each[i];
    const struct {
      const char *name;
      int64_t value;
    } numbers[] = {{"length", each->length},
                   {"cut", each->cut},
                   {"gaps", each->report.gaps},
                   {"repaired", each->report.repaired},
                   {"cut_runs", each->report.saturation.runs},
                   {"cut_repaired", each->report.saturation.repaired},
                   {"cut_left", each->report.saturation.left},
                   {"flat", each->report.flat},
                   {"padded", each->report.padded},
                   {"saturated", 0}};
    lua_createtable(L, 0, 12);
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
      lua_pushinteger(L, numbers[k].value);
      lua_setfield(L, -2, numbers[k].name);
    }
    if (each->message) {
      lua_pushstring(L, each->message);
      lua_setfield(L, -2, "error");
    }
    if (each->report.shorter) {
      lua_pushboolean(L, 1);
      lua_setfield(L, -2, "shorter");
    }
    lua_rawseti(L, -2, i + 1);
  }
}

/* Moves the rows of records that could be used together; counts them. */
static void close_ranks(gathered *g, const fates *f) {
  int64_t row = g->options.length * g->options.n_leads, first = g->count;
  eg_real *x = eg_tensor_data(g->signals);
  for (int64_t i = 0; i < f->count; i++) {
    if (f->each[i].status != EG_OK)
      continue;
    if (g->count != first + i)
      memmove(x + g->count * row, x + (first + i) * row, (size_t)row * sizeof *x);
    g->count++;
  }
}

/* The option "columns": for each lead its column, counted from 1; without it the first ones in order. Pushes what keeps
   them. */
static const int *column_list(lua_State *L, int index, bool given, const gathered *g, int64_t channels) {
  int n = g->options.n_leads;
  int *columns = lua_newuserdatauv(L, (size_t)n * sizeof *columns, 0);
  if (given)
    eg_arg_table(L, index, where, "columns");
  if ((given && lua_rawlen(L, index) != (lua_Unsigned)n) || (!given && channels != n))
    eg_lua_usage(L, "%s: expected a column for each of %d leads, got %lld", where, n,
                 given ? (long long)lua_rawlen(L, index) : (long long)channels);
  for (int i = 0; i < n; i++) {
    columns[i] = i;
    if (given) {
      lua_rawgeti(L, index, i + 1);
      columns[i] = (int)eg_arg_position(L, -1, where, "each column", channels);
      lua_pop(L, 1);
    }
  }
  return columns;
}

static const char *const *name_list(lua_State *L, int index, int64_t n) {
  eg_arg_table(L, index, where, "names");
  if (lua_rawlen(L, index) != (lua_Unsigned)n)
    eg_lua_usage(L, "%s: expected names for %lld records, got %lld", where, (long long)n,
                 (long long)lua_rawlen(L, index));
  const char **names = lua_newuserdatauv(L, ((size_t)n + 1) * sizeof *names, 0);
  for (int64_t i = 0; i < n; i++) {
    lua_rawgeti(L, index, i + 1);
    names[i] = eg_arg_string(L, -1, where, "each name"); /* kept by the list */
    lua_pop(L, 1);
  }
  return names;
}

/* rows:add(x, {names =, rate =, columns =, factor = 1, skip = 0, trim = false}) --> a list of what became of each
   record, as core.wfdb.load gives it; `cut` is the number of samples that trim took.
     x        (L, C) or (n, L, C)          names    n names, for messages
     rate     samples a second             columns  for each lead its column of x
     factor   to mV                        skip     samples left out at the beginning
     trim     zeros at both ends are cut off */
static int add(lua_State *L) {
  lua_settop(L, 3);
  gathered *g = eg_box_check(L, 1, &rows_class);
  eg_tensor *x = eg_lua_check_tensor(L, 2, where, "the signals");
  int dims = x->shape.ndim;
  char text[96];
  if (dims != 2 && dims != 3)
    return eg_lua_usage(L, "%s: the signals must have shape (L, leads) or (N, L, leads), got %s", where,
                        eg_shape_text(&x->shape, text, sizeof text));
  int64_t n = dims == 3 ? x->shape.dims[0] : 1;
  work w = {.g = g, .length = x->shape.dims[dims - 2], .channels = x->shape.dims[dims - 1]};
  if (n > g->capacity - g->count)
    return eg_lua_usage(L, "%s: expected at most %lld more records, got %lld", where,
                        (long long)(g->capacity - g->count), (long long)n);
  eg_opts o = eg_opts_open(L, 3, where);
  w.rate = eg_opts_number(&o, "rate", 0);
  w.factor = eg_opts_number(&o, "factor", 1);
  w.skip = eg_opts_integer(&o, "skip", 0, INT64_MAX, 0);
  w.trim = eg_opts_boolean(&o, "trim", false);
  bool given = eg_opts_push(&o, "columns");
  int columns = lua_gettop(L) - 1;
  eg_opts_push(&o, "names");
  int names = lua_gettop(L) - 1;
  eg_opts_close(&o);
  w.columns = column_list(L, columns, given, g, w.channels);
  w.names = name_list(L, names, n);
  eg_tensor **whole = eg_lua_tensor_box(L);
  eg_lua_check(L, eg_tensor_contiguous(whole, x));
  w.x = eg_tensor_data(*whole);
  void **box = eg_box_push(L, &fates_class);
  size_t bytes;
  if (!eg_size_mul(&bytes, (size_t)n, sizeof(struct fate)))
    return eg_lua_usage(L, "%s: too many records", where);
  fates *f = *box = eg_alloc_zero(1, sizeof *f + bytes);
  if (!f) {
    eg_lua_check(L, EG_NOMEM);
    return 0;
  }
  f->count = n;
  eg_lua_check(L, fit_all(&w, f));
  for (int64_t i = 0; i < n; i++)
    if (f->each[i].status == EG_NOMEM)
      eg_lua_check(L, eg_fail(EG_NOMEM, "%s: not enough memory for %s", where, w.names[i]));
  close_ranks(g, f);
  push_fates(L, f);
  return 1;
}

/* rows:tensor() --> the rows (count, length, leads); the object is closed by it */
static int tensor(lua_State *L) {
  gathered *g = eg_box_check(L, 1, &rows_class);
  eg_lua_check(L, eg_tensor_narrow(eg_lua_tensor_box(L), g->signals, 0, 0, g->count));
  eg_lua_tensor_filled(L, 1);
  *(void **)lua_touserdata(L, 1) = NULL;
  release(g);
  return 1;
}

static int count(lua_State *L) {
  lua_pushinteger(L, ((gathered *)eg_box_check(L, 1, &rows_class))->count);
  return 1;
}

static const luaL_Reg methods[] = {{"add", add}, {"tensor", tensor}, {NULL, NULL}};
static const luaL_Reg meta[] = {{"__len", count}, {NULL, NULL}};
static const eg_box_class rows_class = {.name = "ecgraft.Rows", .release = release, .methods = methods, .meta = meta};

int eg_open_rows(lua_State *L) {
  static const luaL_Reg functions[] = {{"new", new}, {NULL, NULL}};
  eg_box_register(L, &fates_class);
  eg_box_register(L, &rows_class);
  lua_newtable(L);
  luaL_setfuncs(L, functions, 0);
  lua_setfield(L, -2, "rows");
  return 0;
}
