/* Calling an op: check, decide the shape, run forward, record. */
#include <string.h>

#include "autograd/node.h"
#include "ecgraft/autograd.h"

static bool optional(const char *name) {
  return name[strlen(name) - 1] == '?';
}

static bool variadic(const char *name) {
  return strstr(name, "...") != NULL;
}

/* Whether the inputs are as many as the op takes, and none is missing that must be there. */
static eg_status check_inputs(const eg_op *op, eg_tensor *const *inputs, int n) {
  if (variadic(op->inputs[0])) {
    if (n < 1 || n > EG_MAX_INPUTS)
      return eg_fail(EG_USAGE, "expected 1 to %d tensors, got %d", EG_MAX_INPUTS, n);
    for (int i = 0; i < n; i++)
      if (!inputs[i])
        return eg_fail(EG_USAGE, "tensor %d is missing", i + 1);
    return EG_OK;
  }
  int most = 0;
  for (; op->inputs[most]; most++)
    if (!optional(op->inputs[most]) && (most >= n || !inputs[most]))
      return eg_fail(EG_USAGE, "input '%s' is missing", op->inputs[most]);
  if (n > most)
    return eg_fail(EG_USAGE, "expected at most %d inputs, got %d", most, n);
  return EG_OK;
}

static eg_status make_outputs(eg_call *call) {
  for (int i = call->op->views ? 1 : 0; i <= call->op->extra; i++)
    EG_TRY(eg_tensor_new(&call->out[i], call->shapes[i]));
  return EG_OK;
}

static eg_status run_forward(eg_call *call) {
  EG_TRY(make_outputs(call));
  EG_TRY(call->op->forward(call));
  for (int i = 0; i < call->n_in; i++) /* an op may give back its input: the result is a tensor of its own */
    if (call->in[i] == call->out[0]) {
      eg_tensor *itself = call->out[0];
      EG_TRY(eg_tensor_alias(&call->out[0], itself));
      eg_tensor_release(itself);
      break;
    }
  return call->node ? call->node->saving : EG_OK;
}

static eg_status apply(eg_call *call) {
  EG_TRY(check_inputs(call->op, call->in, call->n_in));
  EG_TRY(call->op->shape(call));
  bool wanted = false;
  for (int i = 0; i < call->n_in; i++)
    wanted |= call->in[i] && eg_tensor_is_recorded(call->in[i]);
  call->recorded = wanted && call->tape && call->tape->recording && call->op->backward;
  if (call->recorded)
    EG_TRY(eg_node_new(&call->node, call));

  eg_tensor *given[EG_MAX_INPUTS], *packed[EG_MAX_INPUTS] = {NULL};
  memcpy(given, call->in, sizeof given);
  eg_status status = EG_OK;
  for (int i = 0; i < call->n_in && !call->op->strided && status == EG_OK; i++) {
    if (call->in[i] && !eg_tensor_is_contiguous(call->in[i])) {
      status = eg_tensor_clone(&packed[i], call->in[i]);
      if (status == EG_OK)
        call->in[i] = packed[i];
    }
  }
  if (status == EG_OK)
    status = run_forward(call);
  for (int i = 0; i < call->n_in; i++)
    eg_tensor_release(packed[i]);
  memcpy(call->in, given, sizeof given);
  if (status == EG_OK && call->recorded) {
    call->out[0]->node = call->node; /* takes over our reference */
    call->out[0]->release_node = eg_node_release;
    call->node = NULL;
  }
  return status;
}

eg_status eg_apply(eg_tensor **out, eg_tape *tape, const eg_op *op, eg_tensor *const *inputs, int n_inputs,
                   const void *options) {
  eg_call call = {.op = op, .tape = tape, .n_in = n_inputs, .options = options};
  for (int i = 0; i <= op->extra; i++)
    out[i] = NULL;
  if (n_inputs > EG_MAX_INPUTS)
    return eg_fail(EG_USAGE, "%s: expected at most %d inputs, got %d", op->name, EG_MAX_INPUTS, n_inputs);
  memcpy(call.in, inputs, (size_t)n_inputs * sizeof *inputs);
  eg_status status = apply(&call);
  eg_node_release(call.node);
  if (status != EG_OK) {
    for (int i = 0; i <= op->extra; i++)
      eg_tensor_release(call.out[i]);
    return status == EG_NOMEM ? status : eg_fail_in(status, op->name);
  }
  memcpy(out, call.out, (size_t)(op->extra + 1) * sizeof *out);
  return EG_OK;
}

void eg_call_save(eg_call *call, int slot, eg_tensor *tensor) {
  eg_node *node = call->node;
  if (!call->recorded || !tensor || node->saving != EG_OK)
    return;
  node->saving = eg_tensor_alias(&node->saved[slot], tensor);
  node->versions[slot] = tensor->storage->version;
}

void eg_call_save_input(eg_call *call, int slot, int i) {
  eg_call_save(call, slot, call->in[i]);
}

eg_tensor *eg_call_saved(const eg_call *call, int slot) {
  return call->node->saved[slot];
}

const eg_shape *eg_call_input_shape(const eg_call *call, int i) {
  return &call->node->in_shapes[i];
}

eg_rng eg_call_rng(const eg_call *call) {
  eg_node *node = call->node;
  if (node && node->drawn)
    return node->rng;
  if (!call->tape)
    return eg_rng_seed(0);
  eg_rng rng = eg_rng_at(&call->tape->rng, call->tape->rng.position++, 0, 0);
  if (node) {
    node->rng = rng;
    node->drawn = true;
  }
  return rng;
}
