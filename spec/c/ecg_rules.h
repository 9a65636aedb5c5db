/* An ECG read by rule, from its samples alone: beats, an average beat, intervals, axis, voltages, and the findings that
   follow by the usual diagnostic limits. It shares no number with the generator that it checks. For clean records at
   500 samples a second. */
#ifndef EG_SPEC_ECG_RULES_H
#define EG_SPEC_ECG_RULES_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ecgraft/real.h"
#include "ecgraft/synth.h"

enum { RULE_RATE = 500, RULE_BEATS = 128, RULE_BEFORE = 220, RULE_AFTER = 320, RULE_WINDOW = RULE_BEFORE + RULE_AFTER };
enum { I_, II_, III_, AVR_, AVL_, AVF_, V1_, V2_, V3_, V4_, V5_, V6_ };

#define RULE_MS(samples) ((samples)*1000.0 / RULE_RATE)
#define RULE_SAMPLES(ms) ((int)((ms)*RULE_RATE / 1000))

typedef struct rule_reading {
  int n;                     /* beats found */
  int at[RULE_BEATS];        /* sample of the middle of each QRS */
  bool dominant[RULE_BEATS]; /* of the shape that most beats have */
  double beat[RULE_WINDOW]
             [12];         /* average of the dominant ones, middle of QRS at RULE_BEFORE, above the level before QRS */
  double rr, irregularity; /* ms, median of dominant intervals; deviation over mean */
  int onset, end;          /* of QRS in `beat` */
  double p, coherence, pr, qrs, qt, axis,
      sokolow;          /* p: height in II, mV; its likeness from beat to beat; ms; degrees */
  double st[12], t[12]; /* mV: behind QRS by 0.06 RR; at T's peak */
} rule_reading;

/* Summed steepness of the leads around sample i of x (n, 12), mV a sample. */
static inline double rule_slope(const eg_real *x, int n, int i) {
  double sum = 0;
  for (int lead = 0; lead < 12 && i > 0 && i < n - 1; lead++)
    sum += fabs((double)x[12 * (i + 1) + lead] - (double)x[12 * (i - 1) + lead]) / 2;
  return sum;
}

static inline double rule_smooth_slope(const eg_real *x, int n, int i) {
  double sum = 0;
  for (int k = -5; k <= 5; k++)
    sum += rule_slope(x, n, i + k) / 11;
  return sum;
}

static inline int rule_compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static inline double rule_median(const double *x, int n) {
  double sorted[RULE_BEATS];
  if (n == 0)
    return NAN;
  memcpy(sorted, x, (size_t)n * sizeof *x);
  qsort(sorted, (size_t)n, sizeof *sorted, rule_compare);
  return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
}

/* The center of what is steep within 80 ms of sample `at`. */
static inline int rule_center(const double *slope, int n, int at) {
  double sum = 0, moment = 0;
  for (int k = -RULE_SAMPLES(80); k <= RULE_SAMPLES(80); k++)
    if (at + k >= 0 && at + k < n) {
      sum += slope[at + k] * slope[at + k];
      moment += k * slope[at + k] * slope[at + k];
    }
  return at + (int)lround(moment / sum);
}

/* Beats: where the slope is a share of the usual one at least and the largest within 100 ms; less steep ones close
 * behind another are T waves. */
