#include "kernels/vector/avx2.h"
#ifndef EG_DOUBLE
#include "kernels/vector/panel_kernels.h"
#endif
