/* A recorded op call. The output tensor holds its node; the node holds, for each input that wants a gradient, the node
   that made the input or the leaf itself. It never holds the input or output tensors, so what backward does not need is
   freed as soon as the caller lets go of it; what it needs is kept as views without history, so there are no cycles. */
#ifndef EG_AUTOGRAD_NODE_H
#define EG_AUTOGRAD_NODE_H

#include "ecgraft/autograd.h"

typedef struct eg_edge {
  struct eg_node *node; /* or */
  eg_tensor *leaf;      /* or neither: no gradient wanted */
} eg_edge;

typedef struct eg_node {
  int references;
  const eg_op *op;
  int n_in;
  eg_edge edges[EG_MAX_INPUTS];
  eg_shape in_shapes[EG_MAX_INPUTS];
  eg_shape out_shape;
  eg_tensor *saved[EG_MAX_SAVED];
  uint64_t versions[EG_MAX_SAVED]; /* of the storage, when saved */
  eg_status saving;                /* the first failure to save */
  bool drawn;
  eg_rng rng;
  _Alignas(16) unsigned char options[EG_MAX_OPTION_BYTES];
  bool gone; /* backward has passed and let go of everything */

  /* Used while backward runs. */
  eg_tensor *grad; /* of the output */
  struct eg_node *link;
  int next_edge;
  bool visited;
} eg_node;

/* A node for a call about to be made: edges, shapes and options are taken over. */
eg_status eg_node_new(eg_node **out, const eg_call *call);
eg_node *eg_node_retain(eg_node *node);
/* Lets go of edges and saved tensors. */
void eg_node_empty(eg_node *node);

/* The bytes of an op's options struct, from its description. */
size_t eg_op_options_size(const eg_op *op);

#endif
