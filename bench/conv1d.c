/* GFLOP/s of every way to compute a convolution, over the shapes of ResNet1d18, in the three directions.

     bench_conv1d [SECONDS for one measurement, default 0.2] [THREADS, default all]

   Counted as direct convolution: 2 N Lo Co K Ci operations. Ways take turns within a round, so that what the machine
   does beside this falls on all of them; the median of the rounds is shown (of the plain twin, which is slow, one), and
   "-" where a way does not do a shape. The last columns: what the library chooses, and its share of the measured peak.
 */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

#include "ecgraft/memory.h"
#include "ecgraft/parallel.h"
#include "ecgraft/random.h"
#include "kernels/conv1d_algorithm.h"
#include "kernels/cpu.h"
#include "peak.h"

enum { ROUNDS = 7, MOST_WAYS = 16 };

typedef struct place {
  const char *name;
  int64_t l, ci, co, k, stride, padding;
} place;

/* Input of 10 s at 100 Hz. */
static const place places[] = {
    {"stem 12->64 k7 s2", 1000, 12, 64, 7, 2, 3},
    {"64 k3", 250, 64, 64, 3, 1, 1},
    {"64->128 k3 s2", 250, 64, 128, 3, 2, 1},
    {"64->128 k1 s2", 250, 64, 128, 1, 2, 0},
    {"128 k3", 125, 128, 128, 3, 1, 1},
    {"256 k3", 63, 256, 256, 3, 1, 1},
    {"512 k3", 32, 512, 512, 3, 1, 1},
    {"64->256 k1", 250, 64, 256, 1, 1, 0},
    {"512->128 k1", 125, 512, 128, 1, 1, 0},
};

static const char *const directions[] = {"forward", "data", "weight"};

static eg_real *filled(int64_t n, uint64_t seed) {
  eg_real *x = eg_alloc((size_t)n * sizeof *x);
  if (!x) {
    fprintf(stderr, "bench_conv1d: %s\n", eg_failure());
    exit(1);
  }
  eg_rng g = eg_rng_seed(seed);
  eg_rng_fill_normal(&g, x, n, 0, 1);
  return x;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Operations a second of one way, repeated for `seconds`. */
static double speed(const eg_conv1d_algorithm *way, const eg_conv1d_shape *s, int direction, eg_real *x, eg_real *y,
                    eg_real *w, eg_real *scratch, double seconds) {
  double start = omp_get_wtime(), now = start;
  int64_t times = 0;
  while (now - start < seconds) {
    if (direction == EG_CONV1D_FORWARD)
      way->forward(s, y, x, w, NULL, scratch);
    else if (direction == EG_CONV1D_DATA)
      way->backward_data(s, x, 0, y, w, scratch);
    else
      way->backward_weight(s, w, 0, y, x, scratch);
    times++;
    now = omp_get_wtime();
  }
  return 2.0 * (double)(s->n * s->lo * s->co * s->k * s->ci) * (double)times / (now - start);
}

static void measure(const place *p, int direction, double seconds, double peak) {
  eg_conv1d_shape s = {.n = 32,
                       .l = p->l,
                       .ci = p->ci,
                       .co = p->co,
                       .k = p->k,
                       .stride = p->stride,
                       .padding = p->padding,
                       .dilation = 1,
                       .groups = 1};
  s.lo = eg_conv1d_length(s.l, s.k, s.stride, s.padding, 1);
  eg_real *x = filled(s.n * s.l * s.ci, 1), *y = filled(s.n * s.lo * s.co, 2), *w = filled(s.co * s.k * s.ci, 3);
  double rates[MOST_WAYS][ROUNDS];
  double chosen = 0;
  for (int round = 0; round < ROUNDS; round++) {
    for (int i = 0; eg_conv1d_algorithms[i] && i < MOST_WAYS; i++) {
      const eg_conv1d_algorithm *way = eg_conv1d_algorithms[i];
      rates[i][round] = 0;
      if (!way->fits(&s, direction, true) || (way == &eg_conv1d_plain && round != ROUNDS / 2))
        continue;
      eg_real *scratch = filled((int64_t)way->scratch(&s, direction) + 1, 4);
      rates[i][round] = speed(way, &s, direction, x, y, w, scratch, seconds / ROUNDS);
      eg_free(scratch);
    }
  }
  printf("%-18s %-8s", p->name, directions[direction]);
  for (int i = 0; eg_conv1d_algorithms[i] && i < MOST_WAYS; i++) {
    if (eg_conv1d_algorithms[i] != &eg_conv1d_plain)
      qsort(rates[i], ROUNDS, sizeof(double), ascending);
    double rate = rates[i][ROUNDS / 2];
    if (rate > 0)
      printf(" %10.1f", rate * 1e-9);
    else
      printf(" %10s", "-");
    if (eg_conv1d_algorithms[i] == eg_conv1d_choose(&s, direction))
      chosen = rate;
  }
  printf("  %-10s %4.0f %%\n", eg_conv1d_choose(&s, direction)->name, 100 * chosen / peak);
  fflush(stdout);
  eg_free(x);
  eg_free(y);
  eg_free(w);
}

int main(int argc, char **argv) {
  double seconds = argc > 1 ? atof(argv[1]) : 0.2;
  if (argc > 2)
    eg_set_num_threads(atoi(argv[2]));
  double peak = peak_of_machine(seconds);
  printf("convolution, GFLOP/s, 32 records, %d threads, %s, peak %.1f GFLOP/s\n%-27s", eg_num_threads(),
         eg_cpu_name(eg_cpu_in_use()), peak * 1e-9, "");
  for (int i = 0; eg_conv1d_algorithms[i] && i < MOST_WAYS; i++)
    printf(" %10s", eg_conv1d_algorithms[i]->name);
  printf("  %-10s %6s\n", "chosen", "peak");
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    for (int direction = EG_CONV1D_FORWARD; direction <= EG_CONV1D_WEIGHT; direction++)
      measure(&places[i], direction, seconds, peak);
  return 0;
}
