# SPDX-License-Identifier: Apache-2.0
# The software bill of materials, made from what was linked; installed beside the documentation.
find_program(TOOLPOST_PYTHON NAMES python3)
if(NOT TOOLPOST_PYTHON)
  message(STATUS "No python3: no software bill of materials")
  return()
endif()
set(TOOLPOST_SBOM ${CMAKE_BINARY_DIR}/toolpost.cdx.json)
find_path(TOOLPOST_BOOST_DIR boost/version.hpp REQUIRED)
find_path(TOOLPOST_SPDLOG_DIR spdlog/version.h REQUIRED)
find_path(TOOLPOST_FMT_DIR fmt/core.h REQUIRED)
find_path(TOMLPLUSPLUS_INCLUDE_DIR toml++/toml.h REQUIRED)
set(toolpost_plugins)
foreach(name uv-package user-admin project-index)
  if(TARGET ${name})
    list(APPEND toolpost_plugins ${name})
  endif()
endforeach()
list(TRANSFORM toolpost_plugins REPLACE "(.+)" "$<TARGET_FILE:\\1>" OUTPUT_VARIABLE toolpost_plugin_files)
get_target_property(toolpost_archives toolpost_static_libraries INTERFACE_LINK_LIBRARIES)
add_custom_command(OUTPUT ${TOOLPOST_SBOM}
  COMMAND ${TOOLPOST_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/sbom.py
    --binary $<TARGET_FILE:toolpost> --out ${TOOLPOST_SBOM}
    --also ${toolpost_plugin_files}
    --static ${toolpost_archives} ${TOOLPOST_BOOST_DIR}/boost/version.hpp
      ${TOOLPOST_SPDLOG_DIR}/spdlog/version.h ${TOOLPOST_FMT_DIR}/fmt/core.h
      ${TOMLPLUSPLUS_INCLUDE_DIR}/toml++/toml.h
  DEPENDS toolpost ${toolpost_plugins} ${CMAKE_CURRENT_LIST_DIR}/sbom.py
  VERBATIM)
add_custom_target(toolpost_sbom ALL DEPENDS ${TOOLPOST_SBOM})
install(FILES ${TOOLPOST_SBOM} DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/toolpost)
