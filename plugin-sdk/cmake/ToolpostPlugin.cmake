# SPDX-License-Identifier: Apache-2.0
# toolpost_add_plugin(NAME SOURCES file... [C] [STATIC_RUNTIME]
#                     [ISOLATION required|preferred|none] [SECRETS name...]
#                     [EGRESS host:port...] [LIMITS key=value...])
# Builds plugins/NAME.so and, from its entry, plugins/NAME.plugin.json.
#   C               plain C: the header only, without the C++ SDK
#   STATIC_RUNTIME  takes libstdc++ and libgcc along, for binaries that travel
#   LIMITS          whole numbers, e.g. max_concurrency=4
include_guard(GLOBAL)

function(toolpost_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "C;STATIC_RUNTIME" "ISOLATION" "SOURCES;SECRETS;EGRESS;LIMITS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "toolpost_add_plugin(${name}): unknown argument '${arg_UNPARSED_ARGUMENTS}'")
  endif()
  if(NOT arg_SOURCES)
    message(FATAL_ERROR "toolpost_add_plugin(${name}): SOURCES is missing")
  endif()
  if(NOT arg_ISOLATION)
    set(arg_ISOLATION preferred)
  endif()
  if(NOT arg_ISOLATION MATCHES "^(required|preferred|none)$")
    message(FATAL_ERROR "toolpost_add_plugin(${name}): ISOLATION is '${arg_ISOLATION}', "
                        "not required, preferred or none")
  endif()

  set(version_script ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map)
  add_library(${name} MODULE ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE $<IF:$<BOOL:${arg_C}>,toolpost::plugin_abi,toolpost::sdk>)
  if(TARGET toolpost_flags)  # inside the Toolpost tree only
    target_link_libraries(${name} PRIVATE toolpost_flags)
  endif()
  set_target_properties(${name} PROPERTIES
    PREFIX "" SUFFIX ".so"
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins
    BUILD_RPATH_USE_ORIGIN OFF SKIP_BUILD_RPATH ON INSTALL_RPATH ""
    LINK_DEPENDS ${version_script})
  # A static libstdc++ or an inline variable would otherwise pin the library by unique symbols.
  target_compile_options(${name} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
  target_link_options(${name} PRIVATE
    -Wl,-z,now -Wl,-z,relro -Wl,-z,noexecstack -Wl,--exclude-libs,ALL
    -Wl,--version-script=${version_script}
    $<$<BOOL:${arg_STATIC_RUNTIME}>:-static-libgcc$<SEMICOLON>-static-libstdc++>)
  # Clang leaves the sanitizer's symbols to the executable; everywhere else undefined is an error.
  if(NOT (TOOLPOST_SANITIZE AND CMAKE_CXX_COMPILER_ID MATCHES "Clang"))
    target_link_options(${name} PRIVATE -Wl,-z,defs)
  endif()

  set(options --isolation ${arg_ISOLATION})
  foreach(kind IN ITEMS SECRET EGRESS LIMIT)
    string(TOLOWER ${kind} option)
    foreach(value IN LISTS arg_${kind} arg_${kind}S)
      list(APPEND options --${option} ${value})
    endforeach()
  endforeach()
  add_custom_command(TARGET ${name} POST_BUILD
    COMMAND toolpost::manifest ${options} --output $<TARGET_FILE_DIR:${name}>/${name}.plugin.json
            $<TARGET_FILE:${name}>
    COMMENT "Manifest of ${name}" VERBATIM)
endfunction()
