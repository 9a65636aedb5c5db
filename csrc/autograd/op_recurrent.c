/* LSTM and GRU: the two differ in their kernel and in c0 and the last cells. */
#include <inttypes.h>
#include <string.h>

#include "autograd/scratch.h"
#include "ecgraft/ops.h"
#include "kernels/rnn.h"

enum { X, W_IH, W_HH, B_IH, B_HH, H0, C0 };
/* What is kept: x, w_ih, w_hh, y; room (gates, then cells; without gates where they are to be computed again); and the
 * small rest. */
enum { SAVED_X, SAVED_W_IH, SAVED_W_HH, SAVED_Y, SAVED_ROOM, SAVED_REST };

static eg_k_rnn_kind kind_of(const eg_call *call) {
  return call->op == &eg_op_lstm ? EG_K_LSTM : EG_K_GRU;
}

static int64_t gates_of(const eg_call *call) {
  return kind_of(call) == EG_K_LSTM ? 4 : 3;
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

static eg_status shape(eg_call *call) {
  const eg_shape *x = &call->in[X]->shape, *w_hh = &call->in[W_HH]->shape;
  int64_t gates = gates_of(call);
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
  EG_TRY(expect(call, W_IH, EG_SHAPE(gates * hidden, x->dims[2])));
  EG_TRY(expect(call, B_IH, EG_SHAPE(gates * hidden)));
  EG_TRY(expect(call, B_HH, EG_SHAPE(gates * hidden)));
  EG_TRY(expect(call, H0, EG_SHAPE(n, hidden)));
  EG_TRY(expect(call, C0, EG_SHAPE(n, hidden)));
  call->shapes[0] = EG_SHAPE(n, x->dims[1], hidden);
  call->shapes[1] = EG_SHAPE(n, hidden);
  return EG_OK;
}

static const eg_real *data_of(const eg_call *call, int i) {
  return input(call, i) ? eg_tensor_data(call->in[i]) : NULL;
}

static eg_k_rnn describe(const eg_call *call, const eg_shape *x, const eg_shape *y) {
  const eg_rnn_options *o = call->options;
  return (eg_k_rnn){.kind = kind_of(call),
                    .n = x->dims[0],
                    .l = x->dims[1],
                    .inputs = x->dims[2],
                    .hidden = y->dims[2],
                    .reverse = o->reverse};
}

/* Elements of gates and of cells to be kept. */
static void kept(const eg_call *call, const eg_k_rnn *r, int64_t *gates, int64_t *cells) {
  const eg_rnn_options *o = call->options;
  *gates = o->recompute ? 0 : r->n * r->l * 4 * r->hidden;
  *cells = r->kind == EG_K_LSTM ? r->n * r->l * r->hidden : 0;
}

/* The optional inputs, which are small, side by side in one tensor: b_ih, b_hh, h0, c0, those that were given. */
static eg_status save_rest(eg_call *call) {
  int64_t size = 0;
  for (int i = B_IH; i <= C0; i++)
    size += input(call, i) ? eg_tensor_numel(call->in[i]) : 0;
  eg_tensor *rest;
  EG_TRY(eg_tensor_new(&rest, EG_SHAPE(size)));
  eg_real *at = eg_tensor_data(rest);
  for (int i = B_IH; i <= C0; i++)
    for (int64_t j = 0; input(call, i) && j < eg_tensor_numel(call->in[i]); j++)
      *at++ = eg_tensor_data(call->in[i])[j];
  eg_call_save(call, SAVED_REST, rest);
  eg_tensor_release(rest);
  return EG_OK;
}

static void take_rest(const eg_call *call, eg_k_rnn *r) {
  const eg_real *at = eg_tensor_data(eg_call_saved(call, SAVED_REST)), **to[] = {&r->b_ih, &r->b_hh, &r->h0, &r->c0};
  for (int i = B_IH; i <= C0 && i < call->n_in; i++) {
    const eg_shape *s = eg_call_input_shape(call, i);
    if (s->ndim == 0) /* absent */
      continue;
    *to[i - B_IH] = at;
    at += eg_shape_numel(s);
  }
}

/* Saves what backward needs; *room, kept there, holds gates and cells. */
static eg_status save(eg_call *call, const eg_k_rnn *r, eg_tensor **room) {
  int64_t gates, cells;
  kept(call, r, &gates, &cells);
  EG_TRY(eg_tensor_new(room, EG_SHAPE(gates + cells)));
  eg_call_save_input(call, SAVED_X, X);
  eg_call_save_input(call, SAVED_W_IH, W_IH);
  eg_call_save_input(call, SAVED_W_HH, W_HH);
  eg_call_save(call, SAVED_Y, call->out[0]);
  eg_call_save(call, SAVED_ROOM, *room);
  return save_rest(call);
}

static eg_status forward(eg_call *call) {
  eg_k_rnn r = describe(call, &call->in[X]->shape, &call->shapes[0]);
  r.x = data_of(call, X);
  r.w_ih = data_of(call, W_IH);
  r.w_hh = data_of(call, W_HH);
  r.b_ih = data_of(call, B_IH);
  r.b_hh = data_of(call, B_HH);
  r.h0 = data_of(call, H0);
  r.c0 = data_of(call, C0);
  int64_t gates, cells;
  kept(call, &r, &gates, &cells);
  eg_real *scratch;
  EG_TRY(eg_scratch(&scratch, eg_k_rnn_forward_scratch(&r)));
  eg_tensor *room = NULL;
  eg_status status = call->recorded ? save(call, &r, &room) : EG_OK;
  if (status == EG_OK)
    eg_k_rnn_forward(&r, eg_tensor_data(call->out[0]), r.kind == EG_K_LSTM ? eg_tensor_data(call->out[1]) : NULL,
                     room && gates > 0 ? eg_tensor_data(room) : NULL,
                     room && cells > 0 ? eg_tensor_data(room) + gates : NULL, scratch);
  eg_tensor_release(room);
  eg_free(scratch);
  return status;
}

/* Each gradient that is wanted, in the order in which the kernel writes them: an input that stands in two places gets
 * both. */
static eg_status open_gradients(eg_call *call, eg_k_rnn_gradients *out) {
  const struct {
    int input;
    eg_k_gradient *gradient;
  } order[] = {{X, &out->x},       {H0, &out->h0},     {C0, &out->c0},    {W_IH, &out->w_ih},
               {W_HH, &out->w_hh}, {B_IH, &out->b_ih}, {B_HH, &out->b_hh}};
  for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
    eg_tensor *buffer;
    if (!call->wants[order[i].input])
      continue;
    EG_TRY(eg_grad_buffer(call, order[i].input, &buffer, &order[i].gradient->beta));
    order[i].gradient->data = eg_tensor_data(buffer);
  }
  return EG_OK;
}

