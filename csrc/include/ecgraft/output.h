/* Files that are replaced as a whole: a reader sees the old file or the new one, never half.

   An output is a temporary file beside the target, named TARGET.new-PROCESS-NUMBER. Committing flushes it to the disk
   (fsync), renames it over the target and flushes the folder. Where anything fails, or the output is abandoned, the
   temporary is removed and the target stays as it was. A process that is killed leaves its temporary behind; the next
   output for the same target removes it (an flock on each temporary tells the living from the dead). Failures are
   EG_WORLD and name the target and the reason.

   The first failure of an output stays: everything after it fails in the same way and writes nothing. */
#ifndef ECGRAFT_OUTPUT_H
#define ECGRAFT_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

#include "ecgraft/status.h"

typedef struct eg_output eg_output;

/* *out is NULL on failure: the folder is missing or may not be written to, or the target is a folder. */
eg_status eg_output_open(eg_output **out, const char *path);

/* Appends to what was written so far. */
eg_status eg_output_write(eg_output *output, const void *bytes, size_t count);

/* Makes the file the new content of its target, and lets go of the output, whether that succeeds or not. */
eg_status eg_output_commit(eg_output *output);

/* Removes the temporary and lets go of the output. NULL is allowed. */
void eg_output_abandon(eg_output *output);

/* The whole of it: the file `path` with this content. */
eg_status eg_write_file(const char *path, const void *bytes, size_t count);

/* Random access, for formats that are not written from front to back. A read beyond the end gives zeros. */
eg_status eg_output_write_at(eg_output *output, int64_t offset, const void *bytes, size_t count);
eg_status eg_output_read_at(eg_output *output, int64_t offset, void *bytes, size_t count);
eg_status eg_output_resize(eg_output *output, int64_t size);
int64_t eg_output_size(const eg_output *output);
/* EG_OK, or the failure that stays, with its text set again. */
eg_status eg_output_check(const eg_output *output);
/* The target: the path given to eg_output_open, or what that links to. */
const char *eg_output_path(const eg_output *output);

/* For tests: the nth step (a write, a resize, a flush, the rename) of any output from now on fails with `error`
   (ENOSPC, EIO; a write is cut short half-way first). 0 ends it. */
void eg_output_fail_at(int64_t nth, int error);

#endif
