/* The distributions that the tests need. */
#include <float.h>
#include <math.h>

#include "ecgraft/stats.h"

enum { ROUNDS = 500 };

/* The continued fraction of I_x(a, b) by Lentz's method (Abramowitz & Stegun 26.5.8; Lentz 1976, Thompson & Barnett
   1986). Converges fast for x < (a + 1) / (a + b + 2). */
static double fraction(double a, double b, double x) {
  const double tiny = DBL_MIN / DBL_EPSILON;
  double c = 1, d = 1 - (a + b) * x / (a + 1);
  d = 1 / (fabs(d) < tiny ? tiny : d);
  double h = d;
  for (int m = 1; m <= ROUNDS; m++) {
    for (int odd = 0; odd < 2; odd++) {
      double term = odd ? -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
                        : m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
      d = 1 + term * d;
      d = 1 / (fabs(d) < tiny ? tiny : d);
      c = 1 + term / c;
      c = fabs(c) < tiny ? tiny : c;
      h *= d * c;
    }
    if (fabs(d * c - 1) < 4 * DBL_EPSILON)
      break;
  }
  return h;
}

double eg_incomplete_beta(double a, double b, double x) {
  if (x <= 0)
    return 0;
  if (x >= 1)
    return 1;
  double log_front = lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x);
  if (x < (a + 1) / (a + b + 2))
    return exp(log_front) * fraction(a, b, x) / a;
  return 1 - exp(log_front) * fraction(b, a, 1 - x) / b;
}

double eg_student_t_two_sided(double t, double df) {
  double square = t * t;
  if (isinf(square))
    return 0;
  if (df > 1e8) /* the normal distribution to eight digits and more; the beta function's argument would lose as many */
    return erfc(fabs(t) / sqrt(2));
  return eg_incomplete_beta(df / 2, 0.5, df / (df + square));
}

double eg_student_t_quantile(double confidence, double df) {
  double low = 0, high = 1;
  while (1 - eg_student_t_two_sided(high, df) < confidence && high < 1e300)
    high *= 2;
  for (int i = 0; i < 200 && high - low > 1e-15 * high; i++) {
    double middle = low + (high - low) / 2;
    if (1 - eg_student_t_two_sided(middle, df) < confidence)
      low = middle;
    else
      high = middle;
  }
  return low + (high - low) / 2;
}

double eg_chi_square_tail(double x) {
  return x > 0 ? erfc(sqrt(x / 2)) : 1;
}

double eg_binomial_half(int64_t k, int64_t n) {
  if (k < 0)
    return 0;
  if (k >= n)
    return 1;
  return eg_incomplete_beta((double)(n - k), (double)(k + 1), 0.5);
}
