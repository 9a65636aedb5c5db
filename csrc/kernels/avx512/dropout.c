#include "kernels/vector/avx512.h"
#ifndef EG_DOUBLE
#include "kernels/vector/dropout_kernels.h"
#endif
