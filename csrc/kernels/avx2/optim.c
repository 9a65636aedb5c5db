#include "kernels/vector/avx2.h"
#ifndef EG_DOUBLE
#include "kernels/vector/optim_kernels.h"
#endif
