/* What is wrong with a lead by itself. Thresholds in mV and ms are ours, where no source is named.

   flat: a stretch counts that lasts two seconds or more (or the record) and stays within 0.01 mV, a tenth of a small
   square on paper. No heart that beats is still for so long, whatever the lead. A flat line as the first mark of a bad
   lead: Clifford et al., "Signal quality indices and data fusion for determining clinical acceptability of
   electrocardiograms", Physiol. Meas. 33, 1419 (2012), their fSQI.

   clipped: samples of plateaus at the lead's own maximum or minimum (to 1e-4 of the range) that last 8 ms and 3
   samples, and are entered and left at a corner: 10 ms before and behind (a sample, if that is longer) the signal is a
   fifth of the range away. The baseline of a lead without negative waves is a plateau too, but without corners. A
   plateau of 2 s counts whatever its ends: an amplifier that stays at its rail.

   noise: h is the lead through a zero-phase Butterworth high-pass of order 4 at 30 Hz (0.3 of the rate, if that is
   less) and notches of quality 10 at 50 and 60 Hz, where they are below 0.45 of the rate. noise = median |h| / 0.6745,
   the deviation of Gaussian noise whatever happens in less than half of the samples, which is where the QRS complexes
   are (Donoho & Johnstone, "Ideal spatial adaptation by wavelet shrinkage", Biometrika 81, 425, 1994). share = mean h^2
   / variance of the lead.

   hum: P(f) is Welch's estimate ("The use of fast Fourier transform for the estimation of power spectra", IEEE Trans.
   Audio Electroacoust. 15, 70, 1967) with Hann windows of 2 s, half overlapping, each without its mean. hum^2 is the
   power within 1.25 Hz of the mains frequency, above the mean density at 1.75 to 6.25 Hz from it. */
#include "ecgraft/quality.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "ecg/quality.h"
#include "ecgraft/filter.h"
#include "ecgraft/memory.h"
#include "ecgraft/signal.h"

static const double TAU = 6.283185307179586;
static const double STILL = .01, STILL_TIME = 2;                                      /* mV, s */
static const double PLATEAU = .008, LONG_PLATEAU = 2, CORNER_TIME = .01, CORNER = .2; /* s, s, s, share of the range */
static const double MAINS[2] = {50, 60};                                              /* Hz */

const eg_quality_limits eg_quality_defaults = {.flat = .5, .clipped = .002, .noise = .05, .hum = .025};

unsigned eg_lead_faults(const eg_lead_quality *q, const eg_quality_limits *limits) {
  return (q->flat > limits->flat ? EG_FAULT_FLAT : 0u) | (q->clipped > limits->clipped ? EG_FAULT_SATURATED : 0u) |
         (q->noise > limits->noise ? EG_FAULT_NOISY : 0u) | (q->hum > limits->hum ? EG_FAULT_HUM : 0u);
}

eg_status eg_quality_check(int64_t n, double rate) {
  if (!(rate >= 50) || !isfinite(rate))
    return eg_fail(EG_USAGE, "quality: expected 50 samples a second or more, got %g", rate);
  if ((double)n < rate)
    return eg_fail(EG_USAGE, "quality: expected a second or more, got %" PRId64 " samples at %g Hz", n, rate);
  return EG_OK;
}

double quality_median(double *x, int64_t n) {
  int64_t low = 0, high = n - 1, middle = n / 2;
  while (low < high) { /* Hoare's selection: x[middle] to its place, nothing larger before it */
    double pivot = x[low + (high - low) / 2];
    int64_t i = low, j = high;
    while (i <= j) {
      while (x[i] < pivot)
        i++;
      while (x[j] > pivot)
        j--;
      if (i <= j) {
        double other = x[i];
        x[i++] = x[j];
        x[j--] = other;
      }
    }
    if (middle <= j)
      high = j;
    else if (middle >= i)
      low = i;
    else
      break;
  }
  double upper = x[middle];
  if (n % 2)
    return upper;
  double lower = x[0];
  for (int64_t i = 1; i < middle; i++)
    lower = x[i] > lower ? x[i] : lower;
  return (lower + upper) / 2;
}

void quality_bridge(eg_real *x, int64_t n, int64_t leads) {
  eg_gap_report gaps;
  eg_repair_gaps(x, n, leads, n, &gaps);
  for (int64_t i = 0; gaps.left > 0 && i < n * leads; i++)
    if (!isfinite(x[i])) /* a lead with no valid sample */
      x[i] = 0;
}

static double flat_share(const double *x, int64_t n, double rate) {
  int64_t still = 0;
  for (int64_t i = 0, end; i < n; i = end) {
    double low = x[i], high = x[i];
    for (end = i + 1; end < n; end++) {
      double least = fmin(low, x[end]), most = fmax(high, x[end]);
      if (most - least > STILL)
        break;
      low = least;
      high = most;
    }
    if (end - i == n || (double)(end - i) >= STILL_TIME * rate)
      still += end - i;
  }
  return (double)still / (double)n;
}

