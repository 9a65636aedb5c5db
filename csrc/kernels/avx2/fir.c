#include "kernels/vector/avx2.h"
#ifndef EG_DOUBLE
#include "kernels/vector/fir_kernels.h"
#endif
