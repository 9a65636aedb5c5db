#include "kernels/vector/avx512.h"
#ifndef EG_DOUBLE
#include "kernels/vector/batch_norm_kernels.h"
#endif
