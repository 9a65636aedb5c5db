/* Where an amplifier or a converter reached its end the signal went on without it. What stood there is not known, but
   the signal on both sides is: through short runs goes the cubic of the two samples before and the two behind, which is
   what least squares of second differences make of missing samples (Selesnick, "Least squares with examples in signal
   processing", 2013), and which rises above the end as the wave did.
   Longer runs are no wave: they get the straight line. */
#include <math.h>
#include <string.h>

#include "ecg/quality.h"
#include "ecgraft/memory.h"
#include "ecgraft/signal.h"

static const double LONGEST_WAVE = .1; /* s */

/* One lead as doubles, and which of its samples are saturated. */
typedef struct lead_line {
  double *x;
  unsigned char *cut;
  int64_t n;
} lead_line;

static void mark(const lead_line *l, double rate, double low_rail, double high_rail) {
  double low = l->x[0], high = l->x[0];
  for (int64_t i = 0; i < l->n; i++) {
    l->cut[i] = l->x[i] == low_rail || l->x[i] == high_rail;
    low = fmin(low, l->x[i]); /* missing samples do not count */
    high = fmax(high, l->x[i]);
  }
  const double levels[2] = {low, high};
  for (int k = 0; k < 2; k++)
    for (int64_t first = 0, end = 0; quality_plateau(&first, &end, l->x, l->n, rate, levels[k], high - low);)
      memset(l->cut + first, 1, (size_t)(end - first));
}

static bool valid(const lead_line *l, int64_t i) {
  return i >= 0 && i < l->n && !l->cut[i] && isfinite(l->x[i]);
}

/* The polynomial through four points, Lagrange's. */
static double cubic(const double *at, const double *value, double t) {
  double sum = 0;
  for (int i = 0; i < 4; i++) {
    double term = value[i];
    for (int j = 0; j < 4; j++)
      if (j != i)
        term *= (t - at[j]) / (at[i] - at[j]);
    sum += term;
  }
  return sum;
}

/* Fills first .. end-1 of a lead, one of whose neighbours is valid; x has a stride of `leads`. */
static void fill(eg_real *x, int64_t leads, const lead_line *l, int64_t first, int64_t end, double rate) {
  const double *v = l->x;
  bool before = valid(l, first - 1), behind = valid(l, end);
  bool wave =
      (double)(end - first) <= LONGEST_WAVE * rate && valid(l, first - 2) && before && behind && valid(l, end + 1);
  const double at[4] = {-2, -1, (double)(end - first), (double)(end - first) + 1};
  for (int64_t i = first; i < end; i++) {
    double t = (double)(i - first), y;
    if (wave) {
      y = cubic(at, (const double[]){v[first - 2], v[first - 1], v[end], v[end + 1]}, t);
    } else {
      double a = before ? v[first - 1] : v[end], b = behind ? v[end] : a;
      y = a + (b - a) * (t + 1) / (double)(end - first + 1);
    }
    x[i * leads] = (eg_real)y;
  }
}

/* Runs of marked samples of one lead. */
static void repair(eg_real *x, int64_t leads, const lead_line *l, double rate, double longest,
                   eg_saturation_report *report) {
  for (int64_t i = 0, end; i < l->n; i = end + 1) {
    for (end = i; end < l->n && l->cut[end]; end++)
      ;
    if (end == i)
      continue;
    if ((double)(end - i) > longest || (end - i) == l->n) {
      report->left += end - i;
    } else if ((i > 0 && !isfinite(l->x[i - 1])) || (end < l->n && !isfinite(l->x[end]))) {
      for (int64_t k = i; k < end; k++) /* part of the gap beside it */
        x[k * leads] = (eg_real)NAN;
    } else {
      fill(x, leads, l, i, end, rate);
      report->runs++;
      report->repaired += end - i;
    }
  }
}

eg_status eg_repair_saturated(eg_real *x, int64_t n, int64_t leads, double rate, double longest, const eg_real *rails,
                              eg_saturation_report *report) {
  *report = (eg_saturation_report){0};
  lead_line l = {.x = eg_alloc_zero((size_t)n + 1, sizeof *l.x), .cut = eg_alloc_zero((size_t)n + 1, 1), .n = n};
  eg_status status = l.x && l.cut ? EG_OK : EG_NOMEM;
  for (int64_t lead = 0; status == EG_OK && n > 0 && lead < leads; lead++) {
    for (int64_t i = 0; i < n; i++)
      l.x[i] = (double)x[i * leads + lead];
    mark(&l, rate, rails ? (double)rails[2 * lead] : NAN, rails ? (double)rails[2 * lead + 1] : NAN);
    repair(x + lead, leads, &l, rate, longest * rate, report);
  }
  eg_free(l.cut);
  eg_free(l.x);
  return status;
}
