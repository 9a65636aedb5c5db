/* A small harness for C tests. A test program is one file:

     #include "check.h"

     static void adds(void) {
       CHECK(1 + 1 == 2);
       CHECK_NEAR(0.1 + 0.2, 0.3, 1e-15);
     }

     CHECK_MAIN(TEST(adds))

   A test fails when at least one of its checks does; the checks after it still run, except after a REQUIRE, which
   leaves the test. Each failure is printed with its file and line. The last line is "N passed, N failed" (and ", N
   skipped"), counting tests; the exit status is 1 where one failed. Arguments are names of tests to run; without any,
   all run. Checks belong to the thread that runs the test. */
#ifndef EG_SPEC_CHECK_H
#define EG_SPEC_CHECK_H

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ecgraft/memory.h"
#include "ecgraft/status.h"

#ifdef __SANITIZE_ADDRESS__ /* an absurd size gives NULL, as it does elsewhere, and the library reports it */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
  return "allocator_may_return_null=1";
}
#endif

typedef struct check_test {
  const char *name;
  void (*run)(void);
} check_test;

static struct {
  int failures;        /* of the running test */
  const char *skipped; /* why it was skipped, or NULL */
  int passed, failed, skips;
} check_state;

enum { CHECK_SHOWN = 20 }; /* failures printed per test; the rest are only counted */

/* Prints one failure. The text is what was expected and what came. */
__attribute__((format(printf, 3, 4))) static inline void check_failed(const char *file, int line, const char *format,
                                                                      ...) {
  if (++check_state.failures > CHECK_SHOWN)
    return;
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "  %s:%d: ", file, line);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
}

/* Equal within `tolerance`; equal infinities are near each other, a NaN is near nothing. */
static inline bool check_near(double a, double b, double tolerance) {
  return a == b || fabs(a - b) <= tolerance;
}

static inline const char *check_status_name(eg_status status) {
  static const char *const names[] = {"EG_OK", "EG_NOMEM", "EG_USAGE", "EG_WORLD", "EG_NUMERIC", "EG_CANCELLED"};
  return (unsigned)status < sizeof names / sizeof *names ? names[status] : "an unknown status";
}

