/* Rows in any order, and batches read ahead by a thread. */
#define _POSIX_C_SOURCE 200809L
#include <unistd.h>

#include "check.h"
#include "ecgraft/checksum.h"
#include "ecgraft/memory.h"
#include "ecgraft/random.h"
#include "ecgraft/store.h"
#include "ecgraft/stream.h"
#include "support_files.h"

enum { ROWS = 37, ROW = 10 };

static char folder[256];

/* Row r holds 10 r, 10 r + 1, ... */
static const char *write_array(const char *name, eg_store_layout layout) {
  const char *path = test_path(folder, name);
  eg_tensor *x;
  CHECK_OK(eg_tensor_new(&x, EG_SHAPE(ROWS, 5, 2)));
  for (int i = 0; i < ROWS * ROW; i++)
    eg_tensor_data(x)[i] = (eg_real)i;
  const eg_store_item item = {.name = "x", .tensor = x, .layout = layout};
  CHECK_OK(eg_store_save(path, &item, 1, NULL));
  eg_tensor_release(x);
  return path;
}

static bool holds(eg_tensor *x, const int64_t *rows, int64_t count, double scale) {
  bool same = x->shape.ndim == 3 && x->shape.dims[0] == count && x->shape.dims[1] == 5 && x->shape.dims[2] == 2;
  for (int64_t i = 0; same && i < count * ROW; i++)
    same = eg_tensor_data(x)[i] == (eg_real)(rows[i / ROW] * ROW + i % ROW) * (eg_real)scale;
  return same;
}

static const eg_store_layout layouts[] = {{.checksum = true, .chunk_rows = 1},
                                          {.checksum = true, .chunk_rows = 4, .compression = 3},
                                          {.dtype = EG_DTYPE_INT16, .chunk_rows = 1},
                                          {.dtype = EG_DTYPE_OTHER}};

static void gathers_rows_in_any_order(void) {
  const int64_t rows[] = {3, 4, 5, 36, 0, 3, 3, 2};
  test_folder_make(folder, sizeof folder);
  for (size_t k = 0; k < sizeof layouts / sizeof *layouts; k++) {
    eg_store *store;
    eg_tensor *x;
    REQUIRE_OK(eg_store_open(&store, write_array("a.h5", layouts[k])));
    REQUIRE_OK(eg_store_gather(&x, store, "x", rows, 8, .5));
    CHECK(holds(x, rows, 8, .5));
    eg_tensor_release(x);
    REQUIRE_OK(eg_store_gather(&x, store, "x", rows, 0, 1));
    CHECK_INT(x->shape.dims[0], 0);
    eg_tensor_release(x);
    const int64_t beyond[] = {1, ROWS}, below[] = {-1};
    CHECK_FAILS(eg_store_gather(&x, store, "x", beyond, 2, 1), EG_USAGE, "row 38 is asked for, there are 37");
    CHECK_FAILS(eg_store_gather(&x, store, "x", below, 1, 1), EG_USAGE, "row 0 is asked for");
    CHECK_FAILS(eg_store_gather(&x, store, "y", rows, 1, 1), EG_USAGE, "there is no array 'y'");
    eg_store_close(store);
  }
  test_folder_remove(folder);
}

static void streams_all_rows(void) {
  int64_t rows[3 * ROWS];
  eg_rng rng = eg_rng_seed(1);
  for (int i = 0; i < 3 * ROWS; i++)
    rows[i] = (int64_t)eg_rng_below(&rng, ROWS);
  test_folder_make(folder, sizeof folder);
  for (size_t k = 0; k < sizeof layouts / sizeof *layouts; k++) {
    const char *path = write_array("a.h5", layouts[k]);
    for (int64_t batch = 1; batch <= 4 * ROWS; batch = 3 * batch + 1) {
      eg_stream *stream;
      eg_tensor *x;
      int64_t at = 0;
      REQUIRE_OK(eg_stream_open(&stream, path, "x", rows, 3 * ROWS, batch, 2));
      for (;;) {
        REQUIRE_OK(eg_stream_next(&x, stream));
        if (!x)
          break;
        int64_t here = 3 * ROWS - at < batch ? 3 * ROWS - at : batch;
        CHECK(holds(x, rows + at, here, 2));
        at += here;
        eg_tensor_release(x);
      }
      CHECK_INT(at, 3 * ROWS);
      CHECK_OK(eg_stream_next(&x, stream));
      CHECK(!x);
      eg_stream_close(stream);
    }
  }
  test_folder_remove(folder);
}

/* Closed at any moment, with batches read that nobody took. */
static void is_closed_early(void) {
  test_folder_make(folder, sizeof folder);
  const char *path = write_array("a.h5", layouts[0]);
  int64_t rows[ROWS];
  for (int i = 0; i < ROWS; i++)
    rows[i] = i;
  size_t before = eg_memory().live;
  for (int taken = 0; taken < 8; taken++) {
    eg_stream *stream;
    REQUIRE_OK(eg_stream_open(&stream, path, "x", rows, ROWS, 5, 1));
    for (int i = 0; i < taken; i++) {
      eg_tensor *x;
      REQUIRE_OK(eg_stream_next(&x, stream));
      CHECK(holds(x, rows + 5 * i, 5, 1));
      eg_tensor_release(x);
    }
    eg_stream_close(stream);
  }
  eg_stream_close(NULL);
  CHECK(eg_memory().live == before);
  test_folder_remove(folder);
}

