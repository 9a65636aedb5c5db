/* Elementwise ops of one input. What they compute, and their derivatives, is the table in kernels/unary.c. */
#include <math.h>

#include "autograd/support.h"
#include "kernels/unary.h"

enum { INPUT, OUTPUT, NOTHING };

static const int kept[] = {
#define X(name, from) [EG_UNARY_##name] = from,
    EG_UNARY_FUNCTIONS(X)
#undef X
};

static eg_status shape(eg_call *call) {
  for (const eg_option *o = call->op->options; o && o->name; o++)
    if (o->kind == EG_OPTION_REAL && isnan(*(const double *)(const void *)((const char *)call->options + o->offset)))
      return eg_fail(EG_USAGE, "%s must be a number, got nan", o->name);
  call->shapes[0] = call->in[0]->shape;
  return EG_OK;
}

static eg_status forward(eg_call *call, eg_unary f, double p, double q) {
  eg_k_unary(f, eg_tensor_data(call->out[0]), eg_tensor_data(call->in[0]), eg_tensor_numel(call->in[0]), (eg_real)p,
             (eg_real)q);
  if (kept[f] == INPUT)
    eg_call_save_input(call, 0, 0);
  else if (kept[f] == OUTPUT)
    eg_call_save(call, 0, call->out[0]);
  return EG_OK;
}

static eg_status backward(eg_call *call, eg_unary f, double p, double q) {
  eg_tensor *buffer, *saved = eg_call_saved(call, 0);
  eg_real beta;
  EG_TRY(eg_grad_buffer(call, 0, &buffer, &beta));
  eg_k_unary_grad(f, eg_tensor_data(buffer), beta != 0, eg_tensor_data(call->grad),
                  saved ? eg_tensor_data(saved) : NULL, eg_tensor_numel(buffer), (eg_real)p, (eg_real)q);
  return EG_OK;
}

static const char *const inputs[] = {"input", NULL};

/* An op whose parameters p and q are read from its options (`o`). */
#define UNARY_WITH(op_name, options_type, option_list, p, q, line)                                                     \
  static eg_status op_name##_forward(eg_call *call) {                                                                  \
    const options_type *o = call->options;                                                                             \
    (void)o;                                                                                                           \
    return forward(call, EG_UNARY_##op_name, p, q);                                                                    \
  }                                                                                                                    \
  static eg_status op_name##_backward(eg_call *call) {                                                                 \
    const options_type *o = call->options;                                                                             \
    (void)o;                                                                                                           \
    return backward(call, EG_UNARY_##op_name, p, q);                                                                   \
  }                                                                                                                    \
  const eg_op eg_op_##op_name = {.name = #op_name,                                                                     \
                                 .text = line,                                                                         \
                                 .inputs = inputs,                                                                     \
                                 .options = option_list,                                                               \
                                 .shape = shape,                                                                       \
                                 .forward = op_name##_forward,                                                         \
                                 .backward = op_name##_backward};
#define UNARY(name, line) UNARY_WITH(name, void, NULL, 0, 0, line)

static const eg_option clamp_options[] = {
    {"min", EG_OPTION_REAL, offsetof(eg_clamp_options, min), -INFINITY, "the least value of the result"},
    {"max", EG_OPTION_REAL, offsetof(eg_clamp_options, max), INFINITY, "the largest value of the result"},
    {0}};
static const eg_option elu_options[] = {
    {"slope", EG_OPTION_REAL, offsetof(eg_slope_options, slope), 1, "minus the limit for very negative x"}, {0}};
static const eg_option leaky_relu_options[] = {
    {"slope", EG_OPTION_REAL, offsetof(eg_slope_options, slope), 0.01, "the factor for negative x"}, {0}};

UNARY(abs, "|x|; its gradient at 0 is 0")
UNARY_WITH(clamp, eg_clamp_options, clamp_options, o->min, o->max,
           "min where x is less, max where x is more, else x; the bounds pass their gradient")
UNARY(cos, "cos x, x in radians")
UNARY_WITH(elu, eg_slope_options, elu_options, o->slope, 0,
           "x where x > 0, else slope (exp(x) - 1) (Clevert, Unterthiner and Hochreiter 2016)")
UNARY(exp, "e to the power of x")
UNARY(gelu, "x times the normal distribution's P(X <= x) (Hendrycks and Gimpel 2016), exact")
UNARY_WITH(leaky_relu, eg_slope_options, leaky_relu_options, o->slope, 0, "x where x > 0, else slope x")
UNARY(log, "the natural logarithm")
UNARY(log1p, "log(1 + x), exact for small x")
UNARY(neg, "-x")
UNARY(relu, "max(x, 0); its gradient at 0 is 0")
UNARY(rsqrt, "1 / sqrt(x)")
UNARY(sigmoid, "1 / (1 + exp(-x))")
UNARY(sign, "-1, 0 or 1; its gradient is 0")
UNARY(silu, "x sigmoid(x)")
UNARY(sin, "sin x, x in radians")
UNARY(softplus, "log(1 + exp(x))")
UNARY(sqrt, "the square root")
UNARY(square, "x times x")
UNARY(tanh, "the hyperbolic tangent")
