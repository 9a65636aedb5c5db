#include "ecgraft/parallel.h"

#include <omp.h>

static _Atomic int threads = 1, limit; /* a thread that reads ahead asks while they are set */

/* Asked when the library is loaded (OMP_NUM_THREADS counts, and the processors this process may run on): an OpenMP
   build of OpenBLAS that is told to use one thread changes the answer later. */
__attribute__((constructor)) static void ask(void) {
  eg_set_num_threads(omp_get_max_threads());
}

int eg_num_threads(void) {
  int most = threads, few = limit;
  return few > 0 && few < most ? few : most;
}

int eg_limit_threads(int n) {
  int before = limit;
  limit = n < 0 ? 0 : n;
  return before;
}

void eg_set_num_threads(int n) {
  threads = n < 1 ? 1 : n > 256 ? 256 : n;
}

int eg_thread_index(void) {
  return omp_get_thread_num();
}
