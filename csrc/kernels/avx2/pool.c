#include "kernels/vector/avx2.h"
#ifndef EG_DOUBLE
#include "kernels/vector/pool_kernels.h"
#endif
