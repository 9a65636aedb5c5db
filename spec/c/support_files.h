/* Folders and files for tests. */
#ifndef EG_SPEC_SUPPORT_FILES_H
#define EG_SPEC_SUPPORT_FILES_H

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct test_bytes {
  unsigned char *at;
  size_t count;
} test_bytes;

/* A new folder, removed by test_folder_remove. */
static inline const char *test_folder_make(char *path, size_t size) {
  const char *parent = getenv("TMPDIR");
  snprintf(path, size, "%s/ecgraft-test-XXXXXX", parent && *parent ? parent : "/tmp");
  if (!mkdtemp(path)) {
    perror(path);
    exit(2);
  }
  return path;
}

/* The number of files in a folder; removes them where asked. */
static inline int test_folder_walk(const char *path, bool removing) {
  int count = 0;
  DIR *folder = opendir(path);
  for (struct dirent *each = folder ? readdir(folder) : NULL; each; each = readdir(folder)) {
    if (strcmp(each->d_name, ".") == 0 || strcmp(each->d_name, "..") == 0)
      continue;
    count++;
    if (removing)
      unlinkat(dirfd(folder), each->d_name, 0);
  }
  if (folder)
    closedir(folder);
  return count;
}

static inline int test_folder_count(const char *path) {
  return test_folder_walk(path, false);
}

static inline void test_folder_remove(const char *path) {
  test_folder_walk(path, true);
  rmdir(path);
}

/* "FOLDER/NAME"; valid until the call after the next three. */
static inline const char *test_path(const char *folder, const char *name) {
  static char paths[4][512];
  static int next;
  next = (next + 1) % 4;
  snprintf(paths[next], sizeof paths[next], "%s/%s", folder, name);
  return paths[next];
}

/* A file's content, to be freed; at is NULL where it cannot be read. */
static inline test_bytes test_read(const char *path) {
  test_bytes bytes = {NULL, 0};
  FILE *file = fopen(path, "rb");
  struct stat info;
  if (file && fstat(fileno(file), &info) == 0) {
    bytes.count = (size_t)info.st_size;
    bytes.at = malloc(bytes.count + 1);
    if (fread(bytes.at, 1, bytes.count, file) != bytes.count) {
      free(bytes.at);
      bytes.at = NULL;
    }
  }
  if (file)
    fclose(file);
  return bytes;
}

static inline void test_write(const char *path, const void *bytes, size_t count) {
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(bytes, 1, count, file) != count || fclose(file) != 0) {
    perror(path);
    exit(2);
  }
}

static inline bool test_same(const char *path, const void *bytes, size_t count) {
  test_bytes found = test_read(path);
  bool same = found.at && found.count == count && memcmp(found.at, bytes, count) == 0;
  free(found.at);
  return same;
}

#endif
