/* Sixteen floats in AVX-512. The same names stand in avx2.h and portable.h: kernels in kernels/vector are written once
   with them and compiled once for each instruction set, in kernels/avx512, avx2 and portable. ORDER VECTOR. */
#ifndef EG_KERNELS_VECTOR_AVX512_H
#define EG_KERNELS_VECTOR_AVX512_H

#include <immintrin.h>
#include <stdint.h>

#define VEC_ISA avx512
enum { VEC_WIDTH = 16, VEC_TILE_ROWS = 12 /* of two vectors, that fit into the registers beside their operands */ };

typedef __m512 vec;
typedef __mmask16 vec_mask;
/* Whole numbers as wide as the entries; + - ^ & | << >> and comparisons are the compiler's. */
typedef int32_t vec_int __attribute__((vector_size(64)));

#define VEC static inline __attribute__((always_inline))

VEC vec vec_load(const float *p) {
  return _mm512_loadu_ps(p);
}
VEC void vec_store(float *p, vec a) {
  _mm512_storeu_ps(p, a);
}
VEC vec_mask part_mask(int64_t n) {
  return (vec_mask)((1u << n) - 1);
}
/* The first n (0 .. VEC_WIDTH) entries; the others are 0, and their memory is not touched. */
VEC vec vec_load_part(const float *p, int64_t n) {
  return _mm512_maskz_loadu_ps(part_mask(n), p);
}
VEC void vec_store_part(float *p, int64_t n, vec a) {
  _mm512_mask_storeu_ps(p, part_mask(n), a);
}
VEC vec vec_set(float x) {
  return _mm512_set1_ps(x);
}
VEC vec vec_add(vec a, vec b) {
  return _mm512_add_ps(a, b);
}
VEC vec vec_sub(vec a, vec b) {
  return _mm512_sub_ps(a, b);
}
VEC vec vec_mul(vec a, vec b) {
  return _mm512_mul_ps(a, b);
}
VEC vec vec_div(vec a, vec b) {
  return _mm512_div_ps(a, b);
}
VEC vec vec_sqrt(vec a) {
  return _mm512_sqrt_ps(a);
}
/* a b + c, and c - a b, rounded once */
VEC vec vec_fma(vec a, vec b, vec c) {
  return _mm512_fmadd_ps(a, b, c);
}
VEC vec vec_fnma(vec a, vec b, vec c) {
  return _mm512_fnmadd_ps(a, b, c);
}
/* *a b + c in one instruction that reads, spreads and multiplies; vec_set would be read once for several b. The one
   costs reads, the other instructions: a microkernel that is to be bound by neither takes each for half of its rows,
   which is 5 % faster than either alone. */
VEC vec vec_fma_at(const float *a, vec b, vec c) {
#ifdef __SANITIZE_ADDRESS__ /* which does not look into the assembler */
  return vec_fma(vec_set(*a), b, c);
#endif
  __asm__("vfmadd231ps %2%{1to16%}, %1, %0" : "+v"(c) : "v"(b), "m"(*a));
  return c;
}
/* b where one is a NaN */
VEC vec vec_max(vec a, vec b) {
  return _mm512_max_ps(a, b);
}
VEC vec vec_min(vec a, vec b) {
  return _mm512_min_ps(a, b);
}
VEC vec vec_abs(vec a) {
  return _mm512_abs_ps(a);
}
/* |a| with the sign of b; a >= 0 */
VEC vec vec_with_sign(vec a, vec b) {
  return _mm512_or_ps(a, _mm512_and_ps(b, _mm512_set1_ps(-0.0f)));
}
/* To the nearest whole number, ties to even. */
VEC vec vec_round(vec a) {
  return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
/* a 2^n for a whole n, also where the result is subnormal, 0 or infinite */
VEC vec vec_scale(vec a, vec n) {
  return _mm512_scalef_ps(a, n);
}
/* false where one is a NaN */
VEC vec_mask vec_less(vec a, vec b) {
  return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ);
}
VEC vec_mask vec_is_nan(vec a) {
  return _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q);
}
VEC vec_mask vec_either(vec_mask a, vec_mask b) {
  return a | b;
}
/* a where the mask is set, else b */
VEC vec vec_select(vec_mask mask, vec a, vec b) {
  return _mm512_mask_blend_ps(mask, b, a);
}
/* set for the first n (0 .. VEC_WIDTH) entries */
VEC vec_mask vec_first(int64_t n) {
  return part_mask(n);
}

/* Whole numbers from 0 to 255, kept in bytes. */
VEC vec_int vec_load_bytes(const uint8_t *p) {
  return (vec_int)_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(const void *)p));
}
VEC void vec_store_bytes(uint8_t *p, vec_int a) {
  _mm_storeu_si128((__m128i *)(void *)p, _mm512_cvtepi32_epi8((__m512i)a));
}

/* Doubles, as many as fill a vector, of the lower and of the upper half of the entries (in the double build of all, and
   0); + - are the compiler's. */
typedef double vec_double __attribute__((vector_size(64)));

VEC vec_double vec_lower(vec a) {
  return (vec_double)_mm512_cvtps_pd(_mm512_castps512_ps256(a));
}
VEC vec_double vec_upper(vec a) {
  return (vec_double)_mm512_cvtps_pd(_mm512_extractf32x8_ps(a, 1));
}

/* Whole numbers of 64 bits, as many as fill a vector. */
typedef uint64_t vec_wide __attribute__((vector_size(64)));

/* The products of the lower halves. */
VEC vec_wide wide_mul(vec_wide a, vec_wide b) {
  return (vec_wide)_mm512_mul_epu32((__m512i)a, (__m512i)b);
}
/* a0 b0 a2 b2 ..., and a1 b1 a3 b3 ... */
VEC vec_wide wide_even(vec_wide a, vec_wide b) {
  return (vec_wide)_mm512_unpacklo_epi64((__m512i)a, (__m512i)b);
}
VEC vec_wide wide_odd(vec_wide a, vec_wide b) {
  return (vec_wide)_mm512_unpackhi_epi64((__m512i)a, (__m512i)b);
}

#endif
