/* GFLOP/s of every way to compute a convolution, over the shapes of ResNet1d18 and ResNet1d50, in the three directions.

     bench_conv1d [SECONDS for one way, default 0.1] [THREADS, default or 0: all] [PART of the rows' names]

   Counted as direct convolution: 2 N Lo Co K Ci operations; Winograd's way needs half of the products for three taps,
   so it may come to more than 100 %. Ways take turns as bench/measure.h says; the plain twin, which is slow, is
   measured once, on a few records. "-": a way does not do a shape. The last columns: what the library chooses, its
   share of the peak. */
#include "measure.h"

#include "kernels/conv1d_algorithm.h"

enum { MOST_WAYS = 16, RECORDS = 32 };

typedef struct place {
  const char *name;
  int64_t l, ci, co, k, stride;
} place;

/* Input of 10 s at 100 Hz. */
static const place places[] = {
    {"stem 12->64 k7 s2", 1000, 12, 64, 7, 2},
    {"64 k3", 250, 64, 64, 3, 1},
    {"128 k3", 125, 128, 128, 3, 1},
    {"256 k3", 63, 256, 256, 3, 1},
    {"512 k3", 32, 512, 512, 3, 1},
    {"64->128 k3 s2", 250, 64, 128, 3, 2},
    {"128 k3 s2", 250, 128, 128, 3, 2},
    {"256 k3 s2", 125, 256, 256, 3, 2},
    {"512 k3 s2", 63, 512, 512, 3, 2},
    {"64->128 k1 s2", 250, 64, 128, 1, 2},
    {"64 k1", 250, 64, 64, 1, 1},
    {"64->256 k1", 250, 64, 256, 1, 1},
    {"256->64 k1", 250, 256, 64, 1, 1},
    {"128->512 k1", 125, 128, 512, 1, 1},
    {"512->128 k1", 125, 512, 128, 1, 1},
    {"256->1024 k1", 63, 256, 1024, 1, 1},
    {"1024->256 k1", 63, 1024, 256, 1, 1},
    {"512->2048 k1", 32, 512, 2048, 1, 1},
    {"2048->512 k1", 32, 2048, 512, 1, 1},
    {"64 k5", 250, 64, 64, 5, 1},
    {"64 k7", 250, 64, 64, 7, 1},
};

static const char *const directions[] = {"forward", "data", "weight"};

/* A way in a direction, with all it works on. */
typedef struct trial {
  const eg_conv1d_algorithm *way;
  eg_conv1d_direction direction;
  eg_conv1d_shape s;
  eg_real *x, *y, *w, *scratch;
} trial;

static void run(void *data) {
  trial *t = data;
  if (t->direction == EG_CONV1D_FORWARD)
    eg_conv1d_pack_and_run(t->way, &t->s, t->y, t->x, t->w, &(eg_conv1d_ends){.bias = NULL}, t->scratch);
  else if (t->direction == EG_CONV1D_DATA)
    t->way->backward_data(&t->s, t->x, 0, t->y, t->w, t->scratch);
  else
    t->way->backward_weight(&t->s, t->w, 0, t->y, t->x, t->scratch);
}

static double operations(const eg_conv1d_shape *s) {
  return 2.0 * (double)(s->n * s->lo * s->co * s->k * s->ci);
}

/* Operations a second of a way, 0 where it does not fit. */
static double rate_of(trial t, const eg_conv1d_algorithm *way, double seconds) {
  if (!way->fits(&t.s, t.direction, true))
    return 0;
  t.way = way;
  size_t room =
      t.direction == EG_CONV1D_FORWARD ? eg_conv1d_forward_scratch(way, &t.s) : way->scratch(&t.s, t.direction);
  t.scratch = bench_room(room * sizeof(eg_real));
  double rate = bench_rate(run, &t, operations(&t.s), seconds);
  eg_free(t.scratch);
  return rate;
}

static double rate_of_plain(trial t) {
  t.s.n = eg_num_threads() < RECORDS ? eg_num_threads() : RECORDS;
  return rate_of(t, &eg_conv1d_plain, 0);
}

static void heading(void) {
  char text[128];
  int at = snprintf(text, sizeof text, "%-26s", "");
  for (int i = 0; i < MOST_WAYS && eg_conv1d_algorithms[i]; i++)
    at += snprintf(text + at, sizeof text - (size_t)at, " %9s", eg_conv1d_algorithms[i]->name);
  snprintf(text + at, sizeof text - (size_t)at, " %-9s %6s share", "chosen", "peak");
  bench_heading(text);
}

static void show(const char *name, trial t) {
  double rates[MOST_WAYS][BENCH_ROUNDS], peak[BENCH_ROUNDS], share[BENCH_ROUNDS] = {0},
                                                             slot = bench.seconds / BENCH_ROUNDS;
  const eg_conv1d_algorithm *chosen = eg_conv1d_choose(&t.s, t.direction);
  for (int round = -1; round < BENCH_ROUNDS; round++) { /* one to warm up */
    int at = round < 0 ? 0 : round;
    peak[at] = peak_operations(bench.cpu, round < 0 ? 0 : slot);
    for (int i = 0; i < MOST_WAYS && eg_conv1d_algorithms[i]; i++) {
      const eg_conv1d_algorithm *way = eg_conv1d_algorithms[i];
      rates[i][at] = way == &eg_conv1d_plain ? 0 : rate_of(t, way, round < 0 ? 0 : slot);
      if (way == chosen)
        share[at] = rates[i][at] / peak[at];
    }
  }
  heading();
  printf("%-17s %-8s", name, directions[t.direction]);
  for (int i = 0; i < MOST_WAYS && eg_conv1d_algorithms[i]; i++) {
    bool plain = eg_conv1d_algorithms[i] == &eg_conv1d_plain;
    double rate = plain ? rate_of_plain(t) : bench_median(rates[i], BENCH_ROUNDS);
    if (rate > 0)
      bench_print_rate(rate, 9);
    else
      printf(" %9s", "-");
  }
  printf(" %-9s", chosen->name);
  bench_print_rate(bench_median(peak, BENCH_ROUNDS), 6);
  printf(" %3.0f %%\n", 100 * bench_median(share, BENCH_ROUNDS));
  fflush(stdout);
}

static void measure(const place *p) {
  eg_conv1d_shape s = {.n = RECORDS,
                       .l = p->l,
                       .ci = p->ci,
                       .co = p->co,
                       .k = p->k,
                       .stride = p->stride,
                       .padding = p->k / 2,
                       .dilation = 1,
                       .groups = 1};
  s.lo = eg_conv1d_length(s.l, s.k, s.stride, s.padding, 1);
  trial t = {.s = s,
             .x = bench_numbers(s.n * s.l * s.ci, 1),
             .y = bench_numbers(s.n * s.lo * s.co, 2),
             .w = bench_numbers(s.co * s.k * s.ci, 3)};
  for (int direction = EG_CONV1D_FORWARD; direction <= EG_CONV1D_WEIGHT; direction++) {
    char row[64];
    snprintf(row, sizeof row, "%s %s", p->name, directions[direction]);
    t.direction = (eg_conv1d_direction)direction;
    if (bench_wanted(row, ""))
      show(p->name, t);
  }
  eg_free(t.x);
  eg_free(t.y);
  eg_free(t.w);
}

int main(int argc, char **argv) {
  bench_start(argc, argv, "convolution, GFLOP/s, 32 records");
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    measure(&places[i]);
  return 0;
}
