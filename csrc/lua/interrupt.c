/* Ctrl-C during long work: the first SIGINT (or SIGTERM) sets a flag that a loop polls, the second ends the process.

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

static volatile sig_atomic_t pending;
static int watchers;
static struct sigaction before_interrupt, before_terminate;

static void on_signal(int number) {
  pending = number;
}

/* watch_interrupt(): from now on the first signal only sets the flag. Calls nest; each wants an unwatch_interrupt(). */
static int watch(lua_State *L) {
  (void)L;
  if (watchers++ == 0) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    pending = 0;
    sigaction(SIGINT, &action, &before_interrupt);
    sigaction(SIGTERM, &action, &before_terminate);
  }
  return 0;
}

static int unwatch(lua_State *L) {
  (void)L;
  if (watchers > 0 && --watchers == 0) {
    sigaction(SIGINT, &before_interrupt, NULL);
    sigaction(SIGTERM, &before_terminate, NULL);
  }
  return 0;
}

/* interrupted() --> whether a signal came since watching began. */
static int interrupted(lua_State *L) {
  lua_pushboolean(L, pending != 0);
  return 1;
}

/* end_with_parent(): this process is killed when the one that started it is gone (Linux; elsewhere it does nothing). */
static int end_with_parent(lua_State *L) {
  (void)L;
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  return 0;
}

static const luaL_Reg functions[] = {{"watch_interrupt", watch},
                                     {"unwatch_interrupt", unwatch},
                                     {"interrupted", interrupted},
                                     {"end_with_parent", end_with_parent},
                                     {NULL, NULL}};

int eg_open_interrupt(lua_State *L) {
  luaL_setfuncs(L, functions, 0);
  return 0;
}
