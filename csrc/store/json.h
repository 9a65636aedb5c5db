/* A strict pull parser for JSON (RFC 8259) in memory that its caller owns: no allocation, no recursion beyond a fixed
   depth.

   Strings are decoded in place: what comes back points into the text, UTF-8, with a 0 after it. The first fault
   stays: everything after it does nothing, and `fault` says what was wrong at which byte.

     eg_json_open(&j, '{');
     while (eg_json_more(&j, '}')) { const char *key = eg_json_key(&j); ... one value ... }
     eg_json_end(&j);
*/
#ifndef EG_STORE_JSON_H
#define EG_STORE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct eg_json {
  unsigned char *start, *at, *end;
  bool first;        /* nothing of the innermost list or object was read yet */
  const char *fault; /* NULL: none so far */
  size_t fault_at;
} eg_json;

enum { EG_JSON_DEPTH = 32 };

void eg_json_begin(eg_json *json, char *text, size_t length);
/* Goes into an object ('{') or a list ('['). */
void eg_json_open(eg_json *json, char bracket);
/* Whether there is one more entry before the closing bracket; passes over the comma, or over the bracket. */
bool eg_json_more(eg_json *json, char bracket);
/* An entry's name and the colon; never NULL, "" after a fault. Names and strings with a 0 in them are a fault. */
const char *eg_json_key(eg_json *json);
const char *eg_json_string(eg_json *json);
/* An integer from 0 to 2^63 - 1, written without fraction or exponent. */
int64_t eg_json_count(eg_json *json);
/* Passes over any value. */
void eg_json_skip(eg_json *json);
/* Nothing but white space may follow. */
void eg_json_end(eg_json *json);
/* Notes a fault of the caller's own finding. */
void eg_json_fail(eg_json *json, const char *fault);

/* Whether a string is UTF-8 throughout (RFC 3629). */
bool eg_is_utf8(const char *text);

#endif
