#include "kernels/vector/portable.h"
#ifndef EG_DOUBLE
#include "kernels/vector/panel_kernels.h"
#endif
