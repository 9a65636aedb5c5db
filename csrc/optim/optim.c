/* Groups of parameters, the state kept for each, and the step over all of them. */
#include "ecgraft/optim.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "ecgraft/memory.h"

typedef struct group {
  double settings[EG_MAX_SETTINGS];
} group;

typedef struct entry {
  eg_tensor *parameter;
  eg_tensor *slots[EG_MAX_SLOTS];
  int64_t steps;
  int group;
} entry;

struct eg_optim {
  const eg_optim_kind *kind;
  group *groups;
  int n_groups;
  entry *entries;
  int64_t count;
};

#define ENTRY(name) &eg_optim_##name,
const eg_optim_kind *const eg_optim_kinds[] = {EG_OPTIMS(ENTRY) NULL};

void eg_optim_defaults(const eg_optim_kind *kind, double *settings) {
  memset(settings, 0, EG_MAX_SETTINGS * sizeof *settings);
  for (int i = 0; kind->settings[i].name; i++)
    settings[i] = kind->settings[i].fallback;
}

int eg_optim_setting(const eg_optim_kind *kind, const char *name) {
  for (int i = 0; kind->settings[i].name; i++)
    if (strcmp(kind->settings[i].name, name) == 0)
      return i;
  return -1;
}

static eg_status check_settings(const eg_optim_kind *kind, const double *settings) {
  for (int i = 0; kind->settings[i].name; i++) {
    const eg_setting *s = &kind->settings[i];
    double value = settings[i];
    if (s->flag && value != 0 && value != 1)
      return eg_fail(EG_USAGE, "%s: %s must be 0 or 1, got %g", kind->name, s->name, value);
    if (!s->flag && !(value >= s->least && value < s->below)) {
      if (isinf(s->below))
        return eg_fail(EG_USAGE, "%s: %s must be a number of at least %g, got %g", kind->name, s->name, s->least,
                       value);
      return eg_fail(EG_USAGE, "%s: %s must be at least %g and below %g, got %g", kind->name, s->name, s->least,
                     s->below, value);
    }
  }
  return kind->check ? kind->check(settings) : EG_OK;
}

eg_status eg_optim_new(eg_optim **out, const eg_optim_kind *kind) {
  *out = eg_alloc_zero(1, sizeof **out);
  if (!*out)
    return EG_NOMEM;
  (*out)->kind = kind;
  return EG_OK;
}

void eg_optim_free(eg_optim *optim) {
  if (!optim)
    return;
  for (int64_t i = 0; i < optim->count; i++) {
    eg_tensor_release(optim->entries[i].parameter);
    for (int s = 0; s < EG_MAX_SLOTS; s++)
      eg_tensor_release(optim->entries[i].slots[s]);
  }
  eg_free(optim->entries);
  eg_free(optim->groups);
  eg_free(optim);
}

const eg_optim_kind *eg_optim_kind_of(const eg_optim *optim) {
  return optim->kind;
}

/* Whether parameter `i` of a group to be added is a contiguous leaf that is nowhere else. */
static eg_status check_parameter(const eg_optim *optim, eg_tensor *const *parameters, int64_t i) {
  const char *name = optim->kind->name;
  const eg_tensor *parameter = parameters[i];
  if (parameter->node)
    return eg_fail(EG_USAGE, "%s: parameter %" PRId64 " is the result of an op; expected a leaf", name, i + 1);
  if (!eg_tensor_is_contiguous(parameter))
    return eg_fail(EG_USAGE, "%s: parameter %" PRId64 " is not contiguous", name, i + 1);
  for (int64_t j = 0; j < i; j++)
    if (parameters[j] == parameter)
      return eg_fail(EG_USAGE, "%s: parameters %" PRId64 " and %" PRId64 " of the group are the same tensor", name,
                     j + 1, i + 1);
  for (int64_t j = 0; j < optim->count; j++)
    if (optim->entries[j].parameter == parameter)
      return eg_fail(EG_USAGE, "%s: parameter %" PRId64 " is in group %d already", name, i + 1,
                     optim->entries[j].group + 1);
  return EG_OK;
}

eg_status eg_optim_add_group(eg_optim *optim, eg_tensor *const *parameters, int64_t n, const double *settings) {
  size_t bytes;
  EG_TRY(check_settings(optim->kind, settings));
  for (int64_t i = 0; i < n; i++)
    EG_TRY(check_parameter(optim, parameters, i));
  if (!eg_size_mul(&bytes, (size_t)(optim->count + n), sizeof *optim->entries))
    return eg_fail(EG_NOMEM, "out of memory: %" PRId64 " parameters", n);
  entry *entries = eg_realloc(optim->entries, bytes);
  if (!entries)
    return EG_NOMEM;
  optim->entries = entries;
  group *groups = eg_realloc(optim->groups, (size_t)(optim->n_groups + 1) * sizeof *groups);
  if (!groups)
    return EG_NOMEM;
  optim->groups = groups;
  memcpy(groups[optim->n_groups].settings, settings, sizeof groups->settings);
  for (int64_t i = 0; i < n; i++)
    entries[optim->count + i] = (entry){.parameter = eg_tensor_retain(parameters[i]), .group = optim->n_groups};
  optim->count += n;
  optim->n_groups++;
  return EG_OK;
}

