rockspec_format = "3.0"
package = "ecgraft"
version = "0.1.0-1"

-- The release; scripts/rock packs it with its sources: luarocks --lua-version 5.4 install ecgraft-0.1.0-1.src.rock
source = {
  url = "file://ecgraft-0.1.0.tar.gz",
  dir = "ecgraft-0.1.0",
}

description = {
  summary = "Deep learning and transfer learning on 12-lead ECGs",
  detailed = [[
    Tensors, reverse-mode differentiation and neural networks for Lua 5.4 over a C core, with everything around them that ECGs
    need: WFDB records, data sets, the networks of the literature, training, transfer strategies, studies and their reports.]],
  license = "MIT",
  labels = { "deep-learning", "ecg", "neural-network", "tensor", "science" },
}

supported_platforms = { "unix" }

dependencies = {
  "lua >= 5.4, < 5.6",
  "dkjson >= 2.5",
  "argparse >= 0.7",
  "luafilesystem >= 1.8",
  "luv >= 1.43",
}

test_dependencies = {
  "busted >= 2.1",
}

-- OpenBLAS, HDF5, zlib, OpenMP and, where it is installed, libFLAC are found by CMake, which knows more places than LuaRocks does and
-- names the packages of what is missing. In a place of its own: luarocks install ecgraft HDF5_DIR=/opt/hdf5, or the same in the environment.
-- LuaRocks gives each of these variables the value of ECGRAFT_DIR where nobody gave it one: CMake then knows that none was meant.
external_dependencies = { ECGRAFT = {}, OPENBLAS = {}, HDF5 = {}, ZLIB = {}, FLAC = {} }

-- CMakeLists.txt installs every module of lua/ecgraft, the core and the command.
build = {
  type = "cmake",
  variables = {
    CMAKE_BUILD_TYPE = "Release",
    CMAKE_INSTALL_PREFIX = "$(PREFIX)",
    LUA_INCLUDE_DIR = "$(LUA_INCDIR)",
    ECGRAFT_ROCKS_DIR = "$(ECGRAFT_DIR)",
    OPENBLAS_DIR = "$(OPENBLAS_DIR)",
    HDF5_DIR = "$(HDF5_DIR)",
    ZLIB_DIR = "$(ZLIB_DIR)",
    FLAC_DIR = "$(FLAC_DIR)",
    ECGRAFT_LUADIR = "$(LUADIR)",
    ECGRAFT_LIBDIR = "$(LIBDIR)",
    ECGRAFT_BINDIR = "$(BINDIR)",
    ECGRAFT_INSTALL_C = "OFF",
    ECGRAFT_TESTS = "OFF",
    ECGRAFT_EXAMPLES = "OFF",
  },
}

test = {
  type = "busted",
}
