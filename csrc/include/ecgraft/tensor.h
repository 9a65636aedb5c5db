/* Tensors: reference-counted views of reference-counted storage.

   Dimensions and indices count from 0 here (the Lua face counts from 1). Strides are in elements. A tensor is used by
   one thread at a time; storage is shared by views and freed with the last of them. */
#ifndef ECGRAFT_TENSOR_H
#define ECGRAFT_TENSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ecgraft/random.h"
#include "ecgraft/real.h"
#include "ecgraft/status.h"

enum { EG_MAX_DIMS = 8 };

/* A shape: dims[0 .. ndim-1], each >= 0. A scalar has ndim 0. */
typedef struct eg_shape {
  int ndim;
  int64_t dims[EG_MAX_DIMS];
} eg_shape;

typedef struct eg_storage {
  int references;
  uint64_t version; /* counts changes in place, so that the tape can tell a saved value was overwritten */
  int64_t size;     /* elements */
  eg_real *data;
} eg_storage;

struct eg_node;

typedef struct eg_tensor {
  int references;
  bool requires_grad;
  eg_shape shape;
  int64_t strides[EG_MAX_DIMS];
  int64_t offset;
  eg_storage *storage;
  struct eg_tensor *grad;                     /* of a leaf, after backward; or NULL */
  struct eg_node *node;                       /* the op that made it, while recorded; or NULL */
  void (*release_node)(struct eg_node *node); /* set with `node` by the tape, of which tensors know nothing more */
} eg_tensor;

/* Shapes. */
#define EG_SHAPE(...) ((eg_shape){(int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), {__VA_ARGS__}})
int64_t eg_shape_numel(const eg_shape *shape);
bool eg_shape_equal(const eg_shape *a, const eg_shape *b);
/* "{2, 3}" into text, cut at `size`; returns text. */
char *eg_shape_text(const eg_shape *shape, char *text, size_t size);
/* Fails with EG_USAGE on a negative dim, more than EG_MAX_DIMS dims or a product beyond what can be addressed. */
eg_status eg_shape_check(const eg_shape *shape);
/* The shape that both broadcast to (NumPy's rule: aligned at the last dim, 1 stretches). EG_USAGE where they do not. */
eg_status eg_shape_broadcast(eg_shape *out, const eg_shape *a, const eg_shape *b);
/* For a reshape from `of`: puts what is left into the dim that is -1, if one is. EG_USAGE where the counts do not
 * agree. */
eg_status eg_shape_complete(eg_shape *shape, const eg_shape *of);

/* Making. `*out` is a new reference, contiguous, to be released; it is NULL on failure. */
eg_status eg_tensor_new(eg_tensor **out, eg_shape shape); /* content undefined */
eg_status eg_tensor_zeros(eg_tensor **out, eg_shape shape);
eg_status eg_tensor_full(eg_tensor **out, eg_shape shape, double value);
eg_status eg_tensor_from(eg_tensor **out, eg_shape shape, const eg_real *values);
eg_status eg_tensor_uniform(eg_tensor **out, eg_shape shape, eg_rng *rng, double low, double high);
eg_status eg_tensor_normal(eg_tensor **out, eg_shape shape, eg_rng *rng, double mean, double deviation);
eg_tensor *eg_tensor_retain(eg_tensor *tensor);
void eg_tensor_release(eg_tensor *tensor); /* NULL is allowed */

/* Looking. */
int64_t eg_tensor_numel(const eg_tensor *tensor);
int64_t eg_tensor_dim(const eg_tensor *tensor, int dim); /* 1 beyond ndim */
bool eg_tensor_is_contiguous(const eg_tensor *tensor);
eg_real *eg_tensor_data(const eg_tensor *tensor); /* the first element */
/* The element at position `index` in row-major order; the index is the caller's to check. */
eg_real eg_tensor_at(const eg_tensor *tensor, int64_t index);

/* Views: share storage, cost no copy, are not recorded (the ops of the same name are). */
eg_status eg_tensor_alias(eg_tensor **out, const eg_tensor *tensor); /* same elements, no history, no gradient */
eg_status eg_tensor_select(eg_tensor **out, const eg_tensor *tensor, int dim, int64_t index);
eg_status eg_tensor_narrow(eg_tensor **out, const eg_tensor *tensor, int dim, int64_t first, int64_t length);
eg_status eg_tensor_permute(eg_tensor **out, const eg_tensor *tensor, const int *order); /* order: ndim entries */
eg_status eg_tensor_transpose(eg_tensor **out, const eg_tensor *tensor, int a, int b);
/* Same elements under another shape: a view where strides allow, else a copy. One dim may be -1: what is left. */
eg_status eg_tensor_reshape(eg_tensor **out, const eg_tensor *tensor, eg_shape shape);
/* A view with stride 0 along stretched dims. */
eg_status eg_tensor_expand(eg_tensor **out, const eg_tensor *tensor, const eg_shape *shape);

/* Copies. */
eg_status eg_tensor_contiguous(eg_tensor **out, eg_tensor *tensor); /* itself, retained, where it already is */
eg_status eg_tensor_clone(eg_tensor **out, const eg_tensor *tensor);

/* In place; they count a change of the storage. The shapes must be equal (copy: or `source` must broadcast). */
eg_status eg_tensor_copy_into(eg_tensor *target, const eg_tensor *source);
void eg_tensor_fill(eg_tensor *target, double value);
/* target += factor * source */
eg_status eg_tensor_add_into(eg_tensor *target, const eg_tensor *source, double factor);
void eg_tensor_scale_into(eg_tensor *target, double factor);
void eg_tensor_touch(eg_tensor *target); /* say that the caller wrote through eg_tensor_data */

/* The number of elements that are NaN or infinite. */
int64_t eg_tensor_count_nonfinite(const eg_tensor *tensor);

#endif
