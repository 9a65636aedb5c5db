/* Inside the synthetic ECG: a patient, the patient's rhythm during one record, the heart's waves, the recorder.
   Times of waves are in ms from QRS onset, times in a record in seconds from its first sample. */
#ifndef EG_ECG_SYNTH_H
#define EG_ECG_SYNTH_H

#include "ecgraft/random.h"
#include "ecgraft/synth.h"

/* Draws a record's findings: a first one by prevalence, then with probability `several` one that goes with it, twice at
   most; and what those imply. */
uint32_t synth_draw_findings(const eg_synth_hospital *hospital, eg_rng *rng);

/* Whether any of the wanted classes is among the findings. */
bool synth_has_any(uint32_t findings, uint32_t classes);
#define SYNTH_BIT(class) (1u << EG_SYNTH_##class)

double synth_uniform(eg_rng *rng, double low, double high);
/* Normal, drawn again until within [low, high], which must hold a fair part of the distribution. */
double synth_normal(eg_rng *rng, double mean, double deviation, double low, double high);
/* exp of a normal of mean 0, cut at two deviations. */
double synth_lognormal(eg_rng *rng, double deviation);

typedef enum synth_region { SYNTH_ANTERIOR, SYNTH_INFERIOR, SYNTH_LATERAL, SYNTH_REGIONS } synth_region;

enum { SYNTH_QRS_WAVES = 5, SYNTH_PVC_WAVES = 4 };

/* What stays with a patient from record to record. */
typedef struct synth_patient {
  uint32_t findings;
  double heart_rate;  /* beats a minute, habitual; in AF not used */
  double variability; /* deviation of RR as a share of the mean */
  double size;        /* factor on all amplitudes */
  double stretch;     /* factor on QRS times */
  double yaw, pitch;  /* radians: how the heart lies; roll follows from the axis */
  double axis;        /* degrees, wanted */
  double pr, qtc;     /* ms; pr at 70 beats a minute */
  double p, t;        /* factors on the amplitudes of P and T */
  double p_stretch;   /* factor on the duration of P */
  double st;          /* factor on the ST vector of STE, STD, MI; 0 without them */
  double st_level;    /* without them: elevation of the region, or depression where below 0, that is still normal */
  double late; /* factor on a late rightward wave in a QRS of normal width: incomplete right bundle branch block */
  double lvh;  /* factor on the main QRS wave */
  synth_region region;                                  /* of ST elevation and Q waves */
  int focus;                                            /* where premature ventricular beats begin */
  double scatter[SYNTH_QRS_WAVES + SYNTH_PVC_WAVES][5]; /* normal: direction (3), log amplitude, time of each wave */
  double p_scatter[3], t_scatter[3], ectopic_p[3];      /* normal */
  double lead[8][3]; /* normal: electrodes of this chest, in the order of synth_dower */
  double breathing;  /* cycles a second */
} synth_patient;

void synth_patient_draw(synth_patient *patient, const eg_synth_hospital *hospital, eg_rng *rng);

/* One record's rhythm. */
typedef struct synth_rhythm {
  double mean_rr; /* seconds, of the dominant rhythm */
  int64_t n;      /* beats, the first at or before the record's beginning, the last at or after its end */
} synth_rhythm;

/* Fills beats (room entries; eg_synth_beat_room) from about one RR before the record's first sample to its end. */
void synth_rhythm_draw(synth_rhythm *rhythm, eg_synth_beat *beats, int64_t room, const synth_patient *patient,
                       double seconds, eg_rng *rng);

/* A wave: 1 from `start` to `stop`, Gaussian edges of deviations `rise` and `fall`; cut off behind `gate` where that is
   above 0 by a logistic of width 3 ms. */
typedef struct synth_wave {
  double start, stop, rise, fall, gate; /* ms */
  double v[3];                          /* mV */
} synth_wave;

/* The beats of one patient at one mean RR. */
typedef struct synth_heart {
  synth_wave p, ectopic_p; /* in ms from P onset */
  synth_wave conducted[SYNTH_QRS_WAVES + 2], ventricular[SYNTH_PVC_WAVES + 1];
  int n_conducted, n_ventricular;
  double pr, ectopic_pr, qrs, qt; /* ms */
  double axis;                    /* degrees */
  bool atria;                     /* P waves; false in AF */
} synth_heart;

void synth_heart_build(synth_heart *heart, const synth_patient *patient, double mean_rr);

/* vector (length, 3), zeroed here: the heart's beats and f-waves, seen through a recorder of `bandwidth` Hz. */
void synth_heart_render(eg_real *vector, int64_t length, double rate, double bandwidth, const synth_heart *heart,
                        const synth_patient *patient, const eg_synth_beat *beats, int64_t n, eg_rng *rng);

/* Lead vectors of I, II, V1 .. V6 (Dower). */
extern const double synth_dower[8][3];

/* The factor of a recorder of that bandwidth at a frequency: Gaussian, -3 dB at the bandwidth. Its impulse response is
   a Gaussian of deviation synth_blur(bandwidth) seconds, which a Gaussian wave takes on in closed form. */
double synth_response(double bandwidth, double frequency);
double synth_blur(double bandwidth);

enum { SYNTH_CHUNK = 128 }; /* samples for which noise is drawn at a time */

/* signal (length, 12) from vector (length, 3). */
void synth_recorder(eg_real *signal, const eg_real *vector, const eg_synth_options *options, double bandwidth,
                    const synth_patient *patient, eg_rng *rng);

#endif
