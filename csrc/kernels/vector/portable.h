/* Four floats in the compiler's own vectors: SSE2, NEON or plain C. ORDER VECTOR: names and meanings as in avx512.h,
   but a b + c is rounded twice where the machine has no fused instruction. */
#ifndef EG_KERNELS_VECTOR_PORTABLE_H
#define EG_KERNELS_VECTOR_PORTABLE_H

#include <math.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define VEC_ISA portable
enum { VEC_WIDTH = 4, VEC_TILE_ROWS = 6 };

typedef float vec __attribute__((vector_size(16)));
typedef int32_t vec_mask __attribute__((vector_size(16)));
typedef vec_mask vec_int;

#define VEC static inline __attribute__((always_inline))

VEC vec vec_load(const float *p) {
  vec a;
  memcpy(&a, p, sizeof a);
  return a;
}
VEC void vec_store(float *p, vec a) {
  memcpy(p, &a, sizeof a);
}
VEC vec vec_load_part(const float *p, int64_t n) {
  vec a = {0};
  for (int64_t i = 0; i < n; i++)
    a[i] = p[i];
  return a;
}
VEC void vec_store_part(float *p, int64_t n, vec a) {
  for (int64_t i = 0; i < n; i++)
    p[i] = a[i];
}
VEC vec vec_set(float x) {
  return (vec){x, x, x, x};
}
VEC vec vec_add(vec a, vec b) {
  return a + b;
}
VEC vec vec_sub(vec a, vec b) {
  return a - b;
}
VEC vec vec_mul(vec a, vec b) {
  return a * b;
}
VEC vec vec_div(vec a, vec b) {
  return a / b;
}
VEC vec vec_sqrt(vec a) {
  for (int i = 0; i < VEC_WIDTH; i++)
    a[i] = sqrtf(a[i]);
  return a;
}
VEC vec vec_fma(vec a, vec b, vec c) {
  return a * b + c;
}
VEC vec vec_fnma(vec a, vec b, vec c) {
  return c - a * b;
}
VEC vec vec_fma_at(const float *a, vec b, vec c) {
  return vec_fma(vec_set(*a), b, c);
}
VEC vec vec_select(vec_mask mask, vec a, vec b) {
  return (vec)(((vec_mask)a & mask) | ((vec_mask)b & ~mask));
}
VEC vec_mask vec_less(vec a, vec b) {
  return a < b;
}
VEC vec_mask vec_is_nan(vec a) {
  return a != a;
}
VEC vec vec_max(vec a, vec b) {
  return vec_select(b < a, a, b);
}
VEC vec vec_min(vec a, vec b) {
  return vec_select(a < b, a, b);
}
VEC vec vec_abs(vec a) {
  return (vec)((vec_mask)a & 0x7fffffff);
}
VEC vec vec_with_sign(vec a, vec b) {
  return (vec)((vec_mask)a | ((vec_mask)b & (int32_t)0x80000000));
}
/* Adding and taking away 1.5 2^23 rounds numbers up to 2^22 as the machine rounds: to the nearest, ties to even. */
VEC vec vec_round(vec a) {
  vec shift = vec_set(12582912.0f);
  return vec_select(vec_less(vec_abs(a), vec_set(4194304.0f)), (a + shift) - shift, a);
}
/* In two halves, so that both factors are ordinary numbers; |n| up to 252. */
VEC vec vec_scale(vec a, vec n) {
  vec_mask whole = __builtin_convertvector(n, vec_mask), half = whole >> 1;
  return a * (vec)((half + 127) << 23) * (vec)((whole - half + 127) << 23);
}
VEC vec_mask vec_either(vec_mask a, vec_mask b) {
  return a | b;
}
VEC vec_mask vec_first(int64_t n) {
  vec_mask place = {0, 1, 2, 3};
  return place < (int32_t)n;
}

VEC vec_int vec_load_bytes(const uint8_t *p) {
  vec_int a = {0};
  for (int i = 0; i < VEC_WIDTH; i++)
    a[i] = p[i];
  return a;
}
VEC void vec_store_bytes(uint8_t *p, vec_int a) {
  for (int i = 0; i < VEC_WIDTH; i++)
    p[i] = (uint8_t)a[i];
}

typedef double vec_double __attribute__((vector_size(16)));

VEC vec_double vec_lower(vec a) {
  return (vec_double){a[0], a[1]};
}
VEC vec_double vec_upper(vec a) {
  return (vec_double){a[2], a[3]};
}

typedef uint64_t vec_wide __attribute__((vector_size(16)));

VEC vec_wide wide_mul(vec_wide a, vec_wide b) {
#ifdef __SSE2__
  return (vec_wide)_mm_mul_epu32((__m128i)a, (__m128i)b);
#else
  return (a & UINT32_MAX) * (b & UINT32_MAX);
#endif
}
VEC vec_wide wide_even(vec_wide a, vec_wide b) {
  return (vec_wide){a[0], b[0]};
}
VEC vec_wide wide_odd(vec_wide a, vec_wide b) {
  return (vec_wide){a[1], b[1]};
}

#endif
