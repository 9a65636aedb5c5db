/* Between the bytes of a file and numbers in memory. */
#ifndef EG_STORE_CONVERT_H
#define EG_STORE_CONVERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ecgraft/dtype.h"
#include "ecgraft/real.h"
#include "ecgraft/status.h"

/* `from` holds n elements of `dtype` without alignment, big-endian where `big`. A uint64 beyond INT64_MAX comes out of
   eg_decode_integers negative; a fraction is cut off. */
void eg_decode_reals(eg_real *to, const unsigned char *from, int64_t n, eg_dtype dtype, bool big);
void eg_decode_doubles(double *to, const unsigned char *from, int64_t n, eg_dtype dtype, bool big);
void eg_decode_integers(int64_t *to, const unsigned char *from, int64_t n, eg_dtype dtype, bool big);

/* Whether eg_encode writes this type: float32, float64, int8 .. int64, uint8. */
bool eg_can_encode(eg_dtype dtype);
/* Little-endian. Integers are rounded to nearest, ties to even; EG_USAGE where a value does not fit its type. */
eg_status eg_encode(unsigned char *to, const eg_real *from, int64_t n, eg_dtype dtype);

/* Whether elements of this type and byte order are eg_real's own bits. */
bool eg_is_native(eg_dtype dtype, bool big);

/* Little-endian unsigned integers of 1 to 8 bytes. */
uint64_t eg_get_uint(const unsigned char *from, int bytes);
void eg_put_uint(unsigned char *to, int bytes, uint64_t value);

#endif
