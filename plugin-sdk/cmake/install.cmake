# SPDX-License-Identifier: Apache-2.0
# A relocatable SDK: header, C++ wrapper, CMake package, and the two programs that go with it.
include(CMakePackageConfigHelpers)
set(sdk_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/ToolpostSDK)
set(sdk_version 1.0.0)  # follows the ABI, not the host

install(TARGETS toolpost_plugin_abi toolpost_sdk EXPORT ToolpostSDK
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT sdk)
install(TARGETS toolpost-manifest toolpost-launch EXPORT ToolpostSDK
  RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/toolpost COMPONENT sdk)
# Plugins start programs by it, so a host needs it without the SDK, too.
install(TARGETS toolpost-launch
  RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/toolpost COMPONENT server)
install(DIRECTORY include/toolpost cpp/toolpost DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  COMPONENT sdk FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
install(EXPORT ToolpostSDK NAMESPACE toolpost:: FILE ToolpostSDKTargets.cmake
  DESTINATION ${sdk_package_dir} COMPONENT sdk)

configure_package_config_file(cmake/ToolpostSDKConfig.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/ToolpostSDKConfig.cmake INSTALL_DESTINATION ${sdk_package_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/ToolpostSDKConfigVersion.cmake
  VERSION ${sdk_version} COMPATIBILITY SameMajorVersion)
install(FILES
  ${CMAKE_CURRENT_BINARY_DIR}/ToolpostSDKConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/ToolpostSDKConfigVersion.cmake
  cmake/ToolpostPlugin.cmake cmake/plugin.map
  DESTINATION ${sdk_package_dir} COMPONENT sdk)
