/* Threads. Work is cut by the data, never by the thread: results do not depend on the number of threads. */
#ifndef ECGRAFT_PARALLEL_H
#define ECGRAFT_PARALLEL_H

#include <stdint.h>

/* How many threads a parallel loop uses; at first what OMP_NUM_THREADS says, or the number of
   processors this process may run on. */
int eg_num_threads(void);

/* Sets it; values below 1 count as 1, above 256 as 256. */
void eg_set_num_threads(int n);

/* For a while no more than n of them, 0 for no such limit; returns the limit before. Not while another thread of the
   program computes. */
int eg_limit_threads(int n);

/* The calling thread's number inside a parallel loop, 0 .. eg_num_threads() - 1; 0 outside one. For scratch. */
int eg_thread_index(void);

/* Before a `for` loop whose iterations are independent. The number of threads is given explicitly because an OpenMP
   build of OpenBLAS that is told to use one thread would otherwise limit our loops as well. */
#define EG_PRAGMA(text) _Pragma(#text)
#define EG_PARALLEL_FOR EG_PRAGMA(omp parallel for schedule(static) num_threads(eg_num_threads()))
#define EG_PARALLEL_FOR_IF(condition)                                                                                  \
  EG_PRAGMA(omp parallel for schedule(static) num_threads(eg_num_threads()) if (condition))
#define EG_PARALLEL_FOR_DYNAMIC EG_PRAGMA(omp parallel for schedule(dynamic) num_threads(eg_num_threads()))

#endif
