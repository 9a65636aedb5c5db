/* Files replaced as a whole: failures at every step, kills at any moment. */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"
#include "ecgraft/npy.h"
#include "ecgraft/output.h"
#include "ecgraft/safetensors.h"
#include "ecgraft/store.h"
#include "support_files.h"

static char folder[256];

static void writes_and_replaces(void) {
  const char *path = test_path(test_folder_make(folder, sizeof folder), "a.txt");
  CHECK_OK(eg_write_file(path, "first", 5));
  CHECK(test_same(path, "first", 5));
  CHECK_OK(eg_write_file(path, "", 0));
  CHECK(test_same(path, "", 0));
  CHECK_OK(eg_write_file(path, "second", 6));
  CHECK(test_same(path, "second", 6));
  CHECK_INT(test_folder_count(folder), 1);
  test_folder_remove(folder);
}

static void keeps_the_permissions(void) {
  const char *path = test_path(test_folder_make(folder, sizeof folder), "a.txt");
  struct stat info;
  REQUIRE_OK(eg_write_file(path, "x", 1));
  REQUIRE(chmod(path, 0640) == 0);
  CHECK_OK(eg_write_file(path, "y", 1));
  REQUIRE(stat(path, &info) == 0);
  CHECK_INT(info.st_mode & 0777, 0640);
  test_folder_remove(folder);
}

static void follows_links(void) {
  test_folder_make(folder, sizeof folder);
  const char *path = test_path(folder, "a.txt"), *name = test_path(folder, "link"), *lost = test_path(folder, "lost");
  struct stat info;
  REQUIRE_OK(eg_write_file(path, "old", 3));
  REQUIRE(symlink("a.txt", name) == 0 && symlink("nothing", lost) == 0);
  CHECK_OK(eg_write_file(name, "new", 3));
  CHECK(test_same(path, "new", 3));
  CHECK(lstat(name, &info) == 0 && S_ISLNK(info.st_mode));
  CHECK_OK(eg_write_file(lost, "found", 5)); /* a link to nothing is replaced */
  CHECK(test_same(lost, "found", 5));
  CHECK_INT(test_folder_count(folder), 3);
  test_folder_remove(folder);
}

static void abandons(void) {
  const char *path = test_path(test_folder_make(folder, sizeof folder), "a.txt");
  eg_output *output;
  REQUIRE_OK(eg_write_file(path, "old", 3));
  REQUIRE_OK(eg_output_open(&output, path));
  CHECK_OK(eg_output_write(output, "new", 3));
  CHECK_INT(test_folder_count(folder), 2);
  CHECK(test_same(path, "old", 3));
  eg_output_abandon(output);
  CHECK_INT(test_folder_count(folder), 1);
  CHECK(test_same(path, "old", 3));
  test_folder_remove(folder);
}

static void says_what_is_wrong(void) {
  test_folder_make(folder, sizeof folder);
  const char *missing = test_path(folder, "no/such/file");
  CHECK_FAILS(eg_write_file(missing, "x", 1), EG_WORLD, "No such file or directory");
  CHECK_FAILS(eg_write_file(missing, "x", 1), EG_WORLD, missing);
  CHECK_FAILS(eg_write_file(folder, "x", 1), EG_WORLD, "Is a directory");
  CHECK_FAILS(eg_write_file("", "x", 1), EG_WORLD, "names no file");
  CHECK_FAILS(eg_write_file("a/", "x", 1), EG_WORLD, "names no file");
  CHECK_FAILS(eg_write_file("/dev/null", "x", 1), EG_WORLD, "a pipe or a device");
  test_folder_remove(folder);
}

/* What each kind of file writes; `seed` says which of two contents. */
typedef eg_status save_function(const char *path, int seed);

static eg_status save_text(const char *path, int seed) {
  return seed ? eg_write_file(path, "the new text", 12) : eg_write_file(path, "old", 3);
}

static eg_status make_tensor(eg_tensor **out, int seed) {
  return eg_tensor_full(out, EG_SHAPE(300, 17), seed);
}

static eg_status save_npy(const char *path, int seed) {
  eg_tensor *x;
  EG_TRY(make_tensor(&x, seed));
  eg_status status = eg_npy_save(path, x, EG_DTYPE_FLOAT64);
  eg_tensor_release(x);
  return status;
}

static eg_status save_safetensors(const char *path, int seed) {
  eg_tensor *x;
  EG_TRY(make_tensor(&x, seed));
  const eg_safetensors_item items[] = {{.name = "x", .tensor = x}, {.name = "y", .tensor = x}};
  eg_status status = eg_safetensors_save(path, items, 2, NULL, 0);
  eg_tensor_release(x);
  return status;
}

