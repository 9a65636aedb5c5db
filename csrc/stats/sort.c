#include "stats/sort.h"

#include <stdlib.h>
#include <string.h>

enum { RUN = 16 }; /* shorter runs are sorted by insertion */

static void insertion(eg_keyed *entries, int64_t n) {
  for (int64_t i = 1; i < n; i++) {
    eg_keyed moving = entries[i];
    int64_t j = i;
    for (; j > 0 && entries[j - 1].key < moving.key; j--)
      entries[j] = entries[j - 1];
    entries[j] = moving;
  }
}

static void merge(eg_keyed *out, const eg_keyed *left, int64_t lefts, const eg_keyed *right, int64_t rights) {
  while (lefts > 0 && rights > 0) {
    if (left->key >= right->key) { /* of equals the left one: stable */
      *out++ = *left++;
      lefts--;
    } else {
      *out++ = *right++;
      rights--;
    }
  }
  memcpy(out, lefts > 0 ? left : right, (size_t)(lefts + rights) * sizeof *out);
}

void eg_sort_falling(eg_keyed *entries, eg_keyed *scratch, int64_t n) {
  for (int64_t i = 0; i < n; i += RUN)
    insertion(entries + i, n - i < RUN ? n - i : RUN);
  eg_keyed *from = entries, *to = scratch;
  for (int64_t width = RUN; width < n; width *= 2) {
    for (int64_t i = 0; i < n; i += 2 * width) {
      int64_t lefts = n - i < width ? n - i : width;
      int64_t rights = n - i - lefts < width ? n - i - lefts : width;
      merge(to + i, from + i, lefts, from + i + lefts, rights);
    }
    eg_keyed *other = from;
    from = to;
    to = other;
  }
  if (from != entries)
    memcpy(entries, from, (size_t)n * sizeof *entries);
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

void eg_sort_doubles(double *values, int64_t n) {
  if (n > 1)
    qsort(values, (size_t)n, sizeof *values, compare);
}
