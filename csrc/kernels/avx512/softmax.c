#include "kernels/vector/avx512.h"
#ifndef EG_DOUBLE
#include "kernels/vector/softmax_kernels.h"
#endif