static inline void rule_find_beats(rule_reading *r, const eg_real *x, int n) {
  double *slope = malloc(2 * (size_t)n * sizeof *slope), tops[RULE_BEATS];
  if (!slope)
    abort();
  double *raw = slope + n;
  int seconds = n / RULE_RATE;
  for (int i = 0; i < n; i++)
    raw[i] = rule_slope(x, n, i);
  for (int i = 0; i < n; i++) {
    slope[i] = 0;
    for (int k = i > 5 ? i - 5 : 0; k <= i + 5 && k < n; k++)
      slope[i] += raw[k] / 11;
  }
  for (int s = 0; s < seconds && s < RULE_BEATS; s++) {
    tops[s] = 0;
    for (int i = s * RULE_RATE; i < (s + 1) * RULE_RATE; i++)
      tops[s] = fmax(tops[s], slope[i]);
  }
  double limit = .28 * rule_median(tops, seconds < RULE_BEATS ? seconds : RULE_BEATS);
  double last = 0;
  r->n = 0;
  for (int i = RULE_SAMPLES(40); i < n - RULE_SAMPLES(40); i++) {
    bool steepest = slope[i] >= limit;
    for (int k = i - RULE_SAMPLES(100); k <= i + RULE_SAMPLES(100) && steepest; k++)
      steepest = k < 0 || k >= n || slope[k] < slope[i] || (k >= i && slope[k] <= slope[i]);
    bool t_wave = r->n > 0 && i - r->at[r->n - 1] < RULE_SAMPLES(450) && slope[i] < .4 * last;
    if (steepest && !t_wave && r->n < RULE_BEATS) {
      r->at[r->n++] = rule_center(slope, n, rule_center(slope, n, i));
      last = slope[i];
    }
  }
  free(slope);
}

static inline bool rule_inside(int at, int n) {
  return at >= RULE_SAMPLES(80) && at < n - RULE_SAMPLES(120);
}

/* How alike two complexes are: correlation of all leads' slopes from 70 ms before to 110 ms behind, at the best of
 * small shifts. */
static inline double rule_likeness(const eg_real *x, int n, int a, int b) {
  double best = -1;
  if (!rule_inside(a, n) || !rule_inside(b, n))
    return best;
  for (int shift = -4; shift <= 4; shift += 2) {
    double ab = 0, aa = 0, bb = 0;
    for (int k = -RULE_SAMPLES(70); k < RULE_SAMPLES(110); k += 4)
      for (int lead = 0; lead < 12; lead++) {
        int i = a + k, j = b + k + shift;
        if (j < 2 || j >= n - 2)
          continue;
        double u = (double)x[12 * (i + 2) + lead] - (double)x[12 * (i - 2) + lead];
        double v = (double)x[12 * (j + 2) + lead] - (double)x[12 * (j - 2) + lead];
        ab += u * v, aa += u * u, bb += v * v;
      }
    best = fmax(best, ab / sqrt(aa * bb + 1e-12));
  }
  return best;
}

/* Beats of the commonest shape; each counts with those at least 0.92 like it. */
static inline void rule_group(rule_reading *r, const eg_real *x, int n) {
  int chief = 0, like[RULE_BEATS] = {0};
  for (int i = 0; i < r->n; i++)
    for (int j = i + 1; j < r->n; j++)
      if (rule_likeness(x, n, r->at[i], r->at[j]) > .92)
        like[i]++, like[j]++;
  for (int i = 0; i < r->n; i++)
    chief = like[i] > like[chief] ? i : chief;
  for (int i = 0; i < r->n; i++)
    r->dominant[i] = rule_likeness(x, n, r->at[chief], r->at[i]) > .92;
}

static inline void rule_average(rule_reading *r, const eg_real *x, int n) {
  int count[RULE_WINDOW] = {0};
  memset(r->beat, 0, sizeof r->beat);
  for (int b = 0; b < r->n; b++)
    for (int k = 0; k < RULE_WINDOW && r->dominant[b]; k++) {
      int i = r->at[b] - RULE_BEFORE + k;
      /* A premature beat before or behind changes what is far from QRS. */
      bool early = k < RULE_BEFORE - RULE_SAMPLES(100) && b > 0 &&
                   (!r->dominant[b - 1] || RULE_MS(r->at[b] - r->at[b - 1]) < .88 * r->rr);
      bool late = k > RULE_BEFORE + RULE_SAMPLES(250) && b + 1 < r->n && !r->dominant[b + 1];
      if (i < 0 || i >= n || early || late)
        continue;
      for (int lead = 0; lead < 12; lead++)
        r->beat[k][lead] += (double)x[12 * i + lead];
      count[k]++;
    }
  for (int k = 0; k < RULE_WINDOW; k++)
    for (int lead = 0; lead < 12; lead++)
      r->beat[k][lead] /= count[k] > 0 ? count[k] : 1;
}

