#include "ecgraft/npy.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ecgraft/memory.h"
#include "ecgraft/output.h"
#include "store/convert.h"
#include "store/source.h"
#include "store/write.h"

enum { LONGEST_HEADER = 1 << 16 }; /* ours; NumPy itself writes about a hundred bytes */

/* What the header says. */
typedef struct header {
  eg_dtype dtype;
  bool big, fortran;
  eg_shape shape;
} header;

/* Position in the header's text, which is a Python dict: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), } */
typedef struct cursor {
  const char *at;
  const char *fault;
} cursor;

static bool take(cursor *c, const char *token) {
  while (*c->at == ' ' || *c->at == '\n' || *c->at == '\t')
    c->at++;
  size_t length = strlen(token);
  if (c->fault || strncmp(c->at, token, length) != 0)
    return false;
  c->at += length;
  return true;
}

static void need(cursor *c, const char *token, const char *fault) {
  if (!take(c, token) && !c->fault)
    c->fault = fault;
}

/* A string without escapes, at most size - 1 bytes, in either quote. */
static void read_string(cursor *c, char *text, size_t size) {
  const char *quote = take(c, "'") ? "'" : "\"";
  if (*quote == '"')
    need(c, "\"", "expected a string");
  size_t length = strcspn(c->at, quote);
  if (c->fault || c->at[length] != *quote || length >= size) {
    c->fault = c->fault ? c->fault : "a string that is too long or has no end";
    length = 0;
  } else {
    memcpy(text, c->at, length);
    c->at += length + 1;
  }
  text[length] = '\0';
}

static void read_descr(cursor *c, header *h) {
  static const struct {
    char code[3];
    eg_dtype dtype;
  } codes[] = {{"b1", EG_DTYPE_BOOL},   {"i1", EG_DTYPE_INT8},    {"i2", EG_DTYPE_INT16},   {"i4", EG_DTYPE_INT32},
               {"i8", EG_DTYPE_INT64},  {"u1", EG_DTYPE_UINT8},   {"u2", EG_DTYPE_UINT16},  {"u4", EG_DTYPE_UINT32},
               {"u8", EG_DTYPE_UINT64}, {"f2", EG_DTYPE_FLOAT16}, {"f4", EG_DTYPE_FLOAT32}, {"f8", EG_DTYPE_FLOAT64}};
  char text[16];
  read_string(c, text, sizeof text);
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
    if (text[0] && strchr("<>|", text[0]) && strcmp(text + 1, codes[i].code) == 0)
      h->dtype = codes[i].dtype;
  h->big = text[0] == '>';
  if (h->dtype == EG_DTYPE_OTHER && !c->fault)
    c->fault = "an element type other than b1, i1 .. i8, u1 .. u8, f2, f4, f8";
}

static void read_order(cursor *c, header *h) {
  h->fortran = take(c, "True");
  if (!h->fortran)
    need(c, "False", "expected True or False");
}

static void read_shape(cursor *c, header *h) {
  need(c, "(", "expected a shape");
  while (!c->fault && !take(c, ")")) {
    int64_t dim = 0;
    if (*c->at < '0' || *c->at > '9' || h->shape.ndim == EG_MAX_DIMS) {
      c->fault = "a shape of more than 8 dims, or not of whole numbers";
      return;
    }
    for (; *c->at >= '0' && *c->at <= '9'; c->at++)
      if (__builtin_mul_overflow(dim, 10, &dim) || __builtin_add_overflow(dim, *c->at - '0', &dim)) {
        c->fault = "a dim that is too large";
        return;
      }
    h->shape.dims[h->shape.ndim++] = dim;
    if (!take(c, ",")) {
      need(c, ")", "expected ',' or ')'");
      return;
    }
  }
}

