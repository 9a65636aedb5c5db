/* A small network trained from C, by the public headers alone: finds which made-up signals hold a bump, prints the
   loss.

     cc 10_train.c $(pkg-config --cflags --libs ecgraft) -o train && ./train [STEPS, default 200]

   A signal is 128 samples of 2 leads of noise; in every other one lead 2 has a bump of 12 samples somewhere. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "ecgraft/ops.h"
#include "ecgraft/optim.h"

enum { RECORDS = 64, LENGTH = 128, LEADS = 2, CHANNELS = 8, KERNEL = 9, BUMP = 12, PARAMETERS = 4 };

typedef struct network {
  eg_tensor *parameters[PARAMETERS]; /* in the order of the enum below */
} network;

enum { CONV_WEIGHT, CONV_BIAS, HEAD_WEIGHT, HEAD_BIAS };

/* A parameter with uniform values within 1 / sqrt(fan_in). */
static eg_status parameter(eg_tensor **out, eg_shape shape, eg_rng *rng, double fan_in) {
  double bound = 1 / sqrt(fan_in);
  EG_TRY(eg_tensor_uniform(out, shape, rng, -bound, bound));
  return eg_tensor_require_grad(*out, true);
}

static eg_status network_new(network *net, eg_rng *rng) {
  eg_tensor **p = net->parameters;
  EG_TRY(parameter(&p[CONV_WEIGHT], EG_SHAPE(CHANNELS, KERNEL, LEADS), rng, KERNEL * LEADS));
  EG_TRY(parameter(&p[CONV_BIAS], EG_SHAPE(CHANNELS), rng, KERNEL * LEADS));
  EG_TRY(parameter(&p[HEAD_WEIGHT], EG_SHAPE(1, CHANNELS), rng, CHANNELS));
  return parameter(&p[HEAD_BIAS], EG_SHAPE(1), rng, CHANNELS);
}

/* *x = op(*x, second, third): the tape holds what backward needs of the old *x, so that our reference can go. */
static eg_status then(eg_tensor **x, eg_tape *tape, const eg_op *op, eg_tensor *second, eg_tensor *third,
                      const void *options) {
  eg_tensor *y = NULL, *inputs[] = {*x, second, third};
  EG_TRY(eg_apply(&y, tape, op, inputs, third ? 3 : second ? 2 : 1, options));
  eg_tensor_release(*x);
  *x = y;
  return EG_OK;
}

/* logits (N, 1) = linear(max over time(relu(conv1d(signals)))); signals (N, LENGTH, LEADS). */
static eg_status network_forward(const network *net, eg_tape *tape, eg_tensor *signals, eg_tensor **logits) {
  eg_tensor *const *p = net->parameters;
  const eg_conv1d_options conv = {.stride = 2, .padding = KERNEL / 2, .dilation = 1, .groups = 1};
  *logits = eg_tensor_retain(signals);
  EG_TRY(then(logits, tape, &eg_op_conv1d, p[CONV_WEIGHT], p[CONV_BIAS], &conv));
  EG_TRY(then(logits, tape, &eg_op_relu, NULL, NULL, NULL));
  EG_TRY(then(logits, tape, &eg_op_global_max_pool1d, NULL, NULL, NULL));
  return then(logits, tape, &eg_op_linear, p[HEAD_WEIGHT], p[HEAD_BIAS], NULL);
}

/* signals (RECORDS, LENGTH, LEADS), labels (RECORDS, 1): 1 where there is a bump. */
static eg_status make_data(eg_tensor **signals, eg_tensor **labels, eg_rng *rng) {
  EG_TRY(eg_tensor_normal(signals, EG_SHAPE(RECORDS, LENGTH, LEADS), rng, 0, 1));
  EG_TRY(eg_tensor_zeros(labels, EG_SHAPE(RECORDS, 1)));
  eg_real *x = eg_tensor_data(*signals), *y = eg_tensor_data(*labels);
  for (int i = 1; i < RECORDS; i += 2) {
    int first = (int)eg_rng_below(rng, LENGTH - BUMP);
    for (int t = first; t < first + BUMP; t++)
      x[(i * LENGTH + t) * LEADS + 1] += 2;
    y[i] = 1;
  }
  return EG_OK;
}

/* Share of the records whose logit has the right sign. */
static double accuracy(const eg_tensor *logits, const eg_tensor *labels) {
  int right = 0;
  for (int i = 0; i < RECORDS; i++)
    right += (eg_tensor_at(logits, i) > 0) == (eg_tensor_at(labels, i) > 0);
  return (double)right / RECORDS;
}

/* One step on all records. */
static eg_status train_step(const network *net, eg_optim *optim, eg_tape *tape, eg_tensor *signals, eg_tensor *labels,
                            double *loss) {
  const eg_loss_options mean = {.reduction = 0};
  eg_tensor *x = NULL;
  eg_status status = network_forward(net, tape, signals, &x);
  if (status == EG_OK)
    status = then(&x, tape, &eg_op_bce_with_logits, labels, NULL, &mean);
  if (status == EG_OK) {
    *loss = eg_tensor_at(x, 0);
    eg_optim_zero_grad(optim);
    status = eg_backward(x, NULL, false);
  }
  eg_tensor_release(x);
  return status == EG_OK ? eg_optim_step(optim) : status;
}

static eg_status train(const network *net, eg_optim *optim, eg_tensor *signals, eg_tensor *labels, int steps) {
  eg_tape tape = {.recording = true};
  double loss = 0;
  for (int step = 1; step <= steps; step++) {
    EG_TRY(train_step(net, optim, &tape, signals, labels, &loss));
    if (step == 1 || step % 50 == 0 || step == steps)
      printf("step %4d: loss %.4f\n", step, loss);
  }
  eg_tensor *logits = NULL; /* a tape of NULL: nothing is recorded */
  eg_status status = network_forward(net, NULL, signals, &logits);
  if (status == EG_OK)
    printf("%.0f %% of %d records are told right\n", 100 * accuracy(logits, labels), RECORDS);
  eg_tensor_release(logits);
  return status;
}

static eg_status run(network *net, eg_optim **optim, eg_tensor **signals, eg_tensor **labels, int steps) {
  double settings[EG_MAX_SETTINGS];
  eg_rng rng = eg_rng_seed(1);
  EG_TRY(make_data(signals, labels, &rng));
  EG_TRY(network_new(net, &rng));
  eg_optim_defaults(&eg_optim_adam, settings);
  settings[eg_optim_setting(&eg_optim_adam, "lr")] = 1e-2;
  EG_TRY(eg_optim_new(optim, &eg_optim_adam));
  EG_TRY(eg_optim_add_group(*optim, net->parameters, PARAMETERS, settings));
  return train(net, *optim, *signals, *labels, steps);
}

int main(int argc, char **argv) {
  network net = {{NULL}};
  eg_optim *optim = NULL;
  eg_tensor *signals = NULL, *labels = NULL;
  int steps = argc > 1 ? atoi(argv[1]) : 200;
  if (argc > 2 || steps < 1) {
    fprintf(stderr, "usage: %s [STEPS]\n", argv[0]);
    return 2;
  }
  eg_status status = run(&net, &optim, &signals, &labels, steps);
  if (status != EG_OK)
    fprintf(stderr, "%s: %s\n", argv[0], eg_failure());
  eg_optim_free(optim);
  for (int i = 0; i < PARAMETERS; i++)
    eg_tensor_release(net.parameters[i]);
  eg_tensor_release(signals);
  eg_tensor_release(labels);
  return status == EG_OK ? 0 : 1;
}
