// SPDX-License-Identifier: Apache-2.0
// For differential_packaging.py: one JSON string a line in, one JSON answer a line out, either
// {"text": …} with the requirement as it is written anew, or {"refused": …}. With the
// argument "version" the lines are versions.
#include "pep/requirement.hpp"
#include "pep/version.hpp"

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

}  // namespace

int main(int argc, char** argv) {
  const bool versions = argc > 1 && std::string_view(argv[1]) == "version";
  std::string line;
  while (std::getline(std::cin, line)) {
    const std::string text = Json::parse(line).as_string();
    std::cout << (versions ? answer_version(text) : answer_requirement(text)).dump() << "\n";
  }
}
