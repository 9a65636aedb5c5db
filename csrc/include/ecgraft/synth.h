/* The synthetic 12-lead ECG: records with known findings, for trying things out where no data are at hand.

   A heart vector in Frank axes (x left, y inferior, z posterior; mV) is a sum of Gaussian waves for P, QRS, ST and T;
   Dower's coefficients (Dower, Machado & Osborne 1980) give leads I, II and V1-V6, and the other four follow from I and
   II, so that Einthoven's and Goldberger's relations hold in every sample. Sinus rhythm has the two-peaked RR spectrum
   of McSharry et al. 2003; atrial fibrillation lets Poisson arrivals through a refractory AV node (Corino et al. 2011)
   over saw-tooth f-waves (Stridh & Sornmo 2001). A record is addressed by seed, site and number: it is the same
   whichever records are made with it and by however many threads. */
#ifndef ECGRAFT_SYNTH_H
#define ECGRAFT_SYNTH_H

#include <stdbool.h>
#include <stdint.h>

#include "ecgraft/real.h"
#include "ecgraft/status.h"

enum { EG_SYNTH_LEADS = 12 }; /* I II III aVR aVL aVF V1 V2 V3 V4 V5 V6 */

/* What a record can show. ORDER SYNTH CLASS: names, exclusions (csrc/ecg/synth_class.c). */
typedef enum eg_synth_class {
  EG_SYNTH_NORM,  /* sinus rhythm of 60 to 100 beats a minute, nothing abnormal */
  EG_SYNTH_SB,    /* sinus bradycardia: below 60 a minute */
  EG_SYNTH_STACH, /* sinus tachycardia: above 100 a minute */
  EG_SYNTH_AF,    /* atrial fibrillation: no P, f-waves, irregular RR */
  EG_SYNTH_IAVB,  /* first-degree AV block: PR above 200 ms */
  EG_SYNTH_LBBB,  /* left bundle branch block: QRS from 130 ms on, QS in V1, no q in V6 */
  EG_SYNTH_RBBB,  /* right bundle branch block: QRS from 120 ms on, R' in V1 */
  EG_SYNTH_PAC,   /* at least one premature atrial beat */
  EG_SYNTH_PVC,   /* at least one premature ventricular beat, with a full compensatory pause (not in AF) */
  EG_SYNTH_LVH, /* left ventricular hypertrophy: S V1 + R V5 or V6 above 3.5 mV (Sokolow & Lyon), T turned away from QRS
                 */
  EG_SYNTH_LAD, /* left axis deviation: frontal QRS axis above -30 degrees, toward -90 */
  EG_SYNTH_STE, /* ST elevation, anterior, inferior or lateral */
  EG_SYNTH_STD, /* ST depression, diffuse */
  EG_SYNTH_MI,  /* infarction: ST elevation with Q waves of the same region; such records have STE as well */
  EG_SYNTH_TAB, /* T wave abnormality: flat T */
  EG_SYNTH_TINV, /* T wave inversion, not secondary to LBBB or LVH */
  EG_SYNTH_LQT,  /* long QT: QTc (Bazett) about 520 ms */
  EG_SYNTH_CLASSES
} eg_synth_class;

#define EG_SYNTH_HAS(findings, class) (((findings) >> (class)) & 1u)

/* "NORM", "SB", "STach", "AF", "IAVB", "LBBB", "RBBB", "PAC", "PVC", "LVH", "LAD", "STE", "STD", "MI", "TAb", "TInv",
 * "LQT" */
const char *eg_synth_class_name(eg_synth_class which);
/* The class of that name, exactly so written, or "VEB" for PVC; -1 where there is none. */
int eg_synth_class_named(const char *name);
/* Whether one record may show both. */
bool eg_synth_compatible(eg_synth_class a, eg_synth_class b);

