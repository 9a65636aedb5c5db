# What ECGraft is linked with, as targets: eg_openblas, eg_hdf5, eg_zlib, eg_flac, eg_lua, OpenMP::OpenMP_C. Each is looked for in the
# prefix that the caller named (OPENBLAS_DIR, HDF5_DIR: variable or environment), then by pkg-config, then in the usual places; one that
# is missing ends the configuration with the names of its packages, but for eg_flac, which is then empty (EG_HAVE_FLAC says).

find_package(PkgConfig QUIET)

function(eg_missing what debian fedora homebrew hint)
  message(FATAL_ERROR "${what} was not found.\n"
    "  Debian, Ubuntu: apt install ${debian}\n"
    "  Fedora:         dnf install ${fedora}\n"
    "  Homebrew:       brew install ${homebrew}\n"
    "  ${hint}")
endfunction()

# The prefix given for a dependency, or "".
function(eg_prefix out name)
  set(prefix "${${name}}")
  if(NOT prefix)
    set(prefix "$ENV{${name}}")
  endif()
  set(${out} "${prefix}" PARENT_SCOPE)
endfunction()

# eg_find(NAME header-variable library-variable PREFIX p HEADER h LIBRARIES l... SUFFIXES s... PACKAGES pkg-config names...)
macro(eg_find name)
  cmake_parse_arguments(eg "" "PREFIX;HEADER" "LIBRARIES;SUFFIXES;PACKAGES" ${ARGN})
  if(eg_PREFIX)
    find_path(${name}_INCLUDE_DIR ${eg_HEADER} PATHS "${eg_PREFIX}" PATH_SUFFIXES include ${eg_SUFFIXES} NO_DEFAULT_PATH)
    find_library(${name}_LIBRARY NAMES ${eg_LIBRARIES} PATHS "${eg_PREFIX}" PATH_SUFFIXES lib lib64 NO_DEFAULT_PATH)
  else()
    set(eg_hints_include)
    set(eg_hints_library)
    if(PKG_CONFIG_FOUND)
      foreach(package IN LISTS eg_PACKAGES)
        pkg_check_modules(${name}_PC QUIET ${package})
        if(${name}_PC_FOUND)
          list(APPEND eg_hints_include ${${name}_PC_INCLUDE_DIRS})
          list(APPEND eg_hints_library ${${name}_PC_LIBRARY_DIRS})
          break()
        endif()
      endforeach()
    endif()
    find_path(${name}_INCLUDE_DIR ${eg_HEADER} HINTS ${eg_hints_include} PATH_SUFFIXES ${eg_SUFFIXES})
    if(eg_LIBRARIES)
      find_library(${name}_LIBRARY NAMES ${eg_LIBRARIES} HINTS ${eg_hints_library})
    endif()
  endif()
  mark_as_advanced(${name}_INCLUDE_DIR ${name}_LIBRARY)
endmacro()

eg_prefix(prefix OPENBLAS_DIR)
eg_find(EG_OPENBLAS PREFIX "${prefix}" HEADER cblas.h LIBRARIES openblas SUFFIXES openblas openblas-pthread
  PACKAGES openblas)
if(NOT EG_OPENBLAS_INCLUDE_DIR OR NOT EG_OPENBLAS_LIBRARY)
  eg_missing("OpenBLAS (cblas.h and libopenblas)" libopenblas-dev openblas-devel openblas
    "Installed elsewhere: -DOPENBLAS_DIR=PREFIX.")
endif()
add_library(eg_openblas INTERFACE)
target_include_directories(eg_openblas SYSTEM INTERFACE "$<BUILD_INTERFACE:${EG_OPENBLAS_INCLUDE_DIR}>")
target_link_libraries(eg_openblas INTERFACE "${EG_OPENBLAS_LIBRARY}")

eg_prefix(prefix HDF5_DIR)
eg_find(EG_HDF5 PREFIX "${prefix}" HEADER hdf5.h LIBRARIES hdf5 hdf5_serial SUFFIXES hdf5/serial include/hdf5/serial
  PACKAGES hdf5-serial hdf5)
if(NOT EG_HDF5_INCLUDE_DIR OR NOT EG_HDF5_LIBRARY)
  eg_missing("HDF5 (hdf5.h and libhdf5)" libhdf5-dev hdf5-devel hdf5 "Installed elsewhere: -DHDF5_DIR=PREFIX.")
