/* MATLAB's MAT files of version 5 (also 6 and 7: compressed), little- and big-endian. "MAT-File Format", The MathWorks.

   Read are real arrays of numbers, rows of characters, and single structs of these, within each other at most 16 deep.
   The rest (cells, sparse and complex arrays, arrays of structs, objects) is passed over. Nothing in the file is
   trusted: no element reaches beyond the one it lies in, no array is larger than its bytes, and a compressed variable
   may unpack to 16 MiB and 100 times its size, 512 MiB at most. */
#ifndef ECGRAFT_MAT_H
#define ECGRAFT_MAT_H

#include <stdint.h>

#include "ecgraft/status.h"
#include "ecgraft/tensor.h"

typedef struct eg_mat_entry {
  char *name;        /* "ECG.data" is field data of the struct ECG */
  eg_tensor *tensor; /* with the dims that MATLAB shows; NULL for text */
  char *text;        /* UTF-8; NULL for numbers */
} eg_mat_entry;

typedef struct eg_mat {
  int64_t count, capacity;
  eg_mat_entry *entries; /* in the order of the file */
} eg_mat;

/* EG_WORLD: no such file, damaged, another version. */
eg_status eg_mat_load(eg_mat **out, const char *path);
void eg_mat_free(eg_mat *mat); /* NULL is allowed */
/* The entry of that name, or NULL. */
const eg_mat_entry *eg_mat_find(const eg_mat *mat, const char *name);

#endif
