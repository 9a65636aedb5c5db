/* What the fuzzers share. Each is a program that hands one reader one damaged file after the other:

     fuzz_NAME seconds S [SEED]   for so long
     fuzz_NAME rounds N [SEED]    so many times
     fuzz_NAME read FILE...       these files, as they are: what a fault left behind

   Round k of a seed (1) is the same in every run of the same build. A fault is: a sanitizer's report, a crash, more
   than 10 s, more memory than the file explains, a block that is left behind, a failure other than EG_WORLD, a message
   that does not name the file. It ends the program, and the input is kept in a file whose name is the last line. */
#ifndef EG_SPEC_FUZZ_H
#define EG_SPEC_FUZZ_H

#ifndef _XOPEN_SOURCE
#error "define _XOPEN_SOURCE 700 before the first include"
#endif

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "ecgraft/memory.h"
#include "ecgraft/parallel.h"
#include "ecgraft/random.h"
#include "ecgraft/status.h"
#include "fuzz_change.h"
#include "fuzz_cover.h"

enum { FUZZ_CPU_SECONDS = 10, FUZZ_MOST_RESIDENT_MB = 3000, FUZZ_MOST_KEPT = 20000 };

/* A reader, and what its files look like. */
typedef struct fuzz_reader {
  const char *name;            /* of the program */
  const char *const *words;    /* that such files are made of, NULL behind the last; put in now and then */
  size_t most;                 /* bytes of an input */
  size_t memory_times, memory; /* an input of n bytes may take memory_times * n + memory bytes */
  bool collected;              /* blocks may stay behind a while: a collector's */
  void (*begin)(void);         /* hands seeds to fuzz_seed and fuzz_seed_file */
  /* Makes an input from nothing, now and then; may be NULL. */
  void (*fresh)(fuzz_bytes *bytes, eg_rng *rng);
  /* Reads an input of exactly this size. NULL, or the message with which it was refused. */
  const char *(*read)(const uint8_t *bytes, size_t size);
  void (*end)(void); /* may be NULL */
} fuzz_reader;

static struct {
  const fuzz_reader *reader;
  const char *program;
  uint64_t seed, round;
  fuzz_bytes *kept; /* inputs that reached something new, the seeds first */
  size_t count;
  size_t *whole, n_whole; /* which of them were read, not refused */
  const uint8_t *input;   /* of this round, for a fault */
  size_t size;
  char folder[64]; /* "" where no file was needed */
  char *files[8];  /* in it */
  int n_files;
  bool over;
} fuzz;

/* Faults. Called from handlers of signals too: what is called here is safe there. */

static void fuzz_folder_remove(void) {
  for (int i = 0; i < fuzz.n_files; i++)
    unlink(fuzz.files[i]);
  if (fuzz.folder[0])
    rmdir(fuzz.folder);
}

static void fuzz_keep_input(void) {
  if (fuzz.over || !fuzz.input)
    return;
  fuzz.over = true;
  char path[512], line[600];
  int n = snprintf(path, sizeof path, "%.400s.fault-%" PRIu64 "-%" PRIu64, fuzz.program, fuzz.seed, fuzz.round);
  int fd = n > 0 ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644) : -1;
  bool kept = fd >= 0 && write(fd, fuzz.input, fuzz.size) == (ssize_t)fuzz.size;
  n = snprintf(line, sizeof line, "%s: fault in round %" PRIu64 " of seed %" PRIu64 "; the input is %s\n",
               fuzz.reader->name, fuzz.round, fuzz.seed, kept ? path : "lost: it could not be written");
  if (n > 0 && write(STDERR_FILENO, line, (size_t)n) < 0)
    kept = false;
  fuzz_folder_remove();
}

static void fuzz_on_signal(int number) {
  static const char slow[] = "took more than 10 s of the processor\n";
  if (number == SIGPROF && write(STDERR_FILENO, slow, sizeof slow - 1) < 0)
    fuzz.over = false;
  fuzz_keep_input();
  signal(number, SIG_DFL);
  raise(number);
}

