#define _POSIX_C_SOURCE 200809L
#include "ecg/wfdb_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

eg_status eg_file_open(int *descriptor, int64_t *size, const char *path) {
  /* O_NONBLOCK: opening a pipe without a writer would wait for one. */
  int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    return eg_fail(EG_WORLD, "%s: %s", path, strerror(errno));
  struct stat info;
  if (fstat(fd, &info) != 0) {
    int reason = errno;
    close(fd);
    return eg_fail(EG_WORLD, "%s: %s", path, strerror(reason));
  }
  if (!S_ISREG(info.st_mode)) {
    close(fd);
    return eg_fail(EG_WORLD, "%s: expected a regular file, got a %s", path,
                   S_ISDIR(info.st_mode) ? "folder" : "pipe or device");
  }
  *descriptor = fd;
  *size = info.st_size;
  return EG_OK;
}

eg_status eg_file_read(int descriptor, void *buffer, int64_t offset, size_t bytes, const char *path) {
  unsigned char *to = buffer;
  size_t done = 0;
  while (done < bytes) {
    ssize_t got = pread(descriptor, to + done, bytes - done, offset + (int64_t)done);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return eg_fail(EG_WORLD, "%s: %s", path, strerror(errno));
    if (got == 0)
      return eg_fail(EG_WORLD, "%s: expected %zu bytes from byte %" PRId64 " on, got %zu", path, bytes, offset, done);
    done += (size_t)got;
  }
  return EG_OK;
}

void eg_file_close(int descriptor) {
  close(descriptor);
}

bool eg_file_ask(const char *path) {
  int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    return false;
#ifdef POSIX_FADV_WILLNEED
  posix_fadvise(fd, 0, 0, POSIX_FADV_WILLNEED); /* a failure costs time only */
#endif
  close(fd);
  return true;
}
