/* The heart vector over time: each beat's waves where they are not yet nothing, and the f-waves of atrial fibrillation.
 */
#include <math.h>
#include <string.h>

#include "ecg/synth.h"

static const double TAU = 6.283185307179586;
static const double REACH = 5; /* deviations from where a wave is 4e-6 of its peak */

double synth_response(double bandwidth, double frequency) {
  double x = frequency / bandwidth;
  return exp(-.34657359027997264 * x * x); /* ln(2) / 2 */
}

double synth_blur(double bandwidth) {
  return .13250351990190 / bandwidth; /* sqrt(ln 2) / (2 pi) */
}

typedef struct canvas {
  eg_real *vector;
  int64_t length;
  double rate;
  double blur; /* ms */
} canvas;

/* Adds factor * wave, its time 0 at `origin` ms from the first sample. */
static void add_wave(const canvas *c, const synth_wave *wave, double origin, double factor) {
  double rise = hypot(wave->rise, c->blur), fall = hypot(wave->fall, c->blur), flat = wave->stop - wave->start;
  const double edge =
      1.2533141373155003; /* sqrt(pi / 2): the area under a Gaussian edge of deviation 1; blurring keeps the area */
  factor *= (flat + edge * (wave->rise + wave->fall)) / (flat + edge * (rise + fall));
  double width = hypot(3, c->blur), step = 1000 / c->rate; /* ms */
  int64_t from = (int64_t)ceil((origin + wave->start - REACH * rise) / step);
  int64_t until = (int64_t)floor((origin + wave->stop + REACH * fall) / step);
  from = from < 0 ? 0 : from;
  until = until >= c->length ? c->length - 1 : until;
  for (int64_t i = from; i <= until; i++) {
    double t = (double)i * step - origin;
    double u = t < wave->start ? (t - wave->start) / rise : t > wave->stop ? (t - wave->stop) / fall : 0;
    double shape = factor * exp(-u * u / 2);
    if (wave->gate > 0)
      shape /= 1 + exp((t - wave->gate) / width);
    for (int k = 0; k < 3; k++)
      c->vector[3 * i + k] += (eg_real)(shape * wave->v[k]);
  }
}

static void add_beat(const canvas *c, const synth_heart *heart, const eg_synth_beat *beat, double factor) {
  double origin = 1000 * beat->time;
  bool ventricular = beat->type == 'V', premature = beat->type == 'A';
  const synth_wave *waves = ventricular ? heart->ventricular : heart->conducted;
  int n = ventricular ? heart->n_ventricular : heart->n_conducted;
  for (int w = 0; w < n; w++)
    add_wave(c, &waves[w], origin, factor);
  if (heart->atria && !ventricular)
    add_wave(c, premature ? &heart->ectopic_p : &heart->p, origin - (premature ? heart->ectopic_pr : heart->pr),
             factor);
}

/* A saw-tooth of three harmonics whose frequency and amplitude swing slowly (Stridh & Sornmo 2001), largest in V1. */
static void add_f_waves(const canvas *c, double bandwidth, eg_rng *rng) {
  static const double direction[3] = {-.12, .42, -.95}; /* 1 mV along it is 1 mV in V1, 0.5 mV in II */
  double frequency = synth_uniform(rng, 4, 7), phase = synth_uniform(rng, 0, TAU), swing = synth_uniform(rng, 0, TAU);
  double rms = synth_uniform(rng, .015, .07), harmonic[3], power = 0;
  for (int i = 0; i < 3; i++) {
    harmonic[i] = 2 / ((i + 1) * TAU / 2);
    power += harmonic[i] * harmonic[i] / 2;
    double f = frequency * (i + 1);
    harmonic[i] *= f < c->rate / 2 ? synth_response(bandwidth, f) : 0;
  }
  double amplitude = rms / sqrt(power * (1 + .2 * .2 / 2));
  for (int64_t i = 0; i < c->length; i++) {
    double t = (double)i / c->rate, slow = sin(TAU * .2 * t + swing);
    double theta = TAU * frequency * t + phase + .25 / .2 * slow;
    double s = sin(theta), k = cos(theta);
    double sum = harmonic[0] * s + harmonic[1] * 2 * s * k + harmonic[2] * s * (4 * k * k - 1); /* sin 2x, sin 3x */
    double value = -amplitude * (1 + .2 * slow) * sum;
    for (int d = 0; d < 3; d++)
      c->vector[3 * i + d] += (eg_real)(value * direction[d]);
  }
}

void synth_heart_render(eg_real *vector, int64_t length, double rate, double bandwidth, const synth_heart *heart,
                        const synth_patient *patient, const eg_synth_beat *beats, int64_t n, eg_rng *rng) {
  canvas c = {vector, length, rate, 1000 * synth_blur(bandwidth)};
  memset(vector, 0, (size_t)length * 3 * sizeof *vector);
  double phase = synth_uniform(rng, 0, TAU);
  for (int64_t i = 0; i < n; i++) { /* breathing moves the heart under the electrodes */
    double breath = sin(TAU * patient->breathing * beats[i].time + phase);
    add_beat(&c, heart, &beats[i], 1 + .03 * breath + .01 * synth_normal(rng, 0, 1, -2, 2));
  }
  if (!heart->atria)
    add_f_waves(&c, bandwidth, rng);
}
