#include "kernels/conv1d_algorithm.h"

#include <string.h>

const eg_conv1d_algorithm *const eg_conv1d_algorithms[EG_CONV1D_WAYS + 1] = {
    &eg_conv1d_winograd,  /* three taps, stride 1: half the products */
    &eg_conv1d_direct,    /* one group, no dilation: our own microkernel on views of the input */
    &eg_conv1d_pointwise, /* a kernel of one tap: one product for the whole batch */
    &eg_conv1d_taps,      /* any: one product a sample, tap and group */
    &eg_conv1d_plain,     /* any: loops from the definition; the yardstick of the tests */
    NULL,
};

static const eg_conv1d_algorithm *forced;

const eg_conv1d_algorithm *eg_conv1d_choose(const eg_conv1d_shape *s, eg_conv1d_direction direction) {
  if (forced && forced->fits(s, direction, true))
    return forced;
  const eg_conv1d_algorithm *const *each = eg_conv1d_algorithms;
  while (!(*each)->fits(s, direction, false))
    each++;
  return *each;
}

bool eg_conv1d_force(const char *name) {
  forced = NULL;
  if (!name)
    return true;
  for (int i = 0; eg_conv1d_algorithms[i] && !forced; i++)
    if (strcmp(eg_conv1d_algorithms[i]->name, name) == 0)
      forced = eg_conv1d_algorithms[i];
  return forced != NULL;
}
