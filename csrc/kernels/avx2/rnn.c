#include "kernels/vector/avx2.h"
#ifndef EG_DOUBLE
#include "kernels/vector/rnn_kernels.h"
#endif
