/* LSTM and GRU against their plain twin, with each instruction set. */
#include "kernels/ref/rnn.h"
#include "support_layers.h"

/* Sizes around vectors, blocks of samples and runs of steps. */
static const struct place {
  int64_t n, l, inputs, hidden;
} places[] = {{1, 1, 1, 1},      {2, 5, 3, 7},    {17, 40, 12, 20}, {33, 3, 1, 33}, {5, 70, 7, 16},
              {1, 133, 12, 100}, {16, 50, 3, 32}, {0, 4, 2, 3},     {270, 2, 2, 3}, {3, 65, 5, 48},
              {33, 2, 12, 7},    {1, 50, 1, 32},  {16, 1, 12, 33},  {5, 2, 3, 100}, {2, 33, 12, 100}};

/* Arrays of a network, of D directions, that have gradients. H0 and C0: (D, N, H); weights: one direction after the
   other. */
enum { X, W_IH, W_HH, B_IH, B_HH, H0, C0, PARTS };

typedef struct trial {
  eg_k_rnn r;
  int64_t size[PARTS], y_size;
  eg_real *part[PARTS], *dy;
} trial;

/* both: two directions; whole: with biases and states. */
static trial trial_of(eg_k_rnn_kind kind, const struct place *p, bool reverse, bool both, bool whole) {
  int64_t g = kind == EG_K_LSTM ? 4 : 3, h = p->hidden, d = both ? 2 : 1;
  trial t = {.size = {p->n * p->l * p->inputs, d * g * h * p->inputs, d * g * h * h, d * g * h, d * g * h, d * p->n * h,
                      d * p->n * h},
             .y_size = p->n * p->l * d * h};
  double scale = 1 / sqrt((double)h);
  for (int i = 0; i < PARTS; i++)
    t.part[i] = numbers(t.size[i], i == X ? -1 : -scale, i == X ? 1 : scale, (uint64_t)i + 1);
  t.dy = numbers(t.y_size, -1, 1, 20);
  t.r = (eg_k_rnn){.kind = kind,
                   .n = p->n,
                   .l = p->l,
                   .inputs = p->inputs,
                   .hidden = h,
                   .directions = (int)d,
                   .reverse = reverse,
                   .x = t.part[X],
                   .h0 = whole ? t.part[H0] : NULL,
                   .c0 = whole && kind == EG_K_LSTM ? t.part[C0] : NULL};
  for (int i = 0; i < d; i++)
    t.r.weights[i] =
        (eg_k_rnn_weights){t.part[W_IH] + i * t.size[W_IH] / d, t.part[W_HH] + i * t.size[W_HH] / d,
                           whole ? t.part[B_IH] + i * g * h : NULL, whole ? t.part[B_HH] + i * g * h : NULL};
  return t;
}

static void trial_end(trial *t) {
  for (int i = 0; i < PARTS; i++)
    free(t->part[i]);
  free(t->dy);
}

/* Everything a network gives, side by side. */
typedef struct outcome {
  eg_real *y, *c_last, *gradient[PARTS];
} outcome;

static outcome outcome_of(const trial *t, bool zeros) {
  outcome o = {nans(t->y_size), nans(t->size[C0]), {NULL}};
  for (int i = 0; i < PARTS; i++)
    o.gradient[i] = zeros ? calloc((size_t)t->size[i] + 1, sizeof(eg_real)) : nans(t->size[i]);
  return o;
}

static void outcome_end(outcome *o) {
  free(o->y), free(o->c_last);
  for (int i = 0; i < PARTS; i++)
    free(o->gradient[i]);
}

static bool has_part(const trial *t, int part) {
  return (part < B_IH || t->r.h0) && (part != C0 || t->r.c0);
}

static eg_k_rnn_gradients gradients_of(const trial *t, const outcome *o, eg_real beta) {
  eg_k_gradient g[PARTS];
  int d = t->r.directions;
  for (int i = 0; i < PARTS; i++)
    g[i] = (eg_k_gradient){has_part(t, i) ? o->gradient[i] : NULL, beta};
  eg_k_rnn_gradients all = {.x = g[X], .h0 = g[H0], .c0 = g[C0]};
  for (int i = 0; i < d; i++) {
    eg_k_gradient *to[] = {&all.weights[i].w_ih, &all.weights[i].w_hh, &all.weights[i].b_ih, &all.weights[i].b_hh};
    for (int part = W_IH; part <= B_HH; part++) {
      *to[part - W_IH] = g[part];
      if (g[part].data)
        to[part - W_IH]->data += i * t->size[part] / d;
    }
  }
  return all;
}

/* y (rows, H) of one direction from or to its place in (rows, D H). */
static void move_direction(const trial *t, int direction, eg_real *both, eg_real *one, bool into) {
  int64_t h = t->r.hidden;
  for (int64_t row = 0; row < t->r.n * t->r.l; row++)
    for (int64_t j = 0; j < h; j++) {
      eg_real *a = both + (row * t->r.directions + direction) * h + j, *b = one + row * h + j;
      if (into)
        *a = *b;
      else
        *b = *a;
    }
}

