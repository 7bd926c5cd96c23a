// SPDX-License-Identifier: Apache-2.0
// The one translation unit that holds the library's code (TOML_HEADER_ONLY is 0 everywhere).
#define TOML_IMPLEMENTATION
#include "toml_file.hpp"

#include "file_reading.hpp"

namespace toolpost::uv_package {

Checked<std::optional<toml::table>> read_toml(const std::string& path, std::size_t limit) {
  auto content = read_file(path, limit);
  if (!content) return content.refusal();
  if (!content->has_value()) return std::optional<toml::table>();
  toml::parse_result parsed = toml::parse(std::string_view(**content), path);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return Refusal{path + ":" + std::to_string(error.source().begin.line) + ":" +
                   std::to_string(error.source().begin.column) + ": " +
                   std::string(error.description())};
  }
  return std::optional<toml::table>(std::move(parsed).table());
}

std::string text_at(const toml::table& table, std::string_view key) {
  return table[key].value_or(std::string());
}

std::vector<std::string> texts_at(const toml::table& table, std::string_view key) {
  std::vector<std::string> out;
  if (const toml::array* list = table[key].as_array()) {
    for (const toml::node& item : *list) {
      if (const auto text = item.value<std::string>()) out.push_back(*text);
    }
  }
  return out;
}

}  // namespace toolpost::uv_package
