#include <inttypes.h>

#include "autograd/scratch.h"
#include "ecgraft/ops.h"
#include "kernels/matmul.h"

/* C (m, n) = A (m, k) B (k, n) for each entry of the batch; vectors count as one row (A) or one column (B). */
typedef struct product {
  int64_t m, n, k;
  eg_shape a_batch, b_batch, batch;
} product;

static eg_shape leading(const eg_shape *s) {
  eg_shape out = *s;
  out.ndim = s->ndim > 2 ? s->ndim - 2 : 0;
  return out;
}

static eg_status measure(product *p, const eg_shape *a, const eg_shape *b) {
  char a_text[96], b_text[96];
  eg_shape_text(a, a_text, sizeof a_text);
  eg_shape_text(b, b_text, sizeof b_text);
  if (a->ndim < 1 || b->ndim < 1)
    return eg_fail(EG_USAGE, "expected tensors of at least one dim, got shapes %s and %s", a_text, b_text);
  p->m = a->ndim > 1 ? a->dims[a->ndim - 2] : 1;
  p->k = a->dims[a->ndim - 1];
  p->n = b->ndim > 1 ? b->dims[b->ndim - 1] : 1;
  int64_t rows = b->ndim > 1 ? b->dims[b->ndim - 2] : b->dims[0];
  if (p->k != rows)
    return eg_fail(EG_USAGE, "shapes %s and %s do not fit: %" PRId64 " columns by %" PRId64 " rows", a_text, b_text,
                   p->k, rows);
  p->a_batch = leading(a);
  p->b_batch = leading(b);
  if (eg_shape_broadcast(&p->batch, &p->a_batch, &p->b_batch) != EG_OK)
    return eg_fail(EG_USAGE, "shapes %s and %s do not fit: their leading dims do not broadcast", a_text, b_text);
  return EG_OK;
}

static eg_status shape(eg_call *call) {
  const eg_shape *a = &call->in[0]->shape, *b = &call->in[1]->shape;
  product p;
  EG_TRY(measure(&p, a, b));
  eg_shape *out = &call->shapes[0];
  *out = p.batch;
  if (a->ndim > 1)
    out->dims[out->ndim++] = p.m;
  if (b->ndim > 1)
    out->dims[out->ndim++] = p.n;
  return EG_OK;
}

/* Strides of a dense operand over the dims of the batch, 0 where it is stretched. */
static void batch_strides(int64_t *strides, const eg_shape *own, const eg_shape *batch, int64_t matrix) {
  for (int d = batch->ndim - 1; d >= 0; d--) {
    int o = d - (batch->ndim - own->ndim);
    int64_t size = o >= 0 ? own->dims[o] : 1;
    strides[d] = size == 1 ? 0 : matrix;
    matrix *= size;
  }
}

/* The three operands of a product over the batch: where each begins in an entry, and its data. */
typedef struct operand {
  const eg_shape *batch;
  int64_t matrix;
} operand;

static eg_k_batch batch_of(const product *p, operand a, operand b, operand c) {
  eg_k_batch batch = {.ndim = p->batch.ndim};
  for (int d = 0; d < batch.ndim; d++)
    batch.dims[d] = p->batch.dims[d];
  batch_strides(batch.a, a.batch, &p->batch, a.matrix);
  batch_strides(batch.b, b.batch, &p->batch, b.matrix);
  batch_strides(batch.c, c.batch, &p->batch, c.matrix);
  return batch;
}

/* A matrix B that every entry shares makes one tall product of all. */
static void flatten(product *p) {
  if (p->b_batch.ndim == 0) {
    p->m *= eg_shape_numel(&p->batch);
    p->a_batch.ndim = p->batch.ndim = 0;
  }
}

static eg_status forward(eg_call *call) {
  product p;
  EG_TRY(measure(&p, &call->in[0]->shape, &call->in[1]->shape));
  flatten(&p);
  eg_k_batch batch =
      batch_of(&p, (operand){&p.a_batch, p.m * p.k}, (operand){&p.b_batch, p.k * p.n}, (operand){&p.batch, p.m * p.n});
  eg_k_matmul(&batch, false, false, p.m, p.n, p.k, eg_tensor_data(call->in[0]), eg_tensor_data(call->in[1]), 0,
              eg_tensor_data(call->out[0]));
  eg_call_save_input(call, 0, 0);
  eg_call_save_input(call, 1, 1);
  return EG_OK;
}

/* dA = dC B^T */
static eg_status gradient_a(eg_call *call, const product *p, const eg_real *dc) {
  eg_tensor *buffer;
  eg_real beta;
  EG_TRY(eg_grad_buffer(call, 0, &buffer, &beta));
  eg_k_batch batch = batch_of(p, (operand){&p->batch, p->m * p->n}, (operand){&p->b_batch, p->k * p->n},
                              (operand){&p->a_batch, p->m * p->k});
  eg_k_matmul(&batch, false, true, p->m, p->k, p->n, dc, eg_tensor_data(eg_call_saved(call, 1)), beta,
              eg_tensor_data(buffer));
  return EG_OK;
}

/* dB = A^T dC */
static eg_status gradient_b(eg_call *call, const product *p, const eg_real *dc) {
  eg_real *scratch = NULL, beta;
  const eg_real *a = eg_tensor_data(eg_call_saved(call, 0));
  eg_tensor *buffer;
  if (p->batch.ndim == 0)
    EG_TRY(eg_scratch(&scratch, eg_k_product_over_rows_scratch(p->m, p->k, p->n)));
  eg_status status = eg_grad_buffer(call, 1, &buffer, &beta);
  if (status == EG_OK && p->batch.ndim == 0) {
    eg_k_product_over_rows(p->m, p->k, p->n, a, p->k, dc, p->n, beta, eg_tensor_data(buffer), scratch);
  } else if (status == EG_OK) {
    eg_k_batch batch = batch_of(p, (operand){&p->a_batch, p->m * p->k}, (operand){&p->batch, p->m * p->n},
                                (operand){&p->b_batch, p->k * p->n});
    eg_k_matmul(&batch, true, false, p->k, p->n, p->m, a, dc, beta, eg_tensor_data(buffer));
  }
  eg_free(scratch);
  return status;
}

static eg_status backward(eg_call *call) {
  product p;
  EG_TRY(measure(&p, eg_call_input_shape(call, 0), eg_call_input_shape(call, 1)));
  flatten(&p);
  const eg_real *dc = eg_tensor_data(call->grad);
  if (call->wants[0])
    EG_TRY(gradient_a(call, &p, dc));
  if (call->wants[1])
    EG_TRY(gradient_b(call, &p, dc));
  return EG_OK;
}

static const char *const inputs[] = {"a", "b", NULL};

const eg_op eg_op_matmul = {
    .name = "matmul",
    .text = "a (..., M, K) by b (..., K, N) -> (..., M, N); leading dims broadcast, a vector counts as "
            "one row (a) or one column (b)",
    .inputs = inputs,
    .shape = shape,
    .forward = forward,
    .backward = backward};
