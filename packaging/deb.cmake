# SPDX-License-Identifier: Apache-2.0
# Two packages by CPack: toolpost has the components server and service, toolpost-dev the SDK.
set(TOOLPOST_PACKAGE_CONTACT "Toolpost maintainers <maintainers@toolpost.example>" CACHE STRING
  "Who answers for the packages that are made here")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME toolpost)
set(CPACK_PACKAGE_CONTACT "${TOOLPOST_PACKAGE_CONTACT}")
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/packages)
set(CPACK_STRIP_FILES ON)
# Absolute places go below the staging directory, everything else below its /usr.
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_BINARY_DIR}/stage.cmake)

set(CPACK_COMPONENTS_ALL server service sdk)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_COMPONENT_SERVER_GROUP toolpost)
set(CPACK_COMPONENT_SERVICE_GROUP toolpost)
set(CPACK_COMPONENT_SDK_GROUP toolpost-dev)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_TOOLPOST_PACKAGE_NAME toolpost)
set(CPACK_DEBIAN_TOOLPOST_PACKAGE_SECTION net)
set(CPACK_DEBIAN_TOOLPOST_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_TOOLPOST_PACKAGE_DEPENDS "adduser, init-system-helpers (>= 1.54)")
set(CPACK_DEBIAN_TOOLPOST_PACKAGE_RECOMMENDS universal-ctags)
set(CPACK_DEBIAN_TOOLPOST_PACKAGE_SUGGESTS "logrotate, rsyslog")
set(CPACK_DEBIAN_TOOLPOST_DESCRIPTION "MCP server host for native plugins
Toolpost speaks the Model Context Protocol over Streamable HTTP and stdio, and
takes every tool, resource and prompt from plugins behind a stable C ABI. It
checks who calls, what they may do and with which arguments, and records what
happened in a signed journal.
.
The plugins that come with it manage Python projects with uv, which is not in
Debian, and the users of the server.")
set(CPACK_DEBIAN_TOOLPOST_PACKAGE_CONTROL_EXTRA
  "${here}/debian/postinst;${here}/debian/prerm;${here}/debian/postrm;${here}/debian/conffiles")

set(CPACK_DEBIAN_TOOLPOST-DEV_PACKAGE_NAME toolpost-dev)
set(CPACK_DEBIAN_TOOLPOST-DEV_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_TOOLPOST-DEV_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_TOOLPOST-DEV_PACKAGE_DEPENDS "toolpost (= ${PROJECT_VERSION}-1)")
set(CPACK_DEBIAN_TOOLPOST-DEV_DESCRIPTION "SDK for plugins of the MCP server host Toolpost
The C header of the plugin interface, the C++ SDK on top of it, and the CMake
package ToolpostSDK that builds plugins and their manifests.")

string(TIMESTAMP changelog_date "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(debian/changelog.in ${made}/changelog @ONLY)
configure_file(debian/stage.cmake.in stage.cmake @ONLY)
include(CPack)