bool quality_plateau(int64_t *first, int64_t *end, const double *x, int64_t n, double rate, double level,
                     double range) {
  const int64_t reach = (int64_t)fmax(1, floor(CORNER_TIME * rate + .5));
  const double shortest = fmax(3, PLATEAU * rate);
  if (!(range > STILL))
    return false;
  for (int64_t i = *end, last; i < n; i = last + 1) {
    for (last = i; last < n && fabs(x[last] - level) <= 1e-4 * range; last++)
      ;
    double length = (double)(last - i);
    bool inside = i >= reach && last - 1 + reach < n;
    bool corners =
        inside && fabs(x[i - reach] - level) > CORNER * range && fabs(x[last - 1 + reach] - level) > CORNER * range;
    if (length >= LONG_PLATEAU * rate || (length >= shortest && corners)) {
      *first = i;
      *end = last;
      return true;
    }
  }
  return false;
}

/* Samples of plateaus at `level`. */
static int64_t plateaus(const double *x, int64_t n, double rate, double level, double range) {
  int64_t count = 0;
  for (int64_t first = 0, end = 0; quality_plateau(&first, &end, x, n, rate, level, range);)
    count += end - first;
  return count;
}

static double clipped_share(const double *x, int64_t n, double rate) {
  double low = x[0], high = x[0];
  for (int64_t i = 1; i < n; i++) {
    low = fmin(low, x[i]);
    high = fmax(high, x[i]);
  }
  double range = high - low;
  return (double)(plateaus(x, n, rate, low, range) + plateaus(x, n, rate, high, range)) / (double)n;
}

static eg_status noise_filter(eg_filter *filter, double rate) {
  EG_TRY(eg_butterworth(filter, EG_HIGH_PASS, 4, rate, fmin(30, .3 * rate), 0));
  for (int m = 0; m < 2; m++)
    if (MAINS[m] < .45 * rate) {
      eg_filter notch;
      EG_TRY(eg_notch(&notch, rate, MAINS[m], 10));
      filter->sections[filter->count++] = notch.sections[0];
    }
  return EG_OK;
}

/* From a lead x and what is left of it, h; changes h. */
static void noise_of(eg_lead_quality *q, const double *x, double *h, int64_t n) {
  double mean = 0, variance = 0, power = 0;
  for (int64_t i = 0; i < n; i++)
    mean += x[i] / (double)n;
  for (int64_t i = 0; i < n; i++) {
    variance += (x[i] - mean) * (x[i] - mean);
    power += h[i] * h[i];
    h[i] = fabs(h[i]);
  }
  q->share = variance > 0 ? power / variance : 0;
  q->noise = quality_median(h, n) / .6745;
}

/* Where the mains may be: bins `first` to `first + bins` - 1 of windows of `length` samples. */
typedef struct spectrum {
  int64_t length, first, bins, leads;
  double width;                   /* Hz between bins */
  double *cosine, *sine, *window; /* (length), the first two of a whole turn */
  double *piece;                  /* (length, leads) */
  double *real, *imaginary;       /* (leads) */
  double *density;                /* (bins, leads), mV^2 / Hz, the mean over pieces */
} spectrum;

static const double NEAR = 1.25, NOT_NEAR = 1.75,
                    FAR = 6.25; /* Hz from the mains; between the bins of an integer rate */

static eg_status open_spectrum(spectrum *s, double **block, int64_t n, int64_t leads, double rate) {
  *s = (spectrum){.length = (int64_t)floor(2 * rate + .5), .leads = leads};
  s->length = s->length < n ? s->length : n;
  s->width = rate / (double)s->length;
  s->first = (int64_t)ceil((MAINS[0] - FAR) / s->width);
  int64_t last = (int64_t)floor((MAINS[1] + FAR) / s->width), nyquist = (s->length + 1) / 2;
  last = last < nyquist ? last : nyquist - 1;
  s->bins = last < s->first ? 0 : last - s->first + 1;
  size_t length = (size_t)s->length, columns = (size_t)leads;
  *block = eg_alloc_zero(length * (3 + columns) + columns * (2 + (size_t)s->bins), sizeof **block);
  if (!*block)
    return EG_NOMEM;
  s->cosine = *block;
  s->sine = s->cosine + length;
  s->window = s->sine + length;
  s->piece = s->window + length;
  s->real = s->piece + length * columns;
  s->imaginary = s->real + columns;
  s->density = s->imaginary + columns;
  for (int64_t i = 0; i < s->length; i++) {
    double angle = TAU * (double)i / (double)s->length;
    s->cosine[i] = cos(angle);
    s->sine[i] = sin(angle);
    s->window[i] = .5 - .5 * cos(angle);
  }
  return EG_OK;
}

