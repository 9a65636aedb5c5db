/* A patient of the synthetic ECG: everything that stays from record to record, drawn within the limits that the
   findings set. The limits keep a margin to the diagnostic ones, so that a finding holds after RR variation and in a
   measurement of the record. */
#include <math.h>

#include "ecg/synth.h"

double synth_uniform(eg_rng *rng, double low, double high) {
  return low + (high - low) * eg_rng_uniform(rng);
}

double synth_normal(eg_rng *rng, double mean, double deviation, double low, double high) {
  double x;
  do
    x = mean + deviation * eg_rng_normal(rng);
  while (x < low || x > high);
  return x;
}

double synth_lognormal(eg_rng *rng, double deviation) {
  return exp(deviation * synth_normal(rng, 0, 1, -2, 2));
}

/* How pronounced a finding is, 0 to 1. */
static double degree(const eg_synth_hospital *hospital, eg_rng *rng) {
  return synth_normal(rng, hospital->severity, .25, 0, 1);
}

static double draw_axis(uint32_t findings, synth_region region, double degree, eg_rng *rng) {
  if (findings & SYNTH_BIT(LAD))
    return -37 - 36 * degree;
  if (findings & SYNTH_BIT(MI))
    return region == SYNTH_INFERIOR  ? synth_normal(rng, 5, 14, -18, 40)
           : region == SYNTH_LATERAL ? synth_normal(rng, 72, 9, 45, 84)
                                     : synth_normal(rng, 40, 20, -10, 80);
  if (findings & SYNTH_BIT(LBBB))
    return synth_normal(rng, 12, 18, -20, 60);
  if (findings & SYNTH_BIT(LVH))
    return synth_normal(rng, 25, 20, -20, 70);
  return synth_normal(rng, 38, 25, -18, 82);
}

static double draw_t(uint32_t findings, double size, double degree, eg_rng *rng) {
  if (findings & SYNTH_BIT(TINV))
    return -(.46 + .66 * degree); /* -.35 mV, of .443 in a normal T, at .5 */
  if (findings & SYNTH_BIT(TAB))
    return (.17 - .13 * degree) / fmax(size, 1);
  if (findings & SYNTH_BIT(STD)) /* enough of a T to stay upright above the depression */
    return synth_uniform(rng, 1, 1.4) / fmin(size, 1);
  return synth_lognormal(rng, .28);
}

static double draw_stretch(uint32_t findings, double degree, eg_rng *rng) {
  if (findings & SYNTH_BIT(RBBB))
    return 1.01 + .2 * degree;
  if (findings & SYNTH_BIT(LBBB))
    return .94 + .22 * degree;
  return synth_uniform(rng, .87, 1.17);
}

static void draw_scatter(synth_patient *patient, eg_rng *rng) {
  for (int w = 0; w < SYNTH_QRS_WAVES + SYNTH_PVC_WAVES; w++)
    for (int i = 0; i < 5; i++)
      patient->scatter[w][i] = synth_normal(rng, 0, 1, -2, 2);
  for (int i = 0; i < 3; i++) {
    patient->p_scatter[i] = synth_normal(rng, 0, 1, -2, 2);
    patient->t_scatter[i] = synth_normal(rng, 0, 1, -2, 2);
    patient->ectopic_p[i] = synth_normal(rng, 0, 1, -2, 2);
  }
  for (int lead = 0; lead < 8; lead++)
    for (int i = 0; i < 3; i++)
      patient->lead[lead][i] = synth_normal(rng, 0, 1, -2, 2);
}

void synth_patient_draw(synth_patient *patient, const eg_synth_hospital *hospital, eg_rng *rng) {
  uint32_t findings = synth_draw_findings(hospital, rng);
  double u = degree(hospital, rng), v = degree(hospital, rng), w = degree(hospital, rng);
  bool sb = findings & SYNTH_BIT(SB), fast = findings & SYNTH_BIT(STACH), late = findings & SYNTH_BIT(IAVB);
  patient->findings = findings;
  patient->heart_rate = sb     ? 56.5 - 17 * u
                        : fast ? 104.5 + 42 * u
                               : synth_normal(rng, hospital->heart_rate, 10, 64.5, late ? 88 : 94);
  patient->variability = fast ? synth_uniform(rng, .008, .02) : synth_uniform(rng, .012, .052);
  patient->size = synth_lognormal(rng, .25);
  patient->stretch = draw_stretch(findings, v, rng);
  patient->yaw = synth_normal(rng, .14, .12, -.1, .38);
  patient->pitch = synth_normal(rng, 0, .10, -.2, .2);
  patient->region = (synth_region)(synth_uniform(rng, 0, 1) * .999 * SYNTH_REGIONS);
  patient->axis = draw_axis(findings, patient->region, w, rng);
  patient->pr = late ? 212 + 110 * v : synth_normal(rng, 158, 18, 122, 190);
  patient->qtc = findings & SYNTH_BIT(LQT) ? 480 + 85 * v : synth_normal(rng, 406, 18, 365, 438);
  patient->p = exp(.35 * synth_normal(rng, 0, 1, -1.4, 2));
  patient->p_stretch = synth_uniform(rng, .75, 1.2);
  patient->t = draw_t(findings, patient->size, w, rng);
  patient->st = findings & SYNTH_BIT(STE) ? .58 + .7 * w : findings & SYNTH_BIT(STD) ? .46 + .74 * w : 0;
  patient->late = patient->stretch < 1.02 && synth_uniform(rng, 0, 1) < .25 ? synth_uniform(rng, .08, .26) : 0;
  patient->st_level = synth_uniform(rng, -.1, patient->region == SYNTH_ANTERIOR ? .18 : .08);
  patient->lvh = findings & SYNTH_BIT(LVH) ? 1.65 + .4 * w : 1;
  patient->focus = (int)eg_rng_below(rng, 4);
  patient->breathing = synth_uniform(rng, .2, .3);
  draw_scatter(patient, rng);
}
