# How sources are compiled. Never -ffast-math: gcc then links a start-up file into a shared object that sets flush-to-zero
# in whatever process loads it. Never -march=native: a rock built on one machine must run on another; faster instruction sets have files
# of their own, chosen at run time.

include(CheckCCompilerFlag)
include(CheckCSourceCompiles)

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF) # a file that needs POSIX says so: #define _POSIX_C_SOURCE 200809L before its first include
set(CMAKE_C_FLAGS_RELEASE "-O3 -DNDEBUG")

set(eg_warnings -Wall -Wextra -Wpedantic)
# Neither changes a result: errno after a maths call and floating-point traps are not used. No contraction: an expression
# in plain C has the same bits in every build.
set(eg_arithmetic -fno-math-errno -fno-trapping-math -ffp-contract=off)

if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  check_c_compiler_flag(-march=x86-64-v2 EG_CC_X86_64_V2)
  if(EG_CC_X86_64_V2)
    list(APPEND eg_arithmetic -march=x86-64-v2)
  endif()
endif()

function(eg_compile_options target)
  target_compile_options(${target} PRIVATE ${eg_warnings} ${eg_arithmetic})
  if(EG_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(EG_DOUBLE)
    target_compile_definitions(${target} PRIVATE EG_DOUBLE)
  endif()
  if(EG_SANITIZE)
    target_compile_options(${target} PRIVATE
      -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
    target_link_options(${target} PRIVATE -fsanitize=address,undefined)
  endif()
endfunction()

set(EG_AVX2_FLAGS -mavx2 -mfma -ffp-contract=fast)
set(EG_AVX512_FLAGS -mavx512f -mavx512vl -mavx512dq -mavx512bw ${EG_AVX2_FLAGS})

# Files under csrc/kernels/avx2 and avx512 get the flags of their instruction set, or are left out where compiler or machine lacks
# them. csrc/kernels learns from EG_HAVE_AVX2 and EG_HAVE_AVX512 which were compiled; whether the machine that runs them has the
# instructions is asked at run time.
macro(eg_instruction_sets sources)
  set(eg_have_flags)
  foreach(set AVX2 AVX512)
    string(TOLOWER ${set} folder)
    set(files ${${sources}})
    list(FILTER files INCLUDE REGEX "/csrc/kernels/${folder}/")
    string(REPLACE ";" " " CMAKE_REQUIRED_FLAGS "${EG_${set}_FLAGS}")
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
      check_c_source_compiles("#include <immintrin.h>\nint main(void) { return __builtin_cpu_supports(\"avx2\"); }"
        EG_CC_${set})
    endif()
    unset(CMAKE_REQUIRED_FLAGS)
    if(EG_CC_${set})
      set_source_files_properties(${files} PROPERTIES COMPILE_OPTIONS "${EG_${set}_FLAGS}")
      list(APPEND eg_have_flags EG_HAVE_${set}=1)
    elseif(files)
      list(REMOVE_ITEM ${sources} ${files})
    endif()
  endforeach()
  set(files ${${sources}})
  list(FILTER files INCLUDE REGEX "/csrc/kernels/")
  if(files AND eg_have_flags)
    set_property(SOURCE ${files} APPEND PROPERTY COMPILE_DEFINITIONS ${eg_have_flags})
  endif()
endmacro()

# The module shows the host process one symbol; what the static library brings along stays inside.
function(eg_export_only target symbol)
  if(APPLE)
    target_link_options(${target} PRIVATE "-Wl,-exported_symbol,_${symbol}" -undefined dynamic_lookup)
  else()
    set(script "${CMAKE_CURRENT_BINARY_DIR}/${target}.map")
    file(WRITE "${script}" "{ global: ${symbol}; local: *; };\n")
    target_link_options(${target} PRIVATE "-Wl,--version-script=${script}")
    set_target_properties(${target} PROPERTIES LINK_DEPENDS "${script}")
    # Lua unloads a module when its state closes; OpenMP's worker threads would then wake in code that is gone.
    target_link_options(${target} PRIVATE "-Wl,-z,nodelete")
  endif()
endfunction()
