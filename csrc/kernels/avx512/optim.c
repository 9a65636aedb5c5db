#include "kernels/vector/avx512.h"
#ifndef EG_DOUBLE
#include "kernels/vector/optim_kernels.h"
#endif
