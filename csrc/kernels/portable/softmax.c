#ifdef EG_DOUBLE
#include "kernels/vector/double.h"
#else
#include "kernels/vector/portable.h"
#endif
#include "kernels/vector/softmax_kernels.h"
