/* Pieces of HDF5 files: types, datasets, rows, attributes. Called between eg_hdf5_enter and eg_hdf5_leave. */
#ifndef EG_STORE_HDF5_PARTS_H
#define EG_STORE_HDF5_PARTS_H

#include "ecgraft/store.h"
#include "store/hdf5_library.h"

/* The little-endian type of a number; the library's, not to be closed. */
hid_t eg_hdf5_number_type(eg_dtype dtype);

typedef struct eg_hdf5_layout {
  eg_shape shape;
  bool growing;       /* along the first dim */
  bool compact;       /* in the object header */
  int64_t chunk_rows; /* 0: in one piece */
  int compression;
  bool checksum;
} eg_hdf5_layout;

enum { EG_HDF5_LONGEST_NAME = 1024 };

/* A new dataset, groups on its way included; negative on failure. To be closed. The name has no more than
   EG_HDF5_LONGEST_NAME bytes. */
hid_t eg_hdf5_dataset(hid_t file, const char *name, hid_t type, const eg_hdf5_layout *layout);
/* Writes rows first .. first + rows - 1 of an array of this shape, from bytes of `type`. */
bool eg_hdf5_write_rows(hid_t dataset, hid_t type, const eg_shape *shape, int64_t first, int64_t rows,
                        const void *bytes);
bool eg_hdf5_extend(hid_t dataset, const eg_shape *shape);

/* A value as the bytes that the library is given. Strings become UTF-8 of one length, filled up with 0; truth values
   an enumeration of FALSE and TRUE, as h5py has it. */
typedef struct eg_hdf5_encoded {
  hid_t type;
  size_t width; /* bytes of an element */
  void *bytes;
} eg_hdf5_encoded;

/* `name` is for messages. */
eg_status eg_hdf5_encode(eg_hdf5_encoded *out, const char *name, const eg_value *value);
void eg_hdf5_encoded_free(eg_hdf5_encoded *encoded);
/* Where there is one of that name. */
bool eg_hdf5_delete_attribute(hid_t object, const char *name);
/* Replaces an attribute of the same name. */
bool eg_hdf5_write_attribute(hid_t object, const char *name, const eg_hdf5_encoded *encoded, const eg_value *value);

#endif
