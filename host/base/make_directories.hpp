// SPDX-License-Identifier: Apache-2.0
// Directories that nobody else may enter.
#pragma once

#include "base/error.hpp"

#include <filesystem>

namespace toolpost {

// Makes what is missing of the path, each with mode 0700 and durable: its name stands in its
// parent. What is there stays as it is.
Result<> make_private_directories(const std::filesystem::path& directory);

}  // namespace toolpost
