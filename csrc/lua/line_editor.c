/* Line editing at a prompt by GNU readline, which is looked for when it is wanted and linked to nothing: the module
   builds and works without it. Only one line is edited at a time, so the state that readline's callbacks need is
   static. */
#define _GNU_SOURCE /* pselect, SIGWINCH */

#include <dlfcn.h>
#include <errno.h>
#include <lauxlib.h>
#include <lua.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

typedef void line_handler(char *line);
typedef char *match_generator(const char *text, int state);
typedef char **completer(const char *text, int start, int end);

/* What is used of readline, by its own names; variables are pointers to it. ORDER READLINE: as looked up. */
static struct {
  void *library;
  void (*callback_handler_install)(const char *prompt, line_handler *handler);
  void (*callback_read_char)(void);
  void (*callback_handler_remove)(void);
  void (*callback_sigcleanup)(void);
  void (*free_line_state)(void);
  void (*resize_terminal)(void);
  void (*cleanup_after_signal)(void);
  void (*reset_after_signal)(void);
  void (*reset_screen_size)(void);
  int (*forced_update_display)(void);
  char **(*completion_matches)(const char *text, match_generator *generator);
  void (*add_history)(const char *line);
  completer **attempted_completion_function;
  const char **completer_word_break_characters;
  const char **readline_name;
  char **line_buffer;
  int *attempted_completion_over;
  int *completion_append_character;
  int *catch_signals;
  int *catch_sigwinch;
} rl;

static const char *const libraries[] = {"libreadline.so.8", "libreadline.so.7", "libreadline.so", "libreadline.8.dylib",
                                        "libreadline.dylib"};

static bool look_up(void) {
  const struct {
    const char *name;
    void *place;
  } symbols[] = {{"rl_callback_handler_install", &rl.callback_handler_install},
                 {"rl_callback_read_char", &rl.callback_read_char},
                 {"rl_callback_handler_remove", &rl.callback_handler_remove},
                 {"rl_callback_sigcleanup", &rl.callback_sigcleanup},
                 {"rl_free_line_state", &rl.free_line_state},
                 {"rl_resize_terminal", &rl.resize_terminal},
                 {"rl_cleanup_after_signal", &rl.cleanup_after_signal},
                 {"rl_reset_after_signal", &rl.reset_after_signal},
                 {"rl_reset_screen_size", &rl.reset_screen_size},
                 {"rl_forced_update_display", &rl.forced_update_display},
                 {"rl_completion_matches", &rl.completion_matches},
                 {"add_history", &rl.add_history},
                 {"rl_attempted_completion_function", &rl.attempted_completion_function},
                 {"rl_completer_word_break_characters", &rl.completer_word_break_characters},
                 {"rl_readline_name", &rl.readline_name},
                 {"rl_line_buffer", &rl.line_buffer},
                 {"rl_attempted_completion_over", &rl.attempted_completion_over},
                 {"rl_completion_append_character", &rl.completion_append_character},
                 {"rl_catch_signals", &rl.catch_signals},
                 {"rl_catch_sigwinch", &rl.catch_sigwinch}};
  for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
    void *found = dlsym(rl.library, symbols[i].name);
    if (!found)
      return false;
    memcpy(symbols[i].place, &found, sizeof found);
  }
  return true;
}

static volatile sig_atomic_t signalled; /* the last signal while a line is edited */

static void on_signal(int number) {
  if (number != SIGWINCH || !signalled)
    signalled = number;
}

static lua_State *state; /* whose line is edited; its completer is at the index COMPLETER */
enum { PROMPT = 1, COMPLETER = 2 };
static char *received;
static bool done;

static void receive(char *line) {
  received = line;
  done = true;
  rl.callback_handler_remove(); /* or it would prompt anew */
}

/* The matches are the list at the top of the stack. */
static char *next_match(const char *text, int first) {
  static lua_Integer at;
  (void)text;
  if (!first)
    at = 0;
  char *copy = NULL;
  if (lua_rawgeti(state, -1, ++at) == LUA_TSTRING)
    copy = strdup(lua_tostring(state, -1));
  lua_pop(state, 1);
  return copy;
}

static char **complete(const char *text, int start, int end) {
  *rl.attempted_completion_over = 1; /* no names of files where there is nothing else */
  *rl.completion_append_character = 0;
  int top = lua_gettop(state);
  char **matches = NULL;
  lua_pushvalue(state, COMPLETER);
  lua_pushstring(state, *rl.line_buffer);
  lua_pushinteger(state, start + 1);
  lua_pushinteger(state, end);
  if (lua_pcall(state, 3, 1, 0) == LUA_OK && lua_istable(state, -1))
    matches = rl.completion_matches(text, next_match);
  lua_settop(state, top);
  return matches;
}

