#include "kernels/vector/avx2.h"
#ifndef EG_DOUBLE
#include "kernels/vector/skinny_kernels.h"
#endif
