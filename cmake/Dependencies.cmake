# What ECGraft is linked with, as targets: eg_openblas, eg_hdf5, eg_zlib, eg_flac, eg_lua, OpenMP::OpenMP_C. Places.cmake says where they are
# looked for. What is missing ends the configuration, but for libFLAC: eg_flac is then empty (EG_HAVE_FLAC says).

include(Places)

# openblas_config.h lies beside the cblas.h that belongs to the library; a cblas.h alone may be the reference BLAS's, or Apple's.
eg_library(eg_openblas EG_OPENBLAS OpenBLAS DIR OPENBLAS_DIR HEADER openblas_config.h LIBRARIES openblas openblasp openblaso
  SUFFIXES openblas openblas-pthread openblas-openmp openblas-serial PACKAGES openblas
  CHECK cblas.h "cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1)"
  DEBIAN libopenblas-dev FEDORA openblas-devel HOMEBREW openblas CONDA openblas)

eg_library(eg_hdf5 EG_HDF5 HDF5 DIR HDF5_DIR HEADER hdf5.h LIBRARIES hdf5 hdf5_serial SUFFIXES hdf5/serial PACKAGES hdf5-serial hdf5
  CHECK hdf5.h "H5open()"
  DEBIAN libhdf5-dev FEDORA hdf5-devel HOMEBREW hdf5 CONDA hdf5)

# zlib expands what HDF5 files hold; the development files of HDF5 bring it along on Debian and Fedora.
eg_library(eg_zlib EG_ZLIB zlib DIR ZLIB_DIR HEADER zlib.h LIBRARIES z PACKAGES zlib
  CHECK zlib.h "zlibVersion()"
  DEBIAN zlib1g-dev FEDORA zlib-devel HOMEBREW zlib CONDA zlib)

# libFLAC decodes WFDB's compressed formats. ECGraft does without where it is missing, and says so when such a record is read.
set(EG_HAVE_FLAC OFF)
set(eg_flac_library "")
if(ECGRAFT_FLAC)
  eg_library(eg_flac EG_FLAC libFLAC OPTIONAL DIR FLAC_DIR HEADER FLAC/stream_decoder.h LIBRARIES FLAC PACKAGES flac HOMEBREW flac
    CHECK FLAC/stream_decoder.h "FLAC__stream_decoder_new()")
  if(EG_FLAC_FOUND)
    set(EG_HAVE_FLAC ON)
    set(eg_flac_library " ${EG_FLAC_LIBRARY}")
  else()
    message(NOTICE "libFLAC was not found: WFDB formats 508, 516 and 524 will not be read (Debian, Ubuntu: libflac-dev; "
      "Fedora: flac-devel; Homebrew: flac; conda: libflac; elsewhere: -DFLAC_DIR=PREFIX)")
  endif()
else()
  add_library(eg_flac INTERFACE)
endif()

include(Lua)

if(APPLE) # Apple's clang has no libomp of its own; Homebrew's is where it does not look
  execute_process(COMMAND brew --prefix libomp OUTPUT_VARIABLE eg_libomp OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET
    RESULT_VARIABLE eg_no_brew)
  if(NOT eg_no_brew AND NOT OpenMP_ROOT)
    set(OpenMP_ROOT "${eg_libomp}")
  endif()
endif()
find_package(OpenMP COMPONENTS C QUIET)
if(NOT OpenMP_C_FOUND)
  eg_missing("OpenMP for C (clang: -DOpenMP_ROOT=PREFIX of libomp)" DEBIAN "gcc (or libomp-dev for clang)"
    FEDORA "gcc (or libomp-devel for clang)" HOMEBREW libomp CONDA c-compiler)
endif()

eg_tell_missing()
