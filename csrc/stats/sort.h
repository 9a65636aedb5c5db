/* Sorting of numbers that carry an index. */
#ifndef EG_STATS_SORT_H
#define EG_STATS_SORT_H

#include <stdint.h>

typedef struct eg_keyed {
  double key;
  int32_t index;
} eg_keyed;

/* entries (n) by falling key, equal keys in the order they came; scratch (n). */
void eg_sort_falling(eg_keyed *entries, eg_keyed *scratch, int64_t n);

/* values (n) by rising value; no value is NaN. */
void eg_sort_doubles(double *values, int64_t n);

#endif