static void says_what_is_wrong(void) {
  test_folder_make(folder, sizeof folder);
  const char *path = write_array("a.h5", layouts[0]);
  const int64_t rows[] = {0, 1, 2, ROWS};
  eg_stream *stream;
  eg_tensor *x;
  CHECK_FAILS(eg_stream_open(&stream, test_path(folder, "none.h5"), "x", rows, 3, 1, 1), EG_WORLD, "none.h5");
  CHECK_FAILS(eg_stream_open(&stream, path, "y", rows, 3, 1, 1), EG_USAGE, "there is no array 'y'");
  CHECK_FAILS(eg_stream_open(&stream, path, "x", rows, 3, 0, 1), EG_USAGE, "batches of at least 1 row");
  /* What was read before is handed over first; the fault is said again each time. */
  REQUIRE_OK(eg_stream_open(&stream, path, "x", rows, 4, 2, 1));
  REQUIRE_OK(eg_stream_next(&x, stream));
  CHECK(holds(x, rows, 2, 1));
  eg_tensor_release(x);
  CHECK_FAILS(eg_stream_next(&x, stream), EG_USAGE, "row 38 is asked for");
  CHECK_FAILS(eg_stream_next(&x, stream), EG_USAGE, "row 38 is asked for");
  eg_stream_close(stream);
  /* Cut short after it was opened: the rows that are gone are said to be. */
  test_bytes whole = test_read(path);
  REQUIRE_OK(eg_stream_open(&stream, path, "x", rows, 3, 1, 1));
  REQUIRE(truncate(path, 100) == 0);
  eg_status status = EG_OK;
  for (int i = 0; i < 3 && status == EG_OK; i++) {
    status = eg_stream_next(&x, stream);
    eg_tensor_release(x);
  }
  CHECK(status == EG_WORLD || status == EG_OK); /* it may have been faster */
  eg_stream_close(stream);
  CHECK_STATUS(eg_stream_open(&stream, path, "x", rows, 3, 1, 1), EG_WORLD);
  free(whole.at);
  test_folder_remove(folder);
}

static void survives_lack_of_memory(void) {
  test_folder_make(folder, sizeof folder);
  const char *path = write_array("a.h5", layouts[1]);
  const int64_t rows[] = {8, 1, 30, 2};
  size_t before = eg_memory().live;
  bool failed = true;
  for (uint64_t nth = 1; failed && nth < 1000; nth++) {
    eg_memory_fail_at(nth, false);
    eg_stream *stream;
    eg_status status = eg_stream_open(&stream, path, "x", rows, 4, 2, 1);
    for (int i = 0; i < 2 && status == EG_OK; i++) {
      eg_tensor *x;
      status = eg_stream_next(&x, stream);
      CHECK(status != EG_OK || holds(x, rows + 2 * i, 2, 1));
      eg_tensor_release(x);
    }
    eg_memory_fail_at(0, false);
    failed = status != EG_OK;
    CHECK(!failed || status == EG_NOMEM);
    eg_stream_close(stream);
    CHECK(eg_memory().live == before);
  }
  CHECK(!failed);
  test_folder_remove(folder);
}

static void sums_files(void) {
  const char *path = test_path(test_folder_make(folder, sizeof folder), "a.txt");
  uint32_t sum;
  int64_t size;
  test_write(path, "123456789", 9);
  REQUIRE_OK(eg_file_checksum(&sum, &size, path));
  CHECK_INT(sum, 0xcbf43926); /* the check value of CRC-32 */
  CHECK_INT(size, 9);
  test_write(path, "", 0);
  REQUIRE_OK(eg_file_checksum(&sum, &size, path));
  CHECK(sum == 0 && size == 0);
  enum { LARGE = (1 << 18) + 77 };
  unsigned char *bytes = calloc(1, LARGE);
  for (int i = 0; i < LARGE; i++)
    bytes[i] = (unsigned char)(i * 7 + i / 251);
  test_write(path, bytes, LARGE);
  REQUIRE_OK(eg_file_checksum(&sum, &size, path));
  CHECK_INT(size, LARGE);
  uint32_t first = sum;
  bytes[LARGE - 1] ^= 1; /* behind the first block */
  test_write(path, bytes, LARGE);
  REQUIRE_OK(eg_file_checksum(&sum, &size, path));
  CHECK(sum != first);
  CHECK_FAILS(eg_file_checksum(&sum, &size, test_path(folder, "none")), EG_WORLD, "none");
  free(bytes);
  test_folder_remove(folder);
}

CHECK_MAIN(TEST(gathers_rows_in_any_order), TEST(streams_all_rows), TEST(is_closed_early), TEST(says_what_is_wrong),
           TEST(survives_lack_of_memory), TEST(sums_files))
