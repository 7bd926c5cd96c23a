// SPDX-License-Identifier: Apache-2.0
#include "policy/package_list.hpp"

#include "base/json_escape.hpp"
#include "pep/ascii.hpp"

namespace toolpost::policy {
namespace {

std::string describe(std::size_t place, std::string_view entry) {
  std::string out = "element " + std::to_string(place + 1) + ", ";
  append_json_string(out, entry.substr(0, kMaxPatternLength));
  return out;
}

}  // namespace

PackageList PackageList::compile(const ListSource& source, Problems& problems) {
  PackageList out;
  out.name_ = source.name;
  out.where_ = source.where;
  if (source.entries.size() > kMaxListEntries) {
    problems.add(source.where, source.name + " has more than " + std::to_string(kMaxListEntries) +
                                   " elements; write expressions instead of names");
    return out;
  }
  bool sound = true;
  for (std::size_t i = 0; i < source.entries.size(); ++i) {
    const std::string_view entry = pep::trimmed(source.entries[i]);
    const auto pattern = compile_entry(entry);
    if (pattern) {
      out.index_.add(*pattern, static_cast<NameIndex::Id>(i));
    } else {
      sound = false;
      problems.add(source.where,
                   source.name + ": " + describe(i, entry) + ": " + pattern.error().message());
    }
  }
  if (!sound) return out;
  if (const auto done = out.index_.finish(); !done) {
    problems.add(source.where, source.name + ": " + done.error().message());
  }
  return out;
}

PackageList::Found PackageList::find(std::string_view normalized_name) const {
  const auto ids = index_.find(normalized_name);
  if (!ids) return {.known = false, .entry = {}};
  if (ids->empty()) return {};
  return {.known = true, .entry = ids->front()};
}

std::string PackageList::rule(NameIndex::Id entry) const {
  return name_ + "[" + std::to_string(entry) + "]";
}

}  // namespace toolpost::policy
