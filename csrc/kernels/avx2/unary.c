#include "kernels/vector/avx2.h"
#ifndef EG_DOUBLE
#include "kernels/vector/unary_kernels.h"
#endif