static inline void rule_intervals(rule_reading *r) {
  double rr[RULE_BEATS], sum = 0, squares = 0;
  int n = 0;
  for (int i = 0; i + 1 < r->n; i++)
    if (r->dominant[i] && r->dominant[i + 1] && (i == 0 || r->dominant[i - 1])) {
      rr[n] = RULE_MS(r->at[i + 1] - r->at[i]);
      sum += rr[n], squares += rr[n] * rr[n], n++;
    }
  r->rr = rule_median(rr, n);
  r->irregularity = n > 1 ? sqrt(fmax(0, squares / n - sum / n * (sum / n))) / (sum / n) : 0;
}

static inline double rule_beat_slope(const rule_reading *r, int k) {
  double sum = 0;
  for (int lead = 0; lead < 12; lead++)
    sum += fabs(r->beat[k + 1][lead] - r->beat[k - 1][lead]) / 2;
  return sum;
}

/* QRS: from the steepest part outward to where the slope stays below a twentieth of it for 12 ms. */
static inline void rule_find_qrs(rule_reading *r) {
  double top = 0;
  for (int k = RULE_BEFORE - 50; k < RULE_BEFORE + 50; k++)
    top = fmax(top, rule_beat_slope(r, k));
  int edges[2];
  for (int side = 0; side < 2; side++) {
    int k = RULE_BEFORE, step = side ? 1 : -1, calm = 0;
    for (; abs(k - RULE_BEFORE) < RULE_SAMPLES(160) && calm < 6; k += step)
      calm = rule_beat_slope(r, k) < .08 * top ? calm + 1 : 0;
    edges[side] = k - step * calm;
  }
  r->onset = edges[0], r->end = edges[1];
  r->qrs = RULE_MS(r->end - r->onset);
  for (int lead = 0; lead < 12; lead++) { /* the level from 20 to 8 ms before QRS is 0 */
    double level = 0;
    for (int k = 4; k < 10; k++)
      level += r->beat[r->onset - k][lead] / 6;
    for (int k = 0; k < RULE_WINDOW; k++)
      r->beat[k][lead] -= level;
  }
}

/* How much of what is before QRS in II comes back with each beat: the mean correlation of the beats with their average.
 */
static inline double rule_coherence(const rule_reading *r, const eg_real *x) {
  int length = RULE_SAMPLES(fmin(300, .35 * r->rr)), first = r->onset - RULE_SAMPLES(20) - length, beats = 0;
  double sum = 0;
  for (int b = 1; b < r->n; b++) {
    double mean = 0, base = 0, ab = 0, aa = 0, bb = 0;
    int shift = r->at[b] - RULE_BEFORE;
    if (!r->dominant[b] || RULE_MS(r->at[b] - r->at[b - 1]) < .86 * r->rr || first < 0 || shift + first < 0)
      continue;
    for (int k = first; k < first + length; k++) {
      mean += r->beat[k][II_] / length;
      base += (double)x[12 * (shift + k) + II_] / length;
    }
    for (int k = first; k < first + length; k++) {
      double u = r->beat[k][II_] - mean, v = (double)x[12 * (shift + k) + II_] - base;
      ab += u * v, aa += u * u, bb += v * v;
    }
    sum += ab / sqrt(aa * bb + 1e-12), beats++;
  }
  return beats > 0 ? sum / beats : 0;
}

/* P in II: going back from QRS, the first top that stands 0.03 mV above what is before it; its onset where a twentieth
   of that is reached. No P: height 0, PR NaN. */
static inline void rule_find_p(rule_reading *r) {
  int first = r->onset - RULE_SAMPLES(fmin(400, .62 * r->rr)), top = r->onset - RULE_SAMPLES(25), k = top;
  first = first < 1 ? 1 : first;
  r->p = 0, r->pr = NAN;
  for (; k > first && r->beat[k][II_] > r->beat[top][II_] - .03; k--)
    top = r->beat[k][II_] > r->beat[top][II_] ? k : top;
  if (k <= first || top == r->onset - RULE_SAMPLES(25))
    return;
  int low = top, earliest = top - RULE_SAMPLES(100) < 1 ? 1 : top - RULE_SAMPLES(100);
  for (k = top; k >= earliest; k--)
    low = r->beat[k][II_] < r->beat[low][II_] ? k : low;
  r->p = r->beat[top][II_] - r->beat[low][II_];
  for (k = top; k > low && r->beat[k][II_] > r->beat[low][II_] + .05 * r->p;)
    k--;
  r->pr = RULE_MS(r->onset - k);
}

