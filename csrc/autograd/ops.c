#include "ecgraft/ops.h"

#include <stddef.h>

#define ENTRY(name) &eg_op_##name,
const eg_op *const eg_ops[] = {EG_OPS(ENTRY) NULL};