static void fuzz_fault(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

static void fuzz_fault(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  fuzz_keep_input();
  fflush(NULL);
  _exit(1); /* what the reader still holds is no leak */
}

/* The sanitizers' reports end in SIGABRT, unless the environment says otherwise; an absurd size gives NULL, as it does
 * without them. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
  return "abort_on_error=1:allocator_may_return_null=1:quarantine_size_mb=64";
}

const char *__ubsan_default_options(void);
const char *__ubsan_default_options(void) {
  return "abort_on_error=1:print_stacktrace=1";
}

#ifdef __has_feature
#define FUZZ_HAS(feature) __has_feature(feature)
#else
#define FUZZ_HAS(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || FUZZ_HAS(address_sanitizer)
#define FUZZ_SANITIZED 1
#else
#define FUZZ_SANITIZED 0
#endif
void __sanitizer_set_death_callback(void (*callback)(void));

/* For readers. */

/* A message that names the file: one of the folder, or "the input" where a reader reads from memory. */
static inline const char *fuzz_refused(const char *message) {
  const char *name = fuzz.folder[0] ? fuzz.folder : "the input";
  if (!strstr(message, name))
    fuzz_fault("the message does not name the file: %s", message);
  return message;
}

/* What a status means: NULL, or the message of what the world got wrong. */
static inline const char *fuzz_outcome(eg_status status) {
  if (status != EG_OK && status != EG_WORLD)
    fuzz_fault("status %d: %s", (int)status, eg_failure());
  return status == EG_OK ? NULL : fuzz_refused(eg_failure());
}

/* A file in a folder of this program's own, with this content. Its path; made at the first call of a name. */
static inline const char *fuzz_put(const char *name, const void *bytes, size_t size) {
  if (!fuzz.folder[0]) {
    const char *ram = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(fuzz.folder, sizeof fuzz.folder, "%s/ecgraft-fuzz-XXXXXX", ram);
    if (!mkdtemp(fuzz.folder))
      fuzz_fault("%s: no folder can be made there", ram);
  }
  char path[256];
  snprintf(path, sizeof path, "%s/%s", fuzz.folder, name);
  int i = 0;
  while (i < fuzz.n_files && strcmp(fuzz.files[i], path) != 0)
    i++;
  if (i == (int)(sizeof fuzz.files / sizeof *fuzz.files))
    fuzz_fault("too many files");
  if (i == fuzz.n_files)
    fuzz.files[fuzz.n_files++] = strdup(path);
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
    fuzz_fault("%s: cannot be written", path);
  close(fd);
  return fuzz.files[i];
}

/* Inputs. */

static void fuzz_keep(const uint8_t *bytes, size_t size) {
  if (fuzz.count == FUZZ_MOST_KEPT || size > fuzz.reader->most)
    return;
  if (!fuzz.kept) {
    fuzz.kept = calloc(FUZZ_MOST_KEPT, sizeof *fuzz.kept);
    fuzz.whole = calloc(FUZZ_MOST_KEPT, sizeof *fuzz.whole);
    if (!fuzz.kept || !fuzz.whole)
      abort();
  }
  fuzz_bytes *kept = &fuzz.kept[fuzz.count++];
  *kept = (fuzz_bytes){.at = malloc(size + 1), .size = size, .room = size};
  if (!kept->at)
    abort();
  memcpy(kept->at, bytes, size);
}

static inline void fuzz_seed(const void *bytes, size_t size) {
  if (size > fuzz.reader->most) {
    fprintf(stderr, "%s: a seed of %zu bytes, at most %zu are read\n", fuzz.reader->name, size, fuzz.reader->most);
    exit(2);
  }
  fuzz_keep(bytes, size);
}

static inline uint8_t *fuzz_load(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END) != 0) {
    perror(path);
    exit(2);
  }
  *size = (size_t)ftell(file);
  rewind(file);
  uint8_t *bytes = malloc(*size + 1);
  if (!bytes || fread(bytes, 1, *size, file) != *size)
    exit(2);
  fclose(file);
  return bytes;
}

