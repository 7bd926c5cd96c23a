// SPDX-License-Identifier: Apache-2.0
#include "policy/package_pattern.hpp"

#include "base/json_escape.hpp"
#include "pep/ascii.hpp"
#include "pep/package_name.hpp"
#include "policy/pattern_shape.hpp"
#include "policy/regex_options.hpp"

#include <re2/re2.h>

#include <algorithm>

namespace toolpost::policy {
namespace {

constexpr int kMaxProgramSize = 10'000;

bool is_name_character(char c) {
  return pep::is_alnum(c) || c == '-' || c == '_' || c == '.';
}

Result<> check_text(std::string_view text) {
  if (text.empty()) return invalid("is empty; remove it, or the comma too many");
  if (text.size() > kMaxPatternLength) {
    return Error{Errc::kLimit, "is longer than " + std::to_string(kMaxPatternLength) + " bytes"};
  }
  if (!std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; })) {
    return invalid("has a character that is not printable ASCII; names of packages have none");
  }
  return {};
}

Result<PackagePattern> as_name(std::string_view text) {
  if (!pep::is_package_name(text)) {
    return invalid("is not a package name: letters, digits and '-_.', at most " +
                   std::to_string(pep::kMaxNameLength) + ", with a letter or digit at both ends");
  }
  return PackagePattern{PackagePattern::Kind::kName, pep::normalized_name(text)};
}

// An expression that has been checked.
PackagePattern simplified(std::string_view regex) {
  using Kind = PackagePattern::Kind;
  constexpr std::string_view kAnything = ".*";
  std::string_view text = regex;
  while (text.starts_with(kAnything)) text.remove_prefix(kAnything.size());
  const bool is_open_before = text.size() != regex.size();
  const std::size_t size = text.size();
  while (text.ends_with(kAnything)) text.remove_suffix(kAnything.size());
  const bool is_open_after = text.size() != size;
  const bool is_plain =
      std::all_of(text.begin(), text.end(), [](char c) { return pep::is_alnum(c) || c == '-'; });
  if (text.empty() && (is_open_before || is_open_after)) return {Kind::kPrefix, {}};
  if (!is_plain || (!is_open_before && !is_open_after)) {
    return {Kind::kExpression, std::string{regex}};
  }
  const Kind kind = !is_open_before ? Kind::kPrefix : is_open_after ? Kind::kPart : Kind::kSuffix;
  return {kind, pep::lowered(text)};
}

std::string why_dead(const DeadPart& part) {
  if (part.text.empty()) return "can never match: it matches no package name";
  const std::string where = "can never match with " + json_string(part.text) + " at character " +
                            std::to_string(part.offset + 1) + ": ";
  if (part.text == "{" || part.text == "}") {
    return where +
           "a repetition such as {1,3} is torn apart where a comma separates entries; put "
           "it into the list in toolpost.json, or write it without a comma";
  }
  if (part.is_outside_names) {
    return where +
           "names are compared in normal form, lower case with one '-' for each run of "
           "'-', '_' and '.'; write '-' there";
  }
  return where +
         "in normal form a name begins and ends with a letter or digit and has no two '-' "
         "in a row";
}

Result<PackagePattern> as_regex(std::string_view text) {
  const RE2 compiled{re2::StringPiece{text.data(), text.size()}, regex_options()};
  if (!compiled.ok()) {
    return invalid("is neither a package name nor a regular expression that RE2 reads: " +
                   compiled.error() + "; a comma separates entries, also inside [ ] and { }");
  }
  if (compiled.ProgramSize() > kMaxProgramSize) {
    return Error{Errc::kLimit, "is too complex; split it into several entries"};
  }
  const auto shape = PatternShape::parse(text);
  if (!shape) return shape.error();
  if (const auto dead = shape->dead_part()) return invalid(why_dead(*dead));
  return simplified(text);
}

}  // namespace

Result<PackagePattern> compile_entry(std::string_view entry) {
  if (const auto fits = check_text(entry); !fits) return fits.error();
  return std::all_of(entry.begin(), entry.end(), is_name_character) ? as_name(entry)
                                                                    : as_regex(entry);
}

Result<PackagePattern> compile_glob(std::string_view glob) {
  if (const auto fits = check_text(glob); !fits) return fits.error();
  if (glob.find('*') == std::string_view::npos) return as_name(glob);
  const bool plain = std::all_of(glob.begin(), glob.end(),
                                 [](char c) { return is_name_character(c) || c == '*'; });
  if (!plain) {
    return invalid("is neither a package name nor a glob: letters, digits, '-_.' and '*'");
  }
  if (glob.find(".*") != std::string_view::npos) {
    return invalid(
        "reads like a regular expression; in a glob '*' alone stands for any text, and "
        "'-*' for any text after a separator");
  }
  // The stars keep their places: normalising touches only what stands between them.
  std::string regex;
  for (const char c : pep::normalized_name(glob)) {
    if (c == '*') regex += '.';
    regex += c;
  }
  const auto shape = PatternShape::parse(regex);
  if (!shape) return shape.error();
  if (shape->dead_part()) {
    return invalid("can never match: in normal form a name begins and ends with a letter or digit");
  }
  return simplified(regex);
}

}  // namespace toolpost::policy
