#include <ctype.h>
#include <string.h>

#include "ecgraft/wfdb.h"

const char *const eg_standard_leads[12] = {"I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"};

static int lower(char c) {
  return tolower((unsigned char)c); /* "C" locale or not: lead names are ASCII */
}

/* Behind `word` and a separator, where the name begins so; else the name. */
static const char *without(const char *name, const char *word) {
  size_t n = strlen(word);
  for (size_t i = 0; i < n; i++)
    if (lower(name[i]) != word[i])
      return name;
  return name[n] == ' ' || name[n] == '_' ? name + n + 1 : name;
}

bool eg_lead_same(const char *a, const char *b) {
  a = without(without(a, "ecg"), "lead");
  b = without(without(b, "ecg"), "lead");
  for (;; a++, b++) {
    while (*a == ' ')
      a++;
    while (*b == ' ')
      b++;
    if (lower(*a) != lower(*b))
      return false;
    if (!*a)
      return true;
  }
}