static eg_status save_hdf5(const char *path, int seed) {
  eg_tensor *x;
  EG_TRY(make_tensor(&x, seed));
  const char *const texts[] = {"I", "aVR"};
  eg_attribute items[] = {
      {.name = "leads", .value = {.kind = EG_VALUE_STRING, .list = true, .count = 2, .strings = texts}}};
  const eg_attributes attributes = {.count = 1, .items = items};
  const eg_store_item arrays[] = {
      {.name = "x", .tensor = x, .layout = {.checksum = true, .chunk_rows = 40}, .attributes = &attributes},
      {.name = "y/z", .tensor = x, .layout = {.compression = 1}},
      {.name = "plain", .tensor = x}};
  eg_status status = eg_store_save(path, arrays, 3, &attributes);
  eg_tensor_release(x);
  return status;
}

static const struct {
  const char *name;
  save_function *save;
} kinds[] = {{"a.txt", save_text}, {"a.npy", save_npy}, {"a.safetensors", save_safetensors}, {"a.h5", save_hdf5}};

enum { KINDS = sizeof kinds / sizeof *kinds };

/* Every step fails in turn: the old file stays, nothing is left beside it, and the next save goes well. */
static void survives_each_failure(void) {
  test_folder_make(folder, sizeof folder);
  for (int k = 0; k < KINDS; k++) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, kinds[k].name);
    REQUIRE_OK(kinds[k].save(path, 0));
    test_bytes old = test_read(path);
    int nth = 1, files = test_folder_count(folder);
    size_t blocks = eg_memory().blocks;
    for (;; nth++) {
      eg_output_fail_at(nth, nth % 2 ? ENOSPC : EIO);
      eg_status status = kinds[k].save(path, 1);
      eg_output_fail_at(0, 0);
      if (status == EG_OK)
        break;
      CHECK_INT(status, EG_WORLD);
      CHECK_CONTAINS(eg_failure(), nth % 2 ? "No space left on device" : "Input/output error");
      CHECK_CONTAINS(eg_failure(), path);
      CHECK(test_same(path, old.at, old.count));
      CHECK_INT(test_folder_count(folder), files);
      CHECK_INT(eg_memory().blocks, blocks);
      REQUIRE(nth < 1000);
    }
    CHECK(nth >= 4); /* a write, the flush and the rename at least were failed */
    CHECK(!test_same(path, old.at, old.count));
    free(old.at);
  }
  test_folder_remove(folder);
}

static void survives_lack_of_memory(void) {
  test_folder_make(folder, sizeof folder);
  for (int k = 0; k < KINDS; k++) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, kinds[k].name);
    CHECK_NOMEM(kinds[k].save(path, 1));
    CHECK_INT(test_folder_count(folder), k + 1);
  }
  test_folder_remove(folder);
}

/* A real limit rather than an injected one: a child that may write no more than 4 KiB to a file. */
static void survives_a_file_size_limit(void) {
  test_folder_make(folder, sizeof folder);
  for (int k = 1; k < KINDS; k++) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, kinds[k].name);
    REQUIRE_OK(kinds[k].save(path, 0));
    test_bytes old = test_read(path);
    pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      signal(SIGXFSZ, SIG_IGN);
      struct rlimit limit = {4096, 4096};
      if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        _exit(3);
      eg_status status = kinds[k].save(path, 1);
      _exit(status == EG_WORLD && strstr(eg_failure(), "File too large") ? 0 : 1);
    }
    int status;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK_INT(status, 0);
    CHECK(test_same(path, old.at, old.count));
    CHECK_INT(test_folder_count(folder), k);
    free(old.at);
  }
  test_folder_remove(folder);
}

/* Loads the saver's file, whatever moment it was killed at: whole, and all of one content. */
static bool is_whole(const char *path, int kind) {
  eg_tensor *x = NULL;
  eg_store *store = NULL;
  eg_safetensors *file = NULL;
  bool whole = false;
  if (kind == 0)
    return test_same(path, "old", 3) || test_same(path, "the new text", 12);
  if (kind == 1)
    whole = eg_npy_load(&x, NULL, path) == EG_OK;
  if (kind == 2 && eg_safetensors_load(&file, path) == EG_OK) {
    x = eg_tensor_retain(file->entries[1].tensor);
    whole = eg_tensor_at(file->entries[0].tensor, 0) == eg_tensor_at(x, 0);
  }
  if (kind == 3 && eg_store_open(&store, path) == EG_OK)
    whole = eg_store_count(store) == 3 && eg_store_read(&x, store, "y/z") == EG_OK;
  for (int64_t i = 1; whole && i < eg_tensor_numel(x); i++)
    whole = eg_tensor_at(x, i) == eg_tensor_at(x, 0);
  eg_tensor_release(x);
  eg_safetensors_free(file);
  eg_store_close(store);
  return whole;
}

