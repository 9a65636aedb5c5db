/* Design in the z plane: the poles and zeros of the analog prototype, moved to the band wanted, then through the
   bilinear transform z = (4 + s) / (4 - s) (a rate of 2, as SciPy normalizes), gathered into sections of two poles and
   two zeros. */
#include "ecgraft/filter.h"

#include <complex.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>

#include "ecgraft/memory.h"
#include "ecgraft/parallel.h"

static const double PI = 3.14159265358979323846;

enum { MOST = 2 * EG_MAX_SECTIONS };

typedef struct zeros_and_poles {
  int zeros, poles;
  double complex zero[MOST], pole[MOST];
  double gain;
} zeros_and_poles;

/* The corner of a digital filter at rate 2 as the analog frequency that the bilinear transform takes there. */
static double prewarped(double frequency, double rate) {
  return 4 * tan(PI * frequency / rate);
}

/* Poles of the low-pass prototype with corner 1. */
static void prototype(zeros_and_poles *f, int order) {
  *f = (zeros_and_poles){.poles = order, .gain = 1};
  for (int i = 0; i < order; i++)
    f->pole[i] = -cexp(I * PI * (2 * i - order + 1) / (2 * order));
}

static void to_low_pass(zeros_and_poles *f, double corner) {
  for (int i = 0; i < f->poles; i++)
    f->pole[i] *= corner;
  f->gain *= pow(corner, f->poles);
}

/* s -> corner / s: as many zeros at 0 as there are poles. */
static void to_high_pass(zeros_and_poles *f, double corner) {
  double complex product = 1;
  for (int i = 0; i < f->poles; i++) {
    product *= -f->pole[i];
    f->pole[i] = corner / f->pole[i];
    f->zero[i] = 0;
  }
  f->zeros = f->poles;
  f->gain *= creal(1 / product);
}

/* Each pole becomes two, around the middle of the band. */
static void split_poles(zeros_and_poles *f, double middle) {
  int n = f->poles;
  for (int i = n - 1; i >= 0; i--) {
    double complex p = f->pole[i], root = csqrt(p * p - middle * middle);
    f->pole[2 * i] = p + root;
    f->pole[2 * i + 1] = p - root;
  }
  f->poles = 2 * n;
}

static void to_band_pass(zeros_and_poles *f, double low, double high) {
  int n = f->poles;
  for (int i = 0; i < n; i++) {
    f->pole[i] *= (high - low) / 2;
    f->zero[i] = 0;
  }
  f->zeros = n;
  f->gain *= pow(high - low, n);
  split_poles(f, sqrt(low * high));
}

static void to_band_stop(zeros_and_poles *f, double low, double high) {
  int n = f->poles;
  double middle = sqrt(low * high);
  double complex product = 1;
  for (int i = 0; i < n; i++) {
    product *= -f->pole[i];
    f->pole[i] = (high - low) / 2 / f->pole[i];
    f->zero[2 * i] = I * middle;
    f->zero[2 * i + 1] = -I * middle;
  }
  f->zeros = 2 * n;
  f->gain *= creal(1 / product);
  split_poles(f, middle);
}

static void bilinear(zeros_and_poles *f) {
  double complex up = 1, down = 1;
  for (int i = 0; i < f->zeros; i++) {
    up *= 4 - f->zero[i];
    f->zero[i] = (4 + f->zero[i]) / (4 - f->zero[i]);
  }
  for (int i = 0; i < f->poles; i++) {
    down *= 4 - f->pole[i];
    f->pole[i] = (4 + f->pole[i]) / (4 - f->pole[i]);
  }
  f->gain *= creal(up / down);
  while (f->zeros < f->poles)
    f->zero[f->zeros++] = -1; /* at infinity before */
}

/* Puts roots in an order in which each pair of neighbours has real coefficients: complex ones before their conjugates,
   then the real ones; of real ones the first and the last are neighbours, so that a section of a band-pass has a zero
   at 1 and one at -1. */
static void pair_up(double complex *root, int n) {
  double complex complexes[MOST], reals[MOST];
  int c = 0, r = 0;
  for (int i = 0; i < n; i++) {
    if (cimag(root[i]) > 1e-12 * (1 + cabs(root[i])))
      complexes[c++] = root[i];
    else if (fabs(cimag(root[i])) <= 1e-12 * (1 + cabs(root[i])))
      reals[r++] = creal(root[i]);
  }
  int at = 0;
  for (int i = 0; i < c; i++) {
    root[at++] = complexes[i];
    root[at++] = conj(complexes[i]);
  }
  for (int i = 0, j = r - 1; i <= j; i++, j--) {
    root[at++] = reals[i];
    if (i < j)
      root[at++] = reals[j];
  }
}

static void gather(eg_filter *filter, zeros_and_poles *f) {
  pair_up(f->zero, f->zeros);
  pair_up(f->pole, f->poles);
  filter->count = (f->poles + 1) / 2;
  for (int i = 0; i < filter->count; i++) {
    bool whole = 2 * i + 1 < f->poles;
    double complex z0 = f->zero[2 * i], z1 = whole ? f->zero[2 * i + 1] : 0, p0 = f->pole[2 * i],
                   p1 = whole ? f->pole[2 * i + 1] : 0;
    filter->sections[i] = (eg_section){1, -creal(z0 + z1), creal(z0 * z1), -creal(p0 + p1), creal(p0 * p1)};
  }
  filter->sections[0].b0 *= f->gain;
  filter->sections[0].b1 *= f->gain;
  filter->sections[0].b2 *= f->gain;
}

