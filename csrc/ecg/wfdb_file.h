/* Reading files that may be missing, short, or no files at all. Failures are EG_WORLD and name the file. */
#ifndef EG_ECG_WFDB_FILE_H
#define EG_ECG_WFDB_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ecgraft/status.h"

/* Opens a regular file for reading and tells its size. Folders, pipes and devices are refused (and never block). */
eg_status eg_file_open(int *descriptor, int64_t *size, const char *path);
/* Reads exactly `bytes` bytes from `offset` on. */
eg_status eg_file_read(int descriptor, void *buffer, int64_t offset, size_t bytes, const char *path);
void eg_file_close(int descriptor);
/* Asks the system to have a file at hand soon; false where there is no such file. Nothing waits for the disk. */
bool eg_file_ask(const char *path);

#endif
