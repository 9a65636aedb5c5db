/* The tape: what an op is, how one is called, and backward.

   An op is a value: name, inputs, options, shape, forward, backward. The tape knows no op by name, and the Lua face
   builds each op's argument parser from this description, so a new op is one file in csrc/autograd and one line in
   ecgraft/ops.h. Each recorded output holds its node, and the node its inputs; the graph lives as long as
   something refers to it, and backward lets go of each node as it passes. */
#ifndef ECGRAFT_AUTOGRAD_H
#define ECGRAFT_AUTOGRAD_H

#include "ecgraft/tensor.h"

enum { EG_MAX_INPUTS = 12, EG_MAX_EXTRA = 2, EG_MAX_SAVED = 8, EG_MAX_OPTION_BYTES = 128 };

/* What the recording of a piece of work knows: whether to record, and where random ops draw from. */
typedef struct eg_tape {
  bool recording; /* false: results have no history (inference) */
  eg_rng rng;     /* dropout and other random ops take their stream from here */
} eg_tape;

typedef enum eg_option_kind {
  EG_OPTION_INT,
  EG_OPTION_REAL,
  EG_OPTION_BOOL,
  EG_OPTION_DIMS,
  EG_OPTION_DIM
} eg_option_kind;

/* One field of an op's options struct: INT int64_t, REAL double, BOOL bool, DIMS eg_shape, DIM int64_t (a dimension or
   index that Lua counts from 1 and C from 0; -1 where absent). */
typedef struct eg_option {
  const char *name; /* NULL ends the list */
  eg_option_kind kind;
  size_t offset;
  double fallback;  /* where it is not given; a DIMS option without value has ndim -1 */
  const char *text; /* one line for the reference */
} eg_option;

struct eg_call;

typedef struct eg_op {
  const char *name;
  const char *text;          /* one line for the reference: what, shapes, source of the formula */
  const char *const *inputs; /* names, NULL at the end; "bias?" may be absent; "tensors..." takes 1..EG_MAX_INPUTS */
  const eg_option *options;  /* or NULL */
  int extra;                 /* outputs beside the first, not differentiable (max: the indices) */
  /* Decides call->shapes[0 .. extra] from inputs and options. The only part that may find fault with them (EG_USAGE).
   */
  eg_status (*shape)(struct eg_call *call);
  /* Fills call->out[...], or sets call->out[0] itself where it is a view (then .views is true). May keep tensors by
     eg_call_save when call->recorded. Fails only for want of memory. */
  eg_status (*forward)(struct eg_call *call);
  /* Gives each input with call->wants[i] its gradient by eg_grad_buffer or eg_grad_pass; call->grad is contiguous, of
     out[0]'s shape, and not to be written to. NULL: not differentiable. */
  eg_status (*backward)(struct eg_call *call);
  bool views;   /* forward makes out[0] itself */
  bool strided; /* takes inputs as they are; otherwise it is given contiguous ones */
} eg_op;

typedef struct eg_call {
  const eg_op *op;
  eg_tape *tape;
  int n_in;
  eg_tensor *in[EG_MAX_INPUTS]; /* NULL where an optional input is absent */
  eg_shape shapes[1 + EG_MAX_EXTRA];
  eg_tensor *out[1 + EG_MAX_EXTRA];
  const void *options; /* the op's options struct */
  bool recorded;
  /* In backward; `out` and inputs that the op said it does not need are absent then. */
  eg_tensor *grad;
  bool wants[EG_MAX_INPUTS];
  struct eg_node *node;
} eg_call;

/* Applies an op. `options` points to its options struct (NULL where it has none); out[0] is the result, further
   entries (op->extra of them) the other outputs; `tape` NULL means not recorded. Failure text begins with the op's
   name. */
eg_status eg_apply(eg_tensor **out, eg_tape *tape, const eg_op *op, eg_tensor *const *inputs, int n_inputs,
                   const void *options);

/* In forward: keeps a tensor for backward under a slot, 0 .. EG_MAX_SAVED - 1; the caller still releases what it made
   itself. NULL is allowed. Does nothing where the call is not recorded. An input may be kept; that it was changed in
   place before backward is then found out. */
void eg_call_save(eg_call *call, int slot, eg_tensor *tensor);
/* In forward: keeps input `i` for backward (as it was given to forward: contiguous). */
void eg_call_save_input(eg_call *call, int slot, int i);
/* In backward: what was kept. */
eg_tensor *eg_call_saved(const eg_call *call, int slot);
/* In backward: the shape of input i (kept even where the input is not). */
const eg_shape *eg_call_input_shape(const eg_call *call, int i);
/* In forward, and again in backward with the same result: this call's own random stream. */
eg_rng eg_call_rng(const eg_call *call);

/* In backward: the buffer for the gradient of input i, contiguous, of its shape, borrowed (not to be released). Only
   where call->wants[i]. *beta is 0 where it must be overwritten (content undefined) and 1 where it must be added to. */
eg_status eg_grad_buffer(eg_call *call, int i, eg_tensor **buffer, eg_real *beta);
/* In backward: gives a whole gradient, kept by reference (retained) where that is possible; the caller still releases
   what it made itself. Its shape must be the input's. Does nothing where the input wants none. */
eg_status eg_grad_pass(eg_call *call, int i, eg_tensor *gradient);

/* Adds d tensor / d leaf to the grad of each leaf that requires it. `tensor` must have one element, or `seed` (its
   shape) be given. The graph is let go unless keep_graph. EG_USAGE where nothing was recorded or the graph is already
   gone. */
eg_status eg_backward(eg_tensor *tensor, eg_tensor *seed, bool keep_graph);

/* Marks a leaf. EG_USAGE for the result of a recorded op. */
eg_status eg_tensor_require_grad(eg_tensor *tensor, bool require);
/* Whether ops on it are recorded: a leaf that requires grad, or the result of such. */
bool eg_tensor_is_recorded(const eg_tensor *tensor);
/* Drops the gradient. */
void eg_tensor_zero_grad(eg_tensor *tensor);

void eg_node_release(struct eg_node *node); /* NULL is allowed */

#endif