/* T in each lead: its top above 0 where it has one of 0.04 mV and a third of its depth below 0, else its depth,
   negative. Its end by the tangent at the steepest return, in the lead where T is largest. */
static inline void rule_find_t(rule_reading *r) {
  int first = r->end + RULE_SAMPLES(60), last = r->onset + RULE_SAMPLES(.5 * r->rr + 60), peaks[12], lead = 0;
  last = last > RULE_WINDOW - 60 ? RULE_WINDOW - 60 : last;
  for (int l = 0; l < 12; l++) {
    int high = last, low = last;
    for (int k = last; k >= first; k--) {
      high = r->beat[k][l] > r->beat[high][l] ? k : high;
      low = r->beat[k][l] < r->beat[low][l] ? k : low;
    }
    double above = r->beat[high][l], below = -r->beat[low][l];
    peaks[l] = above > fmax(.04, below / 3) || above > below ? high : low;
    r->t[l] = r->beat[peaks[l]][l];
    r->st[l] = r->beat[r->end + RULE_SAMPLES(.06 * r->rr)][l];
    lead = fabs(r->t[l]) > fabs(r->t[lead]) ? l : lead;
  }
  double sign = r->t[lead] < 0 ? -1 : 1, fall = 0;
  int steepest = peaks[lead];
  for (int k = peaks[lead]; k < peaks[lead] + RULE_SAMPLES(150) && k < RULE_WINDOW - 1; k++) {
    double before = k > 0 ? r->beat[k - 1][lead] : r->beat[k][lead];
    double slope = -sign * (r->beat[k + 1][lead] - before) / 2;
    if (slope > fall)
      fall = slope, steepest = k;
  }
  double end = fall > 0 ? steepest + sign * r->beat[steepest][lead] / fall : steepest;
  r->qt = RULE_MS(end - r->onset);
}

static inline double rule_area(const rule_reading *r, int lead) {
  double sum = 0;
  for (int k = r->onset; k < r->end; k++)
    sum += r->beat[k][lead];
  return sum;
}

static inline double rule_extreme(const rule_reading *r, int lead, int from, int until, double sign) {
  double most = 0;
  for (int k = from; k < until; k++)
    most = fmax(most, sign * r->beat[k][lead]);
  return most;
}

/* Everything that is measured. False where too few beats are found. */
static inline bool rule_read(rule_reading *r, const eg_real *x, int n) {
  rule_find_beats(r, x, n);
  rule_group(r, x, n);
  rule_intervals(r);
  if (r->n < 3 || isnan(r->rr))
    return false;
  rule_average(r, x, n);
  rule_find_qrs(r);
  r->coherence = rule_coherence(r, x);
  rule_find_p(r);
  rule_find_t(r);
  r->axis = atan2(2 * rule_area(r, AVF_) / sqrt(3), rule_area(r, I_)) * 180 / acos(-1);
  r->sokolow = rule_extreme(r, V1_, r->onset, r->end, -1) +
               fmax(rule_extreme(r, V5_, r->onset, r->end, 1), rule_extreme(r, V6_, r->onset, r->end, 1));
  return true;
}

/* A Q wave (or QS): down by 0.1 mV at least, for `ms` at least, before anything upward of 0.03 mV. */
static inline bool rule_has_q(const rule_reading *r, int lead, double ms) {
  int k = r->onset;
  while (k < r->end && r->beat[k][lead] > -.03) {
    if (r->beat[k][lead] > .03)
      return false;
    k++;
  }
  int from = k;
  double depth = 0;
  for (; k < r->end && r->beat[k][lead] < 0; k++)
    depth = fmax(depth, -r->beat[k][lead]);
  return depth >= .1 && RULE_MS(k - from) >= ms;
}

static inline int rule_count(const double *x, const int *leads, int n, double above) {
  int count = 0;
  for (int i = 0; i < n; i++)
    count += x[leads[i]] > above;
  return count;
}

