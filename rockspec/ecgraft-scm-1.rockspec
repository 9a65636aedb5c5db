rockspec_format = "3.0"
package = "ecgraft"
version = "scm-1"

-- Built from a checkout: luarocks --lua-version 5.4 make rockspec/ecgraft-scm-1.rockspec
source = {
  url = "git+file://.",
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

-- CMakeLists.txt installs every module of lua/ecgraft, the core and the command. OpenBLAS, HDF5, zlib, OpenMP and, where it is
-- installed, libFLAC are found by CMake; in an unusual place: OPENBLAS_DIR, HDF5_DIR, ZLIB_DIR and FLAC_DIR in the environment.
build = {
  type = "cmake",
  variables = {
    CMAKE_BUILD_TYPE = "Release",
    CMAKE_INSTALL_PREFIX = "$(PREFIX)",
    LUA_INCLUDE_DIR = "$(LUA_INCDIR)",
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
