/* RMSprop (Tieleman and Hinton 2012), optionally centred (Graves 2013) and with momentum. */
#include <math.h>
#include <stddef.h>

#include "ecgraft/optim.h"
#include "kernels/optim.h"

enum { LR, ALPHA, EPS, WEIGHT_DECAY, MOMENTUM, CENTERED }; /* ORDER SETTINGS */
enum { SQUARE, MEAN, BUFFER };                             /* ORDER SLOTS */

static const eg_setting settings[] = {
    {"lr", 1e-2, 0, INFINITY, false, "step size"},
    {"alpha", 0.99, 0, INFINITY, false, "decay of the mean of the gradient's square"},
    {"eps", 1e-8, 0, INFINITY, false, "added to the root of that"},
    {"weight_decay", 0, 0, INFINITY, false, "factor of the parameter that is added to its gradient"},
    {"momentum", 0, 0, INFINITY, false, "share of the last step that is kept"},
    {"centered", 0, 0, 1, true, "take the gradient's mean out of its square"},
    {0}};
static const char *const slots[] = {"square_avg", "grad_avg", "momentum_buffer", NULL};

static bool uses(const double *s, int slot) {
  return slot == SQUARE || (slot == MEAN ? s[CENTERED] != 0 : s[MOMENTUM] != 0);
}

static void update(const eg_optim_update *u) {
  const double *s = u->settings;
  eg_rmsprop c = {
      .lr = s[LR], .alpha = s[ALPHA], .eps = s[EPS], .weight_decay = s[WEIGHT_DECAY], .momentum = s[MOMENTUM]};
  eg_k_rmsprop(u->p, u->g, u->slots[SQUARE], u->slots[MEAN], u->slots[BUFFER], u->n, &c);
}

const eg_optim_kind eg_optim_rmsprop = {.name = "RMSprop",
                                        .text = "steps scaled by a running mean of the gradient's square",
                                        .settings = settings,
                                        .slots = slots,
                                        .uses = uses,
                                        .update = update};