static const char *parse_header(const char *text, header *h) {
  static const struct {
    const char *key;
    void (*read)(cursor *, header *);
  } fields[] = {{"descr", read_descr}, {"fortran_order", read_order}, {"shape", read_shape}};
  cursor c = {.at = text};
  unsigned seen = 0;
  need(&c, "{", "expected '{'");
  while (!c.fault && !take(&c, "}")) {
    char key[16];
    read_string(&c, key, sizeof key);
    need(&c, ":", "expected ':'");
    int f = 0;
    while (f < 3 && strcmp(key, fields[f].key) != 0)
      f++;
    if (f == 3 || seen & 1u << f)
      return c.fault ? c.fault : "a field other than descr, fortran_order and shape, or one of them twice";
    seen |= 1u << f;
    fields[f].read(&c, h);
    if (!take(&c, ",") && *c.at != '}')
      c.fault = c.fault ? c.fault : "expected ',' or '}'";
  }
  if (!c.fault && seen != 7)
    c.fault = "a field of descr, fortran_order and shape is missing";
  (void)take(&c, ""); /* white space */
  if (!c.fault && *c.at != '\0')
    c.fault = "text after the end";
  return c.fault;
}

static eg_status damaged(const eg_source *source, const char *what) {
  return eg_fail(EG_WORLD, "%s: not a valid .npy file: %s", source->name, what);
}

/* Reads what stands before the data; *begin is where that starts. */
static eg_status read_header(const eg_source *source, header *h, int64_t *begin) {
  unsigned char prefix[12];
  if (source->size < 10)
    return damaged(source, "it is too short");
  EG_TRY(eg_source_read(source, prefix, 0, 10));
  if (memcmp(prefix, "\x93NUMPY", 6) != 0)
    return damaged(source, "it does not begin with \\x93NUMPY");
  if (prefix[6] < 1 || prefix[6] > 3 || prefix[7] != 0)
    return damaged(source, "its version is not 1.0, 2.0 or 3.0");
  int bytes = prefix[6] == 1 ? 2 : 4;
  EG_TRY(eg_source_read(source, prefix, 0, 8 + (size_t)bytes));
  uint64_t length = eg_get_uint(prefix + 8, bytes);
  if (length > LONGEST_HEADER)
    return damaged(source, "its header is too long");
  char *text = eg_alloc((size_t)length + 1);
  if (!text)
    return EG_NOMEM;
  text[length] = '\0';
  *begin = 8 + bytes + (int64_t)length;
  eg_status status = eg_source_read(source, text, 8 + bytes, (size_t)length);
  const char *fault = status == EG_OK ? parse_header(text, h) : NULL;
  if (status == EG_OK && !fault && strlen(text) != length)
    fault = "a 0 in its header";
  eg_free(text);
  return fault ? damaged(source, fault) : status;
}

static eg_status check_size(const eg_source *source, const header *h, int64_t begin) {
  int64_t bytes = (int64_t)eg_dtype_size(h->dtype), there = source->size - begin;
  for (int i = 0; i < h->shape.ndim; i++)
    if (h->shape.dims[i] == 0)
      bytes = 0;
  for (int i = 0; i < h->shape.ndim; i++)
    if (__builtin_mul_overflow(bytes, h->shape.dims[i], &bytes))
      return damaged(source, "its shape is beyond what can be addressed");
  if (bytes != there)
    return eg_fail(EG_WORLD, "%s: not a valid .npy file: %" PRId64 " bytes of data expected, there are %" PRId64,
                   source->name, bytes, there);
  return EG_OK;
}

