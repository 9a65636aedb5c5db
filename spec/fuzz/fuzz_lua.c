/* Fuzzers of what is read in Lua: spec/fuzz/NAME.lua (FUZZ_LUA is "NAME") returns
     {file =, words =, seeds =, memory =, most =, read =}
       file     what to call the input's file, in a folder of its own; others may stand beside it: {name = text, ...} in
   `beside` words    that such files are made of                    seeds   a list of texts memory   bytes of Lua's that
   a byte of input may take (1000)   most   bytes of an input (16384) read     function(path, text): true, or nil and a
   message. Anything else, an error above all, is a fault finish   function(): called once, at the end; may be left out
   Lua tells by a hook which lines were reached. */
#define _XOPEN_SOURCE 700
#include "fuzz.h"

#include <lauxlib.h>
#include <lualib.h>

int luaopen_ecgraft_core(lua_State *L);

enum { MOST_WORDS = 64, COLLECT_EVERY = 64, LUA_LEAST = 24 << 20, LUA_MOST = 1 << 30, SLACK = 2 << 20 };

static lua_State *lua;
static struct { size_t live, peak; } lua_memory;
static const char *file_name, *lua_words[MOST_WORDS + 1];
static size_t times, base_live, base_blocks;

static void *allocate(void *context, void *block, size_t before, size_t bytes) {
  (void)context;
  before = block ? before : 0;
  if (bytes == 0) {
    free(block);
    lua_memory.live -= before;
    return NULL;
  }
  void *fresh = lua_memory.live - before + bytes > LUA_MOST ? NULL : realloc(block, bytes);
  if (!fresh)
    return NULL;
  lua_memory.live += bytes - before;
  if (lua_memory.live > lua_memory.peak)
    lua_memory.peak = lua_memory.live;
  return fresh;
}

static void on_line(lua_State *L, lua_Debug *debug) {
  lua_getinfo(L, "S", debug);
  uint32_t place = (uint32_t)debug->currentline;
  for (const char *at = debug->short_src; *at; at++)
    place = (place ^ (uint8_t)*at) * 16777619u;
  fuzz_reached(place);
}

static int with_traceback(lua_State *L) {
  luaL_traceback(L, L, lua_tostring(L, 1), 1);
  return 1;
}

/* The script's field, at the top. */
static int field(const char *name) {
  lua_getfield(lua, 2, name);
  return lua_type(lua, -1);
}

static size_t number_or(const char *name, size_t otherwise) {
  size_t value = field(name) == LUA_TNUMBER ? (size_t)lua_tointeger(lua, -1) : otherwise;
  lua_pop(lua, 1);
  return value;
}

static void check(int status) {
  if (status != LUA_OK) {
    fprintf(stderr, "%s\n", lua_tostring(lua, -1));
    exit(2);
  }
}

static void put_beside(void) {
  if (field("beside") == LUA_TTABLE)
    for (lua_pushnil(lua); lua_next(lua, -2); lua_pop(lua, 1)) {
      size_t size;
      const char *text = lua_tolstring(lua, -1, &size);
      fuzz_put(lua_tostring(lua, -2), text, size);
    }
  lua_pop(lua, 1);
}

/* The stack from now on: 1 with_traceback, 2 the script's table. */
static void open_script(void) {
#if LUA_VERSION_NUM >= 505
  lua = lua_newstate(allocate, NULL, 1); /* the seed of its hashes */
#else
  lua = lua_newstate(allocate, NULL);
#endif
  luaL_openlibs(lua);
  luaL_requiref(lua, "ecgraft.core", luaopen_ecgraft_core, 0);
  lua_settop(lua, 0);
  check(luaL_dostring(lua, "package.path = './lua/?.lua;./lua/?/init.lua;./?.lua;' .. package.path"));
  lua_pushcfunction(lua, with_traceback);
  check(luaL_loadfile(lua, "spec/fuzz/" FUZZ_LUA ".lua"));
  check(lua_pcall(lua, 0, 1, 1));
  field("file");
  file_name = lua_tostring(lua, -1); /* kept by the table */
  lua_pop(lua, 1);
  times = number_or("memory", 1000);
}

static void begin(void) {
  put_beside();
  field("seeds");
  for (lua_Integer i = 1; lua_geti(lua, -1, i) == LUA_TSTRING; i++, lua_pop(lua, 1)) {
    size_t size;
    const char *text = lua_tolstring(lua, -1, &size);
    fuzz_seed(text, size);
  }
  lua_settop(lua, 2);
  lua_sethook(lua, on_line, LUA_MASKLINE, 0);
}

/* Now and then everything is collected: what is left is what was there when that was done first. */
static void collect(void) {
  static uint64_t calls;
  if (calls++ % COLLECT_EVERY)
    return;
  lua_gc(lua, LUA_GCCOLLECT);
  if (calls <= COLLECT_EVERY + 1) { /* the second time: modules are loaded by then */
    base_live = lua_memory.live;
    base_blocks = eg_memory().blocks;
  } else if (lua_memory.live > base_live + SLACK || eg_memory().blocks > base_blocks) {
    fuzz_fault("left behind: %zd bytes of Lua's, %zd blocks", (ssize_t)(lua_memory.live - base_live),
               (ssize_t)(eg_memory().blocks - base_blocks));
  }
}

static const char *read_input(const uint8_t *bytes, size_t size) {
  static char message[1024];
  const char *path = fuzz_put(file_name, bytes, size);
  collect();
  size_t live = lua_memory.peak = lua_memory.live;
  field("read");
  lua_pushstring(lua, path);
  lua_pushlstring(lua, (const char *)bytes, size);
  int status = lua_pcall(lua, 2, 2, 1);
  if (status != LUA_OK)
    fuzz_fault("%s", lua_tostring(lua, -1));
  bool whole = lua_isboolean(lua, -2) && lua_toboolean(lua, -2);
  if (!whole && (!lua_isnil(lua, -2) || lua_type(lua, -1) != LUA_TSTRING))
    fuzz_fault("the reader returns %s, %s", luaL_typename(lua, -2), luaL_typename(lua, -1));
  snprintf(message, sizeof message, "%s", whole ? "" : fuzz_refused(lua_tostring(lua, -1)));
  lua_settop(lua, 2);
  if (lua_memory.peak - live > times * size + LUA_LEAST)
    fuzz_fault("%zu bytes of Lua's for %zu bytes", lua_memory.peak - live, size);
  return whole ? NULL : message;
}

static void end(void) {
  if (field("finish") == LUA_TFUNCTION)
    check(lua_pcall(lua, 0, 0, 1));
  lua_close(lua);
}

static void read_words(void) {
  field("words");
  for (int i = 0; i < MOST_WORDS && lua_geti(lua, -1, i + 1) == LUA_TSTRING; i++, lua_pop(lua, 1))
    lua_words[i] = lua_tostring(lua, -1); /* kept by the table */
  lua_settop(lua, 2);
}

int main(int argc, char **argv) {
  open_script();
  read_words();
  fuzz_reader reader = {.name = "fuzz_" FUZZ_LUA,
                        .words = lua_words,
                        .most = number_or("most", 1 << 14),
                        .memory_times = 1200,
                        .memory = 64 << 20,
                        .collected = true,
                        .begin = begin,
                        .read = read_input,
                        .end = end};
  return fuzz_main(&reader, argc, argv);
}
