#include "ecgraft/folded_conv1d.h"

#include <inttypes.h>
#include <math.h>

#include "autograd/scratch.h"
#include "kernels/conv1d_algorithm.h"
#include "kernels/cpu.h"

enum { WEIGHT, BIAS, GAMMA, BETA, MEAN, VAR, PARTS };

static const char *const names[PARTS] = {"weight", "bias", "gamma", "beta", "running_mean", "running_var"};

struct eg_folded_conv1d {
  eg_conv1d_options conv;
  double eps;
  eg_tensor *part[PARTS];   /* NULL where one is absent */
  uint64_t versions[PARTS]; /* of their storage, when they were folded */
  eg_cpu cpu;               /* whose packing it is */
  eg_real *bias;            /* (Co), folded; NULL: nothing is folded yet */
  eg_real
      *weights[EG_CONV1D_WAYS]; /* of each way of the algorithms' table, packed where it packs; NULL: not made yet */
};

static void forget(eg_folded_conv1d *f) {
  eg_free(f->bias);
  f->bias = NULL;
  for (int i = 0; i < EG_CONV1D_WAYS; i++) {
    eg_free(f->weights[i]);
    f->weights[i] = NULL;
  }
}

void eg_folded_conv1d_free(eg_folded_conv1d *f) {
  if (!f)
    return;
  forget(f);
  for (int i = 0; i < PARTS; i++)
    eg_tensor_release(f->part[i]);
  eg_free(f);
}

static eg_status check(eg_tensor *const *part) {
  char text[96];
  for (int i = 0; i < PARTS; i++) {
    if (!part[i] && (i == WEIGHT || i == MEAN || i == VAR))
      return eg_fail(EG_USAGE, "%s is missing", names[i]);
    if (part[i] && !eg_tensor_is_contiguous(part[i]))
      return eg_fail(EG_USAGE, "expected %s to be contiguous, got a strided view of shape %s", names[i],
                     eg_shape_text(&part[i]->shape, text, sizeof text));
    if (i == WEIGHT && part[i]->shape.ndim != 3)
      return eg_fail(EG_USAGE, "expected a weight of shape (outputs, kernel, channels / groups), got %s",
                     eg_shape_text(&part[i]->shape, text, sizeof text));
    if (i > WEIGHT && part[i] && !eg_shape_equal(&part[i]->shape, &EG_SHAPE(part[WEIGHT]->shape.dims[0])))
      return eg_fail(EG_USAGE, "the convolution has %" PRId64 " outputs, %s has shape %s", part[WEIGHT]->shape.dims[0],
                     names[i], eg_shape_text(&part[i]->shape, text, sizeof text));
  }
  return EG_OK;
}

eg_status eg_folded_conv1d_new(eg_folded_conv1d **out, const eg_folded_parts *p) {
  *out = NULL;
  eg_tensor *part[PARTS] = {p->weight, p->bias, p->gamma, p->beta, p->mean, p->var};
  eg_status status = check(part);
  if (status != EG_OK)
    return eg_fail_in(status, "folded_conv1d");
  eg_folded_conv1d *f = eg_alloc_zero(1, sizeof *f);
  if (!f)
    return EG_NOMEM;
  f->conv = p->conv;
  f->eps = p->eps;
  for (int i = 0; i < PARTS; i++)
    f->part[i] = part[i] ? eg_tensor_retain(part[i]) : NULL;
  *out = f;
  return EG_OK;
}

static double channel(const eg_tensor *tensor, int64_t o, double absent) {
  return tensor ? (double)eg_tensor_data(tensor)[o] : absent;
}

static double scale_of(const eg_folded_conv1d *f, int64_t o) {
  return channel(f->part[GAMMA], o, 1) / sqrt(channel(f->part[VAR], o, 1) + f->eps);
}

/* Forgets what was made of tensors that have changed since, and makes the bias. */
static eg_status refresh(eg_folded_conv1d *f) {
  bool current = f->bias && f->cpu == eg_cpu_in_use();
  for (int i = 0; i < PARTS; i++)
    current = current && (!f->part[i] || f->part[i]->storage->version == f->versions[i]);
  if (current)
    return EG_OK;
  forget(f);
  int64_t outputs = f->part[WEIGHT]->shape.dims[0];
  f->bias = eg_alloc((size_t)outputs * sizeof *f->bias);
  if (!f->bias)
    return EG_NOMEM;
  for (int64_t o = 0; o < outputs; o++)
    f->bias[o] = (eg_real)((channel(f->part[BIAS], o, 0) - channel(f->part[MEAN], o, 0)) * scale_of(f, o) +
                           channel(f->part[BETA], o, 0));
  for (int i = 0; i < PARTS; i++)
    f->versions[i] = f->part[i] ? f->part[i]->storage->version : 0;
  f->cpu = eg_cpu_in_use();
  return EG_OK;
}

/* The weights for one way: folded, then packed. */
static eg_status prepare(eg_folded_conv1d *f, const eg_conv1d_algorithm *way, int slot, const eg_conv1d_shape *s,
                         eg_real *scratch) {
  const eg_real *w = eg_tensor_data(f->part[WEIGHT]);
  int64_t outputs = s->co, each = eg_tensor_numel(f->part[WEIGHT]) / (outputs > 0 ? outputs : 1);
  eg_real *folded = eg_alloc((size_t)(outputs * each) * sizeof *folded);
  if (!folded)
    return EG_NOMEM;
  for (int64_t o = 0; o < outputs; o++) {
    double scale = scale_of(f, o);
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
  const eg_conv1d_algorithm *way = eg_conv1d_choose(s, EG_CONV1D_PACKED);
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
  eg_call call = {.op = &eg_op_conv1d, .n_in = 2, .in = {x, f->part[WEIGHT]}, .options = &f->conv};
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
  const eg_conv1d_options *o = &f->conv;
  eg_conv1d_shape s = {
      x->shape.dims[0], x->shape.dims[1], x->shape.dims[2], shape.dims[2], f->part[WEIGHT]->shape.dims[1],
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
