// SPDX-License-Identifier: Apache-2.0
// W3C trace context: the id by which a caller finds a call among what other services recorded.
#pragma once

#include <string_view>

namespace toolpost::mcp {

// The version, the two ids and the flags that `text` begins with; empty when it is no traceparent.
// What a version that is yet to come appends is left out. So nothing but these digits gets into
// records and plugins, whatever a client sends.
std::string_view read_traceparent(std::string_view text) noexcept;

}  // namespace toolpost::mcp
