/* What belongs to a Lua state: its tape, and how much tensor memory was handed out since the collector last ran.

   A collector that sees a tensor as a few words would let memory grow without bound, so a full collection is asked for
   when live memory has doubled since the last one. */
#include <lauxlib.h>

#include "args.h"
#include "context.h"
#include "ecgraft/memory.h"
#include "ecgraft/parallel.h"
#include "error.h"

enum { LEAST_LIMIT = 64 << 20, WORTH_COLLECTING = 16 << 20 };

static const char key = 0; /* its address names the context in the registry */

eg_lua_context *eg_lua_get_context(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &key);
  eg_lua_context *context = lua_touserdata(L, -1);
  lua_pop(L, 1);
  return context;
}

eg_tape *eg_lua_tape(lua_State *L) {
  return &eg_lua_get_context(L)->tape;
}

static void collect(lua_State *L, eg_lua_context *context) {
  lua_gc(L, LUA_GCCOLLECT);
  context->pushed = 0;
  size_t live = eg_memory().live;
  context->limit = live > LEAST_LIMIT / 2 ? 2 * live : LEAST_LIMIT;
}

void eg_lua_weigh(lua_State *L, size_t bytes) {
  eg_lua_context *context = eg_lua_get_context(L);
  context->pushed += bytes;
  if (context->pushed > LEAST_LIMIT / 2 && eg_memory().live > context->limit)
    collect(L, context);
}

void eg_lua_collect_before_backward(lua_State *L) {
  eg_lua_context *context = eg_lua_get_context(L);
  if (context->pushed > WORTH_COLLECTING)
    collect(L, context);
}

/* manual_seed(n): the random generator of this Lua state begins anew. */
static int manual_seed(lua_State *L) {
  int64_t seed = eg_arg_integer(L, 1, "manual_seed", "the seed", INT64_MIN, INT64_MAX);
  eg_lua_tape(L)->rng = eg_rng_seed((uint64_t)seed);
  return 0;
}

/* rng_state() --> {seed, stream, position}, three integers; set_rng_state(t) */
static int rng_state(lua_State *L) {
  const eg_rng *rng = &eg_lua_tape(L)->rng;
  const uint64_t part[3] = {rng->seed, rng->stream, rng->position};
  lua_createtable(L, 3, 0);
  for (int i = 0; i < 3; i++) {
    lua_pushinteger(L, (lua_Integer)part[i]);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

static int set_rng_state(lua_State *L) {
  uint64_t part[3];
  eg_arg_table(L, 1, "set_rng_state", "the state");
  for (int i = 0; i < 3; i++) {
    lua_rawgeti(L, 1, i + 1);
    part[i] = (uint64_t)eg_arg_integer(L, -1, "set_rng_state", "each of the three parts", INT64_MIN, INT64_MAX);
    lua_pop(L, 1);
  }
  eg_lua_tape(L)->rng = (eg_rng){.seed = part[0], .stream = part[1], .position = part[2]};
  return 0;
}

/* random_stream(a [, b [, c]]): the state's generator is moved to the stream of its seed named by up to three integers
   (an epoch, a batch, a purpose), so that what follows does not depend on what was drawn before. */
static int random_stream(lua_State *L) {
  uint64_t label[3];
  for (int i = 0; i < 3; i++)
    label[i] = (uint64_t)eg_arg_integer_or(L, i + 1, "random_stream", "each label", INT64_MIN, INT64_MAX, 0);
  eg_tape *tape = eg_lua_tape(L);
  eg_rng root = eg_rng_seed(tape->rng.seed);
  tape->rng = eg_rng_at(&root, label[0], label[1], label[2]);
  return 0;
}

/* set_recording(on) --> what it was. */
static int set_recording(lua_State *L) {
  eg_tape *tape = eg_lua_tape(L);
  bool was = tape->recording;
  tape->recording = eg_arg_boolean_or(L, 1, "set_recording", "the argument", true);
  lua_pushboolean(L, was);
  return 1;
}

static int is_recording(lua_State *L) {
  lua_pushboolean(L, eg_lua_tape(L)->recording);
  return 1;
}

static int set_num_threads(lua_State *L) {
  eg_set_num_threads((int)eg_arg_integer(L, 1, "set_num_threads", "the number of threads", 1, 256));
  return 0;
}

static int num_threads(lua_State *L) {
  lua_pushinteger(L, eg_num_threads());
  return 1;
}

/* limit_threads(n) --> the limit before: no more than n threads for a while; 0: as many as there are. */
static int limit_threads(lua_State *L) {
  lua_pushinteger(L, eg_limit_threads((int)eg_arg_integer(L, 1, "limit_threads", "the number of threads", 0, 256)));
  return 1;
}

static void set_count(lua_State *L, const char *name, uint64_t value) {
  lua_pushinteger(L, (lua_Integer)value);
  lua_setfield(L, -2, name);
}

/* memory() --> {live, peak, cached (bytes), blocks, calls, asked (counts)} */
static int memory(lua_State *L) {
  eg_memory_info info = eg_memory();
  lua_createtable(L, 0, 6);
  set_count(L, "live", info.live);
  set_count(L, "peak", info.peak);
  set_count(L, "cached", info.cached);
  set_count(L, "blocks", info.blocks);
  set_count(L, "calls", info.calls);
  set_count(L, "asked", info.asked);
  return 1;
}

static int memory_reset_peak(lua_State *L) {
  (void)L;
  eg_memory_reset_peak();
  return 0;
}

static int memory_trim(lua_State *L) {
  (void)L;
  eg_memory_trim();
  return 0;
}

/* memory_limit(bytes): what would hold so much more than now raises, until memory_limit(0). */
static int memory_limit(lua_State *L) {
  eg_memory_limit((size_t)eg_arg_integer(L, 1, "memory_limit", "bytes", 0, INT64_MAX));
  return 0;
}

/* fail_allocation(nth [, forever]): for tests; 0 ends it. */
static int fail_allocation(lua_State *L) {
  eg_memory_fail_at((uint64_t)eg_arg_integer(L, 1, "fail_allocation", "nth", 0, INT64_MAX),
                    eg_arg_boolean_or(L, 2, "fail_allocation", "forever", false));
  return 0;
}

static const luaL_Reg functions[] = {{"manual_seed", manual_seed},
                                     {"rng_state", rng_state},
                                     {"set_rng_state", set_rng_state},
                                     {"random_stream", random_stream},
                                     {"set_recording", set_recording},
                                     {"is_recording", is_recording},
                                     {"set_num_threads", set_num_threads},
                                     {"num_threads", num_threads},
                                     {"limit_threads", limit_threads},
                                     {"memory", memory},
                                     {"memory_reset_peak", memory_reset_peak},
                                     {"memory_trim", memory_trim},
                                     {"memory_limit", memory_limit},
                                     {"fail_allocation", fail_allocation},
                                     {NULL, NULL}};

int eg_open_context(lua_State *L) {
  eg_lua_context *context = lua_newuserdatauv(L, sizeof *context, 0);
  *context = (eg_lua_context){.tape = {.recording = true, .rng = eg_rng_seed(0)}, .limit = LEAST_LIMIT};
  lua_rawsetp(L, LUA_REGISTRYINDEX, &key);
  luaL_setfuncs(L, functions, 0);
  lua_pushstring(L, EG_REAL_NAME);
  lua_setfield(L, -2, "scalar");
  return 0;
}
