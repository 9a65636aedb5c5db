#include <math.h>

#include "ecgraft/signal.h"

/* Values summed at once: sums of blocks are added in order, whatever the number of threads. */
enum { BLOCK = 4096 };

static void repair_lead(eg_real *x, int64_t n, int64_t leads, int64_t lead, int64_t longest, eg_gap_report *report) {
  for (int64_t i = 0; i < n; i++) {
    if (isfinite(x[i * leads + lead]))
      continue;
    int64_t end = i;
    while (end < n && !isfinite(x[end * leads + lead]))
      end++;
    int64_t length = end - i;
    if (length > longest || length == n) {
      report->left += length;
      if (length > report->longest) {
        report->longest = length;
        report->lead = lead;
      }
    } else {
      double before = i > 0 ? (double)x[(i - 1) * leads + lead] : (double)x[end * leads + lead];
      double after = end < n ? (double)x[end * leads + lead] : before;
      for (int64_t k = 0; k < length; k++)
        x[(i + k) * leads + lead] = (eg_real)(before + (after - before) * (double)(k + 1) / (double)(length + 1));
      report->gaps++;
      report->repaired += length;
    }
    i = end;
  }
}

static bool all_finite(const eg_real *x, int64_t n) {
  int other = 0;
  for (int64_t i = 0; i < n; i++)
    other |= !isfinite(x[i]);
  return !other;
}

void eg_repair_gaps(eg_real *x, int64_t n, int64_t leads, int64_t longest, eg_gap_report *report) {
  *report = (eg_gap_report){.lead = -1};
  if (all_finite(x, n * leads)) /* most records: one look in the order of memory */
    return;
  for (int64_t lead = 0; lead < leads; lead++)
    repair_lead(x, n, leads, lead, longest, report);
}

int64_t eg_scale_minmax(eg_real *x, int64_t n, int64_t leads) {
  int64_t flat = 0;
  for (int64_t lead = 0; lead < leads; lead++) {
    double least = INFINITY, most = -INFINITY;
    for (int64_t i = 0; i < n; i++) {
      double v = (double)x[i * leads + lead];
      if (isfinite(v)) {
        least = v < least ? v : least;
        most = v > most ? v : most;
      }
    }
    bool none = !(most > least);
    flat += none;
    for (int64_t i = 0; i < n; i++) {
      double v = (double)x[i * leads + lead];
      if (isfinite(v))
        x[i * leads + lead] = (eg_real)(none ? 0 : 2 * (v - least) / (most - least) - 1);
    }
  }
  return flat;
}

/* Mean and deviation of the values x[0], x[leads], ... Two passes: the second sums squares about the mean, where
   nothing cancels. */
static int64_t lead_moments(double *mean, double *deviation, const eg_real *x, int64_t n, int64_t leads) {
  int64_t count = 0;
  double total = 0, squares = 0;
  for (int64_t first = 0; first < n; first += BLOCK) {
    double sum = 0;
    int64_t end = n - first < BLOCK ? n : first + BLOCK;
    for (int64_t i = first; i < end; i++)
      if (isfinite(x[i * leads])) {
        sum += (double)x[i * leads];
        count++;
      }
    total += sum;
  }
  *mean = count ? total / (double)count : 0;
  for (int64_t first = 0; first < n; first += BLOCK) {
    double sum = 0;
    int64_t end = n - first < BLOCK ? n : first + BLOCK;
    for (int64_t i = first; i < end; i++) {
      double v = (double)x[i * leads] - *mean;
      sum += isfinite(v) ? v * v : 0;
    }
    squares += sum;
  }
  *deviation = count ? sqrt(squares / (double)count) : 0;
  return count;
}

int64_t eg_moments(double *mean, double *deviation, const eg_real *x, int64_t n) {
  return lead_moments(mean, deviation, x, n, 1);
}

void eg_moments_by_lead(double *mean, double *deviation, int64_t *count, const eg_real *x, int64_t n, int64_t leads) {
  for (int64_t lead = 0; lead < leads; lead++)
    count[lead] = lead_moments(&mean[lead], &deviation[lead], x + lead, n, leads);
}

void eg_standardise_by_lead(eg_real *x, int64_t n, int64_t leads, const double *mean, const double *deviation) {
  for (int64_t lead = 0; lead < leads; lead++) {
    double factor = deviation[lead] > 0 ? 1 / deviation[lead] : 1;
    for (int64_t i = 0; i < n; i++)
      x[i * leads + lead] = (eg_real)(((double)x[i * leads + lead] - mean[lead]) * factor);
  }
}

void eg_standardise(eg_real *x, int64_t n, double mean, double deviation) {
  double factor = deviation > 0 ? 1 / deviation : 1;
  for (int64_t i = 0; i < n; i++)
    x[i] = (eg_real)(((double)x[i] - mean) * factor);
}

void eg_standardise_leads(eg_real *x, int64_t n, int64_t leads) {
  for (int64_t lead = 0; lead < leads; lead++) {
    double mean, deviation;
    lead_moments(&mean, &deviation, x + lead, n, leads);
    double factor = deviation > 0 ? 1 / deviation : 1;
    for (int64_t i = 0; i < n; i++)
      x[i * leads + lead] = (eg_real)(((double)x[i * leads + lead] - mean) * factor);
  }
}
