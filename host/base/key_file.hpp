// SPDX-License-Identifier: Apache-2.0
// Files that hold a key of the host's own: private, and never half written.
#pragma once

#include "base/error.hpp"
#include "base/secret.hpp"

#include <string>
#include <string_view>

namespace toolpost {

// `what` names the key in errors, e.g. "the key that seals the audit". Fails when others than the
// owner may read the file.
Result<Secret> read_key_file(const std::string& path, std::string_view what);

// Makes the file, mode 0600, and its directories. Where it exists meanwhile it stays as it is: read
// it afterwards, to use the same key as whoever came first.
Result<> make_key_file(const std::string& path, const Secret& content);

}  // namespace toolpost
