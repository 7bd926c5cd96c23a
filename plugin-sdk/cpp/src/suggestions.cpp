// SPDX-License-Identifier: Apache-2.0
#include <toolpost/suggestions.hpp>

#include <algorithm>

namespace toolpost::sdk {
namespace {

// Not std::tolower: it follows the locale of the process.
char lower(char character) noexcept {
  return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a')
                                              : character;
}

bool begins_with(std::string_view value, std::string_view typed) noexcept {
  return value.size() >= typed.size() &&
         std::equal(typed.begin(), typed.end(), value.begin(),
                    [](char left, char right) { return lower(left) == lower(right); });
}

}  // namespace

Suggestions Suggestions::matching(const std::vector<std::string>& values, std::string_view typed) {
  Suggestions suggestions;
  for (const std::string& value : values) {
    if (begins_with(value, typed)) suggestions.add(value);
  }
  return suggestions;
}

Suggestions& Suggestions::add(std::string value) {
  values_.push_back(std::move(value));
  return *this;
}

Suggestions& Suggestions::total(std::size_t count) {
  total_ = count;
  return *this;
}

Suggestions& Suggestions::has_more() {
  has_more_ = true;
  return *this;
}

std::string Suggestions::payload() const {
  Json values = Json::array();
  for (const std::string& value : values_) values.push_back(value);
  Json completion = Json::object({{"values", std::move(values)}});
  if (!total_.is_null()) completion.set("total", total_);
  if (has_more_) completion.set("hasMore", true);
  return Json::object({{"completion", std::move(completion)}}).dump();
}

namespace detail {

std::string subject_of(toolpost_kind kind, std::string_view key) {
  if (kind == TOOLPOST_KIND_PROMPT) return "prompt:" + std::string(key);
  if (kind == TOOLPOST_KIND_RESOURCE_TEMPLATE) return "template:" + std::string(key);
  return {};
}

Item completion_item(std::string subject, const std::string& argument, Completer completer) {
  Item item;
  item.kind = TOOLPOST_KIND_COMPLETION;
  item.key = subject + "#" + argument;
  item.subject = std::move(subject);
  item.flags = TOOLPOST_ITEM_READ_ONLY;
  item.handler = [completer = std::move(completer)](Call call) {
    const Json& given = call.arguments();
    const Json& typed = given.at("argument");
    const Json& others = given["context"]["arguments"];
    const Suggestions suggestions =
        completer({typed.at("name").as_string(), typed.at("value").as_string(),
                   others.is_object() ? others : Json::object(), call});
    call.complete(suggestions);
  };
  return item;
}

Completer completer_of(std::vector<std::string> values) {
  return [values = std::move(values)](const Typed& typed) {
    return Suggestions::matching(values, typed.value);
  };
}

}  // namespace detail
}  // namespace toolpost::sdk
