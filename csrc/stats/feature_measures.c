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

/* rows: the smaller of a'a and aa'. */
static eg_status gram_of(spectrum *s, const double *a, int64_t n, int64_t d) {
  s->k = n < d ? n : d;
  int k = (int)s->k;
  s->values = eg_alloc((size_t)k * sizeof *s->values);
  s->rows = eg_alloc_zero((size_t)k, (size_t)k * sizeof *s->rows);
  if (!s->values || !s->rows)
    return EG_NOMEM;
  if (n < d)
    eg_k_gemm_double(false, true, k, k, (int)d, a, (int)d, a, (int)d, s->rows, k);
  else
    eg_k_gemm_double(true, false, k, k, (int)n, a, (int)d, a, (int)d, s->rows, k);
  return EG_OK;
}

/* Its eigenvectors in its place, and their values. */
static eg_status decompose(spectrum *s, const char *name) {
  int k = (int)s->k;
  double *scratch = eg_alloc((size_t)eg_k_symmetric_eigen_scratch(k) * sizeof *scratch);
  if (!scratch)
    return EG_NOMEM;
  bool ok = eg_k_symmetric_eigen(s->values, s->rows, k, scratch);
  eg_free(scratch);
  return ok ? EG_OK : eg_fail(EG_NUMERIC, "%s: the eigenvalues of the features do not converge", name);
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
  eg_status status = gram_of(&s, features, n, d);
  if (status == EG_OK)
    status = decompose(&s, "logme");
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

/* Ledoit & Wolf 2004: how far the sample covariance C (d, d) is drawn to mu I, and mu. gram: the smaller of a'a and aa'
   for centred features a (n, d), (k, k); both have the trace and the norm of n C. */
static void shrinkage(double *delta, double *mu, const double *a, const double *gram, int64_t n, int64_t d) {
  int64_t k = n < d ? n : d;
  double trace = 0, norm2 = 0, spread = 0;
  for (int64_t j = 0; j < k; j++)
    trace += gram[j * k + j] / (double)n;
  for (int64_t j = 0; j < k * k; j++)
    norm2 += gram[j] / (double)n * (gram[j] / (double)n);
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

/* m (k): the coordinates of m1 - m0 = a'w that `rows` are multiplied with: a'w itself, or with fewer records than
   features w, since v_i'a'w = s_i u_i'w. False where the label has one side only. */
static bool difference(double *m, double *share, const double *a, const double *label, int64_t step, int64_t n,
                       int64_t d) {
  double positives = 0;
  for (int64_t i = 0; i < n; i++)
    positives += label[i * step] > 0.5;
  *share = positives / (double)n;
  if (positives == 0 || positives == (double)n)
    return false;
  for (int64_t j = 0; j < d && n >= d; j++)
    m[j] = 0;
  for (int64_t i = 0; i < n; i++) {
    double weight = label[i * step] > 0.5 ? 1 / positives : -1 / ((double)n - positives);
    if (n < d)
      m[i] = weight;
    else
      for (int64_t j = 0; j < d; j++)
        m[j] += a[i * d + j] * weight;
  }
  return true;
}

/* (m1 - m0)' C^-1 (m1 - m0) for the covariance C drawn to mu by delta. What lies outside the span of the features has
   no part in the difference of means. */
static double quadratic(const double *m, const spectrum *s, int64_t n, int64_t d, double delta, double mu) {
  double sum = 0;
  for (int64_t i = 0; i < s->k; i++) {
    double along = 0, square = s->values[i] > 0 ? s->values[i] : 0; /* rounding may leave a zero below zero */
    double value = (1 - delta) * square / (double)n + delta * mu;
    for (int64_t j = 0; j < s->k; j++)
      along += s->rows[i * s->k + j] * m[j];
    if (value > 0)
      sum += along * along * (n < d ? square : 1) / value;
  }
  return sum;
}

/* For two groups cov(E[f | y]) has rank one: p (1 - p) (m1 - m0)(m1 - m0)'. */
eg_status eg_h_score(double *score, const double *features, const double *labels, int64_t n, int64_t d,
                     int64_t targets) {
  EG_TRY(check("h_score", features, n, d, targets));
  spectrum s = {0};
  double *a = centred(features, n, d), *m = eg_alloc((size_t)(n < d ? n : d) * sizeof *m), total = 0, counted = 0;
  double delta = 0, mu = 0;
  eg_status status = a && m ? gram_of(&s, a, n, d) : EG_NOMEM;
  if (status == EG_OK) {
    shrinkage(&delta, &mu, a, s.rows, n, d);
    status = decompose(&s, "h_score");
  }
  for (int64_t y = 0; y < targets && status == EG_OK; y++) {
    double share;
    if (difference(m, &share, a, labels + y, targets, n, d)) {
      total += share * (1 - share) * quadratic(m, &s, n, d, delta, mu);
      counted++;
    }
  }
  eg_free(a);
  eg_free(m);
  spectrum_free(&s);
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
