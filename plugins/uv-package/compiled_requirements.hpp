// SPDX-License-Identifier: Apache-2.0
// What "uv pip compile" writes with hashes, extras, indexes and annotations: read strictly, and
// written anew from its parts, so that nothing unread is ever installed.
#pragma once

#include "checked.hpp"
#include "resolved_set.hpp"

#include <string>
#include <string_view>

namespace toolpost::uv_package {

// Refuses every line it does not know, packages without a version or a strong hash, and those whose
// index is not told. Lines of local directories become packages without version and source, named
// after what is written there.
Checked<ResolvedSet> parse_compiled(std::string_view text);

// "name==version --hash=…" for every package of an index; what `uv pip install --require-hashes`
// and `--build-constraints` take.
std::string pinned_text(const ResolvedSet& set);

}  // namespace toolpost::uv_package