int eg_optim_groups(const eg_optim *optim) {
  return optim->n_groups;
}

const double *eg_optim_settings(const eg_optim *optim, int group) {
  return optim->groups[group].settings;
}

eg_status eg_optim_configure(eg_optim *optim, int group, const double *settings) {
  EG_TRY(check_settings(optim->kind, settings));
  memcpy(optim->groups[group].settings, settings, sizeof optim->groups[group].settings);
  return EG_OK;
}

static bool uses(const eg_optim *optim, const entry *e, int slot) {
  return !optim->kind->uses || optim->kind->uses(optim->groups[e->group].settings, slot);
}

/* Makes the slots that this step needs; made[] of entry i has bit s set for a slot that is new. */
static eg_status make_slots(eg_optim *optim, unsigned char *made) {
  for (int64_t i = 0; i < optim->count; i++) {
    entry *e = &optim->entries[i];
    made[i] = 0;
    for (int s = 0; e->parameter->grad && optim->kind->slots[s]; s++) {
      if (e->slots[s] || !uses(optim, e, s))
        continue;
      EG_TRY(eg_tensor_zeros(&e->slots[s], e->parameter->shape));
      made[i] |= (unsigned char)(1u << s);
    }
  }
  return EG_OK;
}

static void unmake_slots(eg_optim *optim, const unsigned char *made) {
  for (int64_t i = 0; i < optim->count; i++)
    for (int s = 0; s < EG_MAX_SLOTS; s++)
      if (made[i] >> s & 1) {
        eg_tensor_release(optim->entries[i].slots[s]);
        optim->entries[i].slots[s] = NULL;
      }
}

static void update(eg_optim *optim, entry *e, unsigned made) {
  eg_optim_update u = {.p = eg_tensor_data(e->parameter),
                       .g = eg_tensor_data(e->parameter->grad),
                       .n = eg_tensor_numel(e->parameter),
                       .step = ++e->steps,
                       .settings = optim->groups[e->group].settings};
  for (int s = 0; optim->kind->slots[s]; s++) {
    u.slots[s] = uses(optim, e, s) ? eg_tensor_data(e->slots[s]) : NULL;
    u.fresh[s] = made >> s & 1;
  }
  optim->kind->update(&u);
  eg_tensor_touch(e->parameter);
}

eg_status eg_optim_step(eg_optim *optim) {
  for (int64_t i = 0; i < optim->count; i++) {
    const eg_tensor *parameter = optim->entries[i].parameter;
    if (parameter->grad && !eg_tensor_is_contiguous(parameter->grad))
      return eg_fail(EG_USAGE, "%s: the gradient of parameter %" PRId64 " is not contiguous", optim->kind->name, i + 1);
  }
  unsigned char *made = eg_alloc_zero((size_t)optim->count, sizeof *made);
  if (!made)
    return EG_NOMEM;
  eg_status status = make_slots(optim, made);
  if (status != EG_OK)
    unmake_slots(optim, made);
  for (int64_t i = 0; i < optim->count && status == EG_OK; i++)
    if (optim->entries[i].parameter->grad)
      update(optim, &optim->entries[i], made[i]);
  eg_free(made);
  return status;
}

void eg_optim_zero_grad(eg_optim *optim) {
  for (int64_t i = 0; i < optim->count; i++)
    eg_tensor_zero_grad(optim->entries[i].parameter);
}

int64_t eg_optim_count(const eg_optim *optim) {
  return optim->count;
}

eg_tensor *eg_optim_parameter(const eg_optim *optim, int64_t i) {
  return optim->entries[i].parameter;
}

int eg_optim_group_of(const eg_optim *optim, int64_t i) {
  return optim->entries[i].group;
}

eg_tensor *eg_optim_slot(const eg_optim *optim, int64_t i, int slot) {
  return optim->entries[i].slots[slot];
}

eg_status eg_optim_set_slot(eg_optim *optim, int64_t i, int slot, const eg_tensor *value) {
  entry *e = &optim->entries[i];
  eg_tensor *copy = NULL;
  if (value && !eg_shape_equal(&value->shape, &e->parameter->shape)) {
    char came[96], expected[96];
    return eg_fail(EG_USAGE, "%s: %s of parameter %" PRId64 " has shape %s, expected %s", optim->kind->name,
                   optim->kind->slots[slot], i + 1, eg_shape_text(&value->shape, came, sizeof came),
                   eg_shape_text(&e->parameter->shape, expected, sizeof expected));
  }
  if (value)
    EG_TRY(eg_tensor_clone(&copy, value));
  eg_tensor_release(e->slots[slot]);
  e->slots[slot] = copy;
  return EG_OK;
}

int64_t eg_optim_steps(const eg_optim *optim, int64_t i) {
  return optim->entries[i].steps;
}

void eg_optim_set_steps(eg_optim *optim, int64_t i, int64_t steps) {
  optim->entries[i].steps = steps;
}
