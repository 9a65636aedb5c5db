/* LSTM and GRU: the two differ in their cell and in c0 and the last cells. */
#include <inttypes.h>
#include <string.h>

#include "autograd/scratch.h"
#include "ecgraft/ops.h"
#include "kernels/rnn.h"

enum { X, W_IH, W_HH, B_IH, B_HH, H0, C0 };
/* What is kept: x, y, the weights; room (gates, then cells; without gates where they are to be computed again); and the
   small rest. */
enum { SAVED_X, SAVED_Y, SAVED_W_IH, SAVED_W_HH, SAVED_W_IH_REVERSE, SAVED_W_HH_REVERSE, SAVED_ROOM, SAVED_REST };

static eg_k_rnn_kind kind_of(const eg_call *call) {
  return call->op == &eg_op_lstm ? EG_K_LSTM : EG_K_GRU;
}

static int64_t gates_of(const eg_call *call) {
  return kind_of(call) == EG_K_LSTM ? 4 : 3;
}

/* The place of an input of the first direction in the second. */
static int reversed(const eg_call *call, int i) {
  return (kind_of(call) == EG_K_LSTM ? C0 : H0) + i;
}

static eg_tensor *input(const eg_call *call, int i) {
  return i < call->n_in ? call->in[i] : NULL;
}

static eg_status expect(const eg_call *call, int i, eg_shape expected) {
  char came[96], text[96];
  const eg_tensor *tensor = input(call, i);
  if (!tensor || eg_shape_equal(&tensor->shape, &expected))
    return EG_OK;
  return eg_fail(EG_USAGE, "%.*s must have shape %s, got %s", (int)strcspn(call->op->inputs[i], "?"),
                 call->op->inputs[i], eg_shape_text(&expected, text, sizeof text),
                 eg_shape_text(&tensor->shape, came, sizeof came));
}

/* One direction's weights and biases, from W_IH or its reverse on. */
static eg_status expect_weights(const eg_call *call, int first, int64_t rows, int64_t inputs, int64_t hidden) {
  EG_TRY(expect(call, first, EG_SHAPE(rows, inputs)));
  EG_TRY(expect(call, first + W_HH - W_IH, EG_SHAPE(rows, hidden)));
  EG_TRY(expect(call, first + B_IH - W_IH, EG_SHAPE(rows)));
  return expect(call, first + B_HH - W_IH, EG_SHAPE(rows));
}

/* Whether there is a second direction: 1 or 2. */
static eg_status count_directions(const eg_call *call, int *directions) {
  const eg_rnn_options *o = call->options;
  const eg_tensor *w_ih = input(call, reversed(call, W_IH)), *w_hh = input(call, reversed(call, W_HH));
  *directions = w_ih ? 2 : 1;
  if (!w_ih != !w_hh)
    return eg_fail(EG_USAGE, "expected w_ih_reverse and w_hh_reverse, or neither; %s is missing",
                   w_ih ? "w_hh_reverse" : "w_ih_reverse");
  for (int i = reversed(call, B_IH); i <= reversed(call, B_HH) && !w_ih; i++)
    if (input(call, i))
      return eg_fail(EG_USAGE, "%.*s is given without w_ih_reverse", (int)strcspn(call->op->inputs[i], "?"),
                     call->op->inputs[i]);
  if (w_ih && o->reverse)
    return eg_fail(EG_USAGE, "the option reverse is for one direction; w_ih_reverse asks for both");
  return EG_OK;
}

static eg_status shape(eg_call *call) {
  const eg_shape *x = &call->in[X]->shape, *w_hh = &call->in[W_HH]->shape;
  int64_t gates = gates_of(call);
  int directions;
  char text[96];
  if (x->ndim != 3)
    return eg_fail(EG_USAGE, "expected an input of shape (N, L, I), got %s", eg_shape_text(x, text, sizeof text));
  if (x->dims[1] < 1)
    return eg_fail(EG_USAGE, "expected an input of at least one time step, got shape %s",
                   eg_shape_text(x, text, sizeof text));
  if (w_hh->ndim != 2 || w_hh->dims[1] < 1 || w_hh->dims[0] != gates * w_hh->dims[1])
    return eg_fail(EG_USAGE, "expected w_hh of shape (%" PRId64 " H, H), got %s", gates,
                   eg_shape_text(w_hh, text, sizeof text));
  int64_t n = x->dims[0], hidden = w_hh->dims[1];
  const eg_shape *w_ih = &call->in[W_IH]->shape;
  if (w_ih->ndim == 2 && w_ih->dims[0] == gates * hidden && w_ih->dims[1] != x->dims[2])
    return eg_fail(EG_USAGE, "input has %" PRId64 " features, w_ih expects %" PRId64, x->dims[2], w_ih->dims[1]);
  EG_TRY(count_directions(call, &directions));
  EG_TRY(expect_weights(call, W_IH, gates * hidden, x->dims[2], hidden));
  EG_TRY(expect_weights(call, reversed(call, W_IH), gates * hidden, x->dims[2], hidden));
  eg_shape state = directions == 2 ? EG_SHAPE(2, n, hidden) : EG_SHAPE(n, hidden);
  EG_TRY(expect(call, H0, state));
  if (kind_of(call) == EG_K_LSTM)
    EG_TRY(expect(call, C0, state));
  call->shapes[0] = EG_SHAPE(n, x->dims[1], directions * hidden);
  call->shapes[1] = state;
  return EG_OK;
}

