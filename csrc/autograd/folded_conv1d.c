#include "ecgraft/folded_conv1d.h"

#include <inttypes.h>
#include <math.h>

#include "autograd/scratch.h"
#include "kernels/conv1d_algorithm.h"
#include "kernels/cpu.h"

enum { PARTS = 6, MOST_WAYS = 8 };

struct eg_folded_conv1d {
  eg_folded_parts parts;
  eg_tensor *tensors[PARTS];   /* those of parts; NULL where one is absent */
  uint64_t versions[PARTS];    /* of their storage, when they were folded */
  eg_cpu cpu;                  /* whose packing it is */
  eg_real *bias;               /* (Co), folded; NULL: nothing is folded yet */
  eg_real *weights[MOST_WAYS]; /* of each way of the algorithms' table, packed where it packs; NULL: not made yet */
};

static void forget(eg_folded_conv1d *f) {
  eg_free(f->bias);
  f->bias = NULL;
  for (int i = 0; i < MOST_WAYS; i++) {
    eg_free(f->weights[i]);
    f->weights[i] = NULL;
  }
}

void eg_folded_conv1d_free(eg_folded_conv1d *f) {
  if (!f)
    return;
  forget(f);
  for (int i = 0; i < PARTS; i++)
    eg_tensor_release(f->tensors[i]);
  eg_free(f);
}

static eg_status check_channels(const eg_folded_parts *p) {
  static const char *const names[] = {"weight", "bias", "gamma", "beta", "running_mean", "running_var"};
  const eg_tensor *all[PARTS] = {p->weight, p->bias, p->gamma, p->beta, p->mean, p->var};
  if (!p->weight || p->weight->shape.ndim != 3 || !p->mean || !p->var)
    return eg_fail(EG_USAGE, "expected a weight of shape (outputs, kernel, channels / groups), a mean and a variance");
  for (int i = 0; i < PARTS; i++) {
    char text[96];
    if (i > 0 && all[i] && !eg_shape_equal(&all[i]->shape, &EG_SHAPE(p->weight->shape.dims[0])))
      return eg_fail(EG_USAGE, "the convolution has %" PRId64 " outputs, %s has shape %s", p->weight->shape.dims[0],
                     names[i], eg_shape_text(&all[i]->shape, text, sizeof text));
    if (all[i] && !eg_tensor_is_contiguous(all[i]))
      return eg_fail(EG_USAGE, "%s must be contiguous", names[i]);
  }
  return EG_OK;
}

eg_status eg_folded_conv1d_new(eg_folded_conv1d **out, const eg_folded_parts *parts) {
  *out = NULL;
  eg_status status = check_channels(parts);
  if (status != EG_OK)
    return eg_fail_in(status, "folded_conv1d");
  eg_folded_conv1d *f = eg_alloc_zero(1, sizeof *f);
  if (!f)
    return EG_NOMEM;
  f->parts = *parts;
  eg_tensor *all[PARTS] = {parts->weight, parts->bias, parts->gamma, parts->beta, parts->mean, parts->var};
  for (int i = 0; i < PARTS; i++)
    f->tensors[i] = all[i] ? eg_tensor_retain(all[i]) : NULL;
  *out = f;
  return EG_OK;
}

static double channel(const eg_tensor *tensor, int64_t o, double absent) {
  return tensor ? (double)eg_tensor_data(tensor)[o] : absent;
}

static double scale_of(const eg_folded_parts *p, int64_t o) {
  return channel(p->gamma, o, 1) / sqrt(channel(p->var, o, 1) + p->eps);
}

/* Forgets what was made of tensors that have changed since, and makes the bias. */
static eg_status refresh(eg_folded_conv1d *f) {
  bool current = f->bias && f->cpu == eg_cpu_in_use();
  for (int i = 0; i < PARTS; i++)
    current = current && (!f->tensors[i] || f->tensors[i]->storage->version == f->versions[i]);
  if (current)
    return EG_OK;
  forget(f);
  const eg_folded_parts *p = &f->parts;
  int64_t outputs = p->weight->shape.dims[0];
  f->bias = eg_alloc((size_t)outputs * sizeof *f->bias);
  if (!f->bias)
    return EG_NOMEM;
  for (int64_t o = 0; o < outputs; o++)
    f->bias[o] = (eg_real)((channel(p->bias, o, 0) - channel(p->mean, o, 0)) * scale_of(p, o) + channel(p->beta, o, 0));
  for (int i = 0; i < PARTS; i++)
    f->versions[i] = f->tensors[i] ? f->tensors[i]->storage->version : 0;
  f->cpu = eg_cpu_in_use();
  return EG_OK;
}