static void survives_kills(void) {
  test_folder_make(folder, sizeof folder);
  eg_rng rng = eg_rng_seed(20);
  for (int k = 0; k < KINDS; k++) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, kinds[k].name);
    REQUIRE_OK(kinds[k].save(path, 0));
    for (int round = 0; round < 12; round++) {
      pid_t child = fork();
      REQUIRE(child >= 0);
      if (child == 0) {
        for (int seed = 0;; seed = !seed)
          if (kinds[k].save(path, seed) != EG_OK)
            _exit(1);
      }
      struct timespec nap = {0, (long)(2000000 + eg_rng_below(&rng, 12000000))};
      nanosleep(&nap, NULL);
      int status;
      REQUIRE(kill(child, SIGKILL) == 0 && waitpid(child, &status, 0) == child);
      CHECK(WIFSIGNALED(status)); /* it did not end by itself with a failure */
      CHECK(is_whole(path, k));
    }
    CHECK_OK(kinds[k].save(path, 1)); /* which sweeps up what the killed ones left */
    CHECK_INT(test_folder_count(folder), k + 1);
  }
  test_folder_remove(folder);
}

/* The sweep must not touch what a living process is writing. */
static void leaves_the_living_alone(void) {
  const char *path = test_path(test_folder_make(folder, sizeof folder), "a.txt");
  eg_output *one, *two;
  REQUIRE_OK(eg_output_open(&one, path));
  REQUIRE_OK(eg_output_write(one, "one", 3));
  test_write(test_path(folder, "a.txt.new-1-2"), "left over", 9);
  test_write(test_path(folder, "a.txt.new-x"), "not ours", 8);
  test_write(test_path(folder, "b.txt.new-1-2"), "another's", 9);
  REQUIRE_OK(eg_output_open(&two, path));
  CHECK_INT(test_folder_count(folder), 4); /* one, two, and the two that are not ours */
  CHECK_OK(eg_output_write(two, "two", 3));
  CHECK_OK(eg_output_commit(two));
  CHECK(test_same(path, "two", 3));
  CHECK_OK(eg_output_commit(one));
  CHECK(test_same(path, "one", 3));
  test_folder_remove(folder);
}

static void reads_back_and_resizes(void) {
  const char *path = test_path(test_folder_make(folder, sizeof folder), "a.bin");
  eg_output *output;
  unsigned char back[8];
  REQUIRE_OK(eg_output_open(&output, path));
  CHECK_OK(eg_output_write_at(output, 4, "abc", 3));
  CHECK_INT(eg_output_size(output), 7);
  CHECK_OK(eg_output_read_at(output, 2, back, sizeof back));
  CHECK_SAME_BITS(back, "\0\0abc\0\0\0", 8);
  CHECK_OK(eg_output_resize(output, 5));
  CHECK_OK(eg_output_write(output, "z", 1));
  CHECK_OK(eg_output_commit(output));
  CHECK(test_same(path, "\0\0\0\0az", 6));
  test_folder_remove(folder);
}

static void a_failure_stays(void) {
  const char *path = test_path(test_folder_make(folder, sizeof folder), "a.bin");
  eg_output *output;
  REQUIRE_OK(eg_output_open(&output, path));
  eg_output_fail_at(1, ENOSPC);
  CHECK_STATUS(eg_output_write(output, "abcd", 4), EG_WORLD);
  eg_output_fail_at(0, 0);
  CHECK_FAILS(eg_output_write(output, "e", 1), EG_WORLD, "No space left");
  CHECK_FAILS(eg_output_resize(output, 0), EG_WORLD, "No space left");
  CHECK_FAILS(eg_output_commit(output), EG_WORLD, "No space left");
  CHECK_INT(test_folder_count(folder), 0);
  test_folder_remove(folder);
}

CHECK_MAIN(TEST(writes_and_replaces), TEST(keeps_the_permissions), TEST(follows_links), TEST(abandons),
           TEST(says_what_is_wrong), TEST(survives_each_failure), TEST(survives_lack_of_memory),
           TEST(survives_a_file_size_limit), TEST(survives_kills), TEST(leaves_the_living_alone),
           TEST(reads_back_and_resizes), TEST(a_failure_stays))
