/* Holm's adjustment and McNemar's test. */
#include <inttypes.h>
#include <math.h>

#include "ecgraft/memory.h"
#include "ecgraft/stats.h"
#include "stats/sort.h"

eg_status eg_holm(double *adjusted, const double *p, int64_t n) {
  if (n < 0 || n > INT32_MAX)
    return eg_fail(EG_USAGE, "expected at most %d p values, got %" PRId64, INT32_MAX, n);
  for (int64_t i = 0; i < n; i++)
    if (!(p[i] >= 0 && p[i] <= 1))
      return eg_fail(EG_USAGE, "p value %" PRId64 " must lie in [0, 1], got %g", i + 1, p[i]);
  eg_keyed *entries = eg_alloc_zero((size_t)n, 2 * sizeof *entries);
  if (!entries)
    return EG_NOMEM;
  for (int64_t i = 0; i < n; i++)
    entries[i] = (eg_keyed){-p[i], (int32_t)i}; /* by rising p */
  eg_sort_falling(entries, entries + n, n);
  double largest = 0; /* a later one is never below an earlier one */
  for (int64_t i = 0; i < n; i++) {
    double scaled = -entries[i].key * (double)(n - i);
    largest = fmax(largest, fmin(scaled, 1));
    adjusted[entries[i].index] = largest;
  }
  eg_free(entries);
  return EG_OK;
}

eg_status eg_mcnemar_test(eg_mcnemar *out, int64_t b, int64_t c) {
  if (b < 0 || c < 0 || b > INT64_MAX / 4 || c > INT64_MAX / 4)
    return eg_fail(EG_USAGE, "expected two counts, got %" PRId64 " and %" PRId64, b, c);
  int64_t n = b + c, fewer = b < c ? b : c;
  *out = (eg_mcnemar){.p_exact = 1, .chi_square = 0, .p_chi_square = 1};
  if (b == c)
    return EG_OK;
  double gap = fabs((double)b - (double)c) - 1;
  out->p_exact = fmin(1, 2 * eg_binomial_half(fewer, n));
  out->chi_square = gap * gap / (double)n;
  out->p_chi_square = eg_chi_square_tail(out->chi_square);
  return EG_OK;
}
