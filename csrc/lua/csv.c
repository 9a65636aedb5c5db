/* ecgraft.core.csv: rows of comma-separated text, for ecgraft.data.csv. Positions count from 1. */
#include <lauxlib.h>
#include <string.h>

#include "args.h"

/* The text, and what is not yet read of it. */
typedef struct csv {
  const char *text, *at, *end;
} csv;

/* A field: without its quotes, where it has some. */
typedef struct field {
  const char *at;
  size_t size;
  const char *tail; /* what stands between the closing quote and the comma belongs to the field, as spreadsheets do */
  size_t tail_size;
  bool doubled; /* quotes inside are written twice */
  bool last;    /* of its row */
} field;

/* The first comma or line end from `at` on, or the end. */
static const char *delimiter(const char *at, const char *end) {
  while (at < end && *at != ',' && *at != '\n' && *at != '\r')
    at++;
  return at;
}

/* Reads a field and its delimiter. False where a quote is not closed: c->at is then where the field begins. */
static bool next_field(csv *c, field *f) {
  *f = (field){.at = c->at};
  const char *stop;
  if (c->at < c->end && *c->at == '"') {
    const char *quote = ++f->at;
    while ((quote = memchr(quote, '"', (size_t)(c->end - quote))) && quote + 1 < c->end && quote[1] == '"') {
      f->doubled = true;
      quote += 2;
    }
    if (!quote)
      return false;
    f->size = (size_t)(quote - f->at);
    f->tail = quote + 1;
    stop = delimiter(quote + 1, c->end);
    f->tail_size = (size_t)(stop - f->tail);
  } else {
    stop = delimiter(c->at, c->end);
    f->size = (size_t)(stop - f->at);
  }
  f->last = stop == c->end || *stop != ',';
  if (f->last && stop + 1 < c->end && stop[0] == '\r' && stop[1] == '\n')
    stop++;
  c->at = stop < c->end ? stop + 1 : stop;
  return true;
}

static void push_field(lua_State *L, const field *f) {
  if (!f->doubled && f->tail_size == 0) {
    lua_pushlstring(L, f->at, f->size);
    return;
  }
  luaL_Buffer b;
  char *to = luaL_buffinitsize(L, &b, f->size + f->tail_size);
  size_t n = 0;
  for (size_t i = 0; i < f->size; i++, n++) {
    to[n] = f->at[i];
    i += f->doubled && f->at[i] == '"';
  }
  memcpy(to + n, f->tail, f->tail_size);
  luaL_pushresultsize(&b, n + f->tail_size);
}

static csv open_text(lua_State *L, int64_t *at) {
  size_t size;
  eg_arg_string(L, 1, "csv", "the text");
  const char *text = lua_tolstring(L, 1, &size);
  *at = eg_arg_integer(L, 2, "csv", "the position", 1, (int64_t)size + 1);
  return (csv){.text = text, .at = text + *at - 1, .end = text + size};
}

/* nil, the position */
static int fail_at(lua_State *L, const csv *c, const char *at) {
  lua_pushnil(L);
  lua_pushinteger(L, at - c->text + 1);
  return 2;
}

/* row(text, at) --> the fields of the row that begins at `at`, where the next one begins; or nil and the position of a
   quote that is not closed */
static int row(lua_State *L) {
  int64_t start;
  csv c = open_text(L, &start);
  lua_newtable(L);
  field f = {0};
  for (lua_Integer n = 1; !f.last; n++) {
    if (!next_field(&c, &f))
      return fail_at(L, &c, c.at);
    push_field(L, &f);
    lua_rawseti(L, -2, n);
  }
  lua_pushinteger(L, c.at - c.text + 1);
  return 2;
}

/* keyed(text, at, keys) --> the rows from `at` on, blank lines left out, each a table with field i under keys[i], or
   without it where keys[i] is false. nil and a position: of a quote that is not closed; and, with a third value, the
   number of fields: of a row that does not have one for each key. */
static int keyed(lua_State *L) {
  int64_t start;
  csv c = open_text(L, &start);
  eg_arg_table(L, 3, "csv", "the keys");
  lua_Integer columns = (lua_Integer)lua_rawlen(L, 3), count = 0;
  luaL_checkstack(L, 8, "csv");
  lua_settop(L, 3);
  lua_newtable(L);
  while (c.at < c.end) {
    const char *begin = c.at;
    lua_Integer n = 0;
    field f = {0};
    bool blank = false;
    lua_createtable(L, 0, (int)(columns < 1000 ? columns : 1000));
    while (!f.last) {
      if (!next_field(&c, &f))
        return fail_at(L, &c, c.at);
      n++;
      blank = n == 1 && f.last && f.size + f.tail_size == 0;
      if (n <= columns && lua_rawgeti(L, 3, n) == LUA_TSTRING) {
        push_field(L, &f);
        lua_rawset(L, 5);
      }
      lua_settop(L, 5);
    }
    if (!blank && n != columns) {
      fail_at(L, &c, begin);
      lua_pushinteger(L, n);
      return 3;
    }
    if (blank)
      lua_pop(L, 1);
    else
      lua_rawseti(L, 4, ++count);
  }
  return 1;
}

static const luaL_Reg functions[] = {{"row", row}, {"keyed", keyed}, {NULL, NULL}};

int eg_open_csv(lua_State *L) {
  luaL_newlib(L, functions);
  lua_setfield(L, -2, "csv");
  return 0;
}
