#include "kernels/vector/avx2.h"
#ifndef EG_DOUBLE
#include "kernels/vector/winograd_kernels.h"
#endif