eg_status eg_butterworth(eg_filter *filter, eg_filter_kind kind, int order, double rate, double low, double high) {
  bool has_low = kind != EG_LOW_PASS, has_high = kind != EG_HIGH_PASS;
  if (order < 1 || order > EG_MAX_SECTIONS)
    return eg_fail(EG_USAGE, "butterworth: the order must be 1 to %d, got %d", EG_MAX_SECTIONS, order);
  if (!(rate > 0) || !isfinite(rate))
    return eg_fail(EG_USAGE, "butterworth: the rate must be above 0, got %g", rate);
  if ((has_low && !(low > 0 && low < rate / 2)) || (has_high && !(high > 0 && high < rate / 2)) ||
      (has_low && has_high && !(low < high)))
    return eg_fail(EG_USAGE, "butterworth: corners must rise between 0 and half the rate, %g Hz; got %g and %g",
                   rate / 2, has_low ? low : NAN, has_high ? high : NAN);
  zeros_and_poles f;
  double a = has_low ? prewarped(low, rate) : 0, b = has_high ? prewarped(high, rate) : 0;
  prototype(&f, order);
  if (kind == EG_LOW_PASS)
    to_low_pass(&f, b);
  else if (kind == EG_HIGH_PASS)
    to_high_pass(&f, a);
  else if (kind == EG_BAND_PASS)
    to_band_pass(&f, a, b);
  else
    to_band_stop(&f, a, b);
  bilinear(&f);
  gather(filter, &f);
  return EG_OK;
}

eg_status eg_notch(eg_filter *filter, double rate, double frequency, double q) {
  if (!(frequency > 0 && frequency < rate / 2) || !(q > 0) || !isfinite(q))
    return eg_fail(EG_USAGE,
                   "notch: expected a frequency between 0 and half the rate, %g Hz, and q above 0; got %g and %g",
                   rate / 2, frequency, q);
  double w = 2 * PI * frequency / rate, gain = 1 / (1 + tan(w / q / 2));
  filter->count = 1;
  filter->sections[0] = (eg_section){gain, -2 * gain * cos(w), gain, -2 * gain * cos(w), 2 * gain - 1};
  return EG_OK;
}

/* Runs all sections over x (n) in place, beginning in the state that a constant input of x[0] would have led to. */
static void run(double *x, int64_t n, const eg_filter *filter) {
  double level = x[0];
  for (int k = 0; k < filter->count; k++) {
    const eg_section *s = &filter->sections[k];
    double gain = (s->b0 + s->b1 + s->b2) / (1 + s->a1 + s->a2); /* for a constant */
    double s1 = (gain - s->b0) * level, s2 = (s->b2 - s->a2 * gain) * level;
    level *= gain;
    for (int64_t t = 0; t < n; t++) {
      double in = x[t], out = s->b0 * in + s1;
      s1 = s->b1 * in - s->a1 * out + s2;
      s2 = s->b2 * in - s->a2 * out;
      x[t] = out;
    }
  }
}

static void reverse(double *x, int64_t n) {
  for (int64_t i = 0, j = n - 1; i < j; i++, j--) {
    double other = x[i];
    x[i] = x[j];
    x[j] = other;
  }
}

/* Samples that SciPy's sosfiltfilt adds at each end. */
static int64_t edge_of(const eg_filter *filter) {
  int first_order = 0;
  for (int k = 0; k < filter->count; k++)
    first_order += filter->sections[k].b2 == 0 && filter->sections[k].a2 == 0;
  return 3 * (2 * filter->count + 1 - first_order);
}

eg_status eg_filter_zero_phase(eg_real *y, const eg_real *x, int64_t length, int64_t channels,
                               const eg_filter *filter) {
  int64_t edge = edge_of(filter), n = length + 2 * edge;
  if (length <= edge)
    return eg_fail(EG_USAGE, "filter: the signal must be longer than %" PRId64 " samples, got %" PRId64, edge, length);
  double *lines = eg_alloc_zero((size_t)channels, (size_t)n * sizeof *lines);
  if (!lines)
    return EG_NOMEM;
  EG_PARALLEL_FOR_IF(channels * n > 65536)
  for (int64_t c = 0; c < channels; c++) {
    double *line = lines + c * n;
    for (int64_t t = 0; t < length; t++)
      line[edge + t] = (double)x[t * channels + c];
    for (int64_t t = 0; t < edge; t++) { /* turned about the end points */
      line[t] = 2 * line[edge] - line[2 * edge - t];
      line[n - 1 - t] = 2 * line[n - 1 - edge] - line[n - 1 - 2 * edge + t];
    }
    run(line, n, filter);
    reverse(line, n);
    run(line, n, filter);
    reverse(line, n);
  }
  for (int64_t t = 0; t < length; t++)
    for (int64_t c = 0; c < channels; c++)
      y[t * channels + c] = (eg_real)lines[c * n + edge + t];
  eg_free(lines);
  return EG_OK;
}