/* ST elevation in two leads of a region, with Q in two of them: findings STE, MI. */
static inline uint32_t rule_infarction(const rule_reading *r) {
  static const int regions[3][4] = {{V2_, V3_, V4_, V4_}, {II_, III_, AVF_, AVF_}, {I_, AVL_, V5_, V6_}};
  static const int leads[3] = {3, 3, 4};
  uint32_t found = 0;
  for (int g = 0; g < 3; g++) {
    if (rule_count(r->st, regions[g], leads[g], g == 0 ? .18 : .09) < 2)
      continue;
    int q = 0;
    for (int i = 0; i < leads[g]; i++)
      q += rule_has_q(r, regions[g][i], 24);
    found |= 1u << EG_SYNTH_STE | (q >= 2 && r->qrs < 120 ? 1u << EG_SYNTH_MI : 0);
  }
  return found;
}

static inline uint32_t rule_premature(const rule_reading *r, int n, bool af) {
  uint32_t found = 0;
  for (int i = 0; i < r->n; i++) {
    if (i > 0 && !r->dominant[i] && rule_inside(r->at[i], n))
      found |= 1u << EG_SYNTH_PVC;
    if (i < 2 || af || !r->dominant[i] || !r->dominant[i - 1] || !r->dominant[i - 2])
      continue;
    double before = RULE_MS(r->at[i] - r->at[i - 1]), usual = r->rr;
    if (before < .86 * usual && before < .9 * RULE_MS(r->at[i - 1] - r->at[i - 2]))
      found |= 1u << EG_SYNTH_PAC;
  }
  return found;
}

/* The findings of a reading of n samples; bits as eg_synth_truth's. */
static inline uint32_t rule_findings(const rule_reading *r, int n) {
  static const int tall_t[6] = {I_, II_, V3_, V4_, V5_, V6_}, low_st[4] = {II_, V4_, V5_, V6_};
  uint32_t found = 0;
  bool af = r->irregularity > .1 && (r->p < .05 || r->coherence < .7), wide = r->qrs >= 120;
  bool left = wide && rule_area(r, V1_) < 0 && rule_extreme(r, V1_, (r->onset + r->end) / 2, r->end, 1) < .1 &&
              !rule_has_q(r, V6_, 10);
  bool right = wide && !left && rule_extreme(r, V1_, (r->onset + r->end) / 2, r->end, 1) > .15;
  bool lvh = !wide && r->sokolow > 3.5;
  double rate = 60000 / r->rr, largest_t = 0, down[12];
  for (int lead = 0; lead < 12; lead++) {
    largest_t = fmax(largest_t, fabs(r->t[lead]));
    down[lead] = -r->t[lead];
  }
  double lowered[12];
  for (int lead = 0; lead < 12; lead++)
    lowered[lead] = -r->st[lead];
#define RULE_SAY(condition, class)                                                                                     \
  if (condition)                                                                                                       \
  found |= 1u << EG_SYNTH_##class
  RULE_SAY(af, AF);
  RULE_SAY(!af && rate < 60, SB);
  RULE_SAY(!af && rate > 100, STACH);
  RULE_SAY(!af && r->pr > 200, IAVB);
  RULE_SAY(left, LBBB);
  RULE_SAY(right, RBBB);
  RULE_SAY(lvh, LVH);
  RULE_SAY(r->axis < -30 && r->axis > -90, LAD);
  if (!left && !lvh) {
    found |= rule_infarction(r);
    bool elevated = found & 1u << EG_SYNTH_STE;
    RULE_SAY(!elevated && rule_count(lowered, low_st, 4, .06) >= 2, STD);
    RULE_SAY(rule_count(down, tall_t, 6, .08) >= 3, TINV);
    RULE_SAY(largest_t < .16, TAB);
  }
  RULE_SAY(!af && !wide && !(found & 1u << EG_SYNTH_TAB) && r->qt / sqrt(r->rr / 1000) > 460, LQT);
#undef RULE_SAY
  found |= rule_premature(r, n, af);
  return found ? found : 1u << EG_SYNTH_NORM;
}

#endif