/* Fortran order: the file has the dims from the last to the first, and what is wanted is their permutation, copied. */
static eg_status read_fortran(eg_tensor **out, const eg_source *source, const header *h, int64_t begin) {
  eg_shape reversed = {.ndim = h->shape.ndim};
  int order[EG_MAX_DIMS];
  for (int i = 0; i < reversed.ndim; i++) {
    order[i] = reversed.ndim - 1 - i;
    reversed.dims[i] = h->shape.dims[order[i]];
  }
  eg_tensor *stored = NULL, *view = NULL;
  eg_status status = eg_new_from_file(&stored, reversed, source->name);
  if (status == EG_OK)
    status = eg_source_read_reals(source, eg_tensor_data(stored), begin, eg_tensor_numel(stored), h->dtype, h->big);
  if (status == EG_OK)
    status = eg_tensor_permute(&view, stored, order);
  if (status == EG_OK)
    status = eg_tensor_contiguous(out, view);
  eg_tensor_release(view);
  eg_tensor_release(stored);
  return status;
}

static eg_status load(eg_tensor **out, eg_dtype *dtype, const eg_source *source) {
  header h = {.dtype = EG_DTYPE_OTHER};
  int64_t begin = 0;
  EG_TRY(read_header(source, &h, &begin));
  EG_TRY(check_size(source, &h, begin));
  if (dtype)
    *dtype = h.dtype;
  if (h.fortran && h.shape.ndim > 1)
    return read_fortran(out, source, &h, begin);
  EG_TRY(eg_new_from_file(out, h.shape, source->name));
  eg_status status = eg_source_read_reals(source, eg_tensor_data(*out), begin, eg_tensor_numel(*out), h.dtype, h.big);
  if (status != EG_OK) {
    eg_tensor_release(*out);
    *out = NULL;
  }
  return status;
}

eg_status eg_npy_load(eg_tensor **out, eg_dtype *dtype, const char *path) {
  *out = NULL;
  eg_source source;
  EG_TRY(eg_source_open(&source, path));
  eg_status status = load(out, dtype, &source);
  eg_source_close(&source);
  return status;
}

/* Text and spaces up to a multiple of 64 bytes, then a newline, as NumPy does. Returns the length with the prefix. */
static size_t make_header(char *text, size_t size, const eg_shape *shape, eg_dtype dtype) {
  static const char letters[] = "biuf";
  int kind = dtype == EG_DTYPE_FLOAT32 || dtype == EG_DTYPE_FLOAT64 ? 3 : dtype == EG_DTYPE_UINT8 ? 2 : 1;
  int bytes = (int)eg_dtype_size(dtype);
  int n = snprintf(text + 10, size - 10, "{'descr': '%c%c%d', 'fortran_order': False, 'shape': (",
                   bytes > 1 ? '<' : '|', letters[kind], bytes);
  for (int i = 0; i < shape->ndim; i++)
    n += snprintf(text + 10 + n, size - 10 - (size_t)n, "%s%" PRId64 "%s", i ? " " : "", shape->dims[i],
                  i + 1 < shape->ndim || shape->ndim == 1 ? "," : "");
  n += snprintf(text + 10 + n, size - 10 - (size_t)n, "), }");
  size_t length = ((size_t)n + 10 + 1 + 63) / 64 * 64;
  memset(text + 10 + n, ' ', length - 10 - (size_t)n);
  text[length - 1] = '\n';
  memcpy(text, "\x93NUMPY\x01\x00", 8);
  eg_put_uint((unsigned char *)text + 8, 2, length - 10);
  return length;
}

eg_status eg_npy_save(const char *path, eg_tensor *tensor, eg_dtype dtype) {
  char text[512];
  dtype = eg_dtype_or_real(dtype);
  if (!eg_can_encode(dtype))
    return eg_fail(EG_USAGE, "save_npy: a tensor cannot be written as %s", eg_dtype_name(dtype));
  size_t length = make_header(text, sizeof text, &tensor->shape, dtype);
  eg_output *output;
  EG_TRY(eg_output_open(&output, path));
  eg_status status = eg_output_write(output, text, length);
  if (status == EG_OK)
    status = eg_write_elements(output, tensor, dtype);
  if (status == EG_OK)
    return eg_output_commit(output);
  eg_output_abandon(output);
  return status == EG_USAGE ? eg_fail_in(status, "save_npy") : status;
}
