/* Sample-centric Fmax (Strodthoff et al. 2020, after the CAFA challenge, Radivojac et al. 2013): with one threshold t
   for all classes, P(t) is the mean over the records with at least one prediction of the share of its predictions that
   is true, R(t) the mean over the records with at least one true label of the share of its labels that is predicted;
   Fmax is the largest 2 P R / (P + R) over t. Here t runs over every distinct score, so the maximum is exact. A record
   without a true label counts in P only. */
#include <math.h>
#include <string.h>

#include "ecgraft/metrics.h"

typedef struct tally {
  int32_t predicted, right;
} tally;

static size_t scratch(const eg_scored *scored) {
  return (size_t)scored->records * sizeof(tally);
}

static double of_all(const eg_metric_input *in) {
  const eg_scored *s = in->scored;
  tally *tallies = in->scratch;
  memset(tallies, 0, scratch(s));
  int64_t labelled = 0, predicting = 0;
  for (int64_t i = 0; i < s->records; i++)
    labelled += s->record_positives[i] > 0 ? in->counts[i] : 0;
  if (labelled == 0)
    return NAN;
  double precisions = 0, recalls = 0, best = 0; /* sums over records */
  for (int64_t i = 0; i < s->records * s->classes; i++) {
    eg_ranked place = s->joint_ranking[i];
    int64_t count = in->counts[place.record];
    if (count > 0) {
      tally *t = &tallies[place.record];
      double before = t->predicted > 0 ? (double)t->right / t->predicted : 0;
      if (t->predicted == 0)
        predicting += count;
      t->predicted++;
      t->right += place.positive;
      precisions += (double)count * ((double)t->right / t->predicted - before);
      if (place.positive)
        recalls += (double)count / s->record_positives[place.record];
    }
    if (place.last && recalls > 0) {
      double p = precisions / (double)predicting, r = recalls / (double)labelled;
      double f = 2 * p * r / (p + r);
      if (f > best)
        best = f;
    }
  }
  return best;
}

const eg_metric eg_metric_fmax = {
    .name = "fmax", .of_all = of_all, .scratch = scratch, .prepare = eg_scored_rank_jointly};
