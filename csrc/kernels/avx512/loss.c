#include "kernels/vector/avx512.h"
#ifndef EG_DOUBLE
#include "kernels/vector/loss_kernels.h"
#endif
