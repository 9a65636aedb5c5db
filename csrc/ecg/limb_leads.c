/* Whether limb leads agree with each other, and whether their electrodes look interchanged.

   Laws: six leads come from three electrodes. III = II - I (Einthoven 1913), aVR = -(I + II) / 2, aVL = I - II / 2, aVF
   = II - I / 2 (Goldberger 1942). A recorder that computes the four from the two, and a set whose columns are right,
   departs by rounding only. Interchanged electrodes keep all laws: they show in what the leads look like.

   Arms interchanged: I is upside down, II and III have changed places, aVR and aVL as well, V1 to V6 are as they were.
   So P and QRS point down in I and up in aVR, while V6, which looks along I, points up (in dextrocardia V6 is small or
   points down). Right arm and left leg: P and QRS point down in II and up in aVR, I is the old III upside down.
   Batchvarov, Malik & Camm, "Incorrect electrode cable connection during electrocardiographic recording", Europace 9,
   1081 (2007). An axis near 90 degrees looks the same with the arms either way, and is not suspected.

   What points where is measured about the complexes, which are found by the slope of all limb leads and V6 together
   between 0.5 and 30 Hz. With d the lead's distance from its median, a complex's direction is sum d / sum |d| over the
   220 ms before its middle and the 60 ms behind, P and QRS; -1 is all down, 1 all up. P by itself is the mean of the
   lead 200 to 100 ms before the middle, less what it is on both sides of that (250 to 220 and 85 to 65 ms before). Both
   are medians over complexes, so that a few premature ones do not matter. A P wave that points up in I clears the arms;
   in aVR it is the old aVL's, which may point anywhere. Right arm and left leg are suspected only where P points down
   in II and up in aVR: in QRS alone a left axis looks the same. */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "ecg/quality.h"
#include "ecgraft/filter.h"
#include "ecgraft/memory.h"
#include "ecgraft/quality.h"

static const double DOWN = -.3;                              /* direction from where on a lead points down */
static const double P_UP = .01;                              /* mV, from where on a P wave points up */
static const double WINDOW = .1;                             /* s, over which slopes are summed */
static const double REFRACTORY = .2;                         /* s, in which the steepest is the only one */
static const double STEEP = .3;                              /* of the typical largest slope */
static const int64_t FEWEST_BEATS = 3;                       /* below, nothing is suspected */
static const double BEFORE = .25, P_QRS = .22, BEHIND = .06; /* s */

/* ORDER LAW: lead = a I + b II */
static const struct law {
  int lead;
  double a, b;
} laws[EG_LAWS] = {{EG_LIMB_III, -1, 1}, {EG_LIMB_AVR, -.5, -.5}, {EG_LIMB_AVL, 1, -.5}, {EG_LIMB_AVF, -.5, 1}};

static void check_laws(eg_limb_quality *q, const eg_real *x, int64_t n, int64_t leads, const int *columns) {
  q->violation = NAN;
  q->law = EG_LAW_III;
  int one = columns[EG_LIMB_I], two = columns[EG_LIMB_II];
  for (int k = 0; k < EG_LAWS && one >= 0 && two >= 0; k++) {
    int lead = columns[laws[k].lead];
    for (int64_t i = 0; i < n && lead >= 0; i++) {
      const eg_real *row = x + i * leads;
      double off = fabs((double)row[lead] - laws[k].a * (double)row[one] - laws[k].b * (double)row[two]);
      if (isfinite(off) && !(off <= q->violation)) {
        q->violation = off;
        q->law = (eg_limb_law)k;
      }
    }
  }
}

/* The middles of the complexes of y (n, EG_LIMB_COLUMNS); slope (n) and steep (n) are scratch. Returns how many. */
static int64_t find_beats(int64_t *beats, const eg_real *y, int64_t n, double rate, double *slope, double *steep) {
  int64_t half = (int64_t)(WINDOW * rate / 2), apart = (int64_t)(REFRACTORY * rate), block = (int64_t)(2 * rate);
  memset(slope, 0, (size_t)n * sizeof *slope);
  for (int64_t i = 1; i + 1 < n; i++)
    for (int c = 0; c < EG_LIMB_COLUMNS; c++) {
      double step = (double)y[(i + 1) * EG_LIMB_COLUMNS + c] - (double)y[(i - 1) * EG_LIMB_COLUMNS + c];
      slope[i] += step * step;
    }
  for (int64_t i = 0; i < n; i++) {
    steep[i] = 0;
    for (int64_t k = i < half ? 0 : i - half; k < n && k <= i + half; k++)
      steep[i] += slope[k];
  }
  int64_t blocks = 0;
  for (int64_t from = 0; from < n && (blocks == 0 || from + block <= n); from += block, blocks++) {
    slope[blocks] = 0;
    for (int64_t i = from; i < n && i < from + block; i++)
      slope[blocks] = fmax(slope[blocks], steep[i]);
  }
  double least = STEEP * quality_median(slope, blocks);
  int64_t count = 0;
  for (int64_t i = 0; i < n; i++) {
    bool peak = steep[i] > least;
    for (int64_t k = i < apart ? 0 : i - apart; peak && k < n && k <= i + apart; k++)
      peak = k < i ? steep[k] < steep[i] : steep[k] <= steep[i];
    if (peak)
      beats[count++] = i;
  }
  return count;
}

