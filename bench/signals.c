/* Resampling a record of 10 s: GFLOP/s beside fused multiply-adds, counting the taps that are not 0. Arguments:
   bench/measure.h. The twin weighs all taps of each result, a lead at a time within, in double. */
#include "measure.h"

#include "ecgraft/signal.h"

typedef struct recording {
  eg_resampler *resampler;
  eg_real *x, *y; /* (n, leads), (n_out, leads) */
  int64_t n, n_out, leads, down;
  double *taps; /* (20 down + 1) */
} recording;

static void plain(void *data) {
  const recording *d = data;
  const int64_t reach = 10 * d->down;
  double sum[16];
  for (int64_t m = 0; m < d->n_out; m++) {
    memset(sum, 0, sizeof sum);
    for (int64_t k = -reach; k <= reach; k++) {
      int64_t at = m * d->down + k;
      if (at >= 0 && at < d->n)
        for (int64_t c = 0; c < d->leads; c++)
          sum[c] += d->taps[k + reach] * (double)d->x[at * d->leads + c];
    }
    for (int64_t c = 0; c < d->leads; c++)
      d->y[m * d->leads + c] = (eg_real)sum[c];
  }
}

BENCH_WORK(resample, recording, eg_resample(d->resampler, d->y, d->n_out, d->x, d->n, d->leads, EG_EDGES_ZERO))

/* From 100 down to 100 samples a second. */
static void measure(int64_t down, int64_t leads) {
  recording t = {.n = 1000 * down, .n_out = 1000, .leads = leads, .down = down};
  char shape[32];
  snprintf(shape, sizeof shape, "%d to 100 Hz, %d leads", (int)(100 * down), (int)leads);
  if (eg_resampler_new(&t.resampler, 1, down) != EG_OK)
    exit(1);
  t.x = bench_numbers(t.n * leads, 1);
  t.y = bench_zeros(t.n_out * leads);
  t.taps = bench_room((size_t)(20 * down + 1) * sizeof *t.taps);
  double operations = 2 * (double)(20 * (down - 1) + 1) * (double)(t.n_out * leads);
  bench_show(&(bench_row){.name = "resample",
                          .shape = shape,
                          .unit = BENCH_OPERATIONS,
                          .amount = operations,
                          .fast = resample,
                          .twin = plain,
                          .data = &t,
                          .threads = 1});
  eg_resampler_free(t.resampler);
  eg_free(t.x);
  eg_free(t.y);
  eg_free(t.taps);
}

int main(int argc, char **argv) {
  bench_start(argc, argv, "signals");
  measure(5, 12);
  measure(10, 12);
  measure(5, 8);
  measure(5, 2);
  return 0;
}
