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

std::optional<std::string> find(const Values& values, const std::string& key) {
  const auto place = values.find(key);
  return place == values.end() ? std::nullopt : std::optional{place->second};
}

}  // namespace

std::vector<ConfigChange> list_config_changes(std::string_view before, std::string_view after) {
  Values from;
  Values to;
  if (json::parse(before, kLimits)) flatten(from, {}, before);
  if (json::parse(after, kLimits)) flatten(to, {}, after);
  Values keys = from;
  keys.insert(to.begin(), to.end());
  std::vector<ConfigChange> changes;
  for (const auto& [key, unused] : keys) {
    ConfigChange change{key, find(from, key), find(to, key)};
    if (change.from != change.to) changes.push_back(std::move(change));
  }
  return changes;
}

std::string config_changes(std::string_view before, std::string_view after) {
  const auto changes = list_config_changes(before, after);
  if (changes.empty()) return {};
  std::string text;
  json::Writer writer{text};
  writer.begin_array();
  std::int64_t more = 0;
  for (const auto& [key, old, now] : changes) {
    if (text.size() > kMaxBytes) {
      ++more;
      continue;
    }
    writer.begin_object().member("key", std::string_view{key});
    if (old) writer.key("from").raw(*old);
    if (now) writer.key("to").raw(*now);
    writer.end_object();
  }
  if (more != 0) writer.begin_object().member("more", more).end_object();
  writer.end_array();
  return text;
}

}  // namespace toolpost