/* open() --> true, or nil and why there is no editing. */
static int open_editor(lua_State *L) {
  for (size_t i = 0; i < sizeof libraries / sizeof *libraries && !rl.library; i++) {
    rl.library = dlopen(libraries[i], RTLD_NOW | RTLD_LOCAL);
  }
  if (!rl.library || !look_up()) {
    lua_pushnil(L);
    lua_pushstring(L, rl.library ? "the library readline is too old" : "the library readline is not installed");
    return 2;
  }
  *rl.readline_name = "ecgraft";
  *rl.attempted_completion_function = complete;
  *rl.completer_word_break_characters = " \t\n\"'`\\!#$%&()*+,-./:;<=>?@[]^{|}~";
  *rl.catch_signals = 0;
  *rl.catch_sigwinch = 0;
  lua_pushboolean(L, 1);
  return 1;
}

static void give_up_line(void) {
  rl.free_line_state();
  rl.callback_sigcleanup();
  rl.callback_handler_remove();
}

enum { CAUGHT = 5 };
static const int caught[CAUGHT] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP};

/* Ctrl-Z: stops as if nothing were caught, with the terminal as it was, and goes on with the line when continued. */
static void suspend(const struct sigaction *usual, const sigset_t *outside) {
  struct sigaction ours;
  sigset_t inside;
  rl.cleanup_after_signal();
  sigaction(SIGTSTP, usual, &ours);
  raise(SIGTSTP);
  sigprocmask(SIG_SETMASK, outside, &inside); /* stops here */
  sigprocmask(SIG_SETMASK, &inside, NULL);
  sigaction(SIGTSTP, &ours, NULL);
  rl.reset_after_signal();
  rl.reset_screen_size();
  rl.forced_update_display();
}

/* Until a line is there, standard input ends, or a signal comes that ends the line: its number, else 0. */
static int edit(const char *prompt) {
  struct sigaction action = {.sa_handler = on_signal}, before[CAUGHT];
  sigset_t blocked, outside;
  sigemptyset(&action.sa_mask);
  sigemptyset(&blocked);
  for (int i = 0; i < CAUGHT; i++)
    sigaddset(&blocked, caught[i]);
  sigprocmask(SIG_BLOCK, &blocked, &outside); /* in this thread they come while it waits, at no other moment */
  for (int i = 0; i < CAUGHT; i++)
    sigaction(caught[i], &action, &before[i]);
  int number = 0;
  signalled = 0;
  done = false;
  received = NULL;
  rl.callback_handler_install(prompt, receive);
  while (!done) {
    /* A signal may have gone to another thread, whose handler does not end the wait: look now and then. */
    const struct timespec between_looks = {.tv_nsec = 100 * 1000 * 1000};
    fd_set input;
    FD_ZERO(&input);
    FD_SET(STDIN_FILENO, &input);
    int ready = pselect(STDIN_FILENO + 1, &input, NULL, NULL, &between_looks, &outside), failure = errno;
    int came = (int)signalled;
    if (came)
      signalled = 0;
    if (came == SIGWINCH) {
      rl.resize_terminal();
    } else if (came == SIGTSTP) {
      suspend(&before[CAUGHT - 1], &outside);
    } else if (came || (ready < 0 && failure != EINTR)) {
      number = came ? came : SIGTERM;
      give_up_line();
      done = true;
    } else if (ready > 0) {
      rl.callback_read_char();
    }
  }
  for (int i = 0; i < CAUGHT; i++)
    sigaction(caught[i], &before[i], NULL);
  sigprocmask(SIG_SETMASK, &outside, NULL);
  return number;
}

/* read(prompt, complete) --> the line; nil at the end of input; false after Ctrl-C. complete(line, first, last) returns
   the list of what may stand in the place of line:sub(first, last). */
static int read_line(lua_State *L) {
  const char *prompt = luaL_checkstring(L, PROMPT);
  luaL_checktype(L, COMPLETER, LUA_TFUNCTION);
  if (!rl.library || !rl.callback_sigcleanup)
    return luaL_error(L, "line_editor.read: open it first");
  lua_settop(L, COMPLETER);
  lua_State *before = state;
  state = L;
  int number = edit(prompt);
  state = before;
  if (number != 0 && number != SIGINT)
    raise(number); /* the terminal is as it was */
  if (number != 0)
    lua_pushboolean(L, 0);
  else if (!received)
    lua_pushnil(L);
  else
    lua_pushstring(L, received);
  free(received);
  received = NULL;
  return 1;
}

/* remember(line): what the key Up brings back. */
static int remember(lua_State *L) {
  const char *line = luaL_checkstring(L, 1);
  if (rl.add_history)
    rl.add_history(line);
  return 0;
}

/* size([descriptor]) --> the columns and rows of the terminal that it is (default: standard output), or nothing. */
static int size(lua_State *L) {
  struct winsize window;
  if (ioctl((int)luaL_optinteger(L, 1, STDOUT_FILENO), TIOCGWINSZ, &window) != 0 || window.ws_col == 0)
    return 0;
  lua_pushinteger(L, window.ws_col);
  lua_pushinteger(L, window.ws_row);
  return 2;
}

static const luaL_Reg functions[] = {
    {"size", size}, {"open", open_editor}, {"read", read_line}, {"remember", remember}, {NULL, NULL}};

int eg_open_line_editor(lua_State *L) {
  luaL_newlib(L, functions);
  lua_setfield(L, -2, "line_editor");
  return 0;
}
