/* Measures kernels and prints a line for each: the fast kernel, its plain twin, and the share of what the machine can
   do. To be included first. A program of bench/ calls bench_start, then bench_show for each row:

     bench_NAME [SECONDS for a measurement, default 0.1] [THREADS, default or 0: all] [PART]

   With PART only rows whose name or shape contains it are measured (bench_conv1d 0.3 2 "64 k3").

   Work that is bound by arithmetic is counted in operations a second, beside fused multiply-adds in registers; work
   that is bound by memory in bytes a second that have to be read or written at least, beside a copy that moves as many
   bytes (so it lies in the caches where the kernel's arrays do; a kernel that mostly reads can be faster than a copy,
   since what is written is often read first). The machine may do other things meanwhile and change its speed, so
   SECONDS are cut into rounds: in each the peak, the kernel and the twin take turns. The share is the median over the
   rounds of kernel / peak in the same round, `times` that of kernel / twin; a slow twin is left out of later rounds.
   With one thread, time counts while it runs; several wait for one another and for the processors that others take, so
   on a busy machine one thread says more about a kernel. A neighbour on the same core slows the peak more than what
   also waits for other things: distrust a row whose peak is far below that of others. */
#ifndef EG_BENCH_MEASURE_H
#define EG_BENCH_MEASURE_H

#define _POSIX_C_SOURCE 200809L /* setenv, execvp, clock_gettime */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ecgraft/memory.h"
#include "ecgraft/parallel.h"
#include "ecgraft/random.h"
#include "kernels/cpu.h"
#include "peak.h"

enum { BENCH_ROUNDS = 7, BENCH_ROUNDS_LEAST = 3 };

typedef void bench_work(void *data);

typedef enum bench_unit { BENCH_OPERATIONS, BENCH_BYTES } bench_unit;

typedef struct bench_row {
  const char *name, *shape;
  bench_unit unit;
  double amount; /* operations or bytes of one call */
  bench_work *fast;
  bench_work *twin;   /* NULL: `fast` with the plain instruction set */
  double twin_amount; /* where the twin does less; 0: as much */
  void *data;         /* handed to both */
  int threads;        /* that the row is about; 0: all */
} bench_row;

/* A function `name` that calls a kernel; d: what it works on. */
#define BENCH_WORK(name, type, call)                                                                                   \
  static void name(void *data) {                                                                                       \
    type *d = data;                                                                                                    \
    call;                                                                                                              \
  }

static struct {
  const char *title; /* until it is printed */
  double seconds;
  const char *part;
  eg_cpu cpu;
} bench;

/* A thread that waits at the end of a loop may not spin for long where others use the machine too; the OpenMP library
   reads that once, before main. As lua/ecgraft/init.lua does. */
static inline void bench_spin_shortly(char **argv) {
  if (getenv("GOMP_SPINCOUNT") || getenv("OMP_WAIT_POLICY"))
    return;
  setenv("GOMP_SPINCOUNT", "10000", 0);
  execvp(argv[0], argv); /* comes back where it cannot; then we go on as we are */
}

static inline void bench_start(int argc, char **argv, const char *title) {
  bench_spin_shortly(argv);
  bench.title = title;
  bench.seconds = argc > 1 ? atof(argv[1]) : 0.1;
  if (argc > 2 && atoi(argv[2]) > 0)
    eg_set_num_threads(atoi(argv[2]));
  bench.part = argc > 3 ? argv[3] : "";
  bench.cpu = eg_cpu_in_use();
  if (argc > 4 || !(bench.seconds > 0)) {
    fprintf(stderr, "usage: %s [SECONDS [THREADS [PART]]]\n", argv[0]);
    exit(2);
  }
}

static inline bool bench_wanted(const char *name, const char *shape) {
  return strstr(name, bench.part) || strstr(shape, bench.part);
}

static inline void *bench_room(size_t bytes) {
  void *room = eg_alloc(bytes);
  if (!room) {
    fprintf(stderr, "bench: %s\n", eg_failure());
    exit(1);
  }
  memset(room, 0, bytes);
  return room;
}

static inline eg_real *bench_zeros(int64_t n) {
  return bench_room((size_t)n * sizeof(eg_real));
}

