/* score(n) = a - b n^-c by robust least squares. The problem is linear in a and b, so only c is searched. */
#include "stats/power_fit.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "ecgraft/memory.h"
#include "stats/sort.h"

enum { GRID = 80, GOLDEN = 60, REWEIGHTINGS = 50 };
static const double MAD_TO_DEVIATION = 1.4826; /* of a normal distribution */

const eg_power_curve_options eg_power_curve_defaults = {.a_most = 1, .c_low = 0.02, .c_high = 4, .huber = 1.345};

/* Points of one size together: their weight and weighted mean. */
typedef struct group {
  double weight, mean;
} group;

typedef struct line {
  double a, b, cost;
} line;

static double cost_of(const eg_power_fit *f, const group *groups, const double *x, double a, double b) {
  double cost = 0;
  for (int64_t j = 0; j < f->sizes; j++) {
    double residual = groups[j].mean - a + b * x[j];
    cost += groups[j].weight * residual * residual;
  }
  return cost;
}

/* The best a <= a_most and b >= 0 for the exponent c: the unbounded solution where it is inside the bounds, else the
   better of the two edges (the cost is convex). x (sizes) is scratch. The cost leaves out what no curve can explain:
   the scatter within a size. */
static line solve(const eg_power_fit *f, const group *groups, double *x, double c) {
  double weight = 0, mean_x = 0, mean_y = 0;
  for (int64_t j = 0; j < f->sizes; j++) {
    x[j] = exp(-c * f->log_size[j]);
    weight += groups[j].weight;
    mean_x += groups[j].weight * x[j];
    mean_y += groups[j].weight * groups[j].mean;
  }
  mean_x /= weight;
  mean_y /= weight;
  double xx = 0, xy = 0;
  for (int64_t j = 0; j < f->sizes; j++) {
    xx += groups[j].weight * (x[j] - mean_x) * (x[j] - mean_x);
    xy += groups[j].weight * (x[j] - mean_x) * (groups[j].mean - mean_y);
  }
  double most = f->options.a_most;
  double b = xx > 0 ? -xy / xx : 0, a = mean_y + b * mean_x;
  if (b >= 0 && a <= most)
    return (line){a, b, cost_of(f, groups, x, a, b)};
  double above = 0, squares = 0;
  for (int64_t j = 0; j < f->sizes; j++) {
    above += groups[j].weight * x[j] * (most - groups[j].mean);
    squares += groups[j].weight * x[j] * x[j];
  }
  line flat = {fmin(mean_y, most), 0, 0}, capped = {most, fmax(above / squares, 0), 0};
  flat.cost = cost_of(f, groups, x, flat.a, flat.b);
  capped.cost = cost_of(f, groups, x, capped.a, capped.b);
  return capped.cost < flat.cost ? capped : flat;
}

/* The best curve for given weights: c from a grid in log c, then by golden section between the grid's neighbours. */
static line search(double *best_c, const eg_power_fit *f, const group *groups, double *x) {
  double low = log(f->options.c_low), high = log(f->options.c_high), step = (high - low) / (GRID - 1);
  int best = 0;
  line found = {0};
  for (int g = 0; g < GRID; g++) {
    line here = solve(f, groups, x, exp(low + g * step));
    if (g == 0 || here.cost < found.cost) {
      found = here;
      best = g;
    }
  }
  *best_c = exp(low + best * step);
  if (found.b == 0)
    return found; /* every c gives the same flat line */
  const double ratio = 0.6180339887498949;
  double left = low + (best > 0 ? best - 1 : 0) * step, right = low + (best < GRID - 1 ? best + 1 : best) * step;
  double p = right - ratio * (right - left), q = left + ratio * (right - left);
  line at_p = solve(f, groups, x, exp(p)), at_q = solve(f, groups, x, exp(q));
  for (int i = 0; i < GOLDEN; i++) {
    if (at_p.cost <= at_q.cost) {
      right = q;
      q = p;
      at_q = at_p;
      p = right - ratio * (right - left);
      at_p = solve(f, groups, x, exp(p));
    } else {
      left = p;
      p = q;
      at_p = at_q;
      q = left + ratio * (right - left);
      at_q = solve(f, groups, x, exp(q));
    }
  }
  line refined = at_p.cost <= at_q.cost ? at_p : at_q;
  if (refined.cost > found.cost)
    return found; /* the grid's point is the end of the range */
  *best_c = exp(at_p.cost <= at_q.cost ? p : q);
  return refined;
}

int64_t eg_power_fit_scratch(const eg_power_fit *f) {
  return 3 * f->points + 3 * f->sizes;
}

