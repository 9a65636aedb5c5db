/* Optimizers: groups of parameters, each group with its own settings, and the state that an optimizer keeps for each
   parameter. The update rules are PyTorch's.

     eg_optim *optim;
     double settings[EG_MAX_SETTINGS];
     eg_optim_defaults(&eg_optim_adam, settings);
     EG_TRY(eg_optim_new(&optim, &eg_optim_adam));
     EG_TRY(eg_optim_add_group(optim, parameters, n, settings));
     ... eg_backward(loss, NULL, false); eg_optim_step(optim); eg_optim_zero_grad(optim); ...
     eg_optim_free(optim);

   A new optimizer: a file in csrc/optim that defines `const eg_optim_kind eg_optim_NAME`, and a line in EG_OPTIMS. */
#ifndef ECGRAFT_OPTIM_H
#define ECGRAFT_OPTIM_H

#include "ecgraft/autograd.h"

#define EG_OPTIMS(X) X(sgd) X(adam) X(adamw) X(rmsprop)

enum { EG_MAX_SETTINGS = 8, EG_MAX_SLOTS = 3 };

/* A number that belongs to a group. Its place in the list is its place in the group's array of settings. */
typedef struct eg_setting {
  const char *name; /* NULL ends the list; the first is always "lr" */
  double fallback;
  double least, below; /* least <= value < below */
  bool flag;           /* 0 or 1 */
  const char *text;    /* one line for the reference */
} eg_setting;

/* One step of one parameter. */
typedef struct eg_optim_update {
  eg_real *p;                   /* (n) the parameter, to be changed */
  const eg_real *g;             /* (n) its gradient */
  eg_real *slots[EG_MAX_SLOTS]; /* (n) each; NULL where `uses` says no */
  int64_t n;
  int64_t step;             /* 1 at the first */
  bool fresh[EG_MAX_SLOTS]; /* the slot was made for this step, and is 0 */
  const double *settings;
} eg_optim_update;

typedef struct eg_optim_kind {
  const char *name; /* "Adam" */
  const char *text; /* one line for the reference */
  const eg_setting *settings;
  const char *const *slots; /* names of the state tensors, of each parameter's shape, as PyTorch's; NULL ends */
  bool (*uses)(const double *settings, int slot); /* NULL: it uses all */
  eg_status (*check)(const double *settings);     /* settings that exclude each other (EG_USAGE); NULL: none do */
  void (*update)(const eg_optim_update *update);
} eg_optim_kind;

#define EG_DECLARE_OPTIM(name) extern const eg_optim_kind eg_optim_##name;
EG_OPTIMS(EG_DECLARE_OPTIM)
/* All of them in the order above, NULL at the end. */
extern const eg_optim_kind *const eg_optim_kinds[];

/* Fills settings (EG_MAX_SETTINGS) with the defaults. */
void eg_optim_defaults(const eg_optim_kind *kind, double *settings);
/* The place of a setting, -1 where the kind has none of that name. */
int eg_optim_setting(const eg_optim_kind *kind, const char *name);

typedef struct eg_optim eg_optim;

eg_status eg_optim_new(eg_optim **out, const eg_optim_kind *kind);
void eg_optim_free(eg_optim *optim); /* NULL is allowed */
const eg_optim_kind *eg_optim_kind_of(const eg_optim *optim);

/* Adds a group. Parameters are retained; they must be contiguous leaves, and each in one place only. The group is not
   added at all where one is not (EG_USAGE). */
eg_status eg_optim_add_group(eg_optim *optim, eg_tensor *const *parameters, int64_t n, const double *settings);
int eg_optim_groups(const eg_optim *optim);

/* The settings of a group, counted from 0. */
const double *eg_optim_settings(const eg_optim *optim, int group);
/* Sets all of them. EG_USAGE, and nothing changed, where one is out of range or they exclude each other. */
eg_status eg_optim_configure(eg_optim *optim, int group, const double *settings);

/* Changes each parameter that has a gradient by one step; one without is passed over. Either all are changed or, where
   memory fails, none. */
eg_status eg_optim_step(eg_optim *optim);
/* Drops all gradients. */
void eg_optim_zero_grad(eg_optim *optim);

/* Parameters counted over all groups, in order. */
int64_t eg_optim_count(const eg_optim *optim);
eg_tensor *eg_optim_parameter(const eg_optim *optim, int64_t i); /* borrowed */
int eg_optim_group_of(const eg_optim *optim, int64_t i);

/* State, for saving and restoring. A slot is NULL before the first step that uses it; setting one copies, NULL drops
 * it. */
eg_tensor *eg_optim_slot(const eg_optim *optim, int64_t i, int slot); /* borrowed */
eg_status eg_optim_set_slot(eg_optim *optim, int64_t i, int slot, const eg_tensor *value);
int64_t eg_optim_steps(const eg_optim *optim, int64_t i);
void eg_optim_set_steps(eg_optim *optim, int64_t i, int64_t steps);

/* Scales all gradients by min(1, most / (norm + 1e-6)), norm being that of all of them together, which *norm is set to
   (before scaling). Those without a gradient count as 0. most > 0. */
eg_status eg_clip_grad_norm(double *norm, eg_tensor *const *parameters, int64_t n, double most);
/* Limits each entry of each gradient to -most .. most. most > 0. */
eg_status eg_clip_grad_value(eg_tensor *const *parameters, int64_t n, double most);

#endif
