#include <math.h>

#include "ecgraft/memory.h"
#include "ecgraft/optim.h"
#include "kernels/optim.h"

static eg_status check_limit(const char *where, double most) {
  return most > 0 ? EG_OK : eg_fail(EG_USAGE, "%s: expected a limit above 0, got %g", where, most);
}

static eg_status add_squares(double *sum, const eg_tensor *x) {
  int64_t n = eg_tensor_numel(x), pieces = eg_k_square_sums_count(n);
  double *sums = eg_alloc_zero((size_t)pieces, sizeof *sums);
  if (!sums)
    return EG_NOMEM;
  eg_k_square_sums(sums, eg_tensor_data(x), n);
  for (int64_t i = 0; i < pieces; i++)
    *sum += sums[i];
  eg_free(sums);
  return EG_OK;
}

eg_status eg_clip_grad_norm(double *norm, eg_tensor *const *parameters, int64_t n, double most) {
  double sum = 0;
  EG_TRY(check_limit("clip_grad_norm", most));
  for (int64_t i = 0; i < n; i++)
    if (parameters[i]->grad)
      EG_TRY(add_squares(&sum, parameters[i]->grad));
  *norm = sqrt(sum);
  double factor = most / (*norm + 1e-6);
  /* A norm that is not a number makes all gradients so: it is for the caller to look at the norm. */
  for (int64_t i = 0; i < n && !(factor >= 1); i++)
    if (parameters[i]->grad)
      eg_tensor_scale_into(parameters[i]->grad, factor);
  return EG_OK;
}

eg_status eg_clip_grad_value(eg_tensor *const *parameters, int64_t n, double most) {
  EG_TRY(check_limit("clip_grad_value", most));
  for (int64_t i = 0; i < n; i++) {
    eg_tensor *grad = parameters[i]->grad;
    if (grad) {
      eg_k_limit(eg_tensor_data(grad), most, eg_tensor_numel(grad));
      eg_tensor_touch(grad);
    }
  }
  return EG_OK;
}
