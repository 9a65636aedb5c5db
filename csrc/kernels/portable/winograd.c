#include "kernels/vector/portable.h"
#ifndef EG_DOUBLE
#include "kernels/vector/winograd_kernels.h"
#endif
