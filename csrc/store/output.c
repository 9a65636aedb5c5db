#define _DEFAULT_SOURCE /* flock, realpath */
#include "ecgraft/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ecgraft/memory.h"

struct eg_output {
  char *path, *temporary, *folder; /* path: of the target itself, where the one given is a symbolic link */
  int descriptor;                  /* -1: not open */
  int error;                       /* errno of the first failure; it stays */
  int64_t size;
};

static _Atomic int64_t steps_to_failure; /* 0: none planned */
static _Atomic int planned_error;
static _Atomic unsigned made; /* counts temporary names of this process */

void eg_output_fail_at(int64_t nth, int error) {
  planned_error = error;
  steps_to_failure = nth;
}

/* Whether this step is the one that a test wants to see fail; sets errno. */
static bool must_fail(void) {
  if (steps_to_failure == 0 || --steps_to_failure > 0)
    return false;
  errno = planned_error;
  return true;
}

static eg_status failed(eg_output *output, int error) {
  if (!output->error)
    output->error = error;
  return eg_fail(EG_WORLD, "cannot write '%s': %s", output->path, strerror(output->error));
}

eg_status eg_output_check(const eg_output *output) {
  if (output->error)
    return eg_fail(EG_WORLD, "cannot write '%s': %s", output->path, strerror(output->error));
  return EG_OK;
}

int64_t eg_output_size(const eg_output *output) {
  return output->size;
}

const char *eg_output_path(const eg_output *output) {
  return output->path;
}

/* Temporaries. */

/* "N-N" */
static bool is_number_pair(const char *text) {
  size_t first = strspn(text, "0123456789");
  if (first == 0 || text[first] != '-')
    return false;
  size_t second = strspn(text + first + 1, "0123456789");
  return second > 0 && text[first + 1 + second] == '\0';
}

