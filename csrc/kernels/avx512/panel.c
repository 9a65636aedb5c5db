#include "kernels/vector/avx512.h"
#ifndef EG_DOUBLE
#include "kernels/vector/panel_kernels.h"
#endif
