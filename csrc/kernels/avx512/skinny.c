#include "kernels/vector/avx512.h"
#ifndef EG_DOUBLE
#include "kernels/vector/skinny_kernels.h"
#endif
