#include "kernels/vector/avx512.h"
#ifndef EG_DOUBLE
#include "kernels/vector/unary_kernels.h"
#endif
