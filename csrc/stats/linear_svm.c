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

/* One label: w (d) and *bias from zero; alpha and order (n) are scratch. Returns the gap at the end. The dual is
   min a'Qa / 2 - sum a, 0 <= a_i <= upper, Q_ij = y_i y_j x_i'x_j, plus 1 / 2C on the diagonal for the squared loss. */
static double descend(const problem *p, int64_t target, double *w, double *bias, double *alpha, int64_t *order) {
  const eg_svm_options *o = p->options;
  const double upper = o->squared ? INFINITY : o->cost, diagonal = o->squared ? 0.5 / o->cost : 0;
  eg_rng seed = eg_rng_seed(o->seed);
  double b = 0, gap = INFINITY;
  for (int64_t i = 0; i < p->n; i++)
    alpha[i] = 0;
  for (int64_t j = 0; j < p->d; j++)
    w[j] = 0;
  for (int64_t pass = 0; pass < o->passes && gap > o->tolerance; pass++) {
    double most = -INFINITY, least = INFINITY;
    eg_rng rng = eg_rng_at(&seed, (uint64_t)pass, 0, 0);
    eg_rng_permutation(&rng, order, p->n);
    for (int64_t k = 0; k < p->n; k++) {
      int64_t i = order[k];
      const eg_real *x = p->features + i * p->d;
      double y = p->labels[i * p->targets + target] > 0 ? 1 : -1;
      double gradient = y * (dot(w, x, p->d) + b * o->intercept) - 1 + diagonal * alpha[i];
      double projected = alpha[i] <= 0 ? fmin(gradient, 0) : alpha[i] >= upper ? fmax(gradient, 0) : gradient;
      most = fmax(most, projected);
      least = fmin(least, projected);
      if (projected == 0)
        continue;
      double moved = fmin(fmax(alpha[i] - gradient / (p->square[i] + diagonal), 0), upper);
      double step = (moved - alpha[i]) * y;
      alpha[i] = moved;
      add(w, x, step, p->d);
      b += step * o->intercept;
    }
    gap = most - least;
  }
  *bias = b * o->intercept;
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