static inline void fuzz_seed_file(const char *path) {
  size_t size;
  uint8_t *bytes = fuzz_load(path, &size);
  fuzz_seed(bytes, size);
  free(bytes);
}

/* FOLDER/NAME.ENDING for each name up to NULL. */
static inline void fuzz_seed_files(const char *folder, const char *ending, const char *const *names) {
  char path[256];
  for (; *names; names++) {
    snprintf(path, sizeof path, "%s/%s.%s", folder, *names, ending);
    fuzz_seed_file(path);
  }
}

/* The most memory that the process had, libraries included. */
static long fuzz_resident_mb(void) {
  struct rusage usage;
  if (getrusage(RUSAGE_SELF, &usage) != 0)
    return 0;
#ifdef __APPLE__
  return (long)(usage.ru_maxrss >> 20);
#else
  return usage.ru_maxrss >> 10;
#endif
}

/* One input: read, and all that may not be is looked for. */
static const char *fuzz_read(const uint8_t *bytes, size_t size) {
  const fuzz_reader *r = fuzz.reader;
  /* Of exactly the size that is said, so that a sanitizer sees a step beyond it. */
  uint8_t *exact = malloc(size ? size : 1);
  if (!exact)
    abort();
  memcpy(exact, bytes, size);
  fuzz.input = exact;
  fuzz.size = size;
  eg_memory_reset_peak();
  size_t live = eg_memory().live, blocks = eg_memory().blocks;
  struct itimerval limit = {.it_value = {.tv_sec = FUZZ_CPU_SECONDS}}, none = {.it_value = {.tv_sec = 0}};
  setitimer(ITIMER_PROF, &limit, NULL);
  const char *message = r->read(exact, size);
  setitimer(ITIMER_PROF, &none, NULL);
  if (!r->collected && eg_memory().blocks != blocks)
    fuzz_fault("%zu blocks of memory are left behind", eg_memory().blocks - blocks);
  size_t taken = eg_memory().peak - live;
  if (taken > r->memory_times * size + r->memory)
    fuzz_fault("%zu bytes of memory for %zu bytes, at most %zu are explained", taken, size,
               r->memory_times * size + r->memory);
  if (fuzz_resident_mb() > FUZZ_MOST_RESIDENT_MB)
    fuzz_fault("the process has grown to %ld MB", fuzz_resident_mb());
  fuzz.input = NULL;
  free(exact);
  return message;
}

/* The rounds. */

/* One that was kept: any, one of those that were read, or a newer one. */
static const fuzz_bytes *fuzz_choose(eg_rng *rng) {
  size_t back = fuzz_below(rng, fuzz_below(rng, fuzz.count) + 1), any = fuzz_below(rng, fuzz.count);
  size_t read = fuzz.n_whole ? fuzz.whole[fuzz_below(rng, fuzz.n_whole)] : any;
  const size_t which[4] = {any, read, read, fuzz.count - 1 - back};
  return &fuzz.kept[which[fuzz_below(rng, 4)]];
}

/* The input of a round: one that was kept, changed at random; or a fresh one. */
static void fuzz_next(fuzz_bytes *bytes, eg_rng *rng) {
  if (fuzz.reader->fresh && eg_rng_below(rng, 8) == 0) {
    bytes->size = 0;
    fuzz.reader->fresh(bytes, rng);
    if (eg_rng_below(rng, 2))
      return;
  } else {
    const fuzz_bytes *from = fuzz_choose(rng);
    memcpy(bytes->at, from->at, from->size);
    bytes->size = from->size;
  }
  const fuzz_bytes *other = &fuzz.kept[eg_rng_below(rng, fuzz.count)];
  fuzz_change(bytes, other, fuzz.reader->words, rng);
}

