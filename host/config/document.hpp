// SPDX-License-Identifier: Apache-2.0
// The text of toolpost.json into a Config. Reports every problem with its place instead of stopping
// at the first, and leaves the members concerned as they were.
#pragma once

#include "base/problems.hpp"
#include "config/assign.hpp"
#include "config/config.hpp"
#include "json/named_text.hpp"

#include <string>
#include <string_view>

namespace toolpost::config {

using SourceText = json::NamedText;

void read_document(const SourceText& source, const PathBase& base, Config& config,
                   Problems& problems);

}  // namespace toolpost::config
