/* The HDF5 library, fenced in: one lock, no printing, and a driver through which it writes an eg_output. Only the files
   that include this header include hdf5.h. */
#ifndef EG_STORE_HDF5_LIBRARY_H
#define EG_STORE_HDF5_LIBRARY_H

#include <hdf5.h>
#include <stdbool.h>

#include "ecgraft/output.h"
#include "ecgraft/status.h"

/* Around every use of the library: takes the process-wide lock and keeps the library from printing its errors. */
void eg_hdf5_enter(void);
void eg_hdf5_leave(void);

/* The failure of a library call: "cannot write 'FILE': WHAT: the library's innermost reason", or the output's own
   failure where that came first. */
eg_status eg_hdf5_failed(const eg_output *output, const char *what);

/* A new, empty HDF5 file in the output, or a negative id. Writes that fail are noted by the output and otherwise
   swallowed: a library that is told of them cannot close its file any more. */
hid_t eg_hdf5_create(eg_output *output);

/* How groups are made, the root included: links in order of creation, no times, so that the same content makes the same
 * bytes. */
bool eg_hdf5_set_group(hid_t creation);

#endif