/* The plain twin, direction by direction. */
static outcome expected_of(const trial *t) {
  outcome o = outcome_of(t, true);
  int d = t->r.directions;
  int64_t one = t->y_size / d, state = t->size[H0] / d;
  bool lstm = t->r.kind == EG_K_LSTM;
  eg_real *y = nans(one), *dy = nans(one), *gates = nans(4 * one), *cells = nans(one);
  eg_real *scratch = scratch_of((size_t)(6 * t->r.hidden));
  eg_k_rnn_gradients all = gradients_of(t, &o, 1);
  for (int i = 0; i < d; i++) {
    eg_k_rnn r = t->r;
    r.directions = 1;
    r.reverse = t->r.reverse || i == 1;
    r.weights[0] = t->r.weights[i];
    r.h0 = r.h0 ? r.h0 + i * state : NULL;
    r.c0 = r.c0 ? r.c0 + i * state : NULL;
    eg_k_rnn_gradients g = all;
    g.weights[0] = all.weights[i];
    g.h0.data = g.h0.data ? g.h0.data + i * state : NULL;
    g.c0.data = g.c0.data ? g.c0.data + i * state : NULL;
    move_direction(t, i, t->dy, dy, false);
    eg_ref_rnn_forward(&r, y, o.c_last + i * state, gates, lstm ? cells : NULL);
    eg_ref_rnn_backward(&r, &g, dy, y, gates, lstm ? cells : NULL, scratch);
    move_direction(t, i, o.y, y, true);
  }
  free(y), free(dy), free(gates), free(cells), free(scratch);
  return o;
}

/* keep: gates are kept from forward; otherwise backward computes them again. */
static outcome computed(const trial *t, bool keep, eg_real beta) {
  outcome o = outcome_of(t, beta != 0);
  bool lstm = t->r.kind == EG_K_LSTM;
  for (int i = 0; i < PARTS && beta != 0; i++)
    for (int64_t j = 0; j < t->size[i]; j++)
      o.gradient[i][j] = 1;
  eg_k_rnn_gradients g = gradients_of(t, &o, beta);
  eg_real *gates = keep ? scratch_of(eg_k_rnn_gates(&t->r)) : NULL;
  eg_real *cells = lstm ? scratch_of(eg_k_rnn_cells(&t->r)) : NULL;
  eg_real *scratch = scratch_of(eg_k_rnn_forward_scratch(&t->r));
  eg_k_rnn_forward(&t->r, o.y, lstm ? o.c_last : NULL, gates, cells, scratch);
  free(scratch);
  scratch = scratch_of(eg_k_rnn_backward_scratch(&t->r));
  eg_k_rnn_backward(&t->r, &g, t->dy, o.y, gates, cells, scratch);
  free(scratch), free(gates), free(cells);
  return o;
}

static void compare(const trial *t, const outcome *o, const outcome *e, eg_real beta) {
  CHECK_TWIN(o->y, e->y, t->y_size, 40);
  if (t->r.kind == EG_K_LSTM && t->r.n > 0)
    CHECK_TWIN(o->c_last, e->c_last, t->size[C0], 40);
  for (int i = 0; i < PARTS; i++) {
    if (!has_part(t, i))
      continue;
    eg_real *expected = copied(e->gradient[i], t->size[i]);
    for (int64_t j = 0; j < t->size[i] && beta != 0; j++)
      expected[j] += beta;
    CHECK_TWIN(o->gradient[i], expected, t->size[i], 200);
    free(expected);
  }
}

static void check_same(const trial *t, const outcome *a, const outcome *b) {
  CHECK_SAME_BITS(a->y, b->y, (size_t)t->y_size * sizeof(eg_real));
  for (int i = 0; i < PARTS; i++)
    if (has_part(t, i))
      CHECK_SAME_BITS(a->gradient[i], b->gradient[i], (size_t)t->size[i] * sizeof(eg_real));
}

static void check_trial(const trial *t) {
  outcome expected = expected_of(t);
  int before = eg_num_threads();
  for (int keep = 0; keep < 2; keep++) {
    outcome one = computed(t, keep, (eg_real)keep);
    compare(t, &one, &expected, (eg_real)keep);
    for (int threads = 1; threads <= 3 && (t->r.n > 16 || t->r.directions > 1); threads++) {
      eg_set_num_threads(threads);
      outcome more = computed(t, keep, (eg_real)keep);
      check_same(t, &more, &one);
      outcome_end(&more);
    }
    eg_set_num_threads(before);
    outcome_end(&one);
  }
#ifndef EG_DOUBLE /* whose products are BLAS's, which sums in another order for other sizes */
  outcome kept = computed(t, true, 0), again = computed(t, false, 0);
  check_same(t, &kept, &again); /* recomputing changes no bit */
  outcome_end(&kept), outcome_end(&again);
#endif
  outcome_end(&expected);
}

