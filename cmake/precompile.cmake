# SPDX-License-Identifier: Apache-2.0
# Headers that nearly every file of a target reads are read once by the compiler. Targets that are
# compiled alike share what the first of them made, with GCC, which asks for no more than that.

# toolpost_precompile(TARGET [FROM OTHER] [HEADER...])
function(toolpost_precompile target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "FROM" "")
  if(NOT TOOLPOST_PRECOMPILED_HEADERS)
    return()
  endif()
  if(arg_FROM AND NOT target STREQUAL arg_FROM AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_precompile_headers(${target} REUSE_FROM ${arg_FROM})
  else()
    target_precompile_headers(${target} PRIVATE
      <algorithm> <array> <chrono> <functional> <map> <memory> <optional> <set>
      <string> <string_view> <utility> <vector> ${arg_UNPARSED_ARGUMENTS})
  endif()
endfunction()