typedef struct direction {
  double p_qrs; /* -1 to 1 */
  double p;     /* mV */
} direction;

/* The mean of x from `from` to `to` seconds before `middle`. */
static double mean_before(const double *x, int64_t middle, double rate, double from, double to) {
  int64_t first = middle - (int64_t)(from * rate), last = middle - (int64_t)(to * rate);
  double sum = 0;
  for (int64_t i = first; i <= last; i++)
    sum += x[i];
  return sum / (double)(last - first + 1);
}

/* Of a lead y (n, EG_LIMB_COLUMNS) over the complexes that are wholly inside; scratch (3, n). */
static direction direction_of(const eg_real *y, int64_t n, double rate, int lead, const int64_t *beats, int64_t count,
                              double *scratch) {
  double *line = scratch, *p_qrs = scratch + n, *p = scratch + 2 * n;
  for (int64_t i = 0; i < n; i++)
    line[i] = p[i] = (double)y[i * EG_LIMB_COLUMNS + lead];
  double base = quality_median(p, n);
  for (int64_t b = 0; b < count; b++) {
    double sum = 0, size = 0;
    for (int64_t i = beats[b] - (int64_t)(P_QRS * rate); i <= beats[b] + (int64_t)(BEHIND * rate); i++) {
      sum += line[i] - base;
      size += fabs(line[i] - base);
    }
    p_qrs[b] = size > 0 ? sum / size : 0;
    double before = mean_before(line, beats[b], rate, .25, .22), behind = mean_before(line, beats[b], rate, .085, .065);
    p[b] = mean_before(line, beats[b], rate, .2, .1) - (before + behind) / 2;
  }
  return (direction){quality_median(p_qrs, count), quality_median(p, count)};
}

static void suspect(eg_limb_quality *q, const eg_real *y, int64_t n, double rate, const int *columns, int64_t *beats,
                    double *scratch) {
  int64_t found = find_beats(beats, y, n, rate, scratch, scratch + n), kept = 0;
  for (int64_t b = 0; b < found; b++)
    if (beats[b] >= (int64_t)(BEFORE * rate) && beats[b] + (int64_t)(BEHIND * rate) < n)
      beats[kept++] = beats[b];
  q->beats = kept;
  if (kept < FEWEST_BEATS)
    return;
  direction d[EG_LIMB_COLUMNS];
  for (int c = 0; c < EG_LIMB_COLUMNS; c++)
    d[c] = direction_of(y, n, rate, c, beats, kept, scratch);
  if (!(d[EG_LIMB_AVR].p_qrs > 0) || (columns[EG_LIMB_V6] >= 0 && !(d[EG_LIMB_V6].p_qrs > 0)))
    return;
  bool arms = d[EG_LIMB_I].p_qrs < DOWN && d[EG_LIMB_I].p < P_UP;
  bool leg = d[EG_LIMB_II].p_qrs < DOWN && d[EG_LIMB_II].p < -P_UP && d[EG_LIMB_AVR].p > P_UP;
  if (arms && leg) /* both point down where either happened to some hearts; the P wave of aVF stays up in the first */
    arms = d[EG_LIMB_AVF].p > 0;
  q->swap = arms ? EG_SWAP_ARMS : leg ? EG_SWAP_RIGHT_ARM_LEG : EG_SWAP_NONE;
}

eg_status eg_quality_limbs(eg_limb_quality *quality, const eg_real *x, int64_t n, int64_t leads, double rate,
                           const int *columns) {
  EG_TRY(eg_quality_check(n, rate));
  *quality = (eg_limb_quality){.swap = EG_SWAP_NONE};
  check_laws(quality, x, n, leads, columns);
  if (columns[EG_LIMB_I] < 0 || columns[EG_LIMB_II] < 0 || columns[EG_LIMB_AVR] < 0 || columns[EG_LIMB_AVF] < 0)
    return EG_OK;
  eg_filter filter;
  EG_TRY(eg_butterworth(&filter, EG_BAND_PASS, 2, rate, .5, fmin(30, .3 * rate)));
  eg_real *y = eg_alloc_zero((size_t)n, EG_LIMB_COLUMNS * sizeof *y);
  double *lines = eg_alloc_zero((size_t)n, 3 * sizeof *lines);
  int64_t *beats = eg_alloc_zero((size_t)n, sizeof *beats);
  eg_status status = y && lines && beats ? EG_OK : EG_NOMEM;
  if (status == EG_OK) {
    for (int c = 0; c < EG_LIMB_COLUMNS; c++)
      for (int64_t i = 0; i < n && columns[c] >= 0; i++)
        y[i * EG_LIMB_COLUMNS + c] = x[i * leads + columns[c]];
    quality_bridge(y, n, EG_LIMB_COLUMNS);
    status = eg_filter_zero_phase(y, y, n, EG_LIMB_COLUMNS, &filter);
  }
  if (status == EG_OK)
    suspect(quality, y, n, rate, columns, beats, lines);
  eg_free(y);
  eg_free(lines);
  eg_free(beats);
  return status;
}
