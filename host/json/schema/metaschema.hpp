// SPDX-License-Identifier: Apache-2.0
// The metaschema of draft 2020-12, for schemas that refer to it.
#pragma once

#include <string_view>

namespace toolpost::json {

inline constexpr std::string_view kDraft202012 = "https://json-schema.org/draft/2020-12/schema";

// The JSON text of that document or of one of its vocabularies; empty for any other URI.
std::string_view metaschema_text(std::string_view uri);

}  // namespace toolpost::json
