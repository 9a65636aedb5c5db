/* Eight floats in AVX2 and FMA. ORDER VECTOR: names and meanings as in avx512.h. */
#ifndef EG_KERNELS_VECTOR_AVX2_H
#define EG_KERNELS_VECTOR_AVX2_H

#include <immintrin.h>
#include <stdint.h>

#define VEC_ISA avx2
enum { VEC_WIDTH = 8, VEC_TILE_ROWS = 6 };

typedef __m256 vec;
typedef __m256 vec_mask; /* all bits of an entry set or none */
typedef int32_t vec_int __attribute__((vector_size(32)));

#define VEC static inline __attribute__((always_inline))

VEC vec vec_load(const float *p) {
  return _mm256_loadu_ps(p);
}
VEC void vec_store(float *p, vec a) {
  _mm256_storeu_ps(p, a);
}
VEC __m256i part_mask(int64_t n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
VEC vec vec_load_part(const float *p, int64_t n) {
  return _mm256_maskload_ps(p, part_mask(n));
}
VEC void vec_store_part(float *p, int64_t n, vec a) {
  _mm256_maskstore_ps(p, part_mask(n), a);
}
VEC vec vec_set(float x) {
  return _mm256_set1_ps(x);
}
VEC vec vec_add(vec a, vec b) {
  return _mm256_add_ps(a, b);
}
VEC vec vec_sub(vec a, vec b) {
  return _mm256_sub_ps(a, b);
}
VEC vec vec_mul(vec a, vec b) {
  return _mm256_mul_ps(a, b);
}
VEC vec vec_div(vec a, vec b) {
  return _mm256_div_ps(a, b);
}
VEC vec vec_sqrt(vec a) {
  return _mm256_sqrt_ps(a);
}
VEC vec vec_fma(vec a, vec b, vec c) {
  return _mm256_fmadd_ps(a, b, c);
}
VEC vec vec_fnma(vec a, vec b, vec c) {
  return _mm256_fnmadd_ps(a, b, c);
}
VEC vec vec_fma_at(const float *a, vec b, vec c) {
  return vec_fma(vec_set(*a), b, c);
}
VEC vec vec_max(vec a, vec b) {
  return _mm256_max_ps(a, b);
}
VEC vec vec_min(vec a, vec b) {
  return _mm256_min_ps(a, b);
}
VEC vec vec_abs(vec a) {
  return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a);
}
VEC vec vec_with_sign(vec a, vec b) {
  return _mm256_or_ps(a, _mm256_and_ps(b, _mm256_set1_ps(-0.0f)));
}
VEC vec vec_round(vec a) {
  return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
/* 2^n for a whole n from -126 to 127 */
VEC vec power_of_two(__m256i n) {
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(n, _mm256_set1_epi32(127)), 23));
}
/* In two halves, so that both factors are ordinary numbers; |n| up to 252. */
VEC vec vec_scale(vec a, vec n) {
  __m256i whole = _mm256_cvtps_epi32(n), half = _mm256_srai_epi32(whole, 1);
  return _mm256_mul_ps(_mm256_mul_ps(a, power_of_two(half)), power_of_two(_mm256_sub_epi32(whole, half)));
}
VEC vec_mask vec_less(vec a, vec b) {
  return _mm256_cmp_ps(a, b, _CMP_LT_OQ);
}
VEC vec_mask vec_is_nan(vec a) {
  return _mm256_cmp_ps(a, a, _CMP_UNORD_Q);
}
VEC vec_mask vec_either(vec_mask a, vec_mask b) {
  return _mm256_or_ps(a, b);
}
VEC vec vec_select(vec_mask mask, vec a, vec b) {
  return _mm256_blendv_ps(b, a, mask);
}
VEC vec_mask vec_first(int64_t n) {
  return _mm256_castsi256_ps(part_mask(n));
}

VEC vec_int vec_load_bytes(const uint8_t *p) {
  return (vec_int)_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)p));
}
VEC void vec_store_bytes(uint8_t *p, vec_int a) {
  __m128i pairs = _mm_packus_epi32(_mm256_castsi256_si128((__m256i)a), _mm256_extracti128_si256((__m256i)a, 1));
  _mm_storel_epi64((__m128i *)(void *)p, _mm_packus_epi16(pairs, pairs));
}

typedef double vec_double __attribute__((vector_size(32)));

VEC vec_double vec_lower(vec a) {
  return (vec_double)_mm256_cvtps_pd(_mm256_castps256_ps128(a));
}
VEC vec_double vec_upper(vec a) {
  return (vec_double)_mm256_cvtps_pd(_mm256_extractf128_ps(a, 1));
}

typedef uint64_t vec_wide __attribute__((vector_size(32)));

VEC vec_wide wide_mul(vec_wide a, vec_wide b) {
  return (vec_wide)_mm256_mul_epu32((__m256i)a, (__m256i)b);
}
VEC vec_wide wide_even(vec_wide a, vec_wide b) {
  return (vec_wide)_mm256_unpacklo_epi64((__m256i)a, (__m256i)b);
}
VEC vec_wide wide_odd(vec_wide a, vec_wide b) {
  return (vec_wide)_mm256_unpackhi_epi64((__m256i)a, (__m256i)b);
}

#endif
