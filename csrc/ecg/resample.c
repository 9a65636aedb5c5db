/* Resampling by a rational factor with a polyphase filter. The design is that of scipy.signal.resample_poly (its
   default window), so that results can be compared: a sinc of half-length 10 max(up, down) at the upsampled rate,
   Kaiser window with beta 5, unit gain at zero frequency. */
#include <math.h>
#include <string.h>

#include "ecgraft/memory.h"
#include "ecgraft/signal.h"
#include "kernels/fir.h"

enum { MOST_TERM = 10000 };

/* A result at place p of the upsampled signal, phase p mod up, is the sum over the taps of its phase, each times the
   sample so many rows from p / up. Taps that are 0 - the sinc's own zeros - are left out. */
struct eg_resampler {
  int64_t up, down;
  int64_t *first; /* (up + 1): of each phase's taps */
  eg_real *taps;
  int32_t *at; /* ascending in each phase */
};

static int64_t divisor(int64_t a, int64_t b) {
  while (b) {
    int64_t r = a % b;
    a = b;
    b = r;
  }
  return a;
}

eg_status eg_resample_ratio(int64_t *up, int64_t *down, double from, double to) {
  if (!(from > 0) || !(to > 0) || !isfinite(from) || !isfinite(to))
    return eg_fail(EG_USAGE, "expected two sampling rates above 0, got %g and %g", from, to);
  /* Convergents p/q of to/from; integer rates (the usual case) end exactly. */
  double target = to / from, x = target;
  int64_t p = 1, q = 0, p1 = 0, q1 = 1;
  while (x < MOST_TERM + 1.0) {
    int64_t whole = (int64_t)x, p2 = whole * p + p1, q2 = whole * q + q1;
    if (p2 > MOST_TERM || q2 > MOST_TERM)
      break;
    p1 = p, q1 = q, p = p2, q = q2;
    if (p > 0 && fabs((double)p / (double)q - target) <= 1e-9 * target) {
      int64_t common = divisor(p, q);
      *up = p / common;
      *down = q / common;
      return EG_OK;
    }
    x = 1 / (x - (double)whole);
  }
  return eg_fail(EG_USAGE, "expected rates whose ratio is a fraction of integers up to %d, got %.10g and %.10g",
                 MOST_TERM, from, to);
}

int64_t eg_resample_length(int64_t n, int64_t up, int64_t down) {
  return (n * up + down - 1) / down;
}

/* The modified Bessel function of the first kind, order 0, by its power series: sum of (x/2)^2k / k!^2. */
static double bessel_i0(double x) {
  double half = x / 2, term = 1, sum = 1;
  for (int k = 1; term > 1e-17 * sum; k++) {
    term *= (half / k) * (half / k);
    sum += term;
  }
  return sum;
}

static double sinc(double x) {
  const double pi = 3.14159265358979323846;
  return x == 0 ? 1 : sin(pi * x) / (pi * x);
}

/* The filter h (2 half + 1), with the sum `up`. */
static void design(double *h, int64_t half, int64_t up, int64_t highest) {
  const double beta = 5, scale = bessel_i0(beta);
  double sum = 0;
  for (int64_t i = 0; i <= half; i++) {
    double place = (double)i / (double)half;
    double value = i > 0 && i % highest == 0 ? 0 : sinc((double)i / (double)highest);
    value *= bessel_i0(beta * sqrt(1 - place * place)) / scale;
    h[half + i] = h[half - i] = value;
    sum += i > 0 ? 2 * value : value;
  }
  for (int64_t i = 0; i <= 2 * half; i++)
    h[i] *= (double)up / sum;
}

/* Sorts the taps by phase: tap i weighs the sample k with i = phase - k up. */
static void by_phase(eg_resampler *r, const double *h, int64_t half) {
  const int64_t up = r->up, reach = (half + up - 1) / up;
  int64_t n = 0;
  for (int64_t phase = 0; phase < up; phase++) {
    r->first[phase] = n;
    for (int64_t k = -reach; k <= reach; k++) {
      int64_t i = phase - k * up;
      if (i < -half || i > half || h[half + i] == 0)
        continue;
      r->taps[n] = (eg_real)h[half + i];
      r->at[n++] = (int32_t)k;
    }
  }
  r->first[up] = n;
}

eg_status eg_resampler_new(eg_resampler **out, int64_t up, int64_t down) {
  *out = NULL;
  if (up < 1 || down < 1 || up > MOST_TERM || down > MOST_TERM)
    return eg_fail(EG_USAGE, "expected a ratio of integers from 1 to %d, got %lld/%lld", MOST_TERM, (long long)up,
                   (long long)down);
  int64_t highest = up > down ? up : down, half = 10 * highest;
  size_t width = (size_t)(2 * half + 1);
  eg_resampler *r = eg_alloc_zero(1, sizeof *r);
  if (!r)
    return EG_NOMEM;
  *r = (eg_resampler){.up = up, .down = down};
  double *h = eg_alloc(width * sizeof *h);
  r->first = eg_alloc((size_t)(up + 1) * sizeof *r->first);
  r->taps = eg_alloc(width * sizeof *r->taps);
  r->at = eg_alloc(width * sizeof *r->at);
  bool complete = h && r->first && r->taps && r->at;
  if (complete) {
    design(h, half, up, highest);
    by_phase(r, h, half);
  }
  eg_free(h);
  if (!complete) {
    eg_resampler_free(r);
    return EG_NOMEM;
  }
  *out = r;
  return EG_OK;
}

void eg_resampler_free(eg_resampler *resampler) {
  if (!resampler)
    return;
  eg_free(resampler->first);
  eg_free(resampler->taps);
  eg_free(resampler->at);
  eg_free(resampler);
}

bool eg_resampler_is(const eg_resampler *resampler, int64_t up, int64_t down) {
  return resampler && resampler->up == up && resampler->down == down;
}

void eg_resample(const eg_resampler *resampler, eg_real *y, int64_t n_out, const eg_real *x, int64_t n, int64_t leads,
                 eg_edges edges) {
  const int64_t up = resampler->up, down = resampler->down;
  if (up == 1 && down == 1) {
    memcpy(y, x, (size_t)(n_out * leads) * sizeof *y);
    return;
  }
  /* Results m, m + up, m + 2 up, ... have the taps of one phase, and lie `down` samples apart. */
  for (int64_t m = 0; m < up && m < n_out; m++) {
    const int64_t first = resampler->first[m * down % up], last = resampler->first[m * down % up + 1];
    const eg_k_fir f = {.taps = resampler->taps + first,
                        .at = resampler->at + first,
                        .n_taps = last - first,
                        .up = up,
                        .down = down,
                        .n = n,
                        .leads = leads,
                        .hold = edges == EG_EDGES_HOLD};
    eg_k_fir_run(&f, y + m * leads, x, m * down / up, (n_out - m + up - 1) / up);
  }
}

void eg_decimate(eg_real *y, const eg_real *x, int64_t n, int64_t leads, int64_t step) {
  for (int64_t i = 0; i < n; i += step, y += leads)
    memcpy(y, x + i * leads, (size_t)leads * sizeof *y);
}
