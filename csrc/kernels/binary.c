#include "kernels/binary.h"

#include "ecgraft/parallel.h"
#include "kernels/vmath.h"

#define ALWAYS static inline __attribute__((always_inline))

enum { BLOCK = 512 };

/* f, g df/da and g df/db, side by side. Conventions as PyTorch's: a tie of maximum or minimum gives half to each, a NaN
   the whole to both; 0^b with b >= 0 gives nothing to b. */
#define FUNCTION(name, forward, to_a, to_b)                                                                            \
  ALWAYS eg_real name##_of(eg_real a, eg_real b) {                                                                     \
    return forward;                                                                                                    \
  }                                                                                                                    \
  ALWAYS eg_real name##_to_a(eg_real g, eg_real a, eg_real b) {                                                        \
    (void)a, (void)b;                                                                                                  \
    return to_a;                                                                                                       \
  }                                                                                                                    \
  ALWAYS eg_real name##_to_b(eg_real g, eg_real a, eg_real b) {                                                        \
    (void)a, (void)b;                                                                                                  \
    return to_b;                                                                                                       \
  }
#define COMPARISON(name, condition)                                                                                    \
  ALWAYS eg_real name##_of(eg_real a, eg_real b) {                                                                     \
    return condition;                                                                                                  \
  }

/* Whichever wins passes the gradient. */
ALWAYS eg_real winner(eg_real g, bool loses, bool tie) {
  return loses ? 0 : tie ? g / 2 : g;
}

/* clang-format off: a table */
FUNCTION(add, a + b, g, g)
FUNCTION(sub, a - b, g, -g)
FUNCTION(mul, a *b, g *b, g *a)
FUNCTION(div, a / b, g / b, -g *(a / b / b))
FUNCTION(pow, eg_pow(a, b), b == 0 ? 0 : g * b * eg_pow(a, b - 1), a == 0 && b >= 0 ? 0 : g * eg_pow(a, b) * eg_log(a))
FUNCTION(maximum, a > b || a != a ? a : b, winner(g, a < b, a == b), winner(g, a > b, a == b))
FUNCTION(minimum, a < b || a != a ? a : b, winner(g, a > b, a == b), winner(g, a < b, a == b))
COMPARISON(eq, a == b)
COMPARISON(ne, a != b)
COMPARISON(lt, a < b)
COMPARISON(le, a <= b)
COMPARISON(gt, a > b)
COMPARISON(ge, a >= b)
/* clang-format on */

typedef eg_real function2(eg_real, eg_real);
typedef eg_real function3(eg_real, eg_real, eg_real);

/* y (n) = f(a, b) along one run: with loops of their own for the strides that matter. Inlined into each function. */
ALWAYS void run2(function2 *f, eg_real *y, const eg_real *a, int64_t sa, const eg_real *b, int64_t sb, int64_t n) {
  if (sa == 1 && sb == 1) {
    EG_PRAGMA(omp simd)
    for (int64_t i = 0; i < n; i++)
      y[i] = f(a[i], b[i]);
  } else if (sa == 1 && sb == 0) {
    eg_real fixed = *b;
    EG_PRAGMA(omp simd)
    for (int64_t i = 0; i < n; i++)
      y[i] = f(a[i], fixed);
  } else if (sa == 0 && sb == 1) {
    eg_real fixed = *a;
    EG_PRAGMA(omp simd)
    for (int64_t i = 0; i < n; i++)
      y[i] = f(fixed, b[i]);
  } else {
    for (int64_t i = 0; i < n; i++)
      y[i] = f(a[i * sa], b[i * sb]);
  }
}

/* The same for three operands, of which g is usually contiguous. */
ALWAYS void run3(function3 *f, eg_real *y, const eg_real *g, int64_t sg, const eg_real *a, int64_t sa, const eg_real *b,
                 int64_t sb, int64_t n) {
  if (sg == 1 && sa == 1 && sb == 1) {
    EG_PRAGMA(omp simd)
    for (int64_t i = 0; i < n; i++)
      y[i] = f(g[i], a[i], b[i]);
  } else if (sg == 1 && sa == 1 && sb == 0) {
    eg_real fixed = *b;
    EG_PRAGMA(omp simd)
    for (int64_t i = 0; i < n; i++)
      y[i] = f(g[i], a[i], fixed);
  } else if (sg == 1 && sa == 0 && sb == 1) {
    eg_real fixed = *a;
    EG_PRAGMA(omp simd)
    for (int64_t i = 0; i < n; i++)
      y[i] = f(g[i], fixed, b[i]);
  } else {
    for (int64_t i = 0; i < n; i++)
      y[i] = f(g[i * sg], a[i * sa], b[i * sb]);
  }
}

typedef void runner2(eg_real *y, const eg_real *a, int64_t sa, const eg_real *b, int64_t sb, int64_t n);
typedef void runner3(eg_real *y, const eg_real *g, int64_t sg, const eg_real *a, int64_t sa, const eg_real *b,
                     int64_t sb, int64_t n);

