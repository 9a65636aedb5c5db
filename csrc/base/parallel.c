#include "ecgraft/parallel.h"

#include <omp.h>

static int threads; /* 0: not yet asked */

int eg_num_threads(void) {
  if (threads == 0)
    threads = omp_get_num_procs() < 256 ? omp_get_num_procs() : 256;
  return threads;
}

void eg_set_num_threads(int n) {
  threads = n < 1 ? 1 : n > 256 ? 256 : n;
}

int eg_thread_index(void) {
  return omp_get_thread_num();
}
