# Programs that hand damaged files to the readers: fuzz_NAME for each spec/fuzz/fuzz_NAME.c, and for each spec/fuzz/NAME.lua. The target
# `fuzzers` builds them alone. They run from the root of the sources, where their seeds are.

function(eg_fuzzer name)
  add_executable(fuzz_${name} ${ARGN})
  eg_compile_options(fuzz_${name})
  target_include_directories(fuzz_${name} PRIVATE csrc spec/fuzz)
  target_link_libraries(fuzz_${name} PRIVATE ecgraft eg_zlib)
  add_dependencies(fuzzers fuzz_${name})
endfunction()

add_custom_target(fuzzers)
file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/spec/fuzz/fuzz_*.c")
list(FILTER sources EXCLUDE REGEX "/fuzz_lua\\.c$")
foreach(source IN LISTS sources)
  get_filename_component(file "${source}" NAME_WE)
  string(REGEX REPLACE "^fuzz_" "" name "${file}")
  eg_fuzzer(${name} "${source}")
endforeach()

# Those of readers in Lua hold an interpreter, so that what Lua asks of the core and of memory is seen.
if(EG_LUA_LIBRARY)
  file(GLOB scripts CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/spec/fuzz/*.lua")
  foreach(script IN LISTS scripts)
    get_filename_component(name "${script}" NAME_WE)
    eg_fuzzer(${name} spec/fuzz/fuzz_lua.c $<TARGET_OBJECTS:bindings>)
    target_compile_definitions(fuzz_${name} PRIVATE FUZZ_LUA="${name}")
    target_link_libraries(fuzz_${name} PRIVATE eg_lua "${EG_LUA_LIBRARY}")
  endforeach()
else()
  message(NOTICE "liblua was not found: the fuzzers of readers in Lua are not built")
endif()
