#include "kernels/vector/avx512.h"
#ifndef EG_DOUBLE
#include "kernels/vector/winograd_kernels.h"
#endif
