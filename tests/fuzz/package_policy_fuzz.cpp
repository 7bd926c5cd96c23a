// SPDX-License-Identifier: Apache-2.0
// The first line is an entry of a list, the second a name, the rest a file of rules. An entry that
// is taken matches what RE2 says and is of use; no file may crash the reader, and one that is taken
// decides about every package.
#include "base/check.hpp"
#include "pep/package_name.hpp"
#include "policy/package_policy.hpp"
#include "policy/pattern_shape.hpp"
#include "policy/regex_options.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace toolpost;
using namespace toolpost::policy;

std::string_view take_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

bool matches(const PackagePattern& pattern, std::string_view name) {
  NameIndex index;
  index.add(pattern, 0);
  TOOLPOST_CHECK(index.finish().has_value());
  const auto found = index.find(name);
  TOOLPOST_CHECK(found.has_value());
  return !found->empty();
}

void check_entry(std::string_view entry, const std::string& name) {
  const auto pattern = compile_entry(entry);
  if (!pattern) {
    TOOLPOST_CHECK(!pattern.error().message().empty());
    return;
  }
  const bool found = matches(*pattern, name);
  if (pattern->kind == PackagePattern::Kind::kName) {
    TOOLPOST_CHECK(found == (pep::normalized_name(entry) == name));
    return;
  }
  const RE2 regex{re2::StringPiece{entry.data(), entry.size()}, regex_options()};
  TOOLPOST_CHECK(found == RE2::FullMatch(name, regex));
  const auto shape = PatternShape::parse(entry);
  TOOLPOST_CHECK(shape.has_value() && !shape->dead_part());
  TOOLPOST_CHECK(!found || shape->may_match(name));
}

void check_rules(std::string_view text, const std::string& name) {
  const auto policy = PackagePolicy::compile({.allowed = {"allowed_packages", "x", {}},
                                              .blocked = {"blocked_packages", "x", {}},
                                              .file = "/packages.json",
                                              .file_text = std::string{text}});
  if (!policy) {
    TOOLPOST_CHECK(policy.error().message().starts_with("/packages.json"));
    return;
  }
  const auto facts = package_facts({.name = name, .version = "1.0"});
  TOOLPOST_CHECK(facts.has_value());
  const Verdict verdict = policy->check(*facts);
  TOOLPOST_CHECK(verdict.rule.starts_with("packages.json: "));
  TOOLPOST_CHECK(verdict.allowed == verdict.message.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest{reinterpret_cast<const char*>(data), size};
  const std::string_view entry = take_line(rest);
  const std::string_view written = take_line(rest);
  const std::string name =
      pep::is_package_name(written) ? pep::normalized_name(written) : "requests";
  check_entry(entry, name);
  if (!rest.empty()) check_rules(rest, name);
  return 0;
}
