/* Linear support vector machines by dual coordinate descent. */
#include "ecgraft/linear_svm.h"

#include <inttypes.h>
#include <math.h>

#include "ecgraft/memory.h"
#include "ecgraft/parallel.h"
#include "ecgraft/random.h"

static double dot(const double *w, const eg_real *x, int64_t d) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t j = 0; j < d; j++)
    sum += w[j] * (double)x[j];
  return sum;
}

static void add(double *w, const eg_real *x, double factor, int64_t d) {
#pragma omp simd
  for (int64_t j = 0; j < d; j++)
    w[j] += factor * (double)x[j];
}

/* What all labels share, and a thread's room. */
typedef struct problem {
  const eg_real *features, *labels;
  int64_t n, d, targets;
  const eg_svm_options *options;
  double *square; /* (n) |x|^2 with the intercept's part: the diagonal of the dual but for the loss's part */
} problem;

/* A uniformly random order of the first `count` entries. */
static void shuffle(int64_t *order, int64_t count, eg_rng *rng) {
  for (int64_t i = count - 1; i > 0; i--) {
    int64_t j = (int64_t)eg_rng_below(rng, (uint64_t)i + 1), kept = order[i];
    order[i] = order[j];
    order[j] = kept;
  }
}

/* What a label's descent changes: w (d), bias b, and for each record its dual variable. */
typedef struct state {
  double *w, *alpha;
  double b, upper, diagonal; /* 0 <= alpha <= upper; diagonal: the squared loss's part of the dual */
  double most, least;        /* projected gradients of this pass */
} state;

/* Moves the dual variable of record i; false where it lies at a bound so far from moving, by the gradients of the pass
   before, that it is left out until the others are done. */
static bool move(const problem *p, state *s, int64_t i, double y, double most_before, double least_before) {
  const eg_real *x = p->features + i * p->d;
  double intercept = p->options->intercept, alpha = s->alpha[i];
  double gradient = y * (dot(s->w, x, p->d) + s->b * intercept) - 1 + s->diagonal * alpha, projected = gradient;
  if (alpha <= 0) {
    if (gradient > most_before)
      return false;
    projected = fmin(gradient, 0);
  } else if (alpha >= s->upper) {
    if (gradient < least_before)
      return false;
    projected = fmax(gradient, 0);
  }
  s->most = fmax(s->most, projected);
  s->least = fmin(s->least, projected);
  if (projected != 0) {
    double moved = fmin(fmax(alpha - gradient / (p->square[i] + s->diagonal), 0), s->upper);
    double step = (moved - alpha) * y;
    s->alpha[i] = moved;
    add(s->w, x, step, p->d);
    s->b += step * intercept;
  }
  return true;
}

/* One label: w (d) and *bias from zero; alpha and order (n) are scratch. Returns the gap at the end. The dual is
   min a'Qa / 2 - sum a, 0 <= a_i <= upper, Q_ij = y_i y_j x_i'x_j, plus 1 / 2C on the diagonal for the squared loss. */
static double descend(const problem *p, int64_t target, double *w, double *bias, double *alpha, int64_t *order) {
  const eg_svm_options *o = p->options;
  state s = {.w = w, .alpha = alpha, .upper = o->squared ? INFINITY : o->cost};
  s.diagonal = o->squared ? 0.5 / o->cost : 0;
  eg_rng seed = eg_rng_seed(o->seed);
  for (int64_t i = 0; i < p->n; i++) {
    alpha[i] = 0;
    order[i] = i;
  }
  for (int64_t j = 0; j < p->d; j++)
    w[j] = 0;
  int64_t active = p->n;
  double most = INFINITY, least = -INFINITY, gap = INFINITY; /* of the pass before */
  for (int64_t pass = 0; pass < o->passes; pass++) {
    eg_rng rng = eg_rng_at(&seed, (uint64_t)pass, 0, 0);
    shuffle(order, active, &rng);
    bool whole = active == p->n;
    s.most = -INFINITY;
    s.least = INFINITY;
    for (int64_t k = 0; k < active;) {
      int64_t i = order[k];
      if (move(p, &s, i, p->labels[i * p->targets + target] > 0 ? 1 : -1, most, least)) {
        k++;
      } else {
        order[k] = order[--active];
        order[active] = i;
      }
    }
    gap = s.most - s.least;
    if (gap <= o->tolerance || active == 0) {
      if (whole && active == p->n)
        break;
      active = p->n; /* done with those that were left: once more with all, before which nothing is said */
      gap = INFINITY;
      most = INFINITY;
      least = -INFINITY;
    } else {
      most = s.most > 0 ? s.most : INFINITY;
      least = s.least < 0 ? s.least : -INFINITY;
    }
  }
  *bias = s.b * o->intercept;
  return gap;
}

static eg_status check(const eg_real *features, const eg_real *labels, int64_t n, int64_t d, int64_t targets,
                       const eg_svm_options *o) {
  if (n < 1 || d < 1 || targets < 1)
    return eg_fail(EG_USAGE, "expected at least one record, feature and label, got %" PRId64 ", %" PRId64 ", %" PRId64,
                   n, d, targets);
  const struct {
    const char *name;
    double value;
  } settings[] = {{"C", o->cost}, {"the intercept's scale", o->intercept}, {"the tolerance", o->tolerance}};
  for (int i = 0; i < 3; i++)
    if (!(settings[i].value > 0 && isfinite(settings[i].value)))
      return eg_fail(EG_USAGE, "%s must be a number above 0, got %g", settings[i].name, settings[i].value);
  for (int64_t i = 0; i < n * targets; i++)
    if (labels[i] != 0 && labels[i] != 1)
      return eg_fail(EG_USAGE, "label %" PRId64 " of record %" PRId64 " must be 0 or 1, got %g", i % targets + 1,
                     i / targets + 1, (double)labels[i]);
  for (int64_t i = 0; i < n * d; i++)
    if (!isfinite(features[i]))
      return eg_fail(EG_NUMERIC, "feature %" PRId64 " of record %" PRId64 " is not finite", i % d + 1, i / d + 1);
  return EG_OK;
}

eg_status eg_linear_svm(double *weights, double *bias, double *gaps, const eg_real *features, const eg_real *labels,
                        int64_t n, int64_t d, int64_t targets, const eg_svm_options *options) {
  EG_TRY(check(features, labels, n, d, targets, options));
  const int64_t threads = eg_num_threads();
  size_t places;
  if (!eg_size_mul(&places, (size_t)n, (size_t)threads))
    return eg_fail(EG_USAGE, "%" PRId64 " records are too many", n);
  double *square = eg_alloc_zero((size_t)n, sizeof *square), *alpha = eg_alloc_zero(places, sizeof *alpha);
  int64_t *order = eg_alloc_zero(places, sizeof *order);
  eg_status status = square && alpha && order ? EG_OK : EG_NOMEM;
  if (status == EG_OK) {
    for (int64_t i = 0; i < n; i++) {
      square[i] = options->intercept * options->intercept;
      for (int64_t j = 0; j < d; j++)
        square[i] += (double)features[i * d + j] * (double)features[i * d + j];
    }
    const problem p = {features, labels, n, d, targets, options, square};
    EG_PARALLEL_FOR_DYNAMIC
    for (int64_t k = 0; k < targets; k++) {
      int64_t place = eg_thread_index() * n;
      gaps[k] = descend(&p, k, weights + k * d, bias + k, alpha + place, order + place);
    }
  }
  eg_free(square);
  eg_free(alpha);
  eg_free(order);
  return status;
}
