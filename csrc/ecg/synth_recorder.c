/* From heart vector to twelve leads: where the electrodes sit, the amplifier, and what else it picks up. */
#include <math.h>
#include <string.h>

#include "ecg/synth.h"

static const double TAU = 6.283185307179586;

/* Slow signals that all leads share in different measure: breathing and drift, as sine and cosine, and mains hum. */
enum { TONES = 4, SHARED = 3 + 2 * TONES, MEASURED = 8 };
enum { BREATH, DRIFT, SLOW_DRIFT, HUM };

typedef struct recorder {
  double mix[SHARED][MEASURED];               /* heart x, y, z; then sine and cosine of each tone */
  double turn[TONES][2];                      /* cosine and sine of a tone's step */
  double muscle[MEASURED];                    /* RMS, mV */
  double burst_frequency, burst_phase, burst; /* how muscle noise comes and goes */
  int jump_lead;                              /* or -1 */
  double jump, jump_decay;                    /* mV, and what is left after a sample */
  int64_t jump_at;
} recorder;

/* `spread`, 0 to 1: how much size and phase differ between leads. */
static void tone(recorder *r, int which, double frequency, double rate, double rms, double spread, eg_rng *rng) {
  r->turn[which][0] = cos(TAU * frequency / rate);
  r->turn[which][1] = sin(TAU * frequency / rate);
  double phase = synth_uniform(rng, 0, TAU);
  for (int lead = 0; lead < MEASURED; lead++) {
    double size = rms * 1.4142135623730951 * (1 + .8 * spread * synth_uniform(rng, -1, 1));
    double own = phase + spread * synth_uniform(rng, -1, 1) * TAU / 4;
    r->mix[3 + 2 * which][lead] += size * cos(own);
    r->mix[4 + 2 * which][lead] += size * sin(own);
  }
}

static void place_electrodes(recorder *r, const eg_synth_options *options, const synth_patient *patient, eg_rng *rng) {
  const eg_synth_hospital *h = &options->hospital;
  double gain = options->clean ? 1 : h->gain * exp(h->gain_spread * synth_normal(rng, 0, 1, -2.5, 2.5));
  for (int lead = 0; lead < MEASURED; lead++)
    for (int k = 0; k < 3; k++) { /* half of the variation is the chest, half how it was done this time */
      double off = options->clean ? 0 : .7 * (patient->lead[lead][k] + synth_normal(rng, 0, 1, -2, 2));
      r->mix[k][lead] = gain * (synth_dower[lead][k] + h->electrode * off);
    }
}

static void pick_up_noise(recorder *r, const eg_synth_options *options, double bandwidth, const synth_patient *patient,
                          eg_rng *rng) {
  const eg_synth_hospital *h = &options->hospital;
  double rate = options->rate, noise = options->noise;
  double wander = noise * h->wander * exp(h->noise_spread * synth_normal(rng, 0, 1, -2.5, 2.5));
  double hum = noise * h->hum * exp(h->noise_spread * synth_normal(rng, 0, 1, -2.5, 2.5));
  double muscle = noise * h->muscle * exp(h->noise_spread * synth_normal(rng, 0, 1, -2.5, 2.5));
  double breath_share = synth_uniform(rng, .3, .8);
  tone(r, BREATH, patient->breathing, rate, wander * sqrt(breath_share), .6, rng);
  tone(r, DRIFT, synth_uniform(rng, .08, .16), rate, wander * sqrt((1 - breath_share) / 2), .9, rng);
  tone(r, SLOW_DRIFT, synth_uniform(rng, .02, .06), rate, wander * sqrt((1 - breath_share) / 2), .9, rng);
  double frequency = h->hum_frequency + .1 * synth_normal(rng, 0, 1, -2, 2);
  tone(r, HUM, frequency, rate, frequency < rate / 2 ? hum * synth_response(bandwidth, frequency) : 0, .5, rng);
  for (int lead = 0; lead < MEASURED; lead++)
    r->muscle[lead] = muscle * synth_lognormal(rng, .4);
  r->burst = synth_uniform(rng, 0, .9);
  r->burst_frequency = synth_uniform(rng, .05, .3);
  r->burst_phase = synth_uniform(rng, 0, TAU);
  bool jumps = noise > 0 && eg_rng_uniform(rng) < h->artefact;
  r->jump_lead = jumps ? (int)eg_rng_below(rng, MEASURED) : -1;
  r->jump = noise * synth_uniform(rng, .2, .9) * (eg_rng_uniform(rng) < .5 ? -1 : 1);
  r->jump_decay = exp(-1 / (rate * synth_uniform(rng, .15, .6)));
  r->jump_at = (int64_t)(synth_uniform(rng, .02, .95) * (double)options->length);
}