static void check_kind(eg_k_rnn_kind kind) {
  static const struct {
    bool reverse, both, whole;
  } forms[] = {{false, false, false}, {true, false, true}, {false, true, true}, {false, true, false}};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    for (size_t form = 0; form < sizeof forms / sizeof *forms; form++) {
      int failures = check_state.failures;
      trial t = trial_of(kind, &places[i], forms[form].reverse, forms[form].both, forms[form].whole);
      check_trial(&t);
      trial_end(&t);
      if (check_state.failures > failures)
        fprintf(stderr, "  there: n %" PRId64 " l %" PRId64 " inputs %" PRId64 " hidden %" PRId64 ", form %d\n",
                places[i].n, places[i].l, places[i].inputs, places[i].hidden, (int)form);
    }
}

static void check_lstm(void) {
  check_kind(EG_K_LSTM);
}

static void check_gru(void) {
  check_kind(EG_K_GRU);
}

static void lstm(void) {
  with_each_cpu(check_lstm);
}

static void gru(void) {
  with_each_cpu(check_gru);
}

/* Without anything kept (inference) y and the last cells are the same. */
static void check_nothing_kept(eg_k_rnn_kind kind) {
  trial t = trial_of(kind, &places[2], false, true, true);
  outcome expected = computed(&t, true, 0), o = outcome_of(&t, false);
  eg_real *scratch = scratch_of(eg_k_rnn_forward_scratch(&t.r));
  eg_k_rnn_forward(&t.r, o.y, o.c_last, NULL, NULL, scratch);
  CHECK_SAME_BITS(o.y, expected.y, (size_t)t.y_size * sizeof(eg_real));
  if (kind == EG_K_LSTM)
    CHECK_SAME_BITS(o.c_last, expected.c_last, (size_t)t.size[C0] * sizeof(eg_real));
  free(scratch);
  outcome_end(&expected), outcome_end(&o);
  trial_end(&t);
}

static void check_nothing_kept_of_both(void) {
  check_nothing_kept(EG_K_LSTM);
  check_nothing_kept(EG_K_GRU);
}

static void nothing_kept(void) {
  with_each_cpu(check_nothing_kept_of_both);
}

/* Gradients that nobody wants are not computed, and the others are the same. */
static void check_unwanted(eg_k_rnn_kind kind) {
  trial t = trial_of(kind, &places[4], false, true, true);
  outcome all = computed(&t, true, 0), o = outcome_of(&t, false);
  eg_k_rnn_gradients g = gradients_of(&t, &o, 0);
  memset(g.weights, 0, sizeof g.weights);
  eg_real *gates = scratch_of(eg_k_rnn_gates(&t.r)), *cells = scratch_of(eg_k_rnn_cells(&t.r));
  eg_real *scratch = scratch_of(eg_k_rnn_forward_scratch(&t.r));
  eg_k_rnn_forward(&t.r, o.y, o.c_last, gates, cells, scratch);
  free(scratch);
  scratch = scratch_of(eg_k_rnn_backward_scratch(&t.r));
  eg_k_rnn_backward(&t.r, &g, t.dy, o.y, gates, cells, scratch);
  CHECK_SAME_BITS(o.gradient[X], all.gradient[X], (size_t)t.size[X] * sizeof(eg_real));
  CHECK_SAME_BITS(o.gradient[H0], all.gradient[H0], (size_t)t.size[H0] * sizeof(eg_real));
  CHECK(isnan(o.gradient[W_IH][0]));
  free(scratch), free(gates), free(cells);
  outcome_end(&all), outcome_end(&o);
  trial_end(&t);
}

static void check_unwanted_of_both(void) {
  check_unwanted(EG_K_LSTM);
  check_unwanted(EG_K_GRU);
}

static void unwanted_gradients(void) {
  with_each_cpu(check_unwanted_of_both);
}

/* A NaN in one sample stays in it. */
static void check_nan(eg_k_rnn_kind kind) {
  trial t = trial_of(kind, &places[2], false, false, true);
  int64_t of_sample = t.y_size / t.r.n;
  eg_real *bad = copied(t.part[X], t.size[X]);
  bad[t.size[X] / t.r.n + 5 * t.r.inputs] = (eg_real)NAN; /* sample 1, step 5 */
  outcome good = computed(&t, true, 0);
  t.r.x = bad;
  outcome o = computed(&t, true, 0);
  CHECK_SAME_BITS(o.y, good.y, (size_t)(of_sample + 5 * t.r.hidden) * sizeof(eg_real));
  CHECK(isnan(o.y[of_sample + 5 * t.r.hidden]) && isnan(o.y[2 * of_sample - 1]));
  CHECK_SAME_BITS(o.y + 2 * of_sample, good.y + 2 * of_sample, (size_t)(t.y_size - 2 * of_sample) * sizeof(eg_real));
  outcome_end(&good), outcome_end(&o);
  free(bad);
  trial_end(&t);
}

static void check_nan_of_both(void) {
  check_nan(EG_K_LSTM);
  check_nan(EG_K_GRU);
}

static void a_nan_stays_in_its_sample(void) {
  with_each_cpu(check_nan_of_both);
}

CHECK_MAIN(TEST(lstm), TEST(gru), TEST(nothing_kept), TEST(unwanted_gradients), TEST(a_nan_stays_in_its_sample))
