# One CMake target a folder. fude_module(core SOURCES .. DEPENDS ..) makes the static library fude_core;
# fude_test(core SOURCES .. DEPENDS ..) makes the test program fude_core_test and registers its suites with ctest.
# ATEN: the folder's sources include <ATen/ATen.h>, which is precompiled once for all of them.

set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

add_library(fude_flags INTERFACE)
target_compile_options(fude_flags INTERFACE -Wall -Wextra -Wpedantic -Werror -Wno-unknown-pragmas)
if(FUDE_SANITIZE OR FUDE_FUZZ)
  # -O1 -g1: sane speed, and line numbers in reports; _GLIBCXX_ASSERTIONS: out-of-range indices of the standard library.
  target_compile_options(fude_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined
                                              -fno-omit-frame-pointer -O1 -g1)
  # GCC's own words: with sanitizers these may be false. They stay errors in every other build.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(fude_flags INTERFACE -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow
                                                -Wno-restrict)
  endif()
  target_compile_definitions(fude_flags INTERFACE _GLIBCXX_ASSERTIONS)
  target_link_options(fude_flags INTERFACE -fsanitize=address,undefined)
endif()
if(FUDE_FUZZ)
  target_compile_options(fude_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(fude_flags INTERFACE "SHELL:-Xclang -fno-pch-timestamp")  # else ccache never sees the same twice
endif()

file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/precompiled.cpp CONTENT "")
add_library(fude_aten_precompiled OBJECT ${CMAKE_BINARY_DIR}/precompiled.cpp)
target_link_libraries(fude_aten_precompiled PRIVATE fude_flags fude_torch)
# ivalue.h first: without it clang in C++20 meets a vector of an incomplete type inside libtorch 1.13's headers.
target_precompile_headers(fude_aten_precompiled PRIVATE <ATen/core/ivalue.h> <ATen/ATen.h> <string> <vector> <map> <memory> <optional>)

function(fude_common target)
  cmake_parse_arguments(ARG "ATEN" "" "DEPENDS" ${ARGN})
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(${target} PUBLIC ${ARG_DEPENDS} PRIVATE fude_flags)
  if(ARG_ATEN)
    target_link_libraries(${target} PUBLIC fude_torch)
    target_precompile_headers(${target} REUSE_FROM fude_aten_precompiled)
    # The precompiled header serves libraries (-fPIC); a program compiled with CMake's -fPIE could not reuse it.
    get_target_property(type ${target} TYPE)
    if(type STREQUAL EXECUTABLE)
      set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
      target_compile_options(${target} PRIVATE -fPIC)
    endif()
  endif()
endfunction()

function(fude_module name)
  cmake_parse_arguments(ARG "ATEN" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(fude_${name} STATIC ${ARG_SOURCES})
  if(ARG_ATEN)
    fude_common(fude_${name} ATEN DEPENDS ${ARG_DEPENDS})
  else()
    fude_common(fude_${name} DEPENDS ${ARG_DEPENDS})
  endif()
endfunction()

function(fude_test name)
  cmake_parse_arguments(ARG "ATEN" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(fude_${name}_test ${ARG_SOURCES})
  if(ARG_ATEN)
    fude_common(fude_${name}_test ATEN DEPENDS ${ARG_DEPENDS} GTest::gmock_main)
  else()
    fude_common(fude_${name}_test DEPENDS ${ARG_DEPENDS} GTest::gmock_main)
  endif()
  target_include_directories(fude_${name}_test PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_definitions(fude_${name}_test PRIVATE FUDE_GOLDEN_DIR="${CMAKE_SOURCE_DIR}/tests/golden"
                                                       FUDE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  set(suites ${CMAKE_CURRENT_BINARY_DIR}/fude_${name}_test.suites.cmake)
  if(NOT EXISTS ${suites})  # until it is built, ctest says so
    file(WRITE ${suites} "add_test(fude_${name}_test_NOT_BUILT fude_${name}_test_NOT_BUILT)\n")
  endif()
  add_custom_command(TARGET fude_${name}_test POST_BUILD BYPRODUCTS ${suites}
                     COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:fude_${name}_test> -DFILE=${suites}
                             -P ${PROJECT_SOURCE_DIR}/cmake/TestSuites.cmake)
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${suites})
endfunction()
