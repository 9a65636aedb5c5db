#include "kernels/vector/avx512.h"
#ifndef EG_DOUBLE
#include "kernels/vector/rnn_kernels.h"
#endif
