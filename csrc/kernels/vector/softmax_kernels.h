/* The kernels of kernels/softmax_vector.h, to be compiled after one of the ORDER VECTOR headers. A row is gone through
   in whole vectors, then in what is left; `n` is how many entries of a vector belong to the row. */
#include <math.h>
#include <stddef.h>

#include "kernels/softmax_vector.h"
#include "kernels/vector/part.h"
#include "kernels/vector/sum.h"
#include "kernels/vector/vmath.h"

VEC vec part_or(vec a, int64_t n, vec other) {
  return vec_select(vec_first(n), a, other);
}

/* The largest entry, 0 where that is infinite (so that inf - inf does not come up). NaN is passed over; the sum finds
   it. */
VEC eg_real row_top(const eg_real *x, int64_t R) {
  vec none = vec_set(-INFINITY), top = none;
  int64_t i = 0;
  for (; i + VEC_WIDTH <= R; i += VEC_WIDTH)
    top = vec_max(vec_load(x + i), top);
  if (i < R)
    top = vec_max(part_or(vec_load_part(x + i, R - i), R - i, none), top);
  eg_real most = largest_entry(top);
  return isinf(most) ? 0 : most;
}

/* The sum of exp(x - top), which are also written to e unless it is NULL. */
VEC double row_sum(eg_real *e, const eg_real *x, eg_real top, int64_t R) {
  vec_double sum = {0};
  int64_t i = 0;
  for (; i + VEC_WIDTH <= R; i += VEC_WIDTH) {
    vec value = vec_exp(vec_sub(vec_load(x + i), vec_set(top)));
    sum = sum_on(sum, value);
    if (e)
      vec_store(e + i, value);
  }
  if (i < R) {
    vec value = vec_exp(vec_sub(vec_load_part(x + i, R - i), vec_set(top)));
    sum = sum_on(sum, part_or(value, R - i, vec_set(0)));
    if (e)
      vec_store_part(e + i, R - i, value);
  }
  return sum_total(sum);
}

/* y = a x, or x - a - b where `log`. */
VEC void row_finish(eg_real *y, bool log, const eg_real *x, eg_real a, eg_real b, int64_t R) {
  for (int64_t i = 0; i < R; i += VEC_WIDTH) {
    vec value = load_some(x + i, R - i);
    value = log ? vec_sub(vec_sub(value, vec_set(a)), vec_set(b)) : vec_mul(value, vec_set(a));
    store_some(y + i, R - i, value);
  }
}

/* top, log_sum (rows): the latter of exp(x - top). The largest term of a sum is 1 (or all are 0), so what is lost in
   float beside a 1 is kept by way of log1p. */
VEC void row_logarithms(eg_real *top, eg_real *log_sum, const eg_real *x, int64_t rows, int64_t R) {
  for (int64_t r = 0; r < rows; r++) {
    top[r] = row_top(x + r * R, R);
    log_sum[r] = (eg_real)(row_sum(NULL, x + r * R, top[r], R) - 1);
  }
  for (int64_t r = 0; r < rows; r += VEC_WIDTH)
    store_some(log_sum + r, rows - r, vec_log1p(load_some(log_sum + r, rows - r)));
}

static void softmax(eg_real *y, bool log, const eg_real *x, int64_t rows, int64_t R) {
  if (!log) {
    for (int64_t r = 0; r < rows; r++) {
      eg_real *to = y + r * R;
      double sum = row_sum(to, x + r * R, row_top(x + r * R, R), R);
      row_finish(to, false, to, (eg_real)(1 / sum), 0, R);
    }
    return;
  }
  eg_real top[EG_SOFTMAX_ROWS], log_sum[EG_SOFTMAX_ROWS];
  row_logarithms(top, log_sum, x, rows, R);
  for (int64_t r = 0; r < rows; r++)
    row_finish(y + r * R, true, x + r * R, top[r], log_sum[r], R);
}

static void logsumexp(eg_real *y, const eg_real *x, int64_t rows, int64_t R) {
  eg_real top[EG_SOFTMAX_ROWS], log_sum[EG_SOFTMAX_ROWS];
  row_logarithms(top, log_sum, x, rows, R);
  for (int64_t r = 0; r < rows; r++)
    y[r] = top[r] + log_sum[r];
}

/* The sum of g, or of g y. */
VEC double row_sum_of(const eg_real *g, const eg_real *y, bool log, int64_t R) {
  vec_double sum = {0};
  for (int64_t i = 0; i < R; i += VEC_WIDTH) {
    vec value = load_some(g + i, R - i);
    sum = sum_on(sum, log ? value : vec_mul(value, load_some(y + i, R - i)));
  }
  return sum_total(sum);
}

VEC void store_gradient(eg_real *dx, bool add, int64_t n, vec d) {
  store_some(dx, n, add ? vec_add(load_some(dx, n), d) : d);
}

static void softmax_grad(eg_real *dx, bool add, bool log, const eg_real *g, const eg_real *y, int64_t rows, int64_t R) {
  for (int64_t r = 0; r < rows; r++, dx += R, g += R, y += R) {
    vec total = vec_set((eg_real)row_sum_of(g, y, log, R));
    for (int64_t i = 0; i < R; i += VEC_WIDTH) {
      int64_t n = R - i;
      vec from = load_some(g + i, n), value = load_some(y + i, n);
      store_gradient(dx + i, add, n,
                     log ? vec_fnma(vec_exp(value), total, from) : vec_mul(value, vec_sub(from, total)));
    }
  }
}

static void logsumexp_grad(eg_real *dx, bool add, const eg_real *g, const eg_real *x, const eg_real *y, int64_t rows,
                           int64_t R) {
  for (int64_t r = 0; r < rows; r++, dx += R, x += R) {
    vec factor = vec_set(g[r]), whole = vec_set(isinf(y[r]) ? 0 : y[r]);
    for (int64_t i = 0; i < R; i += VEC_WIDTH)
      store_gradient(dx + i, add, R - i, vec_mul(factor, vec_exp(vec_sub(load_some(x + i, R - i), whole))));
  }
}

#define SOFTMAX_NAME_OF(isa) eg_softmax_##isa
#define SOFTMAX_NAME(isa) SOFTMAX_NAME_OF(isa)

const eg_softmax_kernels SOFTMAX_NAME(VEC_ISA) = {softmax, softmax_grad, logsumexp, logsumexp_grad};