/* Where records come from: who is seen there, and how they are recorded. */
typedef struct eg_synth_hospital {
  double prevalence[EG_SYNTH_CLASSES]; /* relative weight of each class as a record's first finding; >= 0, not all 0 */
  double several;                      /* probability of a second finding, and after it of a third; 0 to 1 */
  double severity;                     /* 0: findings just beyond their limits; 1: as pronounced as they come */
  double heart_rate;                   /* mean rate of normal sinus rhythm, beats a minute; 65 to 90 */
  double gain, gain_spread; /* median of the amplifier's gain over records (1: true mV), and the deviation of its log */
  double electrode;         /* deviation of each coefficient of a lead vector: where electrodes sit on this chest */
  double wander, hum, muscle; /* median RMS over records, mV: baseline wander, mains hum, muscle noise */
  double noise_spread;        /* deviation of the log of those three */
  double hum_frequency; /* Hz; hum at or above half the sampling rate is left out, as an anti-aliased recorder does */
  double artefact;      /* probability of a jump of one electrode in a record */
  double bandwidth;     /* Hz, -3 dB, of the recorder; never above 0.4 of the sampling rate */
} eg_synth_hospital;

/* Hospital 'A': a large centre with a good recorder; its prevalences cover NORM AF IAVB LBBB RBBB PAC PVC STE STD,
   CPSC2018's classes, with that set's proportions. Hospital 'B': a clinic with a noisier, narrower recorder of lower
   gain and milder findings; NORM AF IAVB SB LAD STach TAb TInv LQT PAC, Georgia's. EG_USAGE for another letter. */
eg_status eg_synth_hospital_named(eg_synth_hospital *hospital, char letter);

typedef struct eg_synth_options {
  eg_synth_hospital hospital;
  uint64_t seed;
  uint64_t site;  /* which hospital it is: patients of different sites are different people */
  double rate;    /* samples a second; 50 to 2000 */
  int64_t length; /* samples; 5 to 3600 seconds */
  double repeat;  /* share of patients with two or more records; 0 to 1. All of a patient's records show the same
                     findings */
  double noise;   /* factor on wander, hum, muscle noise and artefacts; 0: none */
  bool clean;     /* only the heart through Dower's leads: no noise, unit gain, electrodes where they should be, full
                     bandwidth */
} eg_synth_options;

/* What is true of a record. NaN where there is no such thing (PR in atrial fibrillation). */
typedef struct eg_synth_truth {
  uint32_t findings; /* bit c: class c */
  int64_t patient;   /* counted from 0 */
  double
      heart_rate; /* beats a minute: over the median RR between beats that are not premature; over the mean RR in AF */
  double pr, qrs, qt; /* ms, of a sinus beat (in AF of a conducted one) */
  double axis;        /* degrees, frontal, of the net QRS area: 0 to the left, 90 downward, within (-180, 180] */
  const char *region; /* of ST elevation and infarction: "anterior", "inferior" or "lateral"; NULL without them */
  int age;            /* years, 18 to 89. Age and sex are the patient's, and have no bearing on the ECG */
  bool male;
  int64_t beats; /* with QRS onset within the record */
} eg_synth_truth;

typedef struct eg_synth_beat {
  double time; /* QRS onset, seconds from the first sample */
  char type;   /* 'N', 'A' premature atrial, 'V' premature ventricular */
} eg_synth_beat;

/* EG_USAGE, naming the field, where an option is out of its range. */
eg_status eg_synth_check(const eg_synth_options *options);

/* The most beats that a record can have. */
int64_t eg_synth_beat_room(const eg_synth_options *options);

/* Records first .. first + count - 1 (from 0): signals (count, length, 12) in mV; truth (count) and beats
   (count, eg_synth_beat_room(options)), of which truth[i].beats are set, each optional (NULL). In parallel over
   records. */
eg_status eg_synth_generate(const eg_synth_options *options, int64_t first, int64_t count, eg_real *signals,
                            eg_synth_truth *truth, eg_synth_beat *beats);

#endif
