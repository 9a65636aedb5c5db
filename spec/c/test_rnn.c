/* LSTM and GRU against their plain twin. */
#include "kernels/ref/rnn.h"
#include "support_layers.h"

static const struct place {
  int64_t n, l, inputs, hidden;
} places[] = {{1, 1, 1, 1},     {2, 5, 3, 7}, {17, 40, 12, 20}, {33, 3, 1, 33}, {5, 70, 7, 16},
              {1, 33, 12, 100}, {0, 4, 2, 3}, {270, 2, 2, 3},   {3, 65, 5, 48}};

/* Sizes of what a network has: x, w_ih, w_hh, b_ih, b_hh, h0, c0 and their places in one array. ORDER as
 * eg_k_rnn_gradients below. */
enum { X, W_IH, W_HH, B_IH, B_HH, H0, C0, PARTS };

typedef struct trial {
  eg_k_rnn r;
  int64_t size[PARTS], y_size;
  eg_real *part[PARTS], *dy;
} trial;

static trial trial_of(eg_k_rnn_kind kind, const struct place *p, bool reverse, bool whole) {
  int64_t g = kind == EG_K_LSTM ? 4 : 3, h = p->hidden;
  trial t = {.size = {p->n * p->l * p->inputs, g * h * p->inputs, g * h * h, g * h, g * h, p->n * h, p->n * h},
             .y_size = p->n * p->l * h};
  double scale = 1 / sqrt((double)h);
  for (int i = 0; i < PARTS; i++)
    t.part[i] = numbers(t.size[i], i == X ? -1 : -scale, i == X ? 1 : scale, (uint64_t)i + 1);
  t.dy = numbers(t.y_size, -1, 1, 20);
  t.r = (eg_k_rnn){.kind = kind,
                   .n = p->n,
                   .l = p->l,
                   .inputs = p->inputs,
                   .hidden = h,
                   .reverse = reverse,
                   .x = t.part[X],
                   .w_ih = t.part[W_IH],
                   .w_hh = t.part[W_HH]};
  if (whole) {
    t.r.b_ih = t.part[B_IH];
    t.r.b_hh = t.part[B_HH];
    t.r.h0 = t.part[H0];
    t.r.c0 = kind == EG_K_LSTM ? t.part[C0] : NULL;
  }
  return t;
}

static void trial_end(trial *t) {
  for (int i = 0; i < PARTS; i++)
    free(t->part[i]);
  free(t->dy);
}

/* Everything a network gives, side by side. */
typedef struct outcome {
  eg_real *y, *c_last, *gates, *cells, *gradient[PARTS];
} outcome;

static outcome outcome_of(const trial *t, bool zeros) {
  outcome o = {nans(t->y_size), nans(t->size[C0]), nans(4 * t->y_size), nans(t->y_size), {NULL}};
  for (int i = 0; i < PARTS; i++)
    o.gradient[i] = zeros ? calloc((size_t)t->size[i] + 1, sizeof(eg_real)) : nans(t->size[i]);
  return o;
}

static void outcome_end(outcome *o) {
  free(o->y), free(o->c_last), free(o->gates), free(o->cells);
  for (int i = 0; i < PARTS; i++)
    free(o->gradient[i]);
}

static eg_k_rnn_gradients all_of(const outcome *o, bool whole, eg_real beta) {
  eg_k_gradient none = {NULL, 0};
  eg_k_gradient g[PARTS];
  for (int i = 0; i < PARTS; i++)
    g[i] = whole || i < B_IH ? (eg_k_gradient){o->gradient[i], beta} : none;
  return (eg_k_rnn_gradients){g[X], g[W_IH], g[W_HH], g[B_IH], g[B_HH], g[H0], g[C0]};
}

static outcome expected_of(const trial *t, bool whole) {
  outcome o = outcome_of(t, true);
  eg_real *scratch = scratch_of((size_t)(6 * t->r.hidden));
  bool lstm = t->r.kind == EG_K_LSTM;
  eg_k_rnn_gradients g = all_of(&o, whole, 1);
  eg_ref_rnn_forward(&t->r, o.y, o.c_last, o.gates, lstm ? o.cells : NULL);
  eg_ref_rnn_backward(&t->r, &g, t->dy, o.y, o.gates, lstm ? o.cells : NULL, scratch);
  free(scratch);
  return o;
}

