// SPDX-License-Identifier: Apache-2.0
// For differential_packaging.py: one JSON string a line in, one JSON answer a line out, either
// {"text": …} with the requirement as it is written anew, or {"refused": …}. With the
// argument "version" the lines are versions, with "contains" they are specifiers, a line break and
// a version.
#include "pep/requirement.hpp"
#include "pep/version.hpp"
#include "pep/version_set.hpp"

#include <toolpost/json.hpp>

#include <iostream>
#include <string>
#include <string_view>

namespace {

using toolpost::sdk::Json;

Json answer_requirement(const std::string& text) {
  const auto parsed = toolpost::pep::parse_requirement(text);
  if (!parsed) return Json::object({{"refused", parsed.refusal().text}});
  return Json::object({{"text", parsed->text()}});
}

Json answer_version(const std::string& text) {
  const auto version = toolpost::pep::Version::parse(text);
  if (!version) return Json::object({{"refused", "not a version"}});
  return Json::object({{"text", version->normalized()}});
}

Json answer_contains(const std::string& text) {
  const std::size_t middle = text.find('\n');
  const auto set = toolpost::pep::VersionSet::parse(text.substr(0, middle));
  if (!set) return Json::object({{"refused", set.refusal().text}});
  const auto version = toolpost::pep::Version::parse(text.substr(middle + 1));
  if (!version) return Json::object({{"refused", "not a version"}});
  return Json::object({{"text", set->contains(*version) ? "in" : "out"}});
}

Json answer(std::string_view mode, const std::string& text) {
  if (mode == "version") return answer_version(text);
  return mode == "contains" ? answer_contains(text) : answer_requirement(text);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "requirement";
  std::string line;
  while (std::getline(std::cin, line)) {
    std::cout << answer(mode, Json::parse(line).as_string()).dump() << "\n";
  }
}