#define RUNNER2(name)                                                                                                  \
  static void name##_run(eg_real *y, const eg_real *a, int64_t sa, const eg_real *b, int64_t sb, int64_t n) {          \
    run2(name##_of, y, a, sa, b, sb, n);                                                                               \
  }
#define RUNNER3(name, f)                                                                                               \
  static void name(eg_real *y, const eg_real *g, int64_t sg, const eg_real *a, int64_t sa, const eg_real *b,           \
                   int64_t sb, int64_t n) {                                                                            \
    run3(f, y, g, sg, a, sa, b, sb, n);                                                                                \
  }
#define RUNNERS(name)                                                                                                  \
  RUNNER2(name)                                                                                                        \
  RUNNER3(name##_run_to_a, name##_to_a)                                                                                \
  RUNNER3(name##_run_to_b, name##_to_b)
EG_BINARY_DIFFERENTIABLE(RUNNERS)
EG_BINARY_COMPARISONS(RUNNER2)

static const struct {
  runner2 *run;
  runner3 *grad[2];
} functions[] = {
#define ENTRY(name) [EG_BINARY_##name] = {name##_run, {name##_run_to_a, name##_run_to_b}},
    EG_BINARY_DIFFERENTIABLE(ENTRY)
#undef ENTRY
#define ENTRY(name) [EG_BINARY_##name] = {name##_run, {0}},
        EG_BINARY_COMPARISONS(ENTRY)
#undef ENTRY
};

void eg_k_binary(eg_binary f, eg_real *y, const eg_walk *walk, const eg_real *a, const eg_real *b) {
  runner2 *run = functions[f].run;
  int64_t pieces = eg_walk_pieces(walk->numel), sa = eg_walk_step(walk, 0), sb = eg_walk_step(walk, 1);
  EG_PARALLEL_FOR_IF(pieces > 1)
  for (int64_t p = 0; p < pieces; p++) {
    int64_t at = p * EG_WALK_PIECE, end = eg_walk_piece_end(walk, p);
    eg_walk_place place = eg_walk_seek(walk, at);
    while (at < end) {
      int64_t n = eg_walk_run(walk, &place, end - at);
      run(y + at, a + place.at[0], sa, b + place.at[1], sb, n);
      eg_walk_advance(walk, &place, n);
      at += n;
    }
  }
}

static void walk3(runner3 *run, eg_real *d, bool add, const eg_walk *walk, const eg_real *x0, const eg_real *x1,
                  const eg_real *x2) {
  int64_t pieces = eg_walk_pieces(walk->numel);
  int64_t s0 = eg_walk_step(walk, 0), s1 = eg_walk_step(walk, 1), s2 = eg_walk_step(walk, 2);
  EG_PARALLEL_FOR_IF(pieces > 1)
  for (int64_t p = 0; p < pieces; p++) {
    int64_t at = p * EG_WALK_PIECE, end = eg_walk_piece_end(walk, p);
    eg_walk_place place = eg_walk_seek(walk, at);
    while (at < end) {
      eg_real block[BLOCK];
      int64_t n = eg_walk_run(walk, &place, add && end - at > BLOCK ? BLOCK : end - at);
      run(add ? block : d + at, x0 + place.at[0], s0, x1 + place.at[1], s1, x2 + place.at[2], s2, n);
      if (add) {
        EG_PRAGMA(omp simd)
        for (int64_t i = 0; i < n; i++)
          d[at + i] += block[i];
      }
      eg_walk_advance(walk, &place, n);
      at += n;
    }
  }
}

void eg_k_binary_grad(eg_binary f, int which, eg_real *d, bool add, const eg_walk *walk, const eg_real *g,
                      const eg_real *a, const eg_real *b) {
  walk3(functions[f].grad[which], d, add, walk, g, a, b);
}

ALWAYS eg_real choose(eg_real condition, eg_real a, eg_real b) {
  return condition != 0 ? a : b;
}

ALWAYS eg_real pass_if_true(eg_real g, eg_real condition, eg_real unused) {
  (void)unused;
  return condition != 0 ? g : 0;
}

ALWAYS eg_real pass_if_false(eg_real g, eg_real condition, eg_real unused) {
  (void)unused;
  return condition != 0 ? 0 : g;
}

RUNNER3(choose_run, choose)
RUNNER3(true_run, pass_if_true)
RUNNER3(false_run, pass_if_false)

void eg_k_where(eg_real *y, const eg_walk *walk, const eg_real *condition, const eg_real *a, const eg_real *b) {
  walk3(choose_run, y, false, walk, condition, a, b);
}

void eg_k_where_grad(eg_real *d, bool add, bool truth, const eg_walk *walk, const eg_real *g,
                     const eg_real *condition) {
  walk3(truth ? true_run : false_run, d, add, walk, g, condition, condition);
}
