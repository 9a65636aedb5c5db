/* Measures that look at features: LogME, H-score, linear CKA. All rest on the Gram matrix of centred or raw features.
 */
#include <inttypes.h>
#include <limits.h>
#include <math.h>

#include "ecgraft/memory.h"
#include "ecgraft/transferability.h"
#include "kernels/blas.h"

enum { ROUNDS = 11 };

static const double TWO_PI = 6.28318530717958647692;

static eg_status check(const char *name, const double *features, int64_t n, int64_t d, int64_t targets) {
  if (n < 1 || d < 1 || targets < 1)
    return eg_fail(EG_USAGE,
                   "%s: expected at least one record, feature and label, got %" PRId64 ", %" PRId64 ", %" PRId64, name,
                   n, d, targets);
  if (n > INT_MAX / 64 || d > INT_MAX / 64)
    return eg_fail(EG_USAGE, "%s: %" PRId64 " records of %" PRId64 " features are too many", name, n, d);
  for (int64_t i = 0; i < n * d; i++)
    if (!isfinite(features[i]))
      return eg_fail(EG_NUMERIC, "%s: a feature of record %" PRId64 " is not finite", name, i / d + 1);
  return EG_OK;
}

/* a (n, d) with its column means taken off, or NULL. */
static double *centred(const double *a, int64_t n, int64_t d) {
  double *out = eg_alloc_zero((size_t)n, (size_t)d * sizeof *out), *mean = eg_alloc_zero((size_t)d, sizeof *mean);
  if (out && mean) {
    for (int64_t i = 0; i < n; i++)
      for (int64_t j = 0; j < d; j++)
        mean[j] += a[i * d + j] / (double)n;
    for (int64_t i = 0; i < n; i++)
      for (int64_t j = 0; j < d; j++)
        out[i * d + j] = a[i * d + j] - mean[j];
  } else {
    eg_free(out);
    out = NULL;
  }
  eg_free(mean);
  return out;
}

/* Eigenvalues (rising) and eigenvectors (rows) of the smaller of a'a and aa', both with the same values but for zeros.
 */
typedef struct spectrum {
  int64_t k;      /* min(n, d) */
  double *values; /* (k) */
  double *rows;   /* (k, k) */
} spectrum;

static void spectrum_free(spectrum *s) {
  eg_free(s->values);
  eg_free(s->rows);
}

static eg_status spectrum_of(spectrum *s, const char *name, const double *a, int64_t n, int64_t d) {
  s->k = n < d ? n : d;
  int k = (int)s->k;
  s->values = eg_alloc((size_t)k * sizeof *s->values);
  s->rows = eg_alloc_zero((size_t)k, (size_t)k * sizeof *s->rows);
  double *scratch = eg_alloc((size_t)eg_k_symmetric_eigen_scratch(k) * sizeof *scratch);
  eg_status status = s->values && s->rows && scratch ? EG_OK : EG_NOMEM;
  if (status == EG_OK) {
    if (n < d)
      eg_k_gemm_double(false, true, k, k, (int)d, a, (int)d, a, (int)d, s->rows, k);
    else
      eg_k_gemm_double(true, false, k, k, (int)n, a, (int)d, a, (int)d, s->rows, k);
    if (!eg_k_symmetric_eigen(s->values, s->rows, k, scratch))
      status = eg_fail(EG_NUMERIC, "%s: the eigenvalues of the features do not converge", name);
  }
  eg_free(scratch);
  return status;
}

/* The squares of the label's coordinates along the left singular vectors, into square (k): u_i'y, where a = U S V'. */
static eg_status coordinates(double *square, const spectrum *s, const double *a, const double *label, int64_t step,
                             int64_t n, int64_t d) {
  double *projected = eg_alloc_zero((size_t)d, sizeof *projected); /* a'y */
  if (!projected)
    return EG_NOMEM;
  for (int64_t i = 0; i < n && n >= d; i++)
    for (int64_t j = 0; j < d; j++)
      projected[j] += a[i * d + j] * label[i * step];
  for (int64_t i = 0; i < s->k; i++) {
    double along = 0;
    const double *row = s->rows + i * s->k;
    if (n < d) {
      for (int64_t j = 0; j < n; j++)
        along += row[j] * label[j * step];
      square[i] = along * along;
    } else {
      for (int64_t j = 0; j < d; j++)
        along += row[j] * projected[j];
      square[i] = s->values[i] > 0 ? along * along / s->values[i] : 0;
    }
  }
  eg_free(projected);
  return EG_OK;
}

