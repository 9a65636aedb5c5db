#include "kernels/vector/avx2.h"
#ifndef EG_DOUBLE
#include "kernels/vector/dropout_kernels.h"
#endif
