/* Stochastic gradient descent with momentum (Polyak 1964; Nesterov's form as in Sutskever et al. 2013). */
#include <math.h>
#include <stddef.h>

#include "ecgraft/optim.h"
#include "kernels/optim.h"

enum { LR, MOMENTUM, DAMPENING, WEIGHT_DECAY, NESTEROV }; /* ORDER SETTINGS */

static const eg_setting settings[] = {
    {"lr", 1e-3, 0, INFINITY, false, "step size"},
    {"momentum", 0, 0, INFINITY, false, "share of the last step that is kept"},
    {"dampening", 0, -INFINITY, INFINITY, false, "share of the gradient that does not enter the momentum"},
    {"weight_decay", 0, 0, INFINITY, false, "factor of the parameter that is added to its gradient"},
    {"nesterov", 0, 0, 1, true, "look ahead by the momentum; needs momentum > 0 and dampening 0"},
    {0}};
static const char *const slots[] = {"momentum_buffer", NULL};

static bool uses(const double *s, int slot) {
  (void)slot;
  return s[MOMENTUM] != 0;
}

static eg_status check(const double *s) {
  if (s[NESTEROV] != 0 && (s[MOMENTUM] <= 0 || s[DAMPENING] != 0))
    return eg_fail(EG_USAGE, "SGD: nesterov needs momentum above 0 and dampening 0, got %g and %g", s[MOMENTUM],
                   s[DAMPENING]);
  return EG_OK;
}

static void update(const eg_optim_update *u) {
  const double *s = u->settings;
  eg_sgd c = {.lr = s[LR],
              .momentum = s[MOMENTUM],
              .dampening = s[DAMPENING],
              .weight_decay = s[WEIGHT_DECAY],
              .nesterov = s[NESTEROV] != 0,
              .first = u->fresh[0]};
  eg_k_sgd(u->p, u->g, u->slots[0], u->n, &c);
}

const eg_optim_kind eg_optim_sgd = {.name = "SGD",
                                    .text = "stochastic gradient descent, with momentum and Nesterov's look-ahead",
                                    .settings = settings,
                                    .slots = slots,
                                    .uses = uses,
                                    .check = check,
                                    .update = update};
