// SPDX-License-Identifier: Apache-2.0
// As much of RFC 3986 as schema identifiers need: resolving a reference against a base, and taking
// the fragment apart. Nothing is normalised beyond dot segments.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::json {

// The reference made absolute; the fragment, if any, stays. An empty base leaves it as it is.
std::string resolve_uri(std::string_view base, std::string_view reference);

struct UriParts {
  std::string_view document;
  std::string_view fragment;  // without '#'; empty also when there is none
};

UriParts split_fragment(std::string_view uri);

// Nothing if a '%' is not followed by two hexadecimal digits.
std::optional<std::string> percent_decoded(std::string_view text);

// The tokens of "/a/b~1c"; nothing if this is no JSON pointer.
std::optional<std::vector<std::string>> pointer_tokens(std::string_view pointer);

// Appends "/" and the token with '~' and '/' escaped.
void append_token(std::string& pointer, std::string_view token);

}  // namespace toolpost::json
