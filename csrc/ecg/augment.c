#include "ecgraft/augment.h"

#include <math.h>
#include <string.h>

#include "ecgraft/memory.h"
#include "ecgraft/parallel.h"

/* What a stream is drawn for. ORDER AUGMENT: a purpose keeps its number, or the same seed gives other batches. */
enum { FOR_SCALE = 1, FOR_NOISE, FOR_WANDER, FOR_DROPOUT, FOR_SHIFT, FOR_SHARE, FOR_ORDER, FOR_WINDOW };

static const double TAU = 6.283185307179586;
static const double SLOWEST = .05, FASTEST = .5; /* Hz, of wander */

enum { CHUNK = 256, LEADS_AT_ONCE = 16 };

eg_status eg_augment_check(const eg_augment_options *o, const char *where) {
  bool scaled = o->scale_low != 0 || o->scale_high != 0;
  if (scaled && !(o->scale_low > 0 && o->scale_low <= o->scale_high && isfinite(o->scale_high)))
    return eg_fail(EG_USAGE, "%s: scale must be from low to high with 0 < low <= high, got %g and %g", where,
                   o->scale_low, o->scale_high);
  if (!(o->noise >= 0) || !isfinite(o->noise) || !(o->wander >= 0) || !isfinite(o->wander))
    return eg_fail(EG_USAGE, "%s: noise and wander must be 0 or more, got %g and %g", where, o->noise, o->wander);
  if (o->wander > 0 && (!(o->rate > 0) || !isfinite(o->rate)))
    return eg_fail(EG_USAGE, "%s: wander needs a rate above 0, got %g", where, o->rate);
  if (!(o->lead_dropout >= 0 && o->lead_dropout <= 1))
    return eg_fail(EG_USAGE, "%s: lead dropout must be from 0 to 1, got %g", where, o->lead_dropout);
  if (o->shift < 0 || o->shift > INT64_MAX / 4)
    return eg_fail(EG_USAGE, "%s: shift must be 0 or more samples, got %lld", where, (long long)o->shift);
  return EG_OK;
}

static double between(eg_rng *g, double low, double high) {
  return low + (high - low) * eg_rng_uniform(g);
}

static void scale_and_noise(eg_real *y, const eg_real *x, int64_t count, const eg_augment_options *o, const eg_rng *rng,
                            int64_t i) {
  double factor = 1;
  if (o->scale_low > 0) {
    eg_rng g = eg_rng_at(rng, (uint64_t)i, FOR_SCALE, 0);
    factor = exp(between(&g, log(o->scale_low), log(o->scale_high)));
  }
  if (o->noise == 0) {
    for (int64_t k = 0; k < count; k++)
      y[k] = x[k] * (eg_real)factor;
    return;
  }
  eg_rng g = eg_rng_at(rng, (uint64_t)i, FOR_NOISE, 0);
  eg_real noise[CHUNK]; /* a whole number of the generator's blocks: chunks draw what one fill would */
  for (int64_t first = 0; first < count; first += CHUNK) {
    int64_t n = count - first < CHUNK ? count - first : CHUNK;
    eg_rng_fill_normal(&g, noise, n, 0, o->noise);
    for (int64_t k = 0; k < n; k++)
      y[first + k] = x[first + k] * (eg_real)factor + noise[k];
  }
}

/* A sine is a point that turns by the same angle each sample: in double its error stays below 1e-10 in a million. */
static void add_wander(eg_real *x, int64_t length, int64_t leads, const eg_augment_options *o, const eg_rng *rng,
                       int64_t i) {
  eg_rng g = eg_rng_at(rng, (uint64_t)i, FOR_WANDER, 0);
  double sine[LEADS_AT_ONCE], cosine[LEADS_AT_ONCE], turn_sine[LEADS_AT_ONCE], turn_cosine[LEADS_AT_ONCE];
  for (int64_t lead = 0; lead < leads; lead += LEADS_AT_ONCE) {
    int count = leads - lead < LEADS_AT_ONCE ? (int)(leads - lead) : LEADS_AT_ONCE;
    for (int c = 0; c < count; c++) {
      double turn = TAU * between(&g, SLOWEST, FASTEST) / o->rate, phase = between(&g, 0, TAU);
      double amplitude = between(&g, 0, o->wander);
      sine[c] = amplitude * sin(phase);
      cosine[c] = amplitude * cos(phase);
      turn_sine[c] = sin(turn);
      turn_cosine[c] = cos(turn);
    }
    for (int64_t t = 0; t < length; t++)
      for (int c = 0; c < count; c++) {
        double s = sine[c], k = cosine[c];
        x[t * leads + lead + c] += (eg_real)s;
        sine[c] = s * turn_cosine[c] + k * turn_sine[c];
        cosine[c] = k * turn_cosine[c] - s * turn_sine[c];
      }
  }
}

