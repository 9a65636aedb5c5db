/* Bottom-up merge sort of (value, place) pairs: runs of RUN by insertion, then merged to and fro between two halves of
   the scratch. Each thread has its own pair of halves. */
#include "kernels/sort.h"

#include <string.h>

#include "ecgraft/memory.h"
#include "ecgraft/parallel.h"

enum { RUN = 16, SMALL = 4096 };

typedef struct entry {
  eg_real value;
  int32_t place; /* R is bounded by what a real counts exactly, and by what eg_k_sort_scratch lets pass */
} entry;

bool eg_k_sort_scratch(size_t *bytes, int64_t R) {
  size_t one;
  return R <= INT32_MAX && eg_size_mul(&one, (size_t)R, 2 * sizeof(entry)) &&
         eg_size_mul(bytes, one, (size_t)eg_num_threads());
}

/* Whether b, which came later, must stand before a. */
static inline bool before(eg_real b, eg_real a, bool descending) {
  return descending ? b > a || (b != b && a == a) : b < a || (a != a && b == b);
}

static void insertion(entry *e, int64_t n, bool descending) {
  for (int64_t i = 1; i < n; i++) {
    entry moved = e[i];
    int64_t j = i;
    for (; j > 0 && before(moved.value, e[j - 1].value, descending); j--)
      e[j] = e[j - 1];
    e[j] = moved;
  }
}

static void merge(entry *to, const entry *a, int64_t na, const entry *b, int64_t nb, bool descending) {
  while (na > 0 && nb > 0) {
    if (before(b->value, a->value, descending)) {
      *to++ = *b++;
      nb--;
    } else {
      *to++ = *a++;
      na--;
    }
  }
  memcpy(to, a, (size_t)na * sizeof *a);
  memcpy(to + na, b, (size_t)nb * sizeof *b);
}

/* Sorts e (n) with the help of `spare` (n); returns whichever holds the result. */
static entry *sort(entry *e, entry *spare, int64_t n, bool descending) {
  for (int64_t from = 0; from < n; from += RUN)
    insertion(e + from, n - from < RUN ? n - from : RUN, descending);
  for (int64_t length = RUN; length < n; length *= 2) {
    for (int64_t from = 0; from < n; from += 2 * length) {
      int64_t left = n - from < length ? n - from : length, rest = n - from - left;
      merge(spare + from, e + from, left, e + from + left, rest < length ? rest : length, descending);
    }
    entry *other = e;
    e = spare;
    spare = other;
  }
  return e;
}

void eg_k_sort(eg_real *y, eg_real *at, bool descending, const eg_real *x, int64_t outer, int64_t R, int64_t inner,
               void *scratch) {
  EG_PARALLEL_FOR_IF(outer * R * inner > SMALL)
  for (int64_t j = 0; j < outer * inner; j++) {
    entry *e = (entry *)scratch + (int64_t)eg_thread_index() * 2 * R;
    int64_t first = j / inner * R * inner + j % inner;
    for (int64_t r = 0; r < R; r++)
      e[r] = (entry){x[first + r * inner], (int32_t)r};
    entry *sorted = sort(e, e + R, R, descending);
    for (int64_t r = 0; r < R; r++) {
      y[first + r * inner] = sorted[r].value;
      at[first + r * inner] = (eg_real)sorted[r].place;
    }
  }
}

void eg_k_unsort(eg_real *dx, bool add, const eg_real *g, const eg_real *at, int64_t outer, int64_t R, int64_t inner) {
  EG_PARALLEL_FOR_IF(outer * R * inner > SMALL)
  for (int64_t j = 0; j < outer * inner; j++) {
    int64_t first = j / inner * R * inner + j % inner;
    for (int64_t r = 0; r < R; r++) {
      eg_real *to = dx + first + (int64_t)at[first + r * inner] * inner;
      *to = g[first + r * inner] + (add ? *to : 0);
    }
  }
}
