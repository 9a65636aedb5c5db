/* safetensors: named tensors in one file, a JSON header and then plain little-endian data. The exchange format of
   PyTorch weights. Format: https://github.com/huggingface/safetensors (its rules, which an audit of 2023 tightened, are
   all checked: a header of at most 100 MB and within the file, dims whose product fits the stated bytes, data without
   overlap, hole or remainder). */
#ifndef ECGRAFT_SAFETENSORS_H
#define ECGRAFT_SAFETENSORS_H

#include <stddef.h>
#include <stdint.h>

#include "ecgraft/dtype.h"
#include "ecgraft/status.h"
#include "ecgraft/tensor.h"

typedef struct eg_safetensors_entry {
  const char *name;
  eg_dtype dtype;    /* in the file: F64 F32 F16 BF16 I64 I32 I16 I8 U64 U32 U16 U8 BOOL */
  eg_tensor *tensor; /* converted to eg_real */
} eg_safetensors_entry;

typedef struct eg_safetensors {
  int64_t count, metadata_count;
  eg_safetensors_entry *entries;    /* in the order of their data in the file */
  const char *const (*metadata)[2]; /* pairs (key, text) of __metadata__ */
  char *header;                     /* owns the names */
} eg_safetensors;

/* EG_WORLD where the file is missing, damaged, of another format, or holds a type with no place here (F8_E4M3). */
eg_status eg_safetensors_load(eg_safetensors **out, const char *path);
/* The same from memory; `name` stands for the file in messages. */
eg_status eg_safetensors_parse(eg_safetensors **out, const void *bytes, size_t count, const char *name);
void eg_safetensors_free(eg_safetensors *file); /* NULL is allowed */

/* One tensor to write: dtype float32, float64 or an integer type; EG_DTYPE_OTHER: eg_real's. */
typedef struct eg_safetensors_item {
  const char *name;
  eg_tensor *tensor;
  eg_dtype dtype;
} eg_safetensors_item;

/* Writes the file at once or not at all. Data is laid out by decreasing alignment, then in the given order, as the
   format's own writer does. Names must differ, be UTF-8 and not be "__metadata__". */
eg_status eg_safetensors_save(const char *path, const eg_safetensors_item *items, int64_t count,
                              const char *const (*metadata)[2], int64_t metadata_count);

#endif