/* The lead with the largest draw stays. */
static void drop_leads(eg_real *x, int64_t length, int64_t leads, const eg_augment_options *o, const eg_rng *rng,
                       int64_t i) {
  const eg_rng start = eg_rng_at(rng, (uint64_t)i, FOR_DROPOUT, 0);
  eg_rng g = start;
  double largest = -1;
  int64_t stays = 0;
  for (int64_t lead = 0; lead < leads; lead++) {
    double draw = eg_rng_uniform(&g);
    if (draw > largest) {
      largest = draw;
      stays = lead;
    }
  }
  g = start; /* the same draws once more, instead of a list of them */
  for (int64_t lead = 0; lead < leads; lead++)
    if (eg_rng_uniform(&g) < o->lead_dropout && lead != stays)
      for (int64_t t = 0; t < length; t++)
        x[t * leads + lead] = 0;
}

static void move(eg_real *x, int64_t length, int64_t leads, const eg_augment_options *o, const eg_rng *rng, int64_t i) {
  eg_rng g = eg_rng_at(rng, (uint64_t)i, FOR_SHIFT, 0);
  int64_t by = (int64_t)eg_rng_below(&g, 2 * (uint64_t)o->shift + 1) - o->shift, open = by < 0 ? -by : by;
  open = open < length ? open : length;
  size_t kept = (size_t)((length - open) * leads) * sizeof *x, empty = (size_t)(open * leads) * sizeof *x;
  memmove(by > 0 ? x + open * leads : x, by > 0 ? x : x + open * leads, kept);
  memset(by > 0 ? x : x + (length - open) * leads, 0, empty);
}

void eg_augment(eg_real *y, const eg_real *x, int64_t n, int64_t length, int64_t leads, const eg_augment_options *o,
                const eg_rng *rng) {
  EG_PARALLEL_FOR
  for (int64_t i = 0; i < n; i++) {
    eg_real *record = y + i * length * leads;
    scale_and_noise(record, x + i * length * leads, length * leads, o, rng, i);
    if (o->wander > 0)
      add_wander(record, length, leads, o, rng, i);
    if (o->lead_dropout > 0)
      drop_leads(record, length, leads, o, rng, i);
    if (o->shift > 0)
      move(record, length, leads, o, rng, i);
  }
}

/* Gamma(shape, 1), shape > 0: Marsaglia & Tsang, "A simple method for generating gamma variables", ACM TOMS 26 (2000),
   with their boost below 1. */
static double gamma_draw(eg_rng *g, double shape) {
  double boost = 1;
  if (shape < 1) {
    boost = pow(eg_rng_uniform(g), 1 / shape);
    shape += 1;
  }
  double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
  for (;;) {
    double z = eg_rng_normal(g), u = eg_rng_uniform(g), v = 1 + c * z;
    v = v * v * v;
    if (v > 0 && log(u) < z * z / 2 + d - d * v + d * log(v))
      return d * v * boost;
  }
}

static double beta_draw(double alpha, const eg_rng *rng) {
  eg_rng g = eg_rng_at(rng, 0, FOR_SHARE, 0);
  double a = gamma_draw(&g, alpha), b = gamma_draw(&g, alpha);
  return a + b > 0 ? a / (a + b) : .5; /* both may be too small to be told from 0 */
}

static void mix(eg_real *y, const eg_real *a, const eg_real *b, int64_t n, eg_real share) {
  for (int64_t k = 0; k < n; k++)
    y[k] = share * a[k] + (1 - share) * b[k];
}

eg_status eg_mixup(eg_real *y, eg_real *y_labels, double *share, const eg_real *x, const eg_real *labels, int64_t n,
                   int64_t row, int64_t classes, double alpha, const eg_rng *rng) {
  if (!(alpha > 0) || !isfinite(alpha))
    return eg_fail(EG_USAGE, "mixup: expected a parameter above 0, got %g", alpha);
  int64_t *order = eg_alloc_zero((size_t)n + 1, sizeof *order);
  if (!order)
    return EG_NOMEM;
  eg_rng g = eg_rng_at(rng, 0, FOR_ORDER, 0);
  eg_rng_permutation(&g, order, n);
  const double drawn = beta_draw(alpha, rng);
  EG_PARALLEL_FOR
  for (int64_t i = 0; i < n; i++) {
    mix(y + i * row, x + i * row, x + order[i] * row, row, (eg_real)drawn);
    mix(y_labels + i * classes, labels + i * classes, labels + order[i] * classes, classes, (eg_real)drawn);
  }
  eg_free(order);
  if (share)
    *share = drawn;
  return EG_OK;
}

void eg_random_windows(eg_real *y, int64_t window, const eg_real *x, int64_t n, int64_t length, int64_t leads,
                       const eg_rng *rng) {
  EG_PARALLEL_FOR
  for (int64_t i = 0; i < n; i++) {
    eg_rng g = eg_rng_at(rng, (uint64_t)i, FOR_WINDOW, 0);
    int64_t first = (int64_t)eg_rng_below(&g, (uint64_t)(length - window) + 1);
    memcpy(y + i * window * leads, x + (i * length + first) * leads, (size_t)(window * leads) * sizeof *y);
  }
}