/* keep: gates are kept from forward; otherwise backward computes them again. */
static outcome computed(const trial *t, bool whole, bool keep, eg_real beta) {
  outcome o = outcome_of(t, beta != 0);
  bool lstm = t->r.kind == EG_K_LSTM;
  for (int i = 0; i < PARTS && beta != 0; i++)
    for (int64_t j = 0; j < t->size[i]; j++)
      o.gradient[i][j] = 1;
  eg_k_rnn_gradients g = all_of(&o, whole, beta);
  eg_real *scratch = scratch_of(eg_k_rnn_forward_scratch(&t->r));
  eg_k_rnn_forward(&t->r, o.y, lstm ? o.c_last : NULL, keep ? o.gates : NULL, lstm ? o.cells : NULL, scratch);
  free(scratch);
  scratch = scratch_of(eg_k_rnn_backward_scratch(&t->r));
  eg_k_rnn_backward(&t->r, &g, t->dy, o.y, keep ? o.gates : NULL, lstm ? o.cells : NULL, scratch);
  free(scratch);
  return o;
}

static void compare(const trial *t, const outcome *o, const outcome *e, bool whole, bool keep, eg_real beta) {
  bool lstm = t->r.kind == EG_K_LSTM;
  CHECK_TWIN(o->y, e->y, t->y_size, 40);
  if (lstm && t->r.n > 0)
    CHECK_TWIN(o->c_last, e->c_last, t->size[C0], 40);
  if (lstm)
    CHECK_TWIN(o->cells, e->cells, t->y_size, 40);
  if (keep)
    CHECK_TWIN(o->gates, e->gates, 4 * t->y_size, 40);
  for (int i = 0; i < (whole ? lstm ? PARTS : C0 : B_IH); i++) {
    eg_real *expected = copied(e->gradient[i], t->size[i]);
    for (int64_t j = 0; j < t->size[i] && beta != 0; j++)
      expected[j] += beta;
    CHECK_TWIN(o->gradient[i], expected, t->size[i], 200);
    free(expected);
  }
}

static void check_place(eg_k_rnn_kind kind, const struct place *p, bool reverse, bool whole) {
  trial t = trial_of(kind, p, reverse, whole);
  outcome expected = expected_of(&t, whole);
  int failures = check_state.failures, before = eg_num_threads();
  for (int keep = 0; keep < 2; keep++) {
    outcome one = computed(&t, whole, keep, (eg_real)keep);
    compare(&t, &one, &expected, whole, keep, (eg_real)keep);
    for (int threads = 1; threads <= 3; threads++) {
      eg_set_num_threads(threads);
      outcome more = computed(&t, whole, keep, (eg_real)keep);
      CHECK_SAME_BITS(more.y, one.y, (size_t)t.y_size * sizeof(eg_real));
      for (int i = 0; i < (whole ? kind == EG_K_LSTM ? PARTS : C0 : B_IH); i++)
        CHECK_SAME_BITS(more.gradient[i], one.gradient[i], (size_t)t.size[i] * sizeof(eg_real));
      outcome_end(&more);
    }
    eg_set_num_threads(before);
    outcome_end(&one);
  }
  if (check_state.failures > failures)
    fprintf(stderr,
            "  there: kind %d, n %" PRId64 " l %" PRId64 " inputs %" PRId64 " hidden %" PRId64
            ", reverse %d, whole %d\n",
            (int)kind, p->n, p->l, p->inputs, p->hidden, reverse, whole);
  outcome_end(&expected);
  trial_end(&t);
}

static void lstm(void) {
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    for (int form = 0; form < 4; form++)
      check_place(EG_K_LSTM, &places[i], form & 1, form & 2);
}

static void gru(void) {
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    for (int form = 0; form < 4; form++)
      check_place(EG_K_GRU, &places[i], form & 1, form & 2);
}

/* Without cells kept (inference) the last cells are the same. */
static void nothing_kept(void) {
  trial t = trial_of(EG_K_LSTM, &places[2], false, true);
  outcome expected = expected_of(&t, true), o = outcome_of(&t, false);
  eg_real *scratch = scratch_of(eg_k_rnn_forward_scratch(&t.r));
  eg_k_rnn_forward(&t.r, o.y, o.c_last, NULL, NULL, scratch);
  CHECK_TWIN(o.y, expected.y, t.y_size, 40);
  CHECK_TWIN(o.c_last, expected.c_last, t.size[C0], 40);
  free(scratch);
  outcome_end(&expected);
  outcome_end(&o);
  trial_end(&t);
}

CHECK_MAIN(TEST(lstm), TEST(gru), TEST(nothing_kept))