/* piece = the window's rows of x (length, leads), each lead without its mean. */
static void cut_piece(spectrum *s, const eg_real *x) {
  for (int64_t c = 0; c < s->leads; c++) {
    double mean = 0;
    for (int64_t i = 0; i < s->length; i++)
      mean += (double)x[i * s->leads + c] / (double)s->length;
    for (int64_t i = 0; i < s->length; i++)
      s->piece[i * s->leads + c] = s->window[i] * ((double)x[i * s->leads + c] - mean);
  }
}

static void add_density(const spectrum *s, int64_t bin, double factor) {
  const int64_t leads = s->leads, turn = s->first + bin;
  double *restrict real = s->real, *restrict imaginary = s->imaginary;
  memset(real, 0, (size_t)leads * sizeof *real);
  memset(imaginary, 0, (size_t)leads * sizeof *imaginary);
  for (int64_t i = 0, at = 0; i < s->length; i++) {
    const double *restrict row = s->piece + i * leads;
    double cosine = s->cosine[at], sine = s->sine[at];
    for (int64_t c = 0; c < leads; c++) {
      real[c] += cosine * row[c];
      imaginary[c] += sine * row[c];
    }
    at += turn; /* turn < length: bins end at half the rate */
    at -= at >= s->length ? s->length : 0;
  }
  for (int64_t c = 0; c < leads; c++)
    s->density[bin * leads + c] += factor * (real[c] * real[c] + imaginary[c] * imaginary[c]);
}

static void fill_spectrum(spectrum *s, const eg_real *x, int64_t n, double rate) {
  int64_t step = s->length - s->length / 2, pieces = (n - s->length) / step + 1;
  double squares = 0;
  for (int64_t i = 0; i < s->length; i++)
    squares += s->window[i] * s->window[i];
  for (int64_t p = 0; p < pieces && s->bins > 0; p++) {
    cut_piece(s, x + p * step * s->leads);
    for (int64_t bin = 0; bin < s->bins; bin++)
      add_density(s, bin, 2 / (rate * squares * (double)pieces));
  }
}

/* The power of the mains in a lead, mV^2. */
static double mains_power(const spectrum *s, int64_t lead, double mains) {
  double near = 0, far = 0;
  int64_t n_near = 0, n_far = 0;
  for (int64_t bin = 0; bin < s->bins; bin++) {
    double off = fabs((double)(s->first + bin) * s->width - mains), density = s->density[bin * s->leads + lead];
    if (off < NEAR) {
      near += density;
      n_near++;
    } else if (off > NOT_NEAR && off < FAR) {
      far += density;
      n_far++;
    }
  }
  double above = near - (n_far ? far * (double)n_near / (double)n_far : 0);
  return above > 0 ? above * s->width : 0;
}

static void hum_of(eg_lead_quality *q, const spectrum *s, int64_t lead, double rate) {
  q->hum = NAN;
  q->hum_frequency = 0;
  for (int m = 0; m < 2; m++) {
    if (MAINS[m] + NEAR >= rate / 2)
      continue;
    double hum = sqrt(mains_power(s, lead, MAINS[m]));
    if (!(hum <= q->hum)) { /* the first as well */
      q->hum = hum;
      q->hum_frequency = MAINS[m];
    }
  }
}

static void judge(eg_lead_quality *quality, double *line, const eg_real *x, const eg_real *high, const spectrum *s,
                  int64_t n, double rate) {
  double *rest = line + n;
  for (int64_t c = 0; c < s->leads; c++) {
    for (int64_t i = 0; i < n; i++) {
      line[i] = (double)x[i * s->leads + c];
      rest[i] = (double)high[i * s->leads + c];
    }
    quality[c].flat = flat_share(line, n, rate);
    quality[c].clipped = clipped_share(line, n, rate);
    noise_of(&quality[c], line, rest, n);
    hum_of(&quality[c], s, c, rate);
  }
}

eg_status eg_quality_leads(eg_lead_quality *quality, const eg_real *x, int64_t n, int64_t leads, double rate) {
  EG_TRY(eg_quality_check(n, rate));
  eg_filter filter;
  EG_TRY(noise_filter(&filter, rate));
  spectrum s;
  double *block = NULL, *lines = eg_alloc_zero((size_t)n, 2 * sizeof *lines);
  eg_real *bridged = eg_alloc_zero((size_t)(n * leads), 2 * sizeof *bridged), *high = NULL;
  eg_status status = lines && bridged ? open_spectrum(&s, &block, n, leads, rate) : EG_NOMEM;
  if (status == EG_OK) {
    memcpy(bridged, x, (size_t)(n * leads) * sizeof *x);
    quality_bridge(bridged, n, leads);
    high = bridged + n * leads;
    status = eg_filter_zero_phase(high, bridged, n, leads, &filter);
  }
  if (status == EG_OK) {
    fill_spectrum(&s, bridged, n, rate);
    judge(quality, lines, bridged, high, &s, n, rate);
  }
  eg_free(block);
  eg_free(lines);
  eg_free(bridged);
  return status;
}
