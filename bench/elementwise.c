/* Functions of every element, and their gradients: GB/s beside a copy. Arguments: bench/measure.h.

   All of them in the second cache, on one thread: how good the loops are (what is bound by arithmetic stays well below
   a copy); some beyond the caches, on all threads, where each should be as fast as a copy. */
#include "measure.h"

#include "kernels/binary.h"
#include "kernels/unary.h"

enum { CACHED = 1 << 14 /* one piece of work */, LARGE = 1 << 24, CHANNELS = 64, REAL = sizeof(eg_real) };

/* Arrays of the larger size: anything, above 0, a gradient, and room for a result. */
typedef struct arrays {
  eg_real *any, *above, *g, *out;
} arrays;

typedef struct size {
  int64_t n;
  const char *text;
  int threads; /* 0: all */
} size;

static const size cached = {CACHED, "16384, 1 thread", 1}, large = {LARGE, "16777216", 0};

typedef struct unary {
  eg_unary f;
  eg_real *out;
  const eg_real *x, *g;
  int64_t n;
} unary;

/* Parameters that suit clamp and the slopes. */
BENCH_WORK(run_unary, unary, eg_k_unary(d->f, d->out, d->x, d->n, (eg_real)0.1, 1))
BENCH_WORK(run_unary_grad, unary, eg_k_unary_grad(d->f, d->out, false, d->g, d->x, d->n, (eg_real)0.1, 1))

/* Arrays that the gradient moves: g, d and, unless nothing is kept, what is kept. */
enum { KEPT_NOTHING = 2, KEPT_INPUT, KEPT_OUTPUT = KEPT_INPUT };

static const struct {
  const char *name, *grad_name;
  int moved;
} unary_rows[] = {
#define ROW(name, from) [EG_UNARY_##name] = {#name, #name " gradient", KEPT_##from},
    EG_UNARY_FUNCTIONS(ROW)};

static bool wants_above(eg_unary f) {
  return f == EG_UNARY_log || f == EG_UNARY_log1p || f == EG_UNARY_sqrt || f == EG_UNARY_rsqrt;
}

static bool wanted_large(eg_unary f) {
  return f == EG_UNARY_relu || f == EG_UNARY_exp || f == EG_UNARY_gelu || f == EG_UNARY_tanh;
}

static void unaries(const arrays *a, const size *at) {
  for (int f = 0; f < EG_UNARY_COUNT; f++) {
    if (at->n == LARGE && !wanted_large((eg_unary)f))
      continue;
    unary t = {(eg_unary)f, a->out, wants_above((eg_unary)f) ? a->above : a->any, a->g, at->n};
    bench_row row = {.name = unary_rows[f].name,
                     .shape = at->text,
                     .unit = BENCH_BYTES,
                     .amount = (double)(2 * at->n * REAL),
                     .fast = run_unary,
                     .data = &t,
                     .threads = at->threads};
    bench_show(&row);
    row.name = unary_rows[f].grad_name;
    row.amount = (double)(unary_rows[f].moved * at->n * REAL);
    row.fast = run_unary_grad;
    bench_show(&row);
  }
}

typedef struct binary {
  eg_binary f;
  eg_walk walk;
  eg_real *out;
  const eg_real *a, *b, *c;
} binary;

/* clang-format off: a table */
BENCH_WORK(run_binary, binary, eg_k_binary(d->f, d->out, &d->walk, d->a, d->b))
BENCH_WORK(run_binary_grad, binary, eg_k_binary_grad(d->f, 0, d->out, false, &d->walk, d->c, d->a, d->b))
BENCH_WORK(run_where, binary, eg_k_where(d->out, &d->walk, d->c, d->a, d->b))
BENCH_WORK(run_where_grad, binary, eg_k_where_grad(d->out, false, true, &d->walk, d->c, d->a))
/* clang-format on */

/* How the operands of a walk over (rows, CHANNELS) lie: W whole, R one row for all, N one number. */
static eg_walk walk_of(const char *operands, int64_t n) {
  static const int64_t whole[] = {CHANNELS, 1}, row[] = {0, 1}, number[] = {0, 0};
  const int64_t dims[] = {n / CHANNELS, CHANNELS}, *strides[EG_WALK_OPERANDS] = {NULL};
  for (int i = 0; operands[i]; i++)
    strides[i] = operands[i] == 'W' ? whole : operands[i] == 'R' ? row : number;
  eg_walk walk;
  eg_walk_make(&walk, dims, 2, strides, (int)strlen(operands));
  return walk;
}

static void binaries(const arrays *a, const size *at) {
  static const struct {
    const char *name, *operands;
    eg_binary f;
    int moved;         /* arrays */
    bool wanted_large; /* also in that size */
    bench_work *fast;
  } rows[] = {
      {"add", "WW", EG_BINARY_add, 3, true, run_binary},
      {"add, a row", "WR", EG_BINARY_add, 2, true, run_binary},
      {"mul", "WW", EG_BINARY_mul, 3, false, run_binary},
      {"mul, a number", "WN", EG_BINARY_mul, 2, false, run_binary},
      {"div", "WW", EG_BINARY_div, 3, false, run_binary},
      {"pow", "WW", EG_BINARY_pow, 3, false, run_binary},
      {"maximum", "WW", EG_BINARY_maximum, 3, false, run_binary},
      {"gt", "WW", EG_BINARY_gt, 3, false, run_binary},
      {"mul gradient", "WWW", EG_BINARY_mul, 4, true, run_binary_grad},
      {"mul gradient, a row", "WWR", EG_BINARY_mul, 3, false, run_binary_grad},
      {"div gradient", "WWW", EG_BINARY_div, 4, false, run_binary_grad},
      {"maximum gradient", "WWW", EG_BINARY_maximum, 4, false, run_binary_grad},
      {"where", "WWW", EG_BINARY_add, 4, true, run_where},
      {"where gradient", "WW", EG_BINARY_add, 3, false, run_where_grad},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    if (at->n == LARGE && !rows[i].wanted_large)
      continue;
    binary t = {rows[i].f, walk_of(rows[i].operands, at->n), a->out, a->above, a->g, a->any};
    bench_show(&(bench_row){.name = rows[i].name,
                            .shape = at->text,
                            .unit = BENCH_BYTES,
                            .amount = (double)(rows[i].moved * at->n * REAL),
                            .fast = rows[i].fast,
                            .data = &t,
                            .threads = at->threads});
  }
}

int main(int argc, char **argv) {
  bench_start(argc, argv, "functions of every element");
  arrays a = {bench_numbers(LARGE, 1), bench_numbers(LARGE, 2), bench_numbers(LARGE, 3), bench_zeros(LARGE)};
  for (int64_t i = 0; i < LARGE; i++)
    a.above[i] = (a.above[i] < 0 ? -a.above[i] : a.above[i]) + (eg_real)0.1;
  unaries(&a, &cached);
  binaries(&a, &cached);
  unaries(&a, &large);
  binaries(&a, &large);
  eg_free(a.any);
  eg_free(a.above);
  eg_free(a.g);
  eg_free(a.out);
  return 0;
}
