// SPDX-License-Identifier: Apache-2.0
// Reads results of the client.
#include <toolpost/answer.hpp>

namespace toolpost::sdk {

std::string Answer::text() const {
  if (!content().is_array()) return content().value_or("text", "");
  std::string text;
  for (const Json& block : content().as_array()) text += block.value_or("text", "");
  return text;
}

std::vector<Root> Answer::roots() const {
  std::vector<Root> roots;
  for (const Json& root : json_.at("roots").as_array()) {
    roots.push_back({root.at("uri").as_string(), root.value_or("name", "")});
  }
  return roots;
}

}  // namespace toolpost::sdk
