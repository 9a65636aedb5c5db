#include "kernels/ref/dropout.h"

enum { AT_ONCE = 1024, NUMBERS_A_BLOCK = 4 /* that one step of the generator gives */ };

void eg_ref_dropout(eg_real *y, eg_real beta, const eg_real *x, int64_t n, double p, const eg_rng *rng) {
  eg_real scale = p < 1 ? (eg_real)(1 / (1 - p)) : 0;
  for (int64_t first = 0; first < n; first += AT_ONCE) {
    eg_real draw[AT_ONCE];
    int64_t count = n - first < AT_ONCE ? n - first : AT_ONCE;
    eg_rng own = *rng;
    own.position += (uint64_t)(first / NUMBERS_A_BLOCK);
    eg_rng_fill_uniform(&own, draw, count, 0, 1);
    for (int64_t i = 0; i < count; i++) {
      eg_real kept = (double)draw[i] < p ? 0 : x[first + i] * scale;
      y[first + i] = beta == 0 ? kept : kept + beta * y[first + i];
    }
  }
}
