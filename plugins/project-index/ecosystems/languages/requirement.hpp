// SPDX-License-Identifier: Apache-2.0
// A requirement as Python writes it: "requests[socks] >=2,<3; python_version<'3.9'".
#pragma once

#include <string>
#include <string_view>

namespace toolpost::project_index {

struct Requirement {
  std::string name;      // empty when the text is none
  std::string declared;  // ">=2,<3", or "@ https://…"; without the marker
};

Requirement requirement_in(std::string_view text);

// "Foo_Bar.x" gives "foo-bar-x" (PEP 503).
std::string python_name(std::string_view name);

// Text without blanks around it.
std::string_view trimmed(std::string_view text);

// The next line without its end; the rest stays.
std::string_view next_line(std::string_view& text);

}  // namespace toolpost::project_index
