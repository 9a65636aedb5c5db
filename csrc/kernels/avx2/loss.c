#include "kernels/vector/avx2.h"
#ifndef EG_DOUBLE
#include "kernels/vector/loss_kernels.h"
#endif
