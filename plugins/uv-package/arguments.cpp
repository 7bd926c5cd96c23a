// SPDX-License-Identifier: Apache-2.0
#include "arguments.hpp"

#include "output.hpp"

namespace toolpost::uv_package {

namespace {

Refusal about_item(std::size_t index, const std::string& text, const Refusal& why) {
  return {"packages[" + std::to_string(index) + "] '" + cleaned_line(text) + "' " + why.text};
}

}  // namespace

std::vector<std::string> package_texts(const sdk::Json& arguments) {
  std::vector<std::string> out;
  if (const sdk::Json* list = arguments.find("packages"); list != nullptr && !list->is_null()) {
    for (const sdk::Json& item : list->as_array()) out.push_back(item.as_string());
  }
  return out;
}

Checked<std::vector<pep::Requirement>> as_requirements(const std::vector<std::string>& texts) {
  std::vector<pep::Requirement> out;
  for (const std::string& text : texts) {
    auto parsed = pep::parse_requirement(text);
    if (!parsed) return about_item(out.size(), text, parsed.refusal());
    out.push_back(std::move(*parsed));
  }
  return out;
}

std::vector<std::string> texts_of(const std::vector<pep::Requirement>& requirements) {
  std::vector<std::string> out;
  out.reserve(requirements.size());
  for (const pep::Requirement& requirement : requirements) out.push_back(requirement.text());
  return out;
}

Checked<std::vector<std::string>> as_names(const std::vector<std::string>& texts) {
  std::vector<std::string> out;
  for (const std::string& text : texts) {
    const auto name = pep::parse_bare_name(text);
    if (!name) return about_item(out.size(), text, name.refusal());
    out.push_back(*name);
  }
  return out;
}

}  // namespace toolpost::uv_package
