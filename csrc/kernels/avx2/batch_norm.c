#include "kernels/vector/avx2.h"
#ifndef EG_DOUBLE
#include "kernels/vector/batch_norm_kernels.h"
#endif