static const eg_real *data_of(const eg_call *call, int i) {
  return input(call, i) ? eg_tensor_data(call->in[i]) : NULL;
}

static eg_k_rnn describe(const eg_call *call, const eg_shape *x, int64_t hidden) {
  const eg_rnn_options *o = call->options;
  return (eg_k_rnn){.kind = kind_of(call),
                    .n = x->dims[0],
                    .l = x->dims[1],
                    .inputs = x->dims[2],
                    .hidden = hidden,
                    .directions = (int)(call->shapes[0].dims[2] / hidden),
                    .reverse = o->reverse};
}

/* Elements of gates and of cells to be kept. */
static void kept(const eg_call *call, const eg_k_rnn *r, size_t *gates, size_t *cells) {
  const eg_rnn_options *o = call->options;
  *gates = o->recompute ? 0 : eg_k_rnn_gates(r);
  *cells = eg_k_rnn_cells(r);
}

/* Biases and states; not the second direction's weights. */
static bool in_rest(const eg_call *call, int i) {
  return i >= B_IH && i != reversed(call, W_IH) && i != reversed(call, W_HH);
}

/* The optional inputs, which are small, side by side in one tensor, those that were given. */
static eg_status save_rest(eg_call *call) {
  int64_t size = 0;
  for (int i = B_IH; i < call->n_in; i++)
    size += call->in[i] && in_rest(call, i) ? eg_tensor_numel(call->in[i]) : 0;
  eg_tensor *rest;
  EG_TRY(eg_tensor_new(&rest, EG_SHAPE(size)));
  eg_real *at = eg_tensor_data(rest);
  for (int i = B_IH; i < call->n_in; i++) {
    if (!call->in[i] || !in_rest(call, i))
      continue;
    int64_t count = eg_tensor_numel(call->in[i]);
    memcpy(at, eg_tensor_data(call->in[i]), (size_t)count * sizeof *at);
    at += count;
  }
  eg_call_save(call, SAVED_REST, rest);
  eg_tensor_release(rest);
  return EG_OK;
}

static void take_rest(const eg_call *call, eg_k_rnn *r) {
  const eg_real *at = eg_tensor_data(eg_call_saved(call, SAVED_REST));
  for (int i = B_IH; i < call->n_in; i++) {
    const eg_shape *s = eg_call_input_shape(call, i);
    if (s->ndim == 0 /* absent */ || !in_rest(call, i))
      continue;
    bool state = i == H0 || (i == C0 && r->kind == EG_K_LSTM), ih = i == B_IH || i == reversed(call, B_IH);
    eg_k_rnn_weights *w = &r->weights[i > reversed(call, W_IH)];
    *(state ? i == H0 ? &r->h0 : &r->c0 : ih ? &w->b_ih : &w->b_hh) = at;
    at += eg_shape_numel(s);
  }
}

/* Saves what backward needs; *room, kept there, holds gates and cells. */
static eg_status save(eg_call *call, const eg_k_rnn *r, eg_tensor **room) {
  size_t gates, cells;
  kept(call, r, &gates, &cells);
  EG_TRY(eg_tensor_new(room, EG_SHAPE((int64_t)(gates + cells))));
  eg_call_save_input(call, SAVED_X, X);
  eg_call_save(call, SAVED_Y, call->out[0]);
  eg_call_save_input(call, SAVED_W_IH, W_IH);
  eg_call_save_input(call, SAVED_W_HH, W_HH);
  if (r->directions == 2) {
    eg_call_save_input(call, SAVED_W_IH_REVERSE, reversed(call, W_IH));
    eg_call_save_input(call, SAVED_W_HH_REVERSE, reversed(call, W_HH));
  }
  eg_call_save(call, SAVED_ROOM, *room);
  return save_rest(call);
}

static eg_status forward(eg_call *call) {
  eg_k_rnn r = describe(call, &call->in[X]->shape, call->in[W_HH]->shape.dims[1]);
  bool lstm = r.kind == EG_K_LSTM;
  r.x = data_of(call, X);
  r.h0 = data_of(call, H0);
  r.c0 = lstm ? data_of(call, C0) : NULL;
  for (int direction = 0; direction < r.directions; direction++) {
    int first = direction == 0 ? W_IH : reversed(call, W_IH);
    r.weights[direction] = (eg_k_rnn_weights){data_of(call, first), data_of(call, first + W_HH - W_IH),
                                              data_of(call, first + B_IH - W_IH), data_of(call, first + B_HH - W_IH)};
  }
  size_t gates, cells;
  kept(call, &r, &gates, &cells);
  eg_real *scratch;
  EG_TRY(eg_scratch(&scratch, eg_k_rnn_forward_scratch(&r)));
  eg_tensor *room = NULL;
  eg_status status = call->recorded ? save(call, &r, &room) : EG_OK;
  if (status == EG_OK)
    eg_k_rnn_forward(&r, eg_tensor_data(call->out[0]), lstm ? eg_tensor_data(call->out[1]) : NULL,
                     room && gates > 0 ? eg_tensor_data(room) : NULL,
                     room && cells > 0 ? eg_tensor_data(room) + gates : NULL, scratch);
  eg_tensor_release(room);
  eg_free(scratch);
  return status;
}

