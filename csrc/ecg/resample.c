/* Resampling by a rational factor with a polyphase filter. The design is that of scipy.signal.resample_poly (its
   default window), so that results can be compared: a sinc of half-length 10 max(up, down) at the upsampled rate,
   Kaiser window with beta 5, unit gain at zero frequency. */
#include <math.h>
#include <string.h>

#include "ecgraft/memory.h"
#include "ecgraft/signal.h"

enum { MOST_TERM = 10000, LEADS_AT_ONCE = 16 };

struct eg_resampler {
  int64_t up, down;
  int64_t reach; /* a result depends on the 2 reach + 1 samples around its place */
  double *taps;  /* (up, 2 reach + 1): for each phase, of the samples from -reach to reach */
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

eg_status eg_resampler_new(eg_resampler **out, int64_t up, int64_t down) {
  *out = NULL;
  if (up < 1 || down < 1 || up > MOST_TERM || down > MOST_TERM)
    return eg_fail(EG_USAGE, "expected a ratio of integers from 1 to %d, got %lld/%lld", MOST_TERM, (long long)up,
                   (long long)down);
  int64_t highest = up > down ? up : down, half = 10 * highest, reach = (half + up - 1) / up;
  int64_t width = 2 * reach + 1;
  eg_resampler *r = eg_alloc_zero(1, sizeof *r);
  double *taps = eg_alloc_zero((size_t)(up * width), sizeof *taps);
  if (!r || !taps) {
    eg_free(taps);
    eg_free(r);
    return EG_NOMEM;
  }
  *r = (eg_resampler){.up = up, .down = down, .reach = reach, .taps = taps};
  const double beta = 5, scale = bessel_i0(beta);
  double sum = 0;
  for (int64_t i = -half; i <= half; i++) {
    double place = (double)i / (double)half;
    double h = sinc((double)i / (double)highest) * bessel_i0(beta * sqrt(1 - place * place)) / scale;
    sum += h;
    /* Tap i weighs the sample k with i = phase - k up. */
    int64_t phase = ((i % up) + up) % up, k = (phase - i) / up;
    taps[phase * width + k + reach] = h;
  }
  for (int64_t i = 0; i < up * width; i++)
    taps[i] *= (double)up / sum;
  *out = r;
  return EG_OK;
}

void eg_resampler_free(eg_resampler *resampler) {
  if (!resampler)
    return;
  eg_free(resampler->taps);
  eg_free(resampler);
}

/* One result for `count` leads from `lead` on: the weighted sum of the samples around `centre`. */
static void weigh(eg_real *y, const double *taps, int64_t reach, const eg_real *x, int64_t n, int64_t leads,
                  int64_t lead, int count, int64_t centre, eg_edges edges) {
  double sum[LEADS_AT_ONCE] = {0};
  for (int64_t k = -reach; k <= reach; k++) {
    int64_t at = centre + k;
    if (at < 0 || at >= n) {
      if (edges == EG_EDGES_ZERO)
        continue;
      at = at < 0 ? 0 : n - 1;
    }
    const double tap = taps[k + reach];
    const eg_real *row = x + at * leads + lead;
    if (count == 12) /* the usual case, at a length the compiler knows */
      for (int c = 0; c < 12; c++)
        sum[c] += tap * (double)row[c];
    else
      for (int c = 0; c < count; c++)
        sum[c] += tap * (double)row[c];
  }
  for (int c = 0; c < count; c++)
    y[lead + c] = (eg_real)sum[c];
}

void eg_resample(const eg_resampler *resampler, eg_real *y, int64_t n_out, const eg_real *x, int64_t n, int64_t leads,
                 eg_edges edges) {
  const int64_t up = resampler->up, down = resampler->down, reach = resampler->reach;
  if (up == 1 && down == 1) {
    memcpy(y, x, (size_t)(n_out * leads) * sizeof *y);
    return;
  }
  for (int64_t m = 0; m < n_out; m++) {
    int64_t place = m * down, phase = place % up;
    const double *taps = resampler->taps + phase * (2 * reach + 1);
    for (int64_t lead = 0; lead < leads; lead += LEADS_AT_ONCE) {
      int count = leads - lead < LEADS_AT_ONCE ? (int)(leads - lead) : LEADS_AT_ONCE;
      weigh(y + m * leads, taps, reach, x, n, leads, lead, count, place / up, edges);
    }
  }
}

void eg_decimate(eg_real *y, const eg_real *x, int64_t n, int64_t leads, int64_t step) {
  for (int64_t i = 0; i < n; i += step, y += leads)
    memcpy(y, x + i * leads, (size_t)leads * sizeof *y);
}
