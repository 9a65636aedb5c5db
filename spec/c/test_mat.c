/* MAT files (spec/fixtures/sets, written by scipy), and recordings fitted to rows. */
#define _DEFAULT_SOURCE
#include <math.h>
#include <string.h>
#include <zlib.h>

#include "check.h"
#include "ecgraft/fit.h"
#include "ecgraft/mat.h"
#include "ecgraft/output.h"
#include "support_files.h"

static eg_status read_ecg(const char *path) {
  eg_mat *mat;
  EG_TRY(eg_mat_load(&mat, path));
  const eg_mat_entry *age = eg_mat_find(mat, "ECG.age"), *sex = eg_mat_find(mat, "ECG.sex");
  const eg_mat_entry *data = eg_mat_find(mat, "ECG.data");
  CHECK(age && sex && data && !eg_mat_find(mat, "ECG"));
  if (age && sex && data) {
    CHECK_NEAR(eg_tensor_at(age->tensor, 0), 51, 0);
    CHECK_STRING(sex->text, "Female");
    CHECK(!sex->tensor && !age->text);
    CHECK_INT(data->tensor->shape.ndim, 2);
    CHECK_INT(data->tensor->shape.dims[0], 12);
    CHECK_INT(data->tensor->shape.dims[1], 40);
  }
  eg_mat_free(mat);
  return EG_OK;
}

static void structs(void) {
  REQUIRE_OK(read_ecg("spec/fixtures/sets/struct.mat"));
  REQUIRE_OK(read_ecg("spec/fixtures/sets/struct_packed.mat"));
  CHECK_NOMEM(read_ecg("spec/fixtures/sets/struct_packed.mat"));
  CHECK_FAILS(read_ecg("spec/fixtures/sets/mat.json"), EG_WORLD, "expected a MAT file of version 5");
  CHECK_FAILS(read_ecg("spec/fixtures/sets/none.mat"), EG_WORLD, "none.mat");
}

/* A file whose one variable is 64 MiB of zeros, compressed: a thousandth of it, and never unpacked as a whole. */
static void bombs(void) {
  enum { HEADER = 128, TAG = 8, ZEROS = 1 << 26 };
  char folder[256];
  const char *path = test_path(test_folder_make(folder, sizeof folder), "bomb.mat");
  unsigned char *zeros = calloc(ZEROS, 1), *file = calloc(1, 1 << 18);
  uLongf packed = (1 << 18) - HEADER - TAG;
  REQUIRE(zeros && file);
  memcpy(zeros, "\x0e\0\0\0\xf8\xff\xff\x03", TAG); /* an array, of what is behind its tag */
  REQUIRE(compress(file + HEADER + TAG, &packed, zeros, ZEROS) == Z_OK);
  memcpy(file + HEADER - 4, "\0\1IM", 4);
  file[HEADER] = 15;
  for (int i = 0; i < 4; i++)
    file[HEADER + 4 + i] = (unsigned char)(packed >> 8 * i);
  REQUIRE_OK(eg_write_file(path, file, HEADER + TAG + packed));
  size_t live = eg_memory().live;
  eg_memory_reset_peak();
  CHECK_FAILS(read_ecg(path), EG_WORLD, "bomb.mat: a variable of ");
  CHECK_CONTAINS(eg_failure(), " bytes unpacks to more than ");
  CHECK(eg_memory().peak - live < 48u << 20);
  test_folder_remove(folder);
  free(zeros);
  free(file);
}

enum { LENGTH = 4 };
static const char *const leads[] = {"I", "II"};
static const eg_fit_options options = {
    .leads = leads, .n_leads = 2, .rate = 50, .length = LENGTH, .longest_gap = .02, .method = EG_RATE_DECIMATE};

static eg_status fit(eg_real *row, eg_fit_report *report, eg_real *x, int64_t length, double rate,
                     const eg_fit_options *o) {
  eg_resampler *kept = NULL;
  eg_status status = eg_fit(row, report, &(eg_fit_source){"r", x, length, rate, .complete = false}, o, &kept);
  eg_resampler_free(kept);
  return status;
}

static void fitting(void) {
  eg_real row[2 * LENGTH];
  eg_fit_report report;
  eg_real x[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 2, 11, 2, 13, 2, 15, 2, 17, 2};
  x[4] = (eg_real)NAN;
  REQUIRE_OK(fit(row, &report, x, 9, 100, &options));
  CHECK_ARRAY_NEAR(row, ((double[]){1, 2, 5, 6, 9, 2, 13, 2}), 8, 1e-6);
  CHECK_INT(report.gaps, 1);
  CHECK_INT(report.repaired, 1);
  CHECK_INT(report.flat, 0);
  CHECK_INT(report.padded, 0);
  CHECK_FAILS(fit(row, &report, x, 7, 100, &options), EG_WORLD, "r: expected at least 0.08 s, got 0.07 s");
  CHECK(report.shorter);
  eg_fit_options padded = options;
  padded.pad = true;
  REQUIRE_OK(fit(row, &report, x, 3, 100, &padded));
  CHECK_INT(report.padded, 2);
  CHECK_NEAR(row[7], 0, 0);
  CHECK_FAILS(fit(row, &report, x, 9, 75, &options), EG_WORLD, "r: cannot be decimated from 75 to 50");
  CHECK_FAILS(fit(row, &report, x, 9, 3.14159265358979, &options), EG_WORLD, "r: cannot be ");
  x[0] = 2000;
  CHECK_FAILS(fit(row, &report, x, 9, 100, &options), EG_WORLD, "r: lead I spans 1995 mV");
  for (int i = 0; i < 18; i += 2)
    x[i + 1] = (eg_real)NAN;
  CHECK_FAILS(fit(row, &report, x, 9, 100, &options), EG_WORLD, "r: lead II has no valid sample");
  padded.length = 0;
  CHECK_FAILS(eg_fit_check(&padded, "here"), EG_USAGE, "here: expected leads, a length");
}

static void trimming(void) {
  static const eg_real x[] = {0, 0, 0, 1, 0, 0, 2, 0, 0, 0};
  int64_t first, count;
  eg_trim_zeros(&first, &count, x, 5, 2);
  CHECK_INT(first, 1);
  CHECK_INT(count, 3);
  eg_trim_zeros(&first, &count, x, 1, 2);
  CHECK_INT(count, 0);
}

CHECK_MAIN(TEST(structs), TEST(bombs), TEST(fitting), TEST(trimming))