/* Sines and cosines of the tones, one step on; a rotation, whose length stays within 1e-9 over an hour at 2 kHz. */
static void advance(double state[TONES][2], const recorder *r) {
  for (int i = 0; i < TONES; i++) {
    double c = state[i][0] * r->turn[i][0] - state[i][1] * r->turn[i][1];
    state[i][1] = state[i][0] * r->turn[i][1] + state[i][1] * r->turn[i][0];
    state[i][0] = c;
  }
}

/* signal (12) from I, II, V1 .. V6. */
static void twelve(eg_real *signal, const double *measured) {
  eg_real one = (eg_real)measured[0], two = (eg_real)measured[1];
  signal[0] = one;
  signal[1] = two;
  signal[2] = two - one;
  signal[3] = -(one + two) / 2;
  signal[4] = one - two / 2;
  signal[5] = two - one / 2;
  for (int v = 0; v < 6; v++)
    signal[6 + v] = (eg_real)measured[2 + v];
}

/* A sample's sum of what the leads share. */
static void mixed(double *measured, const recorder *r, const eg_real *vector, double tones[TONES][2], int shared) {
  double source[SHARED] = {vector[0], vector[1], vector[2]};
  memcpy(source + 3, tones, sizeof(double[TONES][2]));
  for (int lead = 0; lead < MEASURED; lead++)
    measured[lead] = 0;
  for (int k = 0; k < shared; k++)
    for (int lead = 0; lead < MEASURED; lead++)
      measured[lead] += source[k] * r->mix[k][lead];
}

void synth_recorder(eg_real *signal, const eg_real *vector, const eg_synth_options *options, double bandwidth,
                    const synth_patient *patient, eg_rng *rng) {
  recorder r = {.jump_lead = -1};
  double tones[TONES][2] = {{1, 0}, {1, 0}, {1, 0}, {1, 0}}, measured[MEASURED];
  bool noisy = !options->clean && options->noise > 0;
  place_electrodes(&r, options, patient, rng);
  if (noisy)
    pick_up_noise(&r, options, bandwidth, patient, rng);
  eg_real white[SYNTH_CHUNK * MEASURED];
  double jump = r.jump, level = 0;
  for (int64_t i = 0; i < options->length; i++) {
    mixed(measured, &r, vector + 3 * i, tones, noisy ? SHARED : 3);
    if (noisy) {
      int64_t at = i % SYNTH_CHUNK;
      if (at == 0)
        eg_rng_fill_normal(rng, white, SYNTH_CHUNK * MEASURED, 0, 1);
      if (i % 16 == 0) /* muscles are slow to tire */
        level = 1 + r.burst * sin(TAU * r.burst_frequency * (double)i / options->rate + r.burst_phase);
      for (int lead = 0; lead < MEASURED; lead++)
        measured[lead] += level * r.muscle[lead] * (double)white[at * MEASURED + lead];
      if (r.jump_lead >= 0 && i >= r.jump_at) {
        measured[r.jump_lead] += jump;
        jump *= r.jump_decay;
      }
      advance(tones, &r);
    }
    twelve(signal + EG_SYNTH_LEADS * i, measured);
  }
}