endif()
add_library(eg_hdf5 INTERFACE)
target_include_directories(eg_hdf5 SYSTEM INTERFACE "$<BUILD_INTERFACE:${EG_HDF5_INCLUDE_DIR}>")
target_link_libraries(eg_hdf5 INTERFACE "${EG_HDF5_LIBRARY}")

# zlib expands what HDF5 files hold; the development files of HDF5 bring it along on Debian and Fedora.
eg_prefix(prefix ZLIB_DIR)
eg_find(EG_ZLIB PREFIX "${prefix}" HEADER zlib.h LIBRARIES z PACKAGES zlib)
if(NOT EG_ZLIB_INCLUDE_DIR OR NOT EG_ZLIB_LIBRARY)
  eg_missing("zlib (zlib.h and libz)" zlib1g-dev zlib-devel zlib "Installed elsewhere: -DZLIB_DIR=PREFIX.")
endif()
add_library(eg_zlib INTERFACE)
target_include_directories(eg_zlib SYSTEM INTERFACE "$<BUILD_INTERFACE:${EG_ZLIB_INCLUDE_DIR}>")
target_link_libraries(eg_zlib INTERFACE "${EG_ZLIB_LIBRARY}")

# libFLAC decodes WFDB's compressed formats. ECGraft does without where it is missing, and says so when such a record is read.
set(EG_HAVE_FLAC OFF)
set(eg_flac_library "")
add_library(eg_flac INTERFACE)
if(ECGRAFT_FLAC)
  eg_prefix(prefix FLAC_DIR)
  eg_find(EG_FLAC PREFIX "${prefix}" HEADER FLAC/stream_decoder.h LIBRARIES FLAC PACKAGES flac)
  if(EG_FLAC_INCLUDE_DIR AND EG_FLAC_LIBRARY)
    set(EG_HAVE_FLAC ON)
    set(eg_flac_library " ${EG_FLAC_LIBRARY}")
    target_include_directories(eg_flac SYSTEM INTERFACE "$<BUILD_INTERFACE:${EG_FLAC_INCLUDE_DIR}>")
    target_link_libraries(eg_flac INTERFACE "${EG_FLAC_LIBRARY}")
  else()
    message(NOTICE "libFLAC was not found: WFDB formats 508, 516 and 524 will not be read (Debian, Ubuntu: libflac-dev; "
      "Fedora: flac-devel; Homebrew: flac; elsewhere: -DFLAC_DIR=PREFIX)")
  endif()
endif()

if(LUA_INCLUDE_DIR) # given by the caller (LuaRocks does)
  set(EG_LUA_INCLUDE_DIR "${LUA_INCLUDE_DIR}")
else()
  eg_find(EG_LUA HEADER lua.h SUFFIXES lua5.4 lua-5.4 lua54 lua PACKAGES lua5.4 lua-5.4 lua54 lua)
endif()
set(lua_version "")
if(EXISTS "${EG_LUA_INCLUDE_DIR}/lua.h")
  file(STRINGS "${EG_LUA_INCLUDE_DIR}/lua.h" lua_version REGEX "^#define[ \t]+LUA_VERSION_(MAJOR|MINOR)")
  string(REGEX MATCHALL "[0-9]+" lua_version "${lua_version}")
  string(REPLACE ";" "." lua_version "${lua_version}")
endif()
if(NOT lua_version STREQUAL "5.4")
  eg_missing("Lua 5.4 (lua.h; in '${EG_LUA_INCLUDE_DIR}' there is version '${lua_version}')" liblua5.4-dev lua-devel lua@5.4
    "Installed elsewhere: -DLUA_INCLUDE_DIR=FOLDER that holds lua.h.")
endif()
add_library(eg_lua INTERFACE)
target_include_directories(eg_lua SYSTEM INTERFACE "${EG_LUA_INCLUDE_DIR}")

if(APPLE) # Apple's clang has no libomp of its own; Homebrew's is where it does not look
  execute_process(COMMAND brew --prefix libomp OUTPUT_VARIABLE eg_libomp OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET
    RESULT_VARIABLE eg_no_brew)
  if(NOT eg_no_brew AND NOT OpenMP_ROOT)
    set(OpenMP_ROOT "${eg_libomp}")
  endif()
endif()
find_package(OpenMP COMPONENTS C QUIET)
if(NOT OpenMP_C_FOUND)
  eg_missing("OpenMP for C" "gcc (or libomp-dev for clang)" "gcc (or libomp-devel for clang)" libomp
    "With clang: -DOpenMP_ROOT=PREFIX of libomp.")
endif()
