// SPDX-License-Identifier: Apache-2.0
#include "entry_rules.hpp"

#include "schema_rules.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace toolpost::manifest {
namespace {

using sdk::Json;

constexpr std::uint32_t kKnownFlags = TOOLPOST_ENTRY_ISOLATE | TOOLPOST_ENTRY_SINGLETON;

// As the host has them.
constexpr std::size_t kMaxIdSize = 128;
constexpr std::size_t kMaxNameSize = 256;
constexpr std::size_t kMaxVersionSize = 64;
constexpr std::size_t kMaxSchemaSize = std::size_t{256} * 1024;
constexpr std::size_t kMaxInstructionsSize = std::size_t{64} * 1024;

[[noreturn]] void refuse(const char* field, const std::string& why) {
  throw std::runtime_error("entry." + std::string(field) + " " + why);
}

bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

bool is_plugin_id(std::string_view id) {
  bool label_begins = true;
  for (const char c : id) {
    if (label_begins && !is_lower_or_digit(c)) return false;
    if (!is_lower_or_digit(c) && c != '-' && c != '.') return false;
    label_begins = c == '.';
  }
  return !label_begins;
}

// The identifiers between the dots; what is all digits is a number, and has no leading zero where
// `numbers` count.
bool are_identifiers(std::string_view text, bool numbers) {
  for (;;) {
    const std::string_view one = text.substr(0, text.find('.'));
    const bool good = !one.empty() && std::all_of(one.begin(), one.end(), [](char c) {
      return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
    });
    if (!good) return false;
    const bool is_number = std::all_of(one.begin(), one.end(), is_digit);
    if (numbers && is_number && one.size() > 1 && one.front() == '0') return false;
    if (one.size() == text.size()) return true;
    text.remove_prefix(one.size() + 1);
  }
}

// https://semver.org/spec/v2.0.0.html
bool is_semver(std::string_view text) {
  constexpr std::ptrdiff_t kDots = 2;
  if (const std::size_t plus = text.find('+'); plus != std::string_view::npos) {
    if (!are_identifiers(text.substr(plus + 1), false)) return false;
    text = text.substr(0, plus);
  }
  if (const std::size_t dash = text.find('-'); dash != std::string_view::npos) {
    if (!are_identifiers(text.substr(dash + 1), true)) return false;
    text = text.substr(0, dash);
  }
  return std::count(text.begin(), text.end(), '.') == kDots && are_identifiers(text, true) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
}

// The reader is used as the UTF-8 check: the writer would mend what the host then refuses.
std::string text_of(const toolpost_str& text, const char* field, std::size_t limit) {
  if (text.size > limit) {
    refuse(field,
           "has " + std::to_string(text.size) + " bytes, more than " + std::to_string(limit));
  }
  if (text.size != 0 && text.data == nullptr) refuse(field, "is NULL but has a size");
  std::string value = text.size == 0 ? std::string() : std::string(text.data, text.size);
  const Json written(value);
  if (Json::parse(written.dump()) != written) refuse(field, "is not valid UTF-8");
  if (value.find('\0') != std::string::npos) refuse(field, "contains NUL");
  return value;
}

std::string line_of(const toolpost_str& text, const char* field, std::size_t limit) {
  std::string value = text_of(text, field, limit);
  if (std::any_of(value.begin(), value.end(), is_control)) {
    refuse(field, "contains a control character");
  }
  return value;
}

std::string filled_line_of(const toolpost_str& text, const char* field, std::size_t limit) {
  std::string value = line_of(text, field, limit);
  if (value.empty()) refuse(field, "is empty");
  return value;
}

std::string version_text(std::uint32_t version) {
  return std::to_string(version >> 16U) + "." + std::to_string(version & 0xFFFFU);
}

Json config_schema_of(const toolpost_entry& entry) {
  const char* const kField = "config_schema";
  const std::string text = text_of(entry.config_schema, kField, kMaxSchemaSize);
  if (text.empty()) return Json::object();
  Json schema;
  try {
    schema = Json::parse(text);
  } catch (const std::exception& error) {
    refuse(kField, std::string("is not JSON: ") + error.what());
  }
  if (!schema.is_object()) refuse(kField, "is not a JSON object");
  if (const auto mistake = find_schema_mistake(schema)) refuse(kField, "is no schema: " + *mistake);
  return schema;
}

Json flag_names(std::uint32_t flags) {
  if ((flags & ~kKnownFlags) != 0) refuse("flags", "has bits that ABI 1.0 does not know");
  Json names = Json::array();
  if ((flags & TOOLPOST_ENTRY_ISOLATE) != 0) names.push_back("isolate");
  if ((flags & TOOLPOST_ENTRY_SINGLETON) != 0) names.push_back("singleton");
  return names;
}

void check_numbers(const toolpost_entry& entry) {
  if (!TOOLPOST_HAS(&entry, toolpost_entry, create)) {
    refuse("struct_size", "is smaller than that of ABI 1.0");
  }
  if (entry.struct_size > sizeof(toolpost_entry)) {
    refuse("struct_size", "is larger than that of the header this was built with");
  }
  if (entry.abi_version >> 16U != TOOLPOST_ABI_MAJOR) {
    refuse("abi_version", "is " + version_text(entry.abi_version) + ", not of major 1");
  }
  if (entry.min_host_version >> 16U != TOOLPOST_ABI_MAJOR) {
    refuse("min_host_version", "is " + version_text(entry.min_host_version) + ", not of major 1");
  }
  if (entry.create == nullptr) refuse("create", "is NULL");
}

}  // namespace

EntryTexts read_entry(const toolpost_entry* entry) {
  if (entry == nullptr) throw std::runtime_error("toolpost_entry_v1() returned NULL");
  check_numbers(*entry);
  EntryTexts texts;
  texts.id = filled_line_of(entry->id, "id", kMaxIdSize);
  if (!is_plugin_id(texts.id)) refuse("id", "is '" + texts.id + "', not like com.example.tool");
  texts.name = filled_line_of(entry->name, "name", kMaxNameSize);
  texts.version = filled_line_of(entry->version, "version", kMaxVersionSize);
  if (!is_semver(texts.version)) {
    refuse("version", "is '" + texts.version + "', not a semantic version like 1.2.3");
  }
  texts.vendor = line_of(entry->vendor, "vendor", kMaxNameSize);
  texts.abi = version_text(entry->abi_version);
  texts.min_host = version_text(entry->min_host_version);
  texts.protocol = filled_line_of(entry->protocol, "protocol", kMaxVersionSize);
  texts.flags = flag_names(entry->flags);
  texts.config_schema = config_schema_of(*entry);
  texts.instructions = text_of(entry->instructions, "instructions", kMaxInstructionsSize);
  return texts;
}

}  // namespace toolpost::manifest
