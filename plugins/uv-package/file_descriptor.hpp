// SPDX-License-Identifier: Apache-2.0
// A file descriptor with one owner, under this plugin's name.
#pragma once

#include "support/file_descriptor.hpp"

namespace toolpost::uv_package {

using support::FileDescriptor;

}  // namespace toolpost::uv_package
