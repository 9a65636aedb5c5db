/* Adam (Kingma and Ba 2015) and AdamW, whose weight decay is apart from the gradient (Loshchilov and Hutter 2019). */
#include <math.h>
#include <stddef.h>

#include "ecgraft/optim.h"
#include "kernels/optim.h"

enum { LR, BETA1, BETA2, EPS, WEIGHT_DECAY }; /* ORDER SETTINGS */

/* clang-format off: a table */
#define FIRST_SETTINGS                                                                                                 \
  {"lr", 1e-3, 0, INFINITY, false, "step size"}, {"beta1", 0.9, 0, 1, false, "decay of the gradient's mean"},          \
      {"beta2", 0.999, 0, 1, false, "decay of the mean of its square"}, {                                              \
    "eps", 1e-8, 0, INFINITY, false, "added to the root of that"                                                       \
  }
static const eg_setting adam_settings[] = {
    FIRST_SETTINGS,
    {"weight_decay", 0, 0, INFINITY, false, "factor of the parameter that is added to its gradient"},
    {0}};
static const eg_setting adamw_settings[] = {
    FIRST_SETTINGS,
    {"weight_decay", 1e-2, 0, INFINITY, false, "the parameter shrinks by lr times this, apart from the step"},
    {0}};
/* clang-format on */
static const char *const slots[] = {"exp_avg", "exp_avg_sq", NULL};

static void update(const eg_optim_update *u, bool decoupled) {
  const double *s = u->settings;
  double t = (double)u->step;
  eg_adam c = {.step_size = s[LR] / (1 - pow(s[BETA1], t)),
               .beta1 = s[BETA1],
               .beta2 = s[BETA2],
               .eps = s[EPS],
               .root = sqrt(1 - pow(s[BETA2], t)),
               .weight_decay = decoupled ? 0 : s[WEIGHT_DECAY],
               .shrink = decoupled ? 1 - s[LR] * s[WEIGHT_DECAY] : 1};
  eg_k_adam(u->p, u->g, u->slots[0], u->slots[1], u->n, &c);
}

static void adam_update(const eg_optim_update *u) {
  update(u, false);
}

static void adamw_update(const eg_optim_update *u) {
  update(u, true);
}

const eg_optim_kind eg_optim_adam = {.name = "Adam",
                                     .text = "steps scaled by running means of the gradient and its square",
                                     .settings = adam_settings,
                                     .slots = slots,
                                     .update = adam_update};
const eg_optim_kind eg_optim_adamw = {.name = "AdamW",
                                      .text = "Adam with weight decay apart from the gradient",
                                      .settings = adamw_settings,
                                      .slots = slots,
                                      .update = adamw_update};