static double fuzz_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void fuzz_rounds(double seconds, uint64_t rounds) {
  const fuzz_reader *r = fuzz.reader;
  double start = fuzz_now();
  size_t seeds = fuzz.count, refused = 0;
  fuzz_bytes bytes = {.at = malloc(r->most + 1), .room = r->most};
  if (!bytes.at || seeds == 0)
    abort();
  for (size_t i = 0; i < seeds; i++) {
    fuzz_cover_begin();
    if (!fuzz_read(fuzz.kept[i].at, fuzz.kept[i].size))
      fuzz.whole[fuzz.n_whole++] = i;
    fuzz_cover_new();
  }
  eg_rng base = eg_rng_seed(fuzz.seed);
  for (fuzz.round = 1; rounds ? fuzz.round <= rounds : fuzz_now() - start < seconds; fuzz.round++) {
    eg_rng rng = eg_rng_at(&base, fuzz.round, 0, 0);
    fuzz_next(&bytes, &rng);
    fuzz_cover_begin();
    const char *message = fuzz_read(bytes.at, bytes.size);
    refused += message != NULL;
    if (!fuzz_cover_new())
      continue;
    if (!message && fuzz.count < FUZZ_MOST_KEPT)
      fuzz.whole[fuzz.n_whole++] = fuzz.count;
    fuzz_keep(bytes.at, bytes.size);
  }
  free(bytes.at);
  printf("%s: %" PRIu64
         " rounds in %.0f s from %zu seeds, %zu refused, %zu kept for reaching something new: no fault found\n",
         r->name, fuzz.round - 1, fuzz_now() - start, seeds, refused, fuzz.count - seeds);
}

static int fuzz_usage(void) {
  fprintf(stderr, "usage: %s seconds S [SEED] | rounds N [SEED] | read FILE...\n", fuzz.reader->name);
  return 2;
}

static int fuzz_main(const fuzz_reader *reader, int argc, char **argv) {
  fuzz.reader = reader;
  fuzz.program = argv[0];
  if (argc < 3)
    return fuzz_usage();
  bool files = strcmp(argv[1], "read") == 0, timed = strcmp(argv[1], "seconds") == 0;
  char *end = argv[2];
  double count = strtod(argv[2], &end);
  fuzz.seed = argc > 3 && !files ? strtoull(argv[3], NULL, 10) : 1;
  if (!files && (*end || !(count > 0) || (!timed && strcmp(argv[1], "rounds") != 0)))
    return fuzz_usage();
  eg_set_num_threads(1); /* what is reached by which input must not depend on chance */
  signal(SIGPROF, fuzz_on_signal);
  signal(SIGABRT, fuzz_on_signal);
#if FUZZ_SANITIZED /* the others are the sanitizer's */
  __sanitizer_set_death_callback(fuzz_keep_input);
#else
  static const int deadly[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
  for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++)
    signal(deadly[i], fuzz_on_signal);
#endif
  reader->begin();
  for (int i = 2; files && i < argc; i++) {
    size_t size;
    uint8_t *bytes = fuzz_load(argv[i], &size);
    const char *message = fuzz_read(bytes, size);
    printf("%s: %s\n", argv[i], message ? message : "was read");
    free(bytes);
  }
  if (!files)
    fuzz_rounds(timed ? count : 0, timed ? 0 : (uint64_t)count);
  if (reader->end)
    reader->end();
  fuzz_folder_remove();
  for (int i = 0; i < fuzz.n_files; i++)
    free(fuzz.files[i]);
  for (size_t i = 0; i < fuzz.count; i++)
    free(fuzz.kept[i].at);
  free(fuzz.kept);
  free(fuzz.whole);
  return 0;
}

#endif
