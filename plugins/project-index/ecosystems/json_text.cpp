// SPDX-License-Identifier: Apache-2.0
// Boost.JSON keeps the last of two equal keys silently: a scan of its own finds them.
#include "ecosystems/json_text.hpp"

#include <boost/json/parse.hpp>

#include <set>
#include <string>
#include <vector>

namespace toolpost::project_index {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxDepth = 64;

// Of a text that is known to be JSON. Keys are compared as they are written.
class DuplicateKeys {
 public:
  explicit DuplicateKeys(std::string_view text) : text_(text) {}

  // Empty when there is none.
  std::string first() {
    std::vector<std::set<std::string_view>> open;
    for (std::size_t at = 0; at < text_.size(); ++at) {
      const char byte = text_[at];
      if (byte == '{' || byte == '[') open.emplace_back();
      if (byte == '}' || byte == ']') open.pop_back();
      if (byte != '"') continue;
      const std::size_t begin = at + 1;
      at = end_of_string(begin);
      if (!is_key(at + 1)) continue;
      const std::string_view key = text_.substr(begin, at - begin);
      if (!open.back().insert(key).second) return std::string(key.substr(0, 100));
    }
    return {};
  }

 private:
  std::size_t end_of_string(std::size_t at) const {
    while (text_[at] != '"') at += text_[at] == '\\' ? 2 : 1;
    return at;
  }

  bool is_key(std::size_t at) const {
    at = text_.find_first_not_of(" \t\r\n", at);
    return at != std::string_view::npos && text_[at] == ':';
  }

  std::string_view text_;
};

const json::value* value_at(const json::object& object, std::string_view key) {
  return object.if_contains(key);
}

std::string wrong(std::string_view key, const char* expected) {
  return "'" + std::string(key) + "' is not " + expected;
}

}  // namespace

json::object json_object_of(std::string_view text, Draft& draft) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  json::parse_options options;
  options.max_depth = kMaxDepth;
  json::error_code error;
  json::value value = json::parse({text.data(), text.size()}, error, {}, options);
  if (error) {
    draft.complain(error == json::error::too_deep ? "nests deeper than " + std::to_string(kMaxDepth)
                                                  : "is not JSON: " + error.message());
    return {};
  }
  if (!value.is_object()) {
    draft.complain("is not a JSON object");
    return {};
  }
  const std::string twice = DuplicateKeys(text).first();
  if (!twice.empty()) draft.complain("key '" + twice + "' occurs twice: the last one counts");
  return std::move(value.get_object());
}

const json::object& object_at(const json::object& object, std::string_view key, Draft& draft) {
  static const json::object kNone;
  const json::value* value = value_at(object, key);
  if (value == nullptr || value->is_null()) return kNone;
  if (value->is_object()) return value->get_object();
  draft.complain(wrong(key, "an object"));
  return kNone;
}

const json::array& array_at(const json::object& object, std::string_view key, Draft& draft) {
  static const json::array kNone;
  const json::value* value = value_at(object, key);
  if (value == nullptr || value->is_null()) return kNone;
  if (value->is_array()) return value->get_array();
  draft.complain(wrong(key, "an array"));
  return kNone;
}

std::string_view text_at(const json::object& object, std::string_view key, Draft& draft) {
  const json::value* value = value_at(object, key);
  if (value == nullptr || value->is_null()) return {};
  if (!value->is_string()) draft.complain(wrong(key, "a string"));
  return text_of(*value);
}

std::string_view text_of(const json::value& value) {
  return value.is_string() ? std::string_view(value.get_string()) : std::string_view();
}

std::string_view quiet_text_at(const json::object& object, std::string_view key) {
  const json::value* value = value_at(object, key);
  return value == nullptr ? std::string_view() : text_of(*value);
}

}  // namespace toolpost::project_index