static eg_status open_gradient(eg_call *call, int i, eg_k_gradient *gradient) {
  eg_tensor *buffer;
  if (i >= call->n_in || !call->wants[i])
    return EG_OK;
  EG_TRY(eg_grad_buffer(call, i, &buffer, &gradient->beta));
  gradient->data = eg_tensor_data(buffer);
  return EG_OK;
}

/* Each gradient that is wanted, in the order in which the kernel writes them: an input that stands in two places gets
 * both. */
static eg_status open_gradients(eg_call *call, int directions, eg_k_rnn_gradients *out) {
  EG_TRY(open_gradient(call, X, &out->x));
  EG_TRY(open_gradient(call, H0, &out->h0));
  if (kind_of(call) == EG_K_LSTM)
    EG_TRY(open_gradient(call, C0, &out->c0));
  for (int direction = 0; direction < directions; direction++) {
    int first = direction == 0 ? W_IH : reversed(call, W_IH);
    eg_k_gradient *order[] = {&out->weights[direction].w_ih, &out->weights[direction].w_hh,
                              &out->weights[direction].b_ih, &out->weights[direction].b_hh};
    for (int i = 0; i < 4; i++)
      EG_TRY(open_gradient(call, first + i, order[i]));
  }
  return EG_OK;
}

static eg_status backward(eg_call *call) {
  eg_k_rnn r = describe(call, eg_call_input_shape(call, X), eg_call_input_shape(call, W_HH)->dims[1]);
  r.x = eg_tensor_data(eg_call_saved(call, SAVED_X));
  for (int direction = 0; direction < r.directions; direction++) {
    r.weights[direction].w_ih = eg_tensor_data(eg_call_saved(call, direction ? SAVED_W_IH_REVERSE : SAVED_W_IH));
    r.weights[direction].w_hh = eg_tensor_data(eg_call_saved(call, direction ? SAVED_W_HH_REVERSE : SAVED_W_HH));
  }
  take_rest(call, &r);
  size_t gates, cells;
  kept(call, &r, &gates, &cells);
  const eg_real *room = eg_tensor_data(eg_call_saved(call, SAVED_ROOM));
  eg_real *scratch;
  EG_TRY(eg_scratch(&scratch, eg_k_rnn_backward_scratch(&r)));
  eg_k_rnn_gradients out = {0};
  eg_status status = open_gradients(call, r.directions, &out);
  if (status == EG_OK)
    eg_k_rnn_backward(&r, &out, eg_tensor_data(call->grad), eg_tensor_data(eg_call_saved(call, SAVED_Y)),
                      gates > 0 ? room : NULL, cells > 0 ? room + gates : NULL, scratch);
  eg_free(scratch);
  return status;
}

static const char *const lstm_inputs[] = {
    "x",   "w_ih",          "w_hh",          "b_ih?",         "b_hh?",         "h0?",
    "c0?", "w_ih_reverse?", "w_hh_reverse?", "b_ih_reverse?", "b_hh_reverse?", NULL};
static const char *const gru_inputs[] = {"x",   "w_ih",          "w_hh",          "b_ih?",         "b_hh?",
                                         "h0?", "w_ih_reverse?", "w_hh_reverse?", "b_ih_reverse?", "b_hh_reverse?",
                                         NULL};
static const eg_option options[] = {
    {"reverse", EG_OPTION_BOOL, offsetof(eg_rnn_options, reverse), 0, "from the last time step to the first"},
    {"recompute", EG_OPTION_BOOL, offsetof(eg_rnn_options, recompute), 0,
     "compute the gates again in backward instead of keeping them"},
    {0}};

const eg_op eg_op_lstm = {
    .name = "lstm",
    .text = "x (N, L, I), w_ih (4 H, I), w_hh (4 H, H), b_ih and b_hh (4 H), h0 and c0 (N, H) -> y (N, L, H), "
            "last cells (N, H); with reverse weights both directions: h0, c0 (2, N, H) -> y (N, L, 2 H), last cells "
            "(2, N, H); gates i f g o; Hochreiter & Schmidhuber 1997, Gers et al. 2000",
    .inputs = lstm_inputs,
    .options = options,
    .extra = 1,
    .shape = shape,
    .forward = forward,
    .backward = backward};

const eg_op eg_op_gru = {
    .name = "gru",
    .text = "x (N, L, I), w_ih (3 H, I), w_hh (3 H, H), b_ih and b_hh (3 H), h0 (N, H) -> y (N, L, H); with reverse "
            "weights both directions: h0 (2, N, H) -> y (N, L, 2 H); gates r z n; Cho et al. 2014",
    .inputs = gru_inputs,
    .options = options,
    .shape = shape,
    .forward = forward,
    .backward = backward};