/* The weights for one way: folded, then packed. */
static eg_status prepare(eg_folded_conv1d *f, const eg_conv1d_algorithm *way, int slot, const eg_conv1d_shape *s,
                         eg_real *scratch) {
  const eg_real *w = eg_tensor_data(f->parts.weight);
  int64_t outputs = s->co, each = eg_tensor_numel(f->parts.weight) / (outputs > 0 ? outputs : 1);
  eg_real *folded = eg_alloc((size_t)(outputs * each) * sizeof *folded);
  if (!folded)
    return EG_NOMEM;
  for (int64_t o = 0; o < outputs; o++) {
    double scale = scale_of(&f->parts, o);
    for (int64_t i = o * each; i < (o + 1) * each; i++)
      folded[i] = (eg_real)(w[i] * scale);
  }
  if (!way->pack) {
    f->weights[slot] = folded;
    return EG_OK;
  }
  eg_status status = eg_scratch(&f->weights[slot], way->packed(s));
  if (status == EG_OK)
    way->pack(s, f->weights[slot], folded, scratch);
  eg_free(folded);
  return status;
}

static eg_status run(eg_folded_conv1d *f, const eg_conv1d_shape *s, eg_real *y, const eg_real *x,
                     const eg_real *residual, bool relu) {
  const eg_conv1d_algorithm *way = eg_conv1d_choose(s, EG_CONV1D_FORWARD);
  int slot = 0;
  while (eg_conv1d_algorithms[slot] != way)
    slot++;
  eg_real *scratch;
  EG_TRY(eg_scratch(&scratch, way->scratch(s, EG_CONV1D_FORWARD)));
  eg_status status = f->weights[slot] ? EG_OK : prepare(f, way, slot, s, scratch);
  if (status == EG_OK)
    eg_conv1d_run(way, s, y, x, f->weights[slot],
                  &(eg_conv1d_ends){.bias = f->bias, .residual = residual, .relu = relu}, scratch);
  eg_free(scratch);
  return status;
}

/* The shape of the result, by the rules of conv1d itself. */
static eg_status result_shape(const eg_folded_conv1d *f, eg_tensor *x, const eg_tensor *residual, eg_shape *shape) {
  eg_call call = {.op = &eg_op_conv1d, .n_in = 2, .in = {x, f->parts.weight}, .options = &f->parts.conv};
  char came[96], expected[96];
  EG_TRY(eg_op_conv1d.shape(&call));
  *shape = call.shapes[0];
  if (residual && !eg_shape_equal(&residual->shape, shape))
    return eg_fail(EG_USAGE, "the result has shape %s, the residual %s; expected the same",
                   eg_shape_text(shape, expected, sizeof expected), eg_shape_text(&residual->shape, came, sizeof came));
  return EG_OK;
}

eg_status eg_folded_conv1d_apply(eg_tensor **out, eg_folded_conv1d *f, eg_tensor *x, eg_tensor *residual, bool relu) {
  *out = NULL;
  eg_shape shape;
  eg_status status = result_shape(f, x, residual, &shape);
  if (status != EG_OK)
    return eg_fail_in(status, "conv1d");
  const eg_conv1d_options *o = &f->parts.conv;
  eg_conv1d_shape s = {
      x->shape.dims[0], x->shape.dims[1], x->shape.dims[2], shape.dims[2], f->parts.weight->shape.dims[1],
      shape.dims[1],    o->stride,        o->padding,       o->dilation,   o->groups};
  eg_tensor *packed_x = NULL, *packed_residual = NULL;
  status = refresh(f);
  if (status == EG_OK)
    status = eg_tensor_contiguous(&packed_x, x);
  if (status == EG_OK && residual)
    status = eg_tensor_contiguous(&packed_residual, residual);
  if (status == EG_OK)
    status = eg_tensor_new(out, shape);
  if (status == EG_OK)
    status = run(f, &s, eg_tensor_data(*out), eg_tensor_data(packed_x),
                 packed_residual ? eg_tensor_data(packed_residual) : NULL, relu);
  eg_tensor_release(packed_x);
  eg_tensor_release(packed_residual);
  if (status != EG_OK) {
    eg_tensor_release(*out);
    *out = NULL;
  }
  return status;
}
