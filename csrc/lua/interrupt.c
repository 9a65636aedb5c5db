/* Ctrl-C during long work: the first SIGINT (or SIGTERM) sets a flag that a loop polls, the second ends the process.
   At a prompt no SIGINT ends the process: a count hook raises "interrupted" in the line that runs, unless something
   inside it watches as well and so ends by itself; a second Ctrl-C does not wait for that.

   The flag must be reachable from a signal handler, so it is the one piece of state besides the thread count and the
   allocator that belongs to the process. */
#define _POSIX_C_SOURCE 200809L

#include <lauxlib.h>
#include <lua.h>
#include <signal.h>
#include <stdbool.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

static volatile sig_atomic_t pending, signals;
static int watchers;
static struct sigaction before_interrupt, before_terminate;

static void on_signal(int number) {
  pending = number;
  if (signals < 2)
    signals++;
}

static void start_watching(int interrupt_flags) {
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = interrupt_flags};
  sigemptyset(&action.sa_mask);
  pending = signals = 0;
  sigaction(SIGINT, &action, &before_interrupt);
  action.sa_flags = (int)SA_RESETHAND;
  sigaction(SIGTERM, &action, &before_terminate);
}

/* watch_interrupt(): from now on the first signal only sets the flag. Calls nest; each wants an unwatch_interrupt(). */
static int watch(lua_State *L) {
  (void)L;
  if (watchers++ == 0)
    start_watching((int)SA_RESETHAND);
  return 0;
}

/* interrupted() --> whether a signal came since watching began. */
static int interrupted(lua_State *L) {
  lua_pushboolean(L, pending != 0);
  return 1;
}

enum { BETWEEN_LOOKS = 10000, PATIENCE = 5 }; /* instructions of the virtual machine; errors that may be caught */

static int raised; /* errors since the signal */

/* What catches errors and goes on is hit anywhere in the end: a loop of pcalls spends nearly all instructions inside of
   them. Before that code that puts things in order, as __close does, has the time for it. */
static void stop(lua_State *L, lua_Debug *where) {
  (void)where;
  if (!pending || (watchers > 1 && signals < 2))
    return;
  if (++raised >= PATIENCE)
    lua_sethook(L, stop, LUA_MASKCOUNT, 1);
  luaL_error(L, "interrupted");
}

/* unwatch_interrupt(). What watched while signals are held, and was told of one, has time to raise its own error. */
static int unwatch(lua_State *L) {
  if (watchers > 0 && --watchers == 0) {
    sigaction(SIGINT, &before_interrupt, NULL);
    sigaction(SIGTERM, &before_terminate, NULL);
  } else if (watchers == 1 && raised < PATIENCE && lua_gethook(L) == stop) {
    lua_sethook(L, stop, LUA_MASKCOUNT, BETWEEN_LOOKS); /* counts from here */
  }
  return 0;
}

/* hold_interrupt(): until release_interrupt(), a signal raises "interrupted" in the Lua code that runs, also in
   coroutines made meanwhile; debug.sethook() keeps it from that. Not within another watch. */
static int hold(lua_State *L) {
  if (watchers != 0)
    return luaL_error(L, "hold_interrupt: signals are watched already");
  watchers = 1;
  raised = 0;
  start_watching(0);
  lua_sethook(L, stop, LUA_MASKCOUNT, BETWEEN_LOOKS);
  return 0;
}

/* Forgets the signals that came; pushes the number of the last, or nil. */
static int forget(lua_State *L) {
  int last = (int)pending;
  pending = signals = 0;
  if (last)
    lua_pushinteger(L, last);
  else
    lua_pushnil(L);
  return 1;
}

/* release_interrupt() --> the number of the last signal that came, or nil. */
static int release(lua_State *L) {
  lua_sethook(L, NULL, 0, 0);
  if (watchers > 0) {
    watchers = 1; /* what was interrupted may not have come to its own unwatch */
    unwatch(L);
  }
  return forget(L);
}

/* renew_interrupt() --> what release_interrupt() returns; holds on as if anew. No moment is without a handler. */
static int renew(lua_State *L) {
  if (watchers == 0)
    return luaL_error(L, "renew_interrupt: signals are not held");
  watchers = 1;
  raised = 0;
  lua_sethook(L, stop, LUA_MASKCOUNT, BETWEEN_LOOKS);
  return forget(L);
}

/* The handler of errors is not disturbed. */
static int handle(lua_State *L) {
  lua_sethook(L, NULL, 0, 0);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, 1);
  return 1;
}

/* interruptible(f, handler, ...) --> true, the number of the last signal or nil, and what f(...) returned; or false,
   that number, and what handler(error) returned. f runs as between hold_interrupt and release_interrupt, and nothing is
   raised outside of it. */
static int interruptible(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_pushvalue(L, 1);
  lua_pushvalue(L, 2);
  lua_pushcclosure(L, handle, 1);
  lua_replace(L, 1);
  lua_replace(L, 2); /* handler, f, ... */
  int count = lua_gettop(L) - 2;
  hold(L);
  lua_pushboolean(L, lua_pcall(L, count, LUA_MULTRET, 1) == LUA_OK);
  release(L);
  lua_rotate(L, 2, 2);
  return lua_gettop(L) - 1;
}

/* end_with_parent(): this process is killed when the one that started it is gone (Linux; elsewhere it does nothing). */
static int end_with_parent(lua_State *L) {
  (void)L;
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  return 0;
}

static const luaL_Reg functions[] = {
    {"watch_interrupt", watch},       {"unwatch_interrupt", unwatch},       {"interrupted", interrupted},
    {"hold_interrupt", hold},         {"release_interrupt", release},       {"renew_interrupt", renew},
    {"interruptible", interruptible}, {"end_with_parent", end_with_parent}, {NULL, NULL}};

int eg_open_interrupt(lua_State *L) {
  luaL_setfuncs(L, functions, 0);
  return 0;
}
