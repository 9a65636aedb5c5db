/* Signal quality: what is wrong with a recording before anybody looks at what it shows. Signals x (n, leads) are in mV,
   at `rate` samples a second; missing samples (NaN, infinite) are bridged by straight lines first. What each number
   means exactly, and where it comes from, is said in csrc/ecg/quality.c and limb_leads.c. */
#ifndef ECGRAFT_QUALITY_H
#define ECGRAFT_QUALITY_H

#include <stdint.h>

#include "ecgraft/real.h"
#include "ecgraft/status.h"

/* Of a lead by itself. */
typedef struct eg_lead_quality {
  double flat;          /* share of the record, 0 to 1, in which the lead stands still for 2 s or more */
  double clipped;       /* share of the record in which it is cut off at its largest or smallest value */
  double noise;         /* mV, RMS between the complexes, above 30 Hz (0.3 of the rate, if less), without mains hum */
  double share;         /* power above that corner, complexes included, as a share of the lead's variance */
  double hum;           /* mV, RMS of mains hum; NaN where the rate is too low to see it */
  double hum_frequency; /* 50 or 60 Hz, whichever is larger; 0 where neither can be seen */
} eg_lead_quality;

/* Above which a lead is at fault. */
typedef struct eg_quality_limits {
  double flat, clipped, noise, hum;
} eg_quality_limits;

/* flat 0.5: most of the record. clipped 0.002: 20 ms of 10 s. noise 0.05 mV: half of a P wave. hum 0.025 mV: 0.07 mV
   from peak to peak, which is seen on paper. */
extern const eg_quality_limits eg_quality_defaults;

/* Bits of eg_lead_faults. ORDER FAULT (csrc/lua/ecg_quality.c). */
enum { EG_FAULT_FLAT = 1, EG_FAULT_SATURATED = 2, EG_FAULT_NOISY = 4, EG_FAULT_HUM = 8 };

unsigned eg_lead_faults(const eg_lead_quality *quality, const eg_quality_limits *limits);

/* EG_USAGE unless a record of n samples can be judged: a rate of 50 Hz or more, a second or more. */
eg_status eg_quality_check(int64_t n, double rate);

/* quality (leads). EG_USAGE as above, EG_NOMEM. */
eg_status eg_quality_leads(eg_lead_quality *quality, const eg_real *x, int64_t n, int64_t leads, double rate);

/* Which column is which lead. ORDER LIMB (csrc/lua/ecg_quality.c) */
enum { EG_LIMB_I, EG_LIMB_II, EG_LIMB_III, EG_LIMB_AVR, EG_LIMB_AVL, EG_LIMB_AVF, EG_LIMB_V6, EG_LIMB_COLUMNS };

/* What must hold between limb leads. ORDER LAW (csrc/ecg/limb_leads.c, csrc/lua/ecg_quality.c) */
typedef enum eg_limb_law {
  EG_LAW_III, /* III = II - I (Einthoven) */
  EG_LAW_AVR, /* aVR = -(I + II) / 2 (Goldberger) */
  EG_LAW_AVL, /* aVL = I - II / 2 */
  EG_LAW_AVF, /* aVF = II - I / 2 */
  EG_LAWS
} eg_limb_law;

/* Electrodes that look interchanged. ORDER SWAP (csrc/lua/ecg_quality.c) */
typedef enum eg_swap {
  EG_SWAP_NONE,
  EG_SWAP_ARMS,         /* right and left arm: I upside down, II and III changed over, aVR and aVL as well */
  EG_SWAP_RIGHT_ARM_LEG /* right arm and left leg: II upside down, I and III upside down and changed over, aVR and aVF
                         */
} eg_swap;

typedef struct eg_limb_quality {
  double violation; /* mV, the largest departure from a law in any sample; NaN where no law can be checked */
  eg_limb_law law;  /* which one */
  int64_t beats;    /* complexes that the suspicion rests on */
  eg_swap swap;     /* a suspicion: some hearts look like that */
} eg_limb_quality;

/* columns (EG_LIMB_COLUMNS): where in x each lead is, -1 where it is not there. EG_USAGE as above, EG_NOMEM. */
eg_status eg_quality_limbs(eg_limb_quality *quality, const eg_real *x, int64_t n, int64_t leads, double rate,
                           const int *columns);

#endif
