#include "autograd/node.h"

#include <string.h>

#include "ecgraft/memory.h"

size_t eg_op_options_size(const eg_op *op) {
  size_t size = 0;
  for (const eg_option *o = op->options; o && o->name; o++) {
    size_t field = o->kind == EG_OPTION_DIMS ? sizeof(eg_shape) : o->kind == EG_OPTION_BOOL ? sizeof(bool) : 8;
    if (o->offset + field > size)
      size = o->offset + field;
  }
  return size;
}

eg_status eg_node_new(eg_node **out, const eg_call *call) {
  *out = NULL;
  eg_node *node = eg_alloc_zero(1, sizeof *node);
  if (!node)
    return EG_NOMEM;
  node->references = 1;
  node->op = call->op;
  node->n_in = call->n_in;
  node->out_shape = call->shapes[0];
  for (int i = 0; i < call->n_in; i++) {
    eg_tensor *input = call->in[i];
    if (!input)
      continue;
    node->in_shapes[i] = input->shape;
    if (input->node)
      node->edges[i].node = eg_node_retain(input->node);
    else if (input->requires_grad)
      node->edges[i].leaf = eg_tensor_retain(input);
  }
  if (call->options)
    memcpy(node->options, call->options, eg_op_options_size(call->op));
  *out = node;
  return EG_OK;
}

eg_node *eg_node_retain(eg_node *node) {
  node->references++;
  return node;
}

/* Empties a node; nodes that nothing refers to any more go to the front of the chain *unused. A loop, not a recursion:
   a graph may be deeper than the stack. */
static void empty(eg_node *node, eg_node **unused) {
  for (int i = 0; i < EG_MAX_INPUTS; i++) {
    eg_edge edge = node->edges[i];
    node->edges[i] = (eg_edge){0};
    eg_tensor_release(edge.leaf);
    if (edge.node && --edge.node->references == 0) {
      edge.node->link = *unused;
      *unused = edge.node;
    }
  }
  for (int i = 0; i < EG_MAX_SAVED; i++) {
    eg_tensor_release(node->saved[i]);
    node->saved[i] = NULL;
  }
}

static void free_chain(eg_node *unused) {
  while (unused) {
    eg_node *node = unused;
    unused = node->link;
    empty(node, &unused);
    eg_tensor_release(node->grad);
    eg_free(node);
  }
}

void eg_node_empty(eg_node *node) {
  eg_node *unused = NULL;
  empty(node, &unused);
  free_chain(unused);
}

void eg_node_release(eg_node *node) {
  if (node && --node->references == 0) {
    node->link = NULL;
    free_chain(node);
  }
}