#define CHECK(condition)                                                                                               \
  do {                                                                                                                 \
    if (!(condition))                                                                                                  \
      check_failed(__FILE__, __LINE__, "is not so: %s", #condition);                                                   \
  } while (0)

/* Like CHECK, and leaves the test: what follows could not run. */
#define REQUIRE(condition)                                                                                             \
  do {                                                                                                                 \
    if (!(condition)) {                                                                                                \
      check_failed(__FILE__, __LINE__, "is not so: %s", #condition);                                                   \
      return;                                                                                                          \
    }                                                                                                                  \
  } while (0)

/* Two integers of any type that int64_t holds. */
#define CHECK_INT(value, expected)                                                                                     \
  do {                                                                                                                 \
    int64_t check_a = (int64_t)(value), check_b = (int64_t)(expected);                                                 \
    if (check_a != check_b)                                                                                            \
      check_failed(__FILE__, __LINE__, "%s is %" PRId64 ", expected %" PRId64, #value, check_a, check_b);              \
  } while (0)

#define CHECK_NEAR(value, expected, tolerance)                                                                         \
  do {                                                                                                                 \
    double check_a = (double)(value), check_b = (double)(expected), check_t = (double)(tolerance);                     \
    if (!check_near(check_a, check_b, check_t))                                                                        \
      check_failed(__FILE__, __LINE__, "%s is %.17g, expected %.17g: they differ by %.3g, allowed %.3g", #value,       \
                   check_a, check_b, fabs(check_a - check_b), check_t);                                                \
  } while (0)

/* Two arrays of `count` floats or doubles; reports the place where they differ most. */
#define CHECK_ARRAY_NEAR(values, expected, count, tolerance)                                                           \
  do {                                                                                                                 \
    int64_t check_n = (int64_t)(count), check_worst = -1, check_far = 0;                                               \
    double check_t = (double)(tolerance), check_most = -1;                                                             \
    for (int64_t check_i = 0; check_i < check_n; check_i++) {                                                          \
      double check_a = (double)(values)[check_i], check_b = (double)(expected)[check_i];                               \
      double check_d = check_a == check_b ? 0 : fabs(check_a - check_b);                                               \
      if (check_near(check_a, check_b, check_t))                                                                       \
        continue;                                                                                                      \
      check_far++;                                                                                                     \
      if (check_worst < 0 || isnan(check_d) || check_d > check_most) {                                                 \
        check_most = isnan(check_d) ? DBL_MAX : check_d;                                                               \
        check_worst = check_i;                                                                                         \
      }                                                                                                                \
    }                                                                                                                  \
    if (check_worst >= 0)                                                                                              \
      check_failed(__FILE__, __LINE__,                                                                                 \
                   "%s: %" PRId64 " of %" PRId64 " values differ; at %" PRId64                                         \
                   " it is %.9g, expected %.9g, allowed %.3g",                                                         \
                   #values, check_far, check_n, check_worst, (double)(values)[check_worst],                            \
                   (double)(expected)[check_worst], check_t);                                                          \
  } while (0)

/* Two blocks of `bytes` bytes, bit for bit. */
#define CHECK_SAME_BITS(value, expected, bytes)                                                                        \
  do {                                                                                                                 \
    if (memcmp(value, expected, bytes) != 0)                                                                           \
      check_failed(__FILE__, __LINE__, "%s and %s differ in their bits", #value, #expected);                           \
  } while (0)

#define CHECK_STRING(value, expected)                                                                                  \
  do {                                                                                                                 \
    const char *check_a = (value), *check_b = (expected);                                                              \
    if (!check_a || strcmp(check_a, check_b) != 0)                                                                     \
      check_failed(__FILE__, __LINE__, "%s is \"%s\", expected \"%s\"", #value, check_a ? check_a : "NULL", check_b);  \
  } while (0)

#define CHECK_CONTAINS(value, part)                                                                                    \
  do {                                                                                                                 \
    const char *check_a = (value), *check_b = (part);                                                                  \
    if (!check_a || !strstr(check_a, check_b))                                                                         \
      check_failed(__FILE__, __LINE__, "%s is \"%s\", expected \"%s\" in it", #value, check_a ? check_a : "NULL",      \
                   check_b);                                                                                           \
  } while (0)

#define CHECK_STATUS(call, expected)                                                                                   \
  do {                                                                                                                 \
    eg_status check_a = (call), check_b = (expected);                                                                  \
    if (check_a != check_b)                                                                                            \
      check_failed(__FILE__, __LINE__, "%s gave %s (%s), expected %s", #call, check_status_name(check_a),              \
                   check_a == EG_OK ? "no failure" : eg_failure(), check_status_name(check_b));                        \
  } while (0)

#define CHECK_OK(call) CHECK_STATUS(call, EG_OK)

/* Like CHECK_OK, and leaves the test. */
#define REQUIRE_OK(call)                                                                                               \
  do {                                                                                                                 \
    eg_status check_a = (call);                                                                                        \
    if (check_a != EG_OK) {                                                                                            \
      check_failed(__FILE__, __LINE__, "%s gave %s (%s), expected EG_OK", #call, check_status_name(check_a),           \
                   eg_failure());                                                                                      \
      return;                                                                                                          \
    }                                                                                                                  \
  } while (0)

/* A failure of that status, whose text contains `part`. */
#define CHECK_FAILS(call, expected, part)                                                                              \
  do {                                                                                                                 \
    eg_status check_s = (call);                                                                                        \
    if (check_s != (expected))                                                                                         \
      check_failed(__FILE__, __LINE__, "%s gave %s, expected %s", #call, check_status_name(check_s),                   \
                   check_status_name(expected));                                                                       \
    else                                                                                                               \
      CHECK_CONTAINS(eg_failure(), part);                                                                              \
  } while (0)

/* Runs `call` with allocation 1, 2, 3, ... failing, until it passes: each failure must be EG_NOMEM and leave no more
   blocks held than before. First with only that one failing, then with it and all after it. `call` must undo itself
   when it passes (a function that makes and releases). */
#define CHECK_NOMEM(call)                                                                                              \
  do {                                                                                                                 \
    for (int check_forever = 0; check_forever < 2; check_forever++) {                                                  \
      size_t check_blocks = eg_memory().blocks;                                                                        \
      for (uint64_t check_nth = 1;; check_nth++) {                                                                     \
        eg_memory_fail_at(check_nth, check_forever);                                                                   \
        eg_status check_a = (call);                                                                                    \
        eg_memory_fail_at(0, false);                                                                                   \
        if (eg_memory().blocks != check_blocks) {                                                                      \
          check_failed(__FILE__, __LINE__,                                                                             \
                       "%s: %" PRId64 " blocks more than before when allocation %" PRIu64 " fails", #call,             \
                       (int64_t)(eg_memory().blocks - check_blocks), check_nth);                                       \
          break;                                                                                                       \
        }                                                                                                              \
        if (check_a == EG_OK)                                                                                          \
          break;                                                                                                       \
        if (check_a != EG_NOMEM || check_nth > 100000) {                                                               \
          check_failed(__FILE__, __LINE__, "%s gave %s (%s) when allocation %" PRIu64 " fails", #call,                 \
                       check_status_name(check_a), eg_failure(), check_nth);                                           \
          break;                                                                                                       \
        }                                                                                                              \
      }                                                                                                                \
    }                                                                                                                  \
  } while (0)

/* Leaves the test as skipped. */
#define SKIP(reason)                                                                                                   \
  do {                                                                                                                 \
    check_state.skipped = (reason);                                                                                    \
    return;                                                                                                            \
  } while (0)

/* Counts the blocks in use around a test: a test leaves none behind. */
static inline void check_run(const check_test *test) {
  size_t blocks = eg_memory().blocks;
  check_state.failures = 0;
  check_state.skipped = NULL;
  test->run();
  eg_memory_fail_at(0, false);
  if (eg_memory().blocks != blocks)
    check_failed(__FILE__, __LINE__, "%s leaves %" PRId64 " blocks of memory behind", test->name,
                 (int64_t)(eg_memory().blocks - blocks));
  if (check_state.failures > CHECK_SHOWN)
    fprintf(stderr, "  and %d more failures\n", check_state.failures - CHECK_SHOWN);
  if (check_state.failures > 0) {
    check_state.failed++;
    printf("failed  %s\n", test->name);
  } else if (check_state.skipped) {
    check_state.skips++;
    printf("skipped %s: %s\n", test->name, check_state.skipped);
  } else {
    check_state.passed++;
    printf("passed  %s\n", test->name);
  }
  fflush(stdout);
}

static inline int check_main(const check_test *tests, int count, int argc, char **argv) {
  for (int a = 1; a < argc; a++) {
    bool known = false;
    for (int i = 0; i < count; i++)
      known = known || strcmp(argv[a], tests[i].name) == 0;
    if (!known) {
      fprintf(stderr, "no test is named '%s'\n", argv[a]);
      return 2;
    }
  }
  for (int i = 0; i < count; i++) {
    bool wanted = argc < 2;
    for (int a = 1; a < argc; a++)
      wanted = wanted || strcmp(argv[a], tests[i].name) == 0;
    if (wanted)
      check_run(&tests[i]);
  }
  printf("%d passed, %d failed", check_state.passed, check_state.failed);
  if (check_state.skips > 0)
    printf(", %d skipped", check_state.skips);
  printf("\n");
  return check_state.failed > 0;
}

#define TEST(function)                                                                                                 \
  { #function, function }
#define CHECK_MAIN(...)                                                                                                \
  int main(int argc, char **argv) {                                                                                    \
    static const check_test tests[] = {__VA_ARGS__};                                                                   \
    return check_main(tests, (int)(sizeof tests / sizeof *tests), argc, argv);                                         \
  }

#endif