/* The evidence of one label, divided by n: You et al. 2021, algorithm 3. s2: squared singular values; z2: squared
 * coordinates. */
static double evidence(const double *s2, const double *z2, int64_t k, double y2, int64_t n, int64_t d) {
  double alpha = 1, beta = 1, best = 0, rest = y2;
  for (int64_t i = 0; i < k; i++)
    rest -= z2[i];
  rest = rest > 0 ? rest : 0;
  for (int round = 0; round < ROUNDS; round++) {
    double t = alpha / beta, gamma = 0, m2 = 0, res2 = rest;
    for (int64_t i = 0; i < k; i++) {
      gamma += s2[i] / (s2[i] + t);
      m2 += s2[i] * z2[i] / ((s2[i] + t) * (s2[i] + t));
      res2 += z2[i] / ((1 + s2[i] / t) * (1 + s2[i] / t));
    }
    alpha = gamma / (m2 + 1e-5);
    beta = ((double)n - gamma) / (res2 + 1e-5);
    double logs = (double)(d - k) * log(alpha);
    for (int64_t i = 0; i < k; i++)
      logs += log(alpha + beta * s2[i]);
    best = (double)d / 2 * log(alpha) + (double)n / 2 * log(beta) - logs / 2 - beta / 2 * res2 - alpha / 2 * m2 -
           (double)n / 2 * log(TWO_PI);
    if (fabs(alpha / beta - t) / t <= 1e-3)
      break;
  }
  return best / (double)n;
}

eg_status eg_logme(double *score, const double *features, const double *labels, int64_t n, int64_t d, int64_t targets) {
  EG_TRY(check("logme", features, n, d, targets));
  spectrum s = {0};
  eg_status status = spectrum_of(&s, "logme", features, n, d);
  double *square = status == EG_OK ? eg_alloc((size_t)s.k * sizeof *square) : NULL, total = 0;
  if (status == EG_OK && !square)
    status = EG_NOMEM;
  for (int64_t i = 0; status == EG_OK && i < s.k; i++) /* rounding may leave a zero below zero */
    s.values[i] = s.values[i] > 0 ? s.values[i] : 0;
  for (int64_t y = 0; y < targets && status == EG_OK; y++) {
    double y2 = 0;
    for (int64_t i = 0; i < n; i++)
      y2 += labels[i * targets + y] * labels[i * targets + y];
    status = coordinates(square, &s, features, labels + y, targets, n, d);
    if (status == EG_OK)
      total += evidence(s.values, square, s.k, y2, n, d) / (double)targets;
  }
  eg_free(square);
  spectrum_free(&s);
  *score = total;
  return status;
}

/* Ledoit & Wolf 2004: how far the sample covariance is drawn to mu I, and mu, from centred features. */
static void shrinkage(double *delta, double *mu, const double *a, const double *covariance, int64_t n, int64_t d) {
  double trace = 0, norm2 = 0, spread = 0;
  for (int64_t j = 0; j < d; j++)
    trace += covariance[j * d + j];
  for (int64_t j = 0; j < d * d; j++)
    norm2 += covariance[j] * covariance[j];
  *mu = trace / (double)d;
  for (int64_t i = 0; i < n; i++) {
    double square = 0;
    for (int64_t j = 0; j < d; j++)
      square += a[i * d + j] * a[i * d + j];
    spread += square * square;
  }
  double beta = (spread / (double)n - norm2) / ((double)n * (double)d), far = norm2 / (double)d - *mu * *mu;
  *delta = far > 0 ? (beta < far ? beta : far) / far : 0;
  if (*delta < 0)
    *delta = 0;
}

/* m' C^-1 m for C with the given eigenvalues and eigenvectors (rows), drawn to mu by delta. */
static double quadratic(const double *m, const double *values, const double *rows, int64_t d, double delta, double mu) {
  double sum = 0;
  for (int64_t i = 0; i < d; i++) {
    double along = 0, value = (1 - delta) * values[i] + delta * mu;
    for (int64_t j = 0; j < d; j++)
      along += rows[i * d + j] * m[j];
    if (value > 0)
      sum += along * along / value;
  }
  return sum;
}

/* The H-score of one label, or NaN where it has one side only. For two groups cov(E[f | y]) has rank one: p (1-p) (m1 -
 * m0)(m1 - m0)'. */
