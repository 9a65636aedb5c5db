#define _POSIX_C_SOURCE 200809L
#include "store/hdf5_library.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static H5E_auto2_t printer; /* what the process had set; under the lock */
static void *printer_data;

void eg_hdf5_enter(void) {
  pthread_mutex_lock(&lock);
  H5Eget_auto2(H5E_DEFAULT, &printer, &printer_data);
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

void eg_hdf5_leave(void) {
  H5Eset_auto2(H5E_DEFAULT, printer, printer_data);
  pthread_mutex_unlock(&lock);
}

static herr_t note_reason(unsigned n, const H5E_error2_t *error, void *reason) {
  if (n == 0 && error->desc)
    *(const char **)reason = error->desc;
  return 0;
}

eg_status eg_hdf5_failed(const eg_output *output, const char *what) {
  const char *reason = "the HDF5 library gives no reason";
  EG_TRY(eg_output_check(output));
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, note_reason, &reason);
  eg_status status = eg_fail(EG_WORLD, "cannot write '%s': %s: %s", eg_output_path(output), what, reason);
  H5Eclear2(H5E_DEFAULT);
  return status;
}

/* The driver. */

typedef struct driver_file {
  H5FD_t base; /* the library's part; must come first */
  eg_output *output;
  haddr_t end; /* of what the library has allocated */
} driver_file;

typedef struct driver_info {
  eg_output *output;
} driver_info;

static H5FD_t *driver_open(const char *name, unsigned flags, hid_t access, haddr_t most) {
  (void)name, (void)flags, (void)most;
  const driver_info *info = H5Pget_driver_info(access);
  driver_file *file = info ? calloc(1, sizeof *file) : NULL; /* the library's memory: it outlives a failing close */
  if (!file)
    return NULL;
  file->output = info->output;
  return &file->base;
}

static herr_t driver_close(H5FD_t *file) {
  free(file);
  return 0;
}

static herr_t driver_query(const H5FD_t *file, unsigned long *flags) {
  (void)file;
  *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
           H5FD_FEAT_AGGREGATE_SMALLDATA;
  return 0;
}

static haddr_t driver_get_eoa(const H5FD_t *file, H5FD_mem_t type) {
  (void)type;
  return ((const driver_file *)file)->end;
}

static herr_t driver_set_eoa(H5FD_t *file, H5FD_mem_t type, haddr_t address) {
  (void)type;
  ((driver_file *)file)->end = address;
  return 0;
}

static haddr_t driver_get_eof(const H5FD_t *file, H5FD_mem_t type) {
  (void)type;
  return (haddr_t)eg_output_size(((const driver_file *)file)->output);
}

static herr_t driver_read(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size, void *to) {
  (void)type, (void)transfer;
  return eg_output_read_at(((driver_file *)file)->output, (int64_t)address, to, size) == EG_OK ? 0 : -1;
}

static herr_t driver_write(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size,
                           const void *from) {
  (void)type, (void)transfer;
  (void)eg_output_write_at(((driver_file *)file)->output, (int64_t)address, from, size);
  return 0;
}

static herr_t driver_truncate(H5FD_t *file, hid_t transfer, hbool_t closing) {
  driver_file *f = (driver_file *)file;
  (void)transfer, (void)closing;
  if (eg_output_size(f->output) != (int64_t)f->end)
    (void)eg_output_resize(f->output, (int64_t)f->end);
  return 0;
}

static const H5FD_class_t driver_class = {
#if H5_VERSION_GE(1, 13, 0)
    .version = H5FD_CLASS_VERSION,
    .value = (H5FD_class_value_t)511, /* of those that the library leaves to testing and private use */
#endif
    .name = "ecgraft-output",
    .maxaddr = (haddr_t)INT64_MAX,
    .fc_degree = H5F_CLOSE_STRONG,
    .fapl_size = sizeof(driver_info),
    .open = driver_open,
    .close = driver_close,
    .query = driver_query,
    .get_eoa = driver_get_eoa,
    .set_eoa = driver_set_eoa,
    .get_eof = driver_get_eof,
    .read = driver_read,
    .write = driver_write,
    .truncate = driver_truncate,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

bool eg_hdf5_set_group(hid_t creation) {
  return H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) >= 0 &&
         H5Pset_obj_track_times(creation, 0) >= 0;
}

/* Version 1.8's format, whose structure has checksums, in any library. */
static hid_t create(hid_t access, hid_t creation) {
#if H5_VERSION_GE(1, 10, 2)
  const H5F_libver_t version = H5F_LIBVER_V18;
#else
  const H5F_libver_t version = H5F_LIBVER_LATEST;
#endif
  if (H5Pset_libver_bounds(access, version, version) < 0 || H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) < 0 ||
      !eg_hdf5_set_group(creation))
    return -1;
  return H5Fcreate("ecgraft", H5F_ACC_TRUNC, creation, access);
}

hid_t eg_hdf5_create(eg_output *output) {
  static hid_t driver = -1; /* registered once; anew where somebody has closed the library meanwhile */
  if (driver < 0 || H5Iget_type(driver) != H5I_VFL)
    driver = H5FDregister(&driver_class);
  driver_info info = {.output = output};
  hid_t access = H5Pcreate(H5P_FILE_ACCESS), creation = H5Pcreate(H5P_FILE_CREATE), file = -1;
  if (driver >= 0 && access >= 0 && creation >= 0 && H5Pset_driver(access, driver, &info) >= 0)
    file = create(access, creation);
  if (access >= 0)
    H5Pclose(access);
  if (creation >= 0)
    H5Pclose(creation);
  return file;
}
