#include "store/convert.h"

#include <math.h>
#include <string.h>

uint64_t eg_get_uint(const unsigned char *from, int bytes) {
  uint64_t value = 0;
  for (int i = bytes - 1; i >= 0; i--)
    value = value << 8 | from[i];
  return value;
}

void eg_put_uint(unsigned char *to, int bytes, uint64_t value) {
  for (int i = 0; i < bytes; i++, value >>= 8)
    to[i] = (unsigned char)value;
}

static uint64_t get_uint_big(const unsigned char *from, int bytes) {
  uint64_t value = 0;
  for (int i = 0; i < bytes; i++)
    value = value << 8 | from[i];
  return value;
}

static double float32_of(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return (double)value;
}

static double float64_of(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits. */
static double float16_of(uint32_t bits) {
  uint32_t exponent = bits >> 10 & 31, fraction = bits & 1023;
  double magnitude;
  if (exponent == 31)
    magnitude = fraction ? NAN : INFINITY;
  else if (exponent == 0)
    magnitude = ldexp((double)fraction, -24);
  else
    magnitude = ldexp((double)(fraction | 1024), (int)exponent - 25);
  return bits >> 15 ? -magnitude : magnitude;
}

/* One loop a type; the loads become plain moves (and swaps) where the byte order is constant in the loop. */
#define EACH(bytes, expression)                                                                                        \
  if (big)                                                                                                             \
    for (int64_t i = 0; i < n; i++) {                                                                                  \
      uint64_t u = get_uint_big(from + i * (bytes), bytes);                                                            \
      to[i] = (expression);                                                                                            \
    }                                                                                                                  \
  else                                                                                                                 \
    for (int64_t i = 0; i < n; i++) {                                                                                  \
      uint64_t u = eg_get_uint(from + i * (bytes), bytes);                                                             \
      to[i] = (expression);                                                                                            \
    }                                                                                                                  \
  break;

#define DECODER(name, type)                                                                                            \
  void name(type *to, const unsigned char *from, int64_t n, eg_dtype dtype, bool big) {                                \
    switch (dtype) {                                                                                                   \
    case EG_DTYPE_FLOAT16:                                                                                             \
      EACH(2, (type)float16_of((uint32_t)u))                                                                           \
    case EG_DTYPE_BFLOAT16:                                                                                            \
      EACH(2, (type)float32_of((uint32_t)u << 16))                                                                     \
    case EG_DTYPE_FLOAT32:                                                                                             \
      EACH(4, (type)float32_of((uint32_t)u))                                                                           \
    case EG_DTYPE_FLOAT64:                                                                                             \
      EACH(8, (type)float64_of(u))                                                                                     \
    case EG_DTYPE_INT8:                                                                                                \
      EACH(1, (type)(int8_t)u)                                                                                         \
    case EG_DTYPE_INT16:                                                                                               \
      EACH(2, (type)(int16_t)u)                                                                                        \
    case EG_DTYPE_INT32:                                                                                               \
      EACH(4, (type)(int32_t)u)                                                                                        \
    case EG_DTYPE_INT64:                                                                                               \
      EACH(8, (type)(int64_t)u)                                                                                        \
    case EG_DTYPE_UINT8:                                                                                               \
      EACH(1, (type)u)                                                                                                 \
    case EG_DTYPE_UINT16:                                                                                              \
      EACH(2, (type)u)                                                                                                 \
    case EG_DTYPE_UINT32:                                                                                              \
      EACH(4, (type)u)                                                                                                 \
    case EG_DTYPE_UINT64:                                                                                              \
      EACH(8, (type)u)                                                                                                 \
    case EG_DTYPE_BOOL:                                                                                                \
      EACH(1, (type)(u != 0))                                                                                          \
    case EG_DTYPE_STRING:                                                                                              \
    case EG_DTYPE_OTHER:                                                                                               \
      memset(to, 0, (size_t)n * sizeof *to);                                                                           \
    }                                                                                                                  \
  }

DECODER(decode_reals, eg_real)
DECODER(eg_decode_doubles, double)

/* A float that int64 does not hold has no defined conversion: its bound is taken, and 0 for NaN. */
static int64_t int64_of(double value) {
  if (value != value)
    return 0;
  if (value >= 0x1p63)
    return INT64_MAX;
  return value <= -0x1p63 ? INT64_MIN : (int64_t)value;
}

void eg_decode_integers(int64_t *to, const unsigned char *from, int64_t n, eg_dtype dtype, bool big) {
  switch (dtype) {
  case EG_DTYPE_INT8:
    EACH(1, (int8_t)u)
  case EG_DTYPE_INT16:
    EACH(2, (int16_t)u)
  case EG_DTYPE_INT32:
    EACH(4, (int32_t)u)
  case EG_DTYPE_UINT8:
    EACH(1, (int64_t)u)
  case EG_DTYPE_UINT16:
    EACH(2, (int64_t)u)
  case EG_DTYPE_UINT32:
    EACH(4, (int64_t)u)
  case EG_DTYPE_INT64:
  case EG_DTYPE_UINT64:
    EACH(8, (int64_t)u)
  case EG_DTYPE_BOOL:
    EACH(1, u != 0)
  default:
    for (int64_t i = 0; i < n; i++) {
      double value = 0;
      eg_decode_doubles(&value, from + i * (int64_t)eg_dtype_size(dtype), 1, dtype, big);
      to[i] = int64_of(value);
    }
  }
}

bool eg_is_native(eg_dtype dtype, bool big) {
  const uint16_t one = 1;
  bool host_big = *(const unsigned char *)&one == 0;
  return dtype == (sizeof(eg_real) == 4 ? EG_DTYPE_FLOAT32 : EG_DTYPE_FLOAT64) && big == host_big;
}

void eg_decode_reals(eg_real *to, const unsigned char *from, int64_t n, eg_dtype dtype, bool big) {
  if (eg_is_native(dtype, big))
    memcpy(to, from, (size_t)n * sizeof *to);
  else
    decode_reals(to, from, n, dtype, big);
}

bool eg_can_encode(eg_dtype dtype) {
  return dtype == EG_DTYPE_FLOAT32 || dtype == EG_DTYPE_FLOAT64 || (dtype >= EG_DTYPE_INT8 && dtype <= EG_DTYPE_UINT8);
}

/* Bounds are powers of two, exact in double; the upper one is not included. */
static eg_status encode_integers(unsigned char *to, const eg_real *from, int64_t n, eg_dtype dtype, double low,
                                 double beyond) {
  int bytes = (int)eg_dtype_size(dtype);
  for (int64_t i = 0; i < n; i++, to += bytes) {
    double value = rint((double)from[i]);
    if (!(value >= low && value < beyond))
      return eg_fail(EG_USAGE, "the value %.9g does not fit the type %s", (double)from[i], eg_dtype_name(dtype));
    eg_put_uint(to, bytes, (uint64_t)(int64_t)value);
  }
  return EG_OK;
}

eg_status eg_encode(unsigned char *to, const eg_real *from, int64_t n, eg_dtype dtype) {
  if (eg_is_native(dtype, false)) {
    memcpy(to, from, (size_t)n * sizeof *from);
    return EG_OK;
  }
  switch (dtype) {
  case EG_DTYPE_FLOAT32:
    for (int64_t i = 0; i < n; i++) {
      float value = (float)from[i];
      uint32_t bits;
      memcpy(&bits, &value, sizeof bits);
      eg_put_uint(to + 4 * i, 4, bits);
    }
    return EG_OK;
  case EG_DTYPE_FLOAT64:
    for (int64_t i = 0; i < n; i++) {
      double value = (double)from[i];
      uint64_t bits;
      memcpy(&bits, &value, sizeof bits);
      eg_put_uint(to + 8 * i, 8, bits);
    }
    return EG_OK;
  case EG_DTYPE_INT8:
    return encode_integers(to, from, n, dtype, -0x1p7, 0x1p7);
  case EG_DTYPE_INT16:
    return encode_integers(to, from, n, dtype, -0x1p15, 0x1p15);
  case EG_DTYPE_INT32:
    return encode_integers(to, from, n, dtype, -0x1p31, 0x1p31);
  case EG_DTYPE_INT64:
    return encode_integers(to, from, n, dtype, -0x1p63, 0x1p63);
  case EG_DTYPE_UINT8:
    return encode_integers(to, from, n, dtype, 0, 0x1p8);
  default:
    return eg_fail(EG_USAGE,
                   "the type %s cannot be written; known are float32, float64, int8, int16, int32, int64, uint8",
                   eg_dtype_name(dtype));
  }
}
