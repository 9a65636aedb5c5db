#ifdef EG_DOUBLE
#include "kernels/vector/double.h"
#else
#include "kernels/vector/portable.h"
#endif
#include "kernels/vector/fir_kernels.h"
