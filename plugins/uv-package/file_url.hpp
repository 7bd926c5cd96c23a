// SPDX-License-Identifier: Apache-2.0
// Paths as file URLs (RFC 8089), which a line of requirements can hold whatever is in the path.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace toolpost::uv_package {

// `path` is absolute.
std::string file_url(std::string_view path);

// Nothing when it is no file URL of this machine.
std::optional<std::string> path_of_file_url(std::string_view url);

}  // namespace toolpost::uv_package