static double label_h_score(const double *a, const double *label, int64_t step, const double *values,
                            const double *rows, int64_t n, int64_t d, double delta, double mu, double *m) {
  double positives = 0;
  for (int64_t i = 0; i < n; i++)
    positives += label[i * step] > 0.5;
  if (positives == 0 || positives == (double)n)
    return NAN;
  for (int64_t j = 0; j < d; j++)
    m[j] = 0;
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j < d; j++)
      m[j] += a[i * d + j] * (label[i * step] > 0.5 ? 1 / positives : -1 / ((double)n - positives));
  double share = positives / (double)n;
  return share * (1 - share) * quadratic(m, values, rows, d, delta, mu);
}

eg_status eg_h_score(double *score, const double *features, const double *labels, int64_t n, int64_t d,
                     int64_t targets) {
  EG_TRY(check("h_score", features, n, d, targets));
  double *a = centred(features, n, d), *covariance = eg_alloc_zero((size_t)d, (size_t)d * sizeof *covariance);
  double *rest = eg_alloc((size_t)(2 * d + eg_k_symmetric_eigen_scratch((int)d)) * sizeof *rest);
  eg_status status = a && covariance && rest ? EG_OK : EG_NOMEM;
  double total = 0, counted = 0;
  if (status == EG_OK) {
    double delta, mu, *values = rest, *m = rest + d;
    eg_k_gemm_double(true, false, (int)d, (int)d, (int)n, a, (int)d, a, (int)d, covariance, (int)d);
    for (int64_t j = 0; j < d * d; j++)
      covariance[j] /= (double)n;
    shrinkage(&delta, &mu, a, covariance, n, d);
    if (!eg_k_symmetric_eigen(values, covariance, (int)d, rest + 2 * d))
      status = eg_fail(EG_NUMERIC, "h_score: the eigenvalues of the features do not converge");
    for (int64_t y = 0; y < targets && status == EG_OK; y++) {
      double one = label_h_score(a, labels + y, targets, values, covariance, n, d, delta, mu, m);
      if (!isnan(one)) {
        total += one;
        counted++;
      }
    }
  }
  eg_free(a);
  eg_free(covariance);
  eg_free(rest);
  if (status == EG_OK && counted == 0)
    status = eg_fail(EG_NUMERIC, "h_score: no label has records of both kinds");
  *score = counted > 0 ? total / counted : 0;
  return status;
}

/* |a'b|^2, or with n smaller than both widths the sum of (aa')(bb'), which is the same. */
static eg_status cross_norm(double *out, const double *a, const double *b, int64_t n, int64_t da, int64_t db) {
  bool by_records = n * n < da * db;
  int64_t rows = by_records ? n : da, columns = by_records ? n : db;
  double *p = eg_alloc_zero((size_t)rows, (size_t)columns * sizeof *p), *q = NULL, sum = 0;
  if (by_records)
    q = eg_alloc_zero((size_t)n, (size_t)n * sizeof *q);
  eg_status status = p && (q || !by_records) ? EG_OK : EG_NOMEM;
  if (status == EG_OK && by_records) {
    eg_k_gemm_double(false, true, (int)n, (int)n, (int)da, a, (int)da, a, (int)da, p, (int)n);
    eg_k_gemm_double(false, true, (int)n, (int)n, (int)db, b, (int)db, b, (int)db, q, (int)n);
    for (int64_t i = 0; i < n * n; i++)
      sum += p[i] * q[i];
  } else if (status == EG_OK) {
    eg_k_gemm_double(true, false, (int)da, (int)db, (int)n, a, (int)da, b, (int)db, p, (int)db);
    for (int64_t i = 0; i < da * db; i++)
      sum += p[i] * p[i];
  }
  eg_free(p);
  eg_free(q);
  *out = sum;
  return status;
}

eg_status eg_linear_cka(double *score, const double *a, const double *b, int64_t n, int64_t da, int64_t db) {
  EG_TRY(check("cka", a, n, da, 1));
  EG_TRY(check("cka", b, n, db, 1));
  double *x = centred(a, n, da), *y = centred(b, n, db), xy = 0, xx = 0, yy = 0;
  eg_status status = x && y ? cross_norm(&xy, x, y, n, da, db) : EG_NOMEM;
  if (status == EG_OK)
    status = cross_norm(&xx, x, x, n, da, da);
  if (status == EG_OK)
    status = cross_norm(&yy, y, y, n, db, db);
  eg_free(x);
  eg_free(y);
  if (status == EG_OK && !(xx > 0 && yy > 0))
    status = eg_fail(EG_NUMERIC, "cka: features that are the same for all records cannot be compared");
  *score = status == EG_OK ? xy / sqrt(xx * yy) : 0;
  return status;
}
