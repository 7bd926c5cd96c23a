// SPDX-License-Identifier: Apache-2.0
// As much of XML as pom.xml and project files use.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::project_index {

struct XmlElement {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::string text;  // of its own, without that of its children; blanks around are taken off
  std::vector<XmlElement> children;

  // The first child of that name, or null.
  const XmlElement* child(std::string_view name) const;
  // Its text; empty without it.
  std::string_view child_text(std::string_view name) const;
  std::string_view attribute(std::string_view name) const;
};

// Empty, or what is wrong: not well formed, deeper than 64, more than 100 000 elements. A DOCTYPE
// is refused, since that is where entities multiply; of entities the five that XML has are known.
std::string read_xml(std::string_view text, XmlElement& root);

}  // namespace toolpost::project_index
