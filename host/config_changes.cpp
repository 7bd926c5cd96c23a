// SPDX-License-Identifier: Apache-2.0
#include "config_changes.hpp"

#include "json/parser.hpp"
#include "json/raw.hpp"
#include "json/writer.hpp"

#include <map>

namespace toolpost {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{24} * 1024;
constexpr std::size_t kMaxValueBytes = 2048;
// What was printed has been read under stricter ones.
constexpr json::Limits kLimits{.depth = 256, .members = 1'000'000};

using Values = std::map<std::string, std::string>;

void flatten(Values& values, const std::string& prefix, std::string_view object) {
  json::RawObject members{object};
  for (json::RawMember member; members.next(member);) {
    const std::string key = prefix + json::unescape(member.key);
    if (member.value.starts_with('{') && member.value != "{}") {
      flatten(values, key + ".", member.value);
      continue;
    }
    std::string& value = values[key];
    json::append_on_one_line(value, member.value);
    if (value.size() > kMaxValueBytes) value = "\"too long to be shown\"";
  }
}

const std::string* find(const Values& values, const std::string& key) {
  const auto place = values.find(key);
  return place == values.end() ? nullptr : &place->second;
}

}  // namespace

std::string config_changes(std::string_view before, std::string_view after) {
  Values from;
  Values to;
  if (json::parse(before, kLimits)) flatten(from, {}, before);
  if (json::parse(after, kLimits)) flatten(to, {}, after);
  Values keys = from;
  keys.insert(to.begin(), to.end());
  std::string text;
  json::Writer writer{text};
  writer.begin_array();
  bool any = false;
  std::int64_t more = 0;
  for (const auto& [key, unused] : keys) {
    const std::string* old = find(from, key);
    const std::string* now = find(to, key);
    if (old != nullptr && now != nullptr && *old == *now) continue;
    any = true;
    if (text.size() > kMaxBytes) {
      ++more;
      continue;
    }
    writer.begin_object().member("key", std::string_view{key});
    if (old != nullptr) writer.key("from").raw(*old);
    if (now != nullptr) writer.key("to").raw(*now);
    writer.end_object();
  }
  if (more != 0) writer.begin_object().member("more", more).end_object();
  writer.end_array();
  return any ? text : std::string{};
}

}  // namespace toolpost
