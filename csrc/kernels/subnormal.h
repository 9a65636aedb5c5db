/* Numbers below 1.2e-38 (subnormals) cost a processor a hundred cycles an operation, and some values settle there:
   gradients that vanish over thousands of steps, an optimizer's averages of a unit that has died. A task that may meet
   many of them lets them count as 0 while it runs:

     unsigned before = eg_subnormals_off();
     ...
     eg_subnormals_restore(before);

   The setting belongs to the thread, so a task leaves it as it was. Where the machine has none nothing changes. */
#ifndef EG_KERNELS_SUBNORMAL_H
#define EG_KERNELS_SUBNORMAL_H

#if defined(__SSE2__)

#include <xmmintrin.h>

static inline unsigned eg_subnormals_off(void) {
  unsigned before = _mm_getcsr();
  _mm_setcsr(before | 0x8040u); /* results (FTZ) and operands (DAZ) */
  return before;
}

static inline void eg_subnormals_restore(unsigned before) {
  _mm_setcsr(before);
}

#elif defined(__aarch64__)

static inline unsigned eg_subnormals_off(void) {
  unsigned long before;
  __asm__ volatile("mrs %0, fpcr" : "=r"(before));
  __asm__ volatile("msr fpcr, %0" ::"r"(before | 1ul << 24) : "memory"); /* FZ */
  return (unsigned)before;
}

static inline void eg_subnormals_restore(unsigned before) {
  __asm__ volatile("msr fpcr, %0" ::"r"((unsigned long)before) : "memory");
}

#else

static inline unsigned eg_subnormals_off(void) {
  return 0;
}

static inline void eg_subnormals_restore(unsigned before) {
  (void)before;
}

#endif
#endif
