/* When the synthetic heart beats, and from where. */
#include <math.h>

#include "ecg/synth.h"

static const double TAU = 6.283185307179586;

enum { LINES = 5, BANDS = 2 };

/* A stationary process with the RR spectrum of McSharry et al. 2003: two Gaussian bands, at 0.1 Hz and 0.25 Hz with
   deviation 0.01 Hz each and half as much power in the lower one, as a sum of cosines of random phase. Variance 1. */
typedef struct rr_process {
  double frequency[BANDS * LINES], phase[BANDS * LINES], amplitude[BANDS * LINES];
} rr_process;

static rr_process draw_process(eg_rng *rng) {
  static const double center[BANDS] = {.1, .25}, share[BANDS] = {1. / 3, 2. / 3};
  rr_process process;
  for (int band = 0; band < BANDS; band++) {
    double weight[LINES], sum = 0;
    for (int i = 0; i < LINES; i++) {
      double offset = .8 * (i - LINES / 2); /* in deviations */
      weight[i] = exp(-offset * offset / 2);
      sum += weight[i];
      process.frequency[band * LINES + i] = center[band] + .01 * offset;
    }
    for (int i = 0; i < LINES; i++) {
      process.amplitude[band * LINES + i] = sqrt(2 * share[band] * weight[i] / sum);
      process.phase[band * LINES + i] = synth_uniform(rng, 0, TAU);
    }
  }
  return process;
}

static double process_at(const rr_process *process, double t) {
  double sum = 0;
  for (int i = 0; i < BANDS * LINES; i++)
    sum += process->amplitude[i] * cos(TAU * process->frequency[i] * t + process->phase[i]);
  return fmax(-2.2, fmin(2.2, sum));
}

/* RR in atrial fibrillation (Corino et al. 2011): impulses arrive at random, `arrivals` a second; none passes the AV
   node within `refractory` seconds of the last, all do `recovery` seconds later, and a share growing in between. */
typedef struct av_node {
  double arrivals, refractory, recovery;
} av_node;

static double next_conducted(const av_node *node, eg_rng *rng) {
  double t = node->refractory;
  for (;;) {
    t -= log(1 - eg_rng_uniform(rng)) / node->arrivals;
    if (eg_rng_uniform(rng) * node->recovery < t - node->refractory)
      return t;
  }
}

/* When the next premature beats are due. */
typedef struct ectopy {
  char kind[16];
  double due[16];
  int n, next;
} ectopy;

static ectopy draw_ectopy(uint32_t findings, double seconds, double rr, eg_rng *rng) {
  ectopy e = {.n = 0};
  bool atrial = findings & SYNTH_BIT(PAC), ventricular = findings & SYNTH_BIT(PVC);
  int kinds = atrial + ventricular;
  if (kinds == 0)
    return e;
  double first = fmin(1.6 * rr, .3 * seconds), last = fmax(seconds - 2.5 * rr, first);
  int fit = (int)((last - first) / (4 * rr)) + 1, wanted = kinds + (int)eg_rng_below(rng, 3);
  e.n = wanted > fit ? (fit > kinds ? fit : kinds) : wanted;
  bool ventricular_first = ventricular && (!atrial || eg_rng_uniform(rng) < .5);
  for (int i = 0; i < e.n; i++) {
    bool v = i == 0      ? ventricular_first
             : i < kinds ? !ventricular_first
                         : ventricular && (!atrial || eg_rng_uniform(rng) < .5);
    e.kind[i] = v ? 'V' : 'A';
    e.due[i] = first + (last - first) * (i + synth_uniform(rng, .1, .9)) / e.n;
  }
  return e;
}

/* The coupling interval of a premature beat as a share of RR, behind the T wave before it where that leaves room. */
static double draw_coupling(char kind, bool first, double rr, double qt, eg_rng *rng) {
  double high = first ? .77 : kind == 'A' ? .95 : .9;
  double low = fmin(fmax(.55, qt / rr), high - .05);
  return synth_uniform(rng, low, high);
}

/* The deviation of RR over its mean, of conducted beats within the record. */
static double irregularity(const eg_synth_beat *beats, int64_t n, double seconds) {
  double sum = 0, squares = 0;
  int count = 0;
  for (int64_t i = 0; i + 1 < n; i++)
    if (beats[i].time >= 0 && beats[i + 1].time < seconds && beats[i].type == 'N' && beats[i + 1].type == 'N') {
      double rr = beats[i + 1].time - beats[i].time;
      sum += rr, squares += rr * rr, count++;
    }
  double mean = count > 0 ? sum / count : 1;
  return count > 1 ? sqrt(fmax(0, squares / count - mean * mean)) / mean : 0;
}

static int64_t beat_sequence(eg_synth_beat *beats, int64_t room, const synth_patient *patient, double mean_rr,
                             double seconds, const rr_process *process, const av_node *node, eg_rng *rng) {
  bool af = patient->findings & SYNTH_BIT(AF);
  ectopy e = draw_ectopy(patient->findings, seconds, mean_rr, rng);
  double qt = patient->qtc * 1e-3 * sqrt(mean_rr), t = -mean_rr * eg_rng_uniform(rng);
  int64_t n = 0;
  int regular = 2; /* sinus beats since the last premature one */
  beats[n++] = (eg_synth_beat){t, 'N'};
  while (t < seconds + .5 && n + 2 < room) {
    double rr = af ? next_conducted(node, rng) : mean_rr * (1 + patient->variability * process_at(process, t));
    if (e.next < e.n && t + rr >= e.due[e.next] && regular >= 2) {
      char kind = e.kind[e.next];
      double coupling = draw_coupling(kind, e.next == 0 || e.kind[e.next - 1] != kind, rr, qt, rng);
      e.next++;
      regular = 0;
      beats[n++] = (eg_synth_beat){t + coupling * rr, kind};
      if (kind == 'V' &&
          !af) /* the sinus node beats on: the impulse under the premature beat is lost, the next one is on time */
        t += rr + mean_rr * (1 + patient->variability * process_at(process, t + rr));
      else /* the sinus node is reset */
        t += coupling * rr + rr * synth_uniform(rng, 1, 1.15);
    } else {
      regular++;
      t += rr;
    }
    beats[n++] = (eg_synth_beat){t, 'N'};
  }
  return n;
}

/* Fibrillation that looks regular in so short a record is drawn again, at most so often. */
enum { TRIES = 50 };

void synth_rhythm_draw(synth_rhythm *rhythm, eg_synth_beat *beats, int64_t room, const synth_patient *patient,
                       double seconds, eg_rng *rng) {
  bool af = patient->findings & SYNTH_BIT(AF);
  rr_process process = draw_process(rng);
  /* Fibrillation: from that of a slowed or tired AV node to one that lets through all it can. */
  double rr = 60 / (af ? synth_normal(rng, 88, 24, 52, 140)
                       : patient->heart_rate * (1 + .015 * synth_normal(rng, 0, 1, -1, 1)));
  av_node node = {.arrivals = synth_uniform(rng, 4, 7), .recovery = synth_uniform(rng, .35, .7) * rr};
  /* The mean wait behind the refractory time while the share passed still grows: that of a Rayleigh distribution. */
  double wait = sqrt(TAU / 4 * node.recovery / node.arrivals);
  node.refractory = fmax(.3, rr - wait);
  for (int attempt = 0; attempt < TRIES; attempt++) {
    rhythm->n = beat_sequence(beats, room, patient, rr, seconds, &process, &node, rng);
    if (!af || irregularity(beats, rhythm->n, seconds) > .16)
      break;
  }
  rhythm->mean_rr = af ? node.refractory + wait : rr;
}
