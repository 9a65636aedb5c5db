# Installation. LuaRocks names the folders of its tree (ECGRAFT_LUADIR and so on); otherwise they lie below the prefix.

set(ECGRAFT_LUADIR "${CMAKE_INSTALL_DATADIR}/lua/${EG_LUA_VERSION}" CACHE STRING "where Lua modules go")
set(ECGRAFT_LIBDIR "lib/lua/${EG_LUA_VERSION}" CACHE STRING "where C modules for Lua go")
set(ECGRAFT_BINDIR "${CMAKE_INSTALL_BINDIR}" CACHE STRING "where the command goes")

install(TARGETS core LIBRARY DESTINATION "${ECGRAFT_LIBDIR}/ecgraft")
install(DIRECTORY lua/ecgraft DESTINATION "${ECGRAFT_LUADIR}" FILES_MATCHING PATTERN "*.lua")

# The command names the interpreter that the module is for, by the first of its usual names that is one.
set(program lua${EG_LUA_VERSION})
foreach(name lua${EG_LUA_VERSION} lua-${EG_LUA_VERSION} lua)
  execute_process(COMMAND ${name} -v RESULT_VARIABLE status OUTPUT_VARIABLE says ERROR_QUIET)
  if(status EQUAL 0 AND says MATCHES "^Lua ${EG_LUA_VERSION}")
    set(program ${name})
    break()
  endif()
endforeach()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS bin/ecgraft)
file(READ bin/ecgraft command)
string(REGEX REPLACE "^#![^\n]*" "#!/usr/bin/env ${program}" command "${command}")
file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/bin/ecgraft" "${command}")
execute_process(COMMAND chmod +x "${CMAKE_CURRENT_BINARY_DIR}/bin/ecgraft")
install(PROGRAMS "${CMAKE_CURRENT_BINARY_DIR}/bin/ecgraft" DESTINATION "${ECGRAFT_BINDIR}")

if(ECGRAFT_INSTALL_C)
  install(TARGETS ecgraft ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  install(DIRECTORY csrc/include/ecgraft DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.h")
  set(definition "")
  if(EG_DOUBLE)
    set(definition " -DEG_DOUBLE")
  endif()
  # The prefix relative to the file itself: `cmake --install --prefix` may name another one than was configured.
  file(RELATIVE_PATH up "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
  file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/ecgraft.pc"
    "prefix=\${pcfiledir}/${up}\n"
    "Name: ecgraft\n"
    "Description: ${PROJECT_DESCRIPTION}\n"
    "Version: ${PROJECT_VERSION}\n"
    "Cflags: -I\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}${definition}\n"
    "Libs: -L\${prefix}/${CMAKE_INSTALL_LIBDIR} -lecgraft ${EG_OPENBLAS_LIBRARY} ${EG_HDF5_LIBRARY} ${EG_ZLIB_LIBRARY}${eg_flac_library} ${OpenMP_C_FLAGS} -lm\n")
  install(FILES "${CMAKE_CURRENT_BINARY_DIR}/ecgraft.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
endif()
