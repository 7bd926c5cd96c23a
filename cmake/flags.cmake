# SPDX-License-Identifier: Apache-2.0
# Two interface targets: what every target of ours is compiled with, and what the host adds to it.

set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
# -O3 makes nothing here faster, but GCC 12 warn of what is not there.
set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
# The builds with sanitizers: little more than half the time of -O2 -g to compile, and a report has
# its lines all the same.
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O1 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1 -DNDEBUG")
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})

add_library(toolpost_flags INTERFACE)
target_compile_options(toolpost_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Werror
  $<$<COMPILE_LANGUAGE:CXX>:-Wconversion -Wnon-virtual-dtor -Wold-style-cast>
  # GCC 12 takes "literal" + std::string for an overlapping copy (its bug 105651).
  $<$<AND:$<COMPILE_LANG_AND_ID:CXX,GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
  -fvisibility=hidden $<$<COMPILE_LANGUAGE:CXX>:-fvisibility-inlines-hidden>
  -fstack-protector-strong)
target_compile_definitions(toolpost_flags INTERFACE _GLIBCXX_ASSERTIONS)
target_link_options(toolpost_flags INTERFACE -Wl,-z,relro,-z,now)

# Without it libFuzzer does not see which ways an input took, and tries blindly.
set(TOOLPOST_COVERAGE $<$<BOOL:${TOOLPOST_FUZZ}>:-fsanitize=fuzzer-no-link>)
target_compile_options(toolpost_flags INTERFACE ${TOOLPOST_COVERAGE})

if(TOOLPOST_SANITIZE)
  # With a sanitizer's own code in between, GCC no longer sees what is initialised; its manual says
  # so. The build without sanitizers keeps the warning.
  target_compile_options(toolpost_flags INTERFACE
    $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-maybe-uninitialized>
    # Asio's fences, which ThreadSanitizer does not see; nothing here relies on them alone.
    $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-tsan>
    -fsanitize=${TOOLPOST_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(toolpost_flags INTERFACE -fsanitize=${TOOLPOST_SANITIZE})
  if(TOOLPOST_SANITIZE STREQUAL "thread")
    # At -O1 GCC takes the halves of a Result for one object, but only beside ThreadSanitizer's code.
    target_compile_options(toolpost_flags INTERFACE
      $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-array-bounds;-Wno-stringop-overread>)
  endif()
else()
  # Needs an optimising build, and keeps a sanitizer from seeing what it checks itself.
  target_compile_definitions(toolpost_flags INTERFACE
    $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
endif()
