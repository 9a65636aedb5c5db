#include "ecgraft/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char text[512];

eg_status eg_fail(eg_status status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return status;
}

eg_status eg_fail_in(eg_status status, const char *where) {
  char before[sizeof text];
  memcpy(before, text, sizeof text);
  snprintf(text, sizeof text, "%s: %.*s", where, (int)(sizeof text - 64), before);
  return status;
}

const char *eg_failure(void) {
  return text;
}
