/* Findings of the synthetic ECG: their names, which go together, how a record comes by its own. */
#include <string.h>

#include "ecg/synth.h"

#define BIT(class) SYNTH_BIT(class)

enum { ALL = (1 << EG_SYNTH_CLASSES) - 1 };

/* ORDER SYNTH CLASS. `excludes` is made symmetric below. A pair is excluded where one hides the other or both name the
   same part of the beat: no P to be late in AF, secondary ST and T in LBBB and LVH, a late P inside T at a high rate.
 */
static const struct {
  const char *name;
  uint32_t excludes;
} classes[EG_SYNTH_CLASSES] = {
    [EG_SYNTH_NORM] = {"NORM", ALL & ~BIT(NORM)},
    [EG_SYNTH_SB] = {"SB", BIT(STACH) | BIT(AF)},
    [EG_SYNTH_STACH] = {"STach", BIT(AF) | BIT(LBBB) | BIT(IAVB) | BIT(LQT)},
    [EG_SYNTH_AF] = {"AF", BIT(IAVB) | BIT(PAC) | BIT(LQT)},
    [EG_SYNTH_IAVB] = {"IAVB", BIT(LQT)},
    [EG_SYNTH_LBBB] = {"LBBB", BIT(RBBB) | BIT(LVH) | BIT(STE) | BIT(STD) | BIT(MI) | BIT(TAB) | BIT(TINV) | BIT(LQT)},
    [EG_SYNTH_RBBB] = {"RBBB", BIT(LVH) | BIT(MI) | BIT(LQT)},
    [EG_SYNTH_PAC] = {"PAC", 0},
    [EG_SYNTH_PVC] = {"PVC", 0},
    [EG_SYNTH_LVH] = {"LVH", BIT(STE) | BIT(STD) | BIT(MI) | BIT(TAB) | BIT(TINV)},
    [EG_SYNTH_LAD] = {"LAD", BIT(MI)},
    [EG_SYNTH_STE] = {"STE", BIT(STD) | BIT(TAB) | BIT(TINV)},
    [EG_SYNTH_STD] = {"STD", BIT(MI) | BIT(TAB)},
    [EG_SYNTH_MI] = {"MI", BIT(TAB) | BIT(TINV)},
    [EG_SYNTH_TAB] = {"TAb", BIT(TINV) | BIT(LQT)},
    [EG_SYNTH_TINV] = {"TInv", 0},
    [EG_SYNTH_LQT] = {"LQT", 0},
};

const char *eg_synth_class_name(eg_synth_class class) {
  return classes[class].name;
}

int eg_synth_class_named(const char *name) {
  if (strcmp(name, "VEB") == 0)
    return EG_SYNTH_PVC;
  for (int c = 0; c < EG_SYNTH_CLASSES; c++)
    if (strcmp(name, classes[c].name) == 0)
      return c;
  return -1;
}

bool eg_synth_compatible(eg_synth_class a, eg_synth_class b) {
  return !EG_SYNTH_HAS(classes[a].excludes, b) && !EG_SYNTH_HAS(classes[b].excludes, a);
}

bool synth_has_any(uint32_t findings, uint32_t wanted) {
  return (findings & wanted) != 0;
}

/* One of the classes that go with the findings so far, by prevalence; -1 where none does. */
static int draw_class(const double *prevalence, uint32_t findings, eg_rng *rng) {
  double weight[EG_SYNTH_CLASSES], sum = 0;
  int last = -1;
  for (int c = 0; c < EG_SYNTH_CLASSES; c++) {
    bool fits = prevalence[c] > 0 && !EG_SYNTH_HAS(findings, c);
    for (int other = 0; other < EG_SYNTH_CLASSES && fits; other++)
      fits = !EG_SYNTH_HAS(findings, other) || eg_synth_compatible((eg_synth_class)c, (eg_synth_class)other);
    weight[c] = fits ? prevalence[c] : 0;
    sum += weight[c];
    last = fits ? c : last;
  }
  double left = eg_rng_uniform(rng) * sum;
  for (int c = 0; c < last; c++) {
    left -= weight[c];
    if (left < 0)
      return c;
  }
  return last;
}

uint32_t synth_draw_findings(const eg_synth_hospital *hospital, eg_rng *rng) {
  uint32_t findings = 0;
  for (int round = 0; round < 3; round++) {
    if (round > 0 && eg_rng_uniform(rng) >= hospital->several)
      break;
    int c = draw_class(hospital->prevalence, findings, rng);
    if (c < 0)
      break;
    findings |= 1u << c;
    if (c == EG_SYNTH_MI)
      findings |= BIT(STE);
  }
  return findings;
}