/* Removes a temporary whose writer is dead: nobody holds its lock. */
static void remove_if_dead(int folder, const char *name) {
  int fd = openat(folder, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    return;
  if (flock(fd, LOCK_EX | LOCK_NB) == 0)
    unlinkat(folder, name, 0);
  close(fd);
}

static void remove_dead(const eg_output *output) {
  const char *slash = strrchr(output->path, '/'), *base = slash ? slash + 1 : output->path;
  size_t length = strlen(base);
  DIR *folder = opendir(output->folder);
  if (!folder)
    return;
  for (struct dirent *each = readdir(folder); each; each = readdir(folder))
    if (strncmp(each->d_name, base, length) == 0 && strncmp(each->d_name + length, ".new-", 5) == 0 &&
        is_number_pair(each->d_name + length + 5))
      remove_if_dead(dirfd(folder), each->d_name);
  closedir(folder);
}

/* Makes a temporary and locks it. Between the two another process may take it for a dead one's and remove it: then
   it has no name any more, and another is made. */
static int make_temporary(eg_output *output, size_t capacity) {
  for (int attempt = 0; attempt < 1000; attempt++) {
    snprintf(output->temporary, capacity, "%s.new-%ld-%u", output->path, (long)getpid(), ++made);
    int fd = open(output->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0 && errno == EEXIST)
      continue;
    if (fd < 0)
      return -1;
    struct stat info;
    bool locked = flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK; /* a file system without locks will do */
    if (locked && fstat(fd, &info) == 0 && info.st_nlink > 0)
      return fd;
    close(fd);
  }
  errno = EEXIST;
  return -1;
}

static void let_go(eg_output *output) {
  if (output->descriptor >= 0)
    close(output->descriptor);
  eg_free(output->path);
  eg_free(output->temporary);
  eg_free(output->folder);
  eg_free(output);
}

/* "a/b" -> "a", "/b" -> "/", "b" -> "." */
static char *folder_of(const char *path) {
  const char *slash = strrchr(path, '/');
  char *folder = eg_strdup(slash ? path : ".");
  if (folder && slash)
    folder[slash == path ? 1 : slash - path] = '\0';
  return folder;
}

static eg_status open_temporary(eg_output *output) {
  struct stat old;
  bool exists = stat(output->path, &old) == 0;
  if (exists && S_ISDIR(old.st_mode))
    return failed(output, EISDIR);
  if (exists && !S_ISREG(old.st_mode))
    return eg_fail(EG_WORLD, "cannot write '%s': it is a pipe or a device", output->path);
  remove_dead(output);
  output->descriptor = make_temporary(output, strlen(output->path) + 64);
  if (output->descriptor < 0)
    return failed(output, errno);
  if (exists) /* whoever could read the old file can read the new one; where that may not be set, it is left */
    (void)!fchmod(output->descriptor, old.st_mode & 0777);
  return EG_OK;
}

/* What a path names: where it is a symbolic link to something, that, so that the link stays. */
static char *target_of(const char *path) {
  struct stat info;
  char *target = lstat(path, &info) == 0 && S_ISLNK(info.st_mode) ? realpath(path, NULL) : NULL;
  char *copy = eg_strdup(target ? target : path);
  free(target);
  return copy;
}

eg_status eg_output_open(eg_output **out, const char *path) {
  *out = NULL;
  size_t length = strlen(path);
  if (length == 0 || path[length - 1] == '/')
    return eg_fail(EG_WORLD, "cannot write '%s': it names no file", path);
  eg_output *output = eg_alloc_zero(1, sizeof *output);
  if (!output)
    return EG_NOMEM;
  output->descriptor = -1;
  output->path = target_of(path);
  output->temporary = output->path ? eg_alloc(strlen(output->path) + 64) : NULL;
  output->folder = output->temporary ? folder_of(output->path) : NULL;
  eg_status status = output->folder ? open_temporary(output) : EG_NOMEM;
  if (status != EG_OK) {
    let_go(output);
    return status;
  }
  *out = output;
  return EG_OK;
}

/* Bytes in and out. */

static eg_status write_all(eg_output *output, const unsigned char *from, size_t count, int64_t offset) {
  while (count > 0) {
    ssize_t written = pwrite(output->descriptor, from, count < (1u << 30) ? count : 1u << 30, (off_t)offset);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return failed(output, written < 0 ? errno : ENOSPC);
    from += written;
    count -= (size_t)written;
    offset += written;
    if (offset > output->size)
      output->size = offset;
  }
  return EG_OK;
}

eg_status eg_output_write_at(eg_output *output, int64_t offset, const void *bytes, size_t count) {
  EG_TRY(eg_output_check(output));
  if (must_fail()) {
    int error = errno;
    EG_TRY(write_all(output, bytes, count / 2, offset));
    return failed(output, error);
  }
  return write_all(output, bytes, count, offset);
}

eg_status eg_output_write(eg_output *output, const void *bytes, size_t count) {
  return eg_output_write_at(output, output->size, bytes, count);
}

eg_status eg_output_read_at(eg_output *output, int64_t offset, void *bytes, size_t count) {
  unsigned char *to = bytes;
  while (count > 0) {
    ssize_t got = pread(output->descriptor, to, count, (off_t)offset);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return failed(output, errno);
    if (got == 0) {
      memset(to, 0, count);
      break;
    }
    to += got;
    count -= (size_t)got;
    offset += got;
  }
  return EG_OK;
}

eg_status eg_output_resize(eg_output *output, int64_t size) {
  EG_TRY(eg_output_check(output));
  if (must_fail() || ftruncate(output->descriptor, (off_t)size) != 0)
    return failed(output, errno);
  output->size = size;
  return EG_OK;
}

/* Ends. */

/* The folder's entry reaches the disk; some file systems cannot do that for folders and say EINVAL. */
static int sync_folder(const char *path) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return errno == EACCES ? 0 : errno; /* a folder that may be written to but not listed */
  int error = fsync(fd) == 0 || errno == EINVAL ? 0 : errno;
  close(fd);
  return error;
}

static eg_status put_in_place(eg_output *output) {
  EG_TRY(eg_output_check(output));
  if (must_fail() || fsync(output->descriptor) != 0)
    return failed(output, errno);
  if (must_fail() || rename(output->temporary, output->path) != 0)
    return failed(output, errno);
  return EG_OK;
}

eg_status eg_output_commit(eg_output *output) {
  eg_status status = put_in_place(output);
  if (status != EG_OK) {
    unlink(output->temporary);
  } else {
    int error = sync_folder(output->folder);
    if (error) /* the new file is there, whole; that it survives a power cut is what cannot be said */
      status = failed(output, error);
  }
  let_go(output);
  return status;
}

void eg_output_abandon(eg_output *output) {
  if (!output)
    return;
  unlink(output->temporary);
  let_go(output);
}

eg_status eg_write_file(const char *path, const void *bytes, size_t count) {
  eg_output *output;
  EG_TRY(eg_output_open(&output, path));
  eg_status status = eg_output_write(output, bytes, count);
  if (status == EG_OK)
    return eg_output_commit(output);
  eg_output_abandon(output);
  return status;
}