static eg_status backward(eg_call *call) {
  eg_k_rnn r = describe(call, eg_call_input_shape(call, X), &call->shapes[0]);
  r.x = eg_tensor_data(eg_call_saved(call, SAVED_X));
  r.w_ih = eg_tensor_data(eg_call_saved(call, SAVED_W_IH));
  r.w_hh = eg_tensor_data(eg_call_saved(call, SAVED_W_HH));
  take_rest(call, &r);
  int64_t gates, cells;
  kept(call, &r, &gates, &cells);
  const eg_real *room = eg_tensor_data(eg_call_saved(call, SAVED_ROOM));
  eg_real *scratch;
  EG_TRY(eg_scratch(&scratch, eg_k_rnn_backward_scratch(&r)));
  eg_k_rnn_gradients out = {0};
  eg_status status = open_gradients(call, &out);
  if (status == EG_OK)
    eg_k_rnn_backward(&r, &out, eg_tensor_data(call->grad), eg_tensor_data(eg_call_saved(call, SAVED_Y)),
                      gates > 0 ? room : NULL, cells > 0 ? room + gates : NULL, scratch);
  eg_free(scratch);
  return status;
}

static const char *const lstm_inputs[] = {"x", "w_ih", "w_hh", "b_ih?", "b_hh?", "h0?", "c0?", NULL};
static const char *const gru_inputs[] = {"x", "w_ih", "w_hh", "b_ih?", "b_hh?", "h0?", NULL};
static const eg_option options[] = {
    {"reverse", EG_OPTION_BOOL, offsetof(eg_rnn_options, reverse), 0, "from the last time step to the first"},
    {"recompute", EG_OPTION_BOOL, offsetof(eg_rnn_options, recompute), 0,
     "compute the gates again in backward instead of keeping them"},
    {0}};

const eg_op eg_op_lstm = {
    .name = "lstm",
    .text = "x (N, L, I), w_ih (4 H, I), w_hh (4 H, H), b_ih and b_hh (4 H), h0 and c0 (N, H) -> y (N, L, H), "
            "last cells (N, H); gates i f g o; Hochreiter & Schmidhuber 1997, Gers et al. 2000",
    .inputs = lstm_inputs,
    .options = options,
    .extra = 1,
    .shape = shape,
    .forward = forward,
    .backward = backward};

const eg_op eg_op_gru = {
    .name = "gru",
    .text = "x (N, L, I), w_ih (3 H, I), w_hh (3 H, H), b_ih and b_hh (3 H), h0 (N, H) -> y (N, L, H); "
            "gates r z n; Cho et al. 2014",
    .inputs = gru_inputs,
    .options = options,
    .shape = shape,
    .forward = forward,
    .backward = backward};