/* Normal numbers (n), which repeat after a while. */
static inline eg_real *bench_numbers(int64_t n, uint64_t seed) {
  enum { DRAWN = 65536 };
  eg_real *x = bench_zeros(n);
  eg_rng g = eg_rng_seed(seed);
  eg_rng_fill_normal(&g, x, n < DRAWN ? n : DRAWN, 0, 1);
  for (int64_t i = DRAWN; i < n; i++)
    x[i] = x[i - DRAWN];
  return x;
}

static inline int bench_ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Sorts the values. */
static inline double bench_median(double *values, int count) {
  qsort(values, (size_t)count, sizeof *values, bench_ascending);
  return values[count / 2];
}

/* Amount a second of calls that go on for `seconds`, at least one. The clock is asked about every tenth of a
   millisecond, since it takes a while to answer. */
static inline double bench_rate(bench_work *work, void *data, double amount, double seconds) {
  double start = bench_clock(), now = start, calls = 0;
  int64_t at_once = 1;
  do {
    for (int64_t i = 0; i < at_once; i++)
      work(data);
    calls += (double)at_once;
    now = bench_clock();
    at_once = now - start < 1e-4 ? 2 * at_once : at_once;
  } while (now - start < seconds);
  return amount * calls / (now - start);
}

static inline double bench_twin_rate(const bench_row *row, double seconds) {
  if (row->twin)
    return bench_rate(row->twin, row->data, row->twin_amount > 0 ? row->twin_amount : row->amount, seconds);
  eg_cpu_force(EG_CPU_PLAIN);
  double rate = bench_rate(row->fast, row->data, row->amount, seconds);
  eg_cpu_force(bench.cpu);
  return rate;
}

/* The title and, once, the heads of columns. */
static inline void bench_heading(const char *columns) {
  if (bench.title)
    printf("\n%s, %d threads, %s\n%s\n", bench.title, eg_num_threads(), eg_cpu_name(bench.cpu), columns);
  bench.title = NULL;
}

/* In units of 1e9, as many digits as it deserves. */
static inline void bench_print_rate(double rate, int width) {
  rate *= 1e-9;
  printf(" %*.*f", width, rate < 9.995 ? 2 : 1, rate);
}

/* Whether a row that began at `start` gets another round: all of them, or a few where one call takes long. */
static inline bool bench_again(int round, double start) {
  return round < BENCH_ROUNDS_LEAST || (round < BENCH_ROUNDS && bench_clock() - start < 5 * bench.seconds);
}

static inline void bench_show(const bench_row *row) {
  double peak[BENCH_ROUNDS], fast[BENCH_ROUNDS], share[BENCH_ROUNDS], twin[BENCH_ROUNDS], ratio[BENCH_ROUNDS];
  double slot = bench.seconds / BENCH_ROUNDS, spent = 0;
  int round = 0, twins = 0, threads = eg_num_threads();
  if (!bench_wanted(row->name, row->shape))
    return;
  bench_heading("kernel                   shape                   unit        fast    plain   times     peak  share");
  eg_set_num_threads(row->threads > 0 ? row->threads : threads);
  int64_t half = row->unit == BENCH_BYTES ? (int64_t)(row->amount / 2) : 0;
  char *from = bench_room((size_t)half), *to = bench_room((size_t)half);
  row->fast(row->data);
  for (double start = bench_clock(); bench_again(round, start); round++) {
    peak[round] = half > 0 ? peak_copy(to, from, half, slot) : peak_operations(bench.cpu, slot);
    fast[round] = bench_rate(row->fast, row->data, row->amount, slot);
    share[round] = fast[round] / peak[round];
    if (spent > 2 * bench.seconds)
      continue;
    double now = bench_clock();
    twin[twins] = bench_twin_rate(row, slot);
    ratio[twins] = fast[round] / twin[twins];
    spent += bench_clock() - now;
    twins++;
  }
  printf("%-24s %-23s %-7s", row->name, row->shape, row->unit == BENCH_BYTES ? "GB/s" : "GFLOP/s");
  bench_print_rate(bench_median(fast, round), 8);
  bench_print_rate(bench_median(twin, twins), 8);
  printf(" %7.1f", bench_median(ratio, twins));
  bench_print_rate(bench_median(peak, round), 8);
  printf(" %4.0f %%\n", 100 * bench_median(share, round));
  fflush(stdout);
  eg_set_num_threads(threads);
  eg_free(from);
  eg_free(to);
}

#endif
