#include "kernels/vector/avx2.h"
#ifndef EG_DOUBLE
#include "kernels/vector/softmax_kernels.h"
#endif
