/* Backward: the nodes that the result depends on, in an order in which each comes after all that use it. */
#include "autograd/node.h"
#include "ecgraft/autograd.h"

bool eg_tensor_is_recorded(const eg_tensor *tensor) {
  return tensor->node || tensor->requires_grad;
}

eg_status eg_tensor_require_grad(eg_tensor *tensor, bool require) {
  if (tensor->node)
    return eg_fail(EG_USAGE, "requires_grad: only a leaf can be marked, this is the result of %s",
                   tensor->node->op->name);
  tensor->requires_grad = require;
  return EG_OK;
}

void eg_tensor_zero_grad(eg_tensor *tensor) {
  eg_tensor_release(tensor->grad);
  tensor->grad = NULL;
}

/* Where the gradient of input i is gathered. */
static eg_tensor **slot(const eg_call *call, int i) {
  const eg_edge *edge = &call->node->edges[i];
  return edge->node ? &edge->node->grad : &edge->leaf->grad;
}

static bool sole(const eg_tensor *tensor) {
  return tensor->references == 1 && tensor->storage->references == 1 && eg_tensor_is_contiguous(tensor);
}

eg_status eg_grad_buffer(eg_call *call, int i, eg_tensor **buffer, eg_real *beta) {
  if (!call->wants[i])
    return eg_fail(EG_USAGE, "input %d wants no gradient", i + 1);
  eg_tensor **grad = slot(call, i);
  *beta = *grad ? 1 : 0;
  if (!*grad) {
    EG_TRY(eg_tensor_new(grad, call->node->in_shapes[i]));
  } else if (!sole(*grad)) { /* somebody else looks at it: go on with a copy */
    eg_tensor *copy;
    EG_TRY(eg_tensor_clone(&copy, *grad));
    eg_tensor_release(*grad);
    *grad = copy;
  }
  eg_tensor_touch(*grad);
  *buffer = *grad;
  return EG_OK;
}

eg_status eg_grad_pass(eg_call *call, int i, eg_tensor *gradient) {
  if (!call->wants[i])
    return EG_OK;
  if (!eg_shape_equal(&gradient->shape, &call->node->in_shapes[i])) {
    char came[96], expected[96];
    return eg_fail(EG_USAGE, "the gradient of input %d has shape %s, expected %s", i + 1,
                   eg_shape_text(&gradient->shape, came, sizeof came),
                   eg_shape_text(&call->node->in_shapes[i], expected, sizeof expected));
  }
  eg_tensor **grad = slot(call, i);
  if (*grad) {
    eg_tensor *buffer;
    eg_real beta;
    EG_TRY(eg_grad_buffer(call, i, &buffer, &beta));
    return eg_tensor_add_into(buffer, gradient, 1);
  }
  /* A leaf's gradient may be changed in place (clipping), so it is never shared. */
  if (call->node->edges[i].leaf || !eg_tensor_is_contiguous(gradient))
    return eg_tensor_clone(grad, gradient);
  *grad = eg_tensor_retain(gradient);
  return EG_OK;
}

/* The nodes reachable from `root`, each after all nodes that use its output, chained by `link` and retained; visited
   stays set. Depth first with an explicit path, since a graph may be deeper than the stack. */
static eg_node *ordered(eg_node *root, bool *gone) {
  eg_node *path = root, *order = NULL;
  root->link = NULL;
  root->visited = true;
  root->next_edge = 0;
  *gone = root->gone;
  while (path) {
    eg_node *node = path;
    if (node->next_edge < node->n_in) {
      eg_node *next = node->edges[node->next_edge++].node;
      if (next && !next->visited) {
        *gone |= next->gone;
        next->visited = true;
        next->next_edge = 0;
        next->link = path;
        path = next;
      }
    } else {
      path = node->link;
      node->link = order;
      order = eg_node_retain(node);
    }
  }
  return order;
}

/* A value kept for backward must be as it was. */
static eg_status check_versions(const eg_node *node) {
  for (int i = 0; i < EG_MAX_SAVED; i++)
    if (node->saved[i] && node->saved[i]->storage->version != node->versions[i])
      return eg_fail(EG_USAGE,
                     "backward: a tensor that %s needs for its gradient was changed in place after it was used",
                     node->op->name);
  return EG_OK;
}

static eg_status step(eg_node *node) {
  EG_TRY(check_versions(node));
  eg_call call = {
      .op = node->op, .n_in = node->n_in, .options = node->options, .node = node, .grad = node->grad, .recorded = true};
  call.shapes[0] = node->out_shape;
  for (int i = 0; i < node->n_in; i++)
    call.wants[i] = node->edges[i].node || node->edges[i].leaf;
  eg_status status = node->op->backward(&call);
  return status == EG_USAGE ? eg_fail_in(status, node->op->name) : status;
}

/* Runs through the chain, letting go of every node, also after a failure. */
static eg_status run(eg_node *order, bool keep_graph) {
  eg_status status = EG_OK;
  while (order) {
    eg_node *node = order;
    order = node->link;
    node->visited = false;
    bool reached = node->grad && status == EG_OK;
    if (reached)
      status = step(node);
    eg_tensor_release(node->grad);
    node->grad = NULL;
    if (!keep_graph) {
      node->gone = true;
      eg_node_empty(node);
    }
    eg_node_release(node);
  }
  return status;
}

static void forget(eg_node *order) {
  while (order) {
    eg_node *node = order;
    order = node->link;
    node->visited = false;
    eg_node_release(node);
  }
}

eg_status eg_backward(eg_tensor *tensor, eg_tensor *seed, bool keep_graph) {
  char came[96], expected[96];
  if (!eg_tensor_is_recorded(tensor))
    return eg_fail(EG_USAGE, "backward: nothing was recorded: no leaf requires grad, or recording was off");
  if (!seed && eg_tensor_numel(tensor) != 1)
    return eg_fail(EG_USAGE, "backward: expected one element, or a gradient to begin with; the tensor has shape %s",
                   eg_shape_text(&tensor->shape, came, sizeof came));
  if (seed && !eg_shape_equal(&seed->shape, &tensor->shape))
    return eg_fail(EG_USAGE, "backward: the gradient has shape %s, the tensor %s",
                   eg_shape_text(&seed->shape, came, sizeof came),
                   eg_shape_text(&tensor->shape, expected, sizeof expected));
  eg_tensor *first;
  if (seed)
    EG_TRY(eg_tensor_clone(&first, seed));
  else
    EG_TRY(eg_tensor_full(&first, tensor->shape, 1));
  if (!tensor->node) { /* a leaf itself */
    eg_status status = EG_OK;
    if (tensor->grad)
      status = eg_tensor_add_into(tensor->grad, first, 1);
    else
      tensor->grad = eg_tensor_retain(first);
    eg_tensor_release(first);
    return status;
  }
  bool gone;
  eg_node *order = ordered(tensor->node, &gone);
  if (gone) {
    forget(order);
    eg_tensor_release(first);
    return eg_fail(EG_USAGE, "backward: the graph was let go by an earlier backward; pass keep_graph to keep it");
  }
  tensor->node->grad = first;
  return run(order, keep_graph);
}
