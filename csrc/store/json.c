#include "store/json.h"

#include <string.h>

void eg_json_fail(eg_json *json, const char *fault) {
  if (!json->fault) {
    json->fault = fault;
    json->fault_at = (size_t)(json->at - json->start);
  }
}

void eg_json_begin(eg_json *json, char *text, size_t length) {
  unsigned char *start = (unsigned char *)text;
  *json = (eg_json){.start = start, .at = start, .end = start + length};
}

/* The next byte that is no white space, or -1. */
static int peek(eg_json *json) {
  while (json->at < json->end && (*json->at == ' ' || *json->at == '\t' || *json->at == '\n' || *json->at == '\r'))
    json->at++;
  return json->fault || json->at == json->end ? -1 : *json->at;
}

static bool take(eg_json *json, char wanted) {
  if (peek(json) != wanted)
    return false;
  json->at++;
  return true;
}

void eg_json_open(eg_json *json, char bracket) {
  if (!take(json, bracket))
    eg_json_fail(json, bracket == '{' ? "expected '{'" : "expected '['");
  json->first = true;
}

bool eg_json_more(eg_json *json, char bracket) {
  bool first = json->first;
  json->first = false;
  if (take(json, bracket))
    return false;
  if (!first && !take(json, ','))
    eg_json_fail(json, bracket == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
  return json->fault == NULL;
}

/* Four hexadecimal digits, or -1. */
static int32_t hex4(eg_json *json) {
  int32_t value = 0;
  if (json->end - json->at < 4)
    return -1;
  for (int i = 0; i < 4; i++) {
    int c = *json->at++;
    int digit = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
    if (digit < 0)
      return -1;
    value = value << 4 | digit;
  }
  return value;
}

/* After "\u": one code point, from two halves where it is beyond 16 bits; 0 (which is refused as well) where it is
 * wrong. */
static uint32_t code_point(eg_json *json) {
  int32_t high = hex4(json);
  if (high < 0 || (high >= 0xDC00 && high <= 0xDFFF))
    return 0;
  if (high < 0xD800 || high > 0xDBFF)
    return (uint32_t)high;
  if (json->end - json->at < 6 || json->at[0] != '\\' || json->at[1] != 'u')
    return 0;
  json->at += 2;
  int32_t low = hex4(json);
  if (low < 0xDC00 || low > 0xDFFF)
    return 0;
  return 0x10000 + ((uint32_t)(high - 0xD800) << 10) + (uint32_t)(low - 0xDC00);
}

static unsigned char *put_utf8(unsigned char *to, uint32_t c) {
  if (c < 0x80) {
    *to++ = (unsigned char)c;
  } else if (c < 0x800) {
    *to++ = (unsigned char)(0xC0 | c >> 6);
    *to++ = (unsigned char)(0x80 | (c & 63));
  } else if (c < 0x10000) {
    *to++ = (unsigned char)(0xE0 | c >> 12);
    *to++ = (unsigned char)(0x80 | (c >> 6 & 63));
    *to++ = (unsigned char)(0x80 | (c & 63));
  } else {
    *to++ = (unsigned char)(0xF0 | c >> 18);
    *to++ = (unsigned char)(0x80 | (c >> 12 & 63));
    *to++ = (unsigned char)(0x80 | (c >> 6 & 63));
    *to++ = (unsigned char)(0x80 | (c & 63));
  }
  return to;
}

/* Bytes of the UTF-8 sequence at `at` (RFC 3629: no overlong form, no surrogate, nothing beyond U+10FFFF), 0 where it
 * is none. */
static int utf8_length(const unsigned char *at, const unsigned char *end) {
  int c = at[0];
  int length = c < 0x80 ? 1 : c < 0xC2 ? 0 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : c < 0xF5 ? 4 : 0;
  if (length == 0 || end - at < length)
    return 0;
  for (int i = 1; i < length; i++)
    if ((at[i] & 0xC0) != 0x80)
      return 0;
  if ((c == 0xE0 && at[1] < 0xA0) || (c == 0xED && at[1] > 0x9F) || (c == 0xF0 && at[1] < 0x90) ||
      (c == 0xF4 && at[1] > 0x8F))
    return 0;
  return length;
}

/* After a backslash: what it stands for, written to *to. */
static bool escape(eg_json *json, unsigned char **to) {
  static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
  if (json->at == json->end)
    return false;
  int c = *json->at++;
  if (c == 'u') {
    uint32_t point = code_point(json);
    *to = put_utf8(*to, point);
    return point != 0;
  }
  const char *found = c ? strchr(letters, c) : NULL;
  if (!found)
    return false;
  *(*to)++ = (unsigned char)meanings[found - letters];
  return true;
}

/* An escape is never shorter than what it stands for, so the decoded text stays behind what is still to be read, and
   its 0 falls on the closing quote at the latest. */
const char *eg_json_string(eg_json *json) {
  static const char none[] = "";
  if (!take(json, '"')) {
    eg_json_fail(json, "expected a string");
    return none;
  }
  unsigned char *start = json->at, *to = start;
  while (json->at < json->end && *json->at != '"') {
    if (*json->at == '\\') {
      json->at++;
      if (!escape(json, &to)) {
        eg_json_fail(json, "wrong escape in a string");
        return none;
      }
      continue;
    }
    int length = *json->at < 0x20 ? 0 : utf8_length(json->at, json->end);
    if (length == 0) {
      eg_json_fail(json, "a string that is not UTF-8 or holds a control character");
      return none;
    }
    memmove(to, json->at, (size_t)length);
    to += length;
    json->at += length;
  }
  if (json->at == json->end) {
    eg_json_fail(json, "a string without end");
    return none;
  }
  json->at++;
  *to = '\0';
  return (const char *)start;
}

const char *eg_json_key(eg_json *json) {
  const char *key = eg_json_string(json);
  if (!take(json, ':'))
    eg_json_fail(json, "expected ':'");
  return key;
}

int64_t eg_json_count(eg_json *json) {
  int64_t value = 0;
  int c = peek(json);
  if (c < '0' || c > '9') {
    eg_json_fail(json, "expected a whole number of at least 0");
    return 0;
  }
  const unsigned char *start = json->at;
  while (json->at < json->end && *json->at >= '0' && *json->at <= '9') {
    int digit = *json->at++ - '0';
    if (value > (INT64_MAX - digit) / 10) {
      eg_json_fail(json, "a number that is too large");
      return 0;
    }
    value = 10 * value + digit;
  }
  if (*start == '0' && json->at - start > 1)
    eg_json_fail(json, "a number with a leading 0");
  if (json->at < json->end && (*json->at == '.' || *json->at == 'e' || *json->at == 'E'))
    eg_json_fail(json, "expected a whole number of at least 0");
  return json->fault ? 0 : value;
}

static bool digits(eg_json *json) {
  const unsigned char *start = json->at;
  while (json->at < json->end && *json->at >= '0' && *json->at <= '9')
    json->at++;
  return json->at > start;
}

/* [-] (0 | 1-9 digits) [. digits] [e [+-] digits] */
static bool skip_number(eg_json *json) {
  if (json->at < json->end && *json->at == '-')
    json->at++;
  if (json->at < json->end && *json->at == '0')
    json->at++;
  else if (!digits(json))
    return false;
  if (json->at < json->end && *json->at == '.') {
    json->at++;
    if (!digits(json))
      return false;
  }
  if (json->at < json->end && (*json->at == 'e' || *json->at == 'E')) {
    json->at++;
    if (json->at < json->end && (*json->at == '+' || *json->at == '-'))
      json->at++;
    return digits(json);
  }
  return true;
}

static bool skip_word(eg_json *json) {
  static const char *const words[] = {"true", "false", "null"};
  for (int i = 0; i < 3; i++) {
    size_t length = strlen(words[i]);
    if ((size_t)(json->end - json->at) >= length && memcmp(json->at, words[i], length) == 0) {
      json->at += length;
      return true;
    }
  }
  return false;
}

static void skip(eg_json *json, int depth) {
  int c = peek(json);
  if (c == '{' || c == '[') {
    char close = c == '{' ? '}' : ']';
    if (depth == EG_JSON_DEPTH) {
      eg_json_fail(json, "nested too deeply");
      return;
    }
    eg_json_open(json, (char)c);
    while (eg_json_more(json, close)) {
      if (c == '{')
        eg_json_key(json);
      skip(json, depth + 1);
    }
  } else if (c == '"') {
    eg_json_string(json);
  } else if (c == '-' || (c >= '0' && c <= '9')) {
    if (!skip_number(json))
      eg_json_fail(json, "a malformed number");
  } else if (c < 0 || !skip_word(json)) {
    eg_json_fail(json, "expected a value");
  }
}

void eg_json_skip(eg_json *json) {
  skip(json, 0);
}

void eg_json_end(eg_json *json) {
  if (peek(json) >= 0)
    eg_json_fail(json, "text after the end");
}

bool eg_is_utf8(const char *text) {
  const unsigned char *at = (const unsigned char *)text, *end = at + strlen(text);
  while (at < end) {
    int length = utf8_length(at, end);
    if (length == 0)
      return false;
    at += length;
  }
  return true;
}