void eg_power_fit_run(eg_power_curve *out, const eg_power_fit *f, const double *scores, double *scratch) {
  double *weights = scratch, *residuals = weights + f->points, *sorted = residuals + f->points;
  double *x = sorted + f->points;
  group *groups = (group *)(x + f->sizes);
  double c = 0, spread = 0;
  line fitted = {0};
  for (int64_t i = 0; i < f->points; i++)
    weights[i] = 1;
  for (int round = 0; round < REWEIGHTINGS; round++) {
    memset(groups, 0, (size_t)f->sizes * sizeof *groups);
    for (int64_t i = 0; i < f->points; i++) {
      groups[f->which[i]].weight += weights[i];
      groups[f->which[i]].mean += weights[i] * scores[i];
    }
    for (int64_t j = 0; j < f->sizes; j++)
      groups[j].mean /= groups[j].weight;
    fitted = search(&c, f, groups, x);
    for (int64_t i = 0; i < f->points; i++) {
      residuals[i] = fabs(scores[i] - fitted.a + fitted.b * exp(-c * f->log_size[f->which[i]]));
      sorted[i] = residuals[i];
    }
    eg_sort_doubles(sorted, f->points);
    spread = MAD_TO_DEVIATION * (sorted[(f->points - 1) / 2] + sorted[f->points / 2]) / 2;
    double bound = f->options.huber * spread, change = 0;
    if (!(spread > 1e-12) || isinf(bound))
      break;
    for (int64_t i = 0; i < f->points; i++) {
      double weight = residuals[i] > bound ? bound / residuals[i] : 1;
      change = fmax(change, fabs(weight - weights[i]));
      weights[i] = weight;
    }
    if (change < 1e-7)
      break;
  }
  *out = (eg_power_curve){.a = fitted.a, .b = fitted.b * exp(c * log(f->scale)), .c = c, .spread = spread};
}

static eg_status check_options(const eg_power_curve_options *o) {
  if (!isfinite(o->a_most))
    return eg_fail(EG_USAGE, "the upper bound of a must be a finite number, got %g", o->a_most);
  if (!(o->c_low > 0 && o->c_high > o->c_low && isfinite(o->c_high)))
    return eg_fail(EG_USAGE, "the bounds of c must be 0 < low < high, got %g and %g", o->c_low, o->c_high);
  if (!(o->huber > 0))
    return eg_fail(EG_USAGE, "huber must be above 0, got %g", o->huber);
  return EG_OK;
}

eg_status eg_power_fit_make(eg_power_fit *f, const double *sizes, int64_t points,
                            const eg_power_curve_options *options) {
  *f = (eg_power_fit){.points = points, .options = options ? *options : eg_power_curve_defaults};
  EG_TRY(check_options(&f->options));
  if (points < 3 || points > INT32_MAX)
    return eg_fail(EG_USAGE, "expected at least three points, got %" PRId64, points);
  for (int64_t i = 0; i < points; i++)
    if (!(sizes[i] > 0 && isfinite(sizes[i])))
      return eg_fail(EG_USAGE, "the size of point %" PRId64 " must be above 0, got %g", i + 1, sizes[i]);
  f->log_size = eg_alloc_zero((size_t)points, sizeof *f->log_size);
  f->which = eg_alloc_zero((size_t)points, sizeof *f->which);
  eg_keyed *entries = eg_alloc_zero((size_t)points, 2 * sizeof *entries);
  if (!f->log_size || !f->which || !entries) {
    eg_free(entries);
    eg_power_fit_free(f);
    return EG_NOMEM;
  }
  for (int64_t i = 0; i < points; i++)
    entries[i] = (eg_keyed){-sizes[i], (int32_t)i};
  eg_sort_falling(entries, entries + points, points);
  double logs = 0;
  for (int64_t i = 0; i < points; i++) {
    if (i == 0 || entries[i].key != entries[i - 1].key) {
      f->log_size[f->sizes++] = log(-entries[i].key);
      logs += log(-entries[i].key);
    }
    f->which[entries[i].index] = (int32_t)(f->sizes - 1);
  }
  eg_free(entries);
  if (f->sizes < 3) {
    int64_t found = f->sizes;
    eg_power_fit_free(f);
    return eg_fail(EG_USAGE, "expected at least three different sizes, got %" PRId64, found);
  }
  double middle = logs / (double)f->sizes;
  for (int64_t j = 0; j < f->sizes; j++)
    f->log_size[j] -= middle;
  f->scale = exp(middle);
  return EG_OK;
}

void eg_power_fit_free(eg_power_fit *f) {
  eg_free(f->log_size);
  eg_free(f->which);
  f->log_size = NULL;
  f->which = NULL;
}
