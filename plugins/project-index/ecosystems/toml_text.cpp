// SPDX-License-Identifier: Apache-2.0
// The one translation unit that holds the library's code (TOML_HEADER_ONLY is 0 everywhere).
#define TOML_IMPLEMENTATION
#include "ecosystems/toml_text.hpp"

#include <utility>

namespace toolpost::project_index {
namespace {

template <class Kind>
const Kind& kind_at(const toml::table& table, std::string_view key, Draft& draft,
                    const char* expected) {
  static const Kind kNone;
  const toml::node* node = table.get(key);
  if (node == nullptr) return kNone;
  if (const Kind* found = node->as<Kind>()) return *found;
  draft.complain("'" + std::string(key) + "' is not " + expected);
  return kNone;
}

}  // namespace

toml::table toml_of(std::string_view text, Draft& draft) {
  toml::parse_result parsed = toml::parse(text);
  if (parsed) return std::move(parsed).table();
  const toml::parse_error& error = parsed.error();
  draft.complain("line " + std::to_string(error.source().begin.line) + ", column " +
                 std::to_string(error.source().begin.column) + ": " +
                 std::string(error.description()));
  return {};
}

const toml::table& table_at(const toml::table& table, std::string_view key, Draft& draft) {
  return kind_at<toml::table>(table, key, draft, "a table");
}

const toml::array& array_at(const toml::table& table, std::string_view key, Draft& draft) {
  return kind_at<toml::array>(table, key, draft, "an array");
}

std::string text_at(const toml::table& table, std::string_view key, Draft& draft) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return {};
  if (!node->is_string()) draft.complain("'" + std::string(key) + "' is not a string");
  return text_of(*node);
}

std::string text_of(const toml::node& node) {
  return node.value<std::string>().value_or(std::string());
}

}  // namespace toolpost::project_index
