#include "kernels/vector/avx512.h"
#ifndef EG_DOUBLE
#include "kernels/vector/pool_kernels.h"
#endif
