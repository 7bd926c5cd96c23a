// SPDX-License-Identifier: Apache-2.0
#include "json/schema/text.hpp"

#include "json/writer.hpp"

namespace toolpost::json {
namespace {

constexpr std::size_t kQuotedBytes = 80;
constexpr std::size_t kListed = 12;

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80;
}

template <class Item, class Show>
std::string join(std::span<const Item> items, Show show) {
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i == kListed) return out + " and " + std::to_string(items.size() - i) + " more";
    if (i > 0) out += ", ";
    out += show(items[i]);
  }
  return out;
}

}  // namespace

std::string shortened(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return std::string{text};
  while (bytes > 0 && continues_character(text[bytes])) --bytes;
  return std::string{text.substr(0, bytes)} + "\xE2\x80\xA6";
}

std::string quoted(std::string_view text) {
  std::string out;
  Writer{out}.string(shortened(text, kQuotedBytes));
  return out;
}

std::string brief(const Value& value) {
  std::string out;
  switch (value.type()) {
    case Type::kNull:
      return "null";
    case Type::kBool:
      return value.as_bool() ? "true" : "false";
    case Type::kInt64:
      return std::to_string(value.as_int64());
    case Type::kUint64:
      return std::to_string(value.as_uint64());
    case Type::kDouble:
      append_number(out, value.as_double());
      return out;
    case Type::kString:
      return quoted(value.as_string());
    case Type::kArray:
      return value.items().empty() ? "[]" : "an array";
    case Type::kObject:
      return value.members().empty() ? "{}" : "an object";
  }
  return out;
}

std::string listed(std::span<const std::string_view> names) {
  return join(names, quoted);
}

std::string listed(std::span<const Value> values) {
  return join(values, brief);
}

}  // namespace toolpost::json
