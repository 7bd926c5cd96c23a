// SPDX-License-Identifier: Apache-2.0
#include "pep/specifier.hpp"

#include "pep/ascii.hpp"
#include "pep/version.hpp"

#include <algorithm>
#include <array>

namespace toolpost::pep {

namespace {

constexpr std::string_view kPrefixMark = ".*";

std::string_view leading_operator(std::string_view text) {
  static constexpr std::array<std::string_view, 8> kOperators = {
      "===", "~=", "==", "!=", "<=", ">=", "<", ">"};
  const auto* found = std::find_if(kOperators.begin(), kOperators.end(), [&](std::string_view op) {
    return text.substr(0, op.size()) == op;
  });
  return found == kOperators.end() ? std::string_view{} : *found;
}

Refusal not_allowed(std::string_view text, std::string_view rule) {
  return {"version specifier '" + std::string(text) + "': " + std::string(rule)};
}

// "1.2.*" stands for a release prefix; nothing but an epoch and a release may come before it.
bool is_release_prefix(std::string_view text) {
  if (!text.empty() && (text.front() == 'v' || text.front() == 'V')) text.remove_prefix(1);
  const bool plain = std::all_of(text.begin(), text.end(),
                                 [](char c) { return is_digit(c) || c == '.' || c == '!'; });
  return plain && Version::parse(text).has_value();
}

Checked<Specifier> parse_one(std::string_view text) {
  const std::string_view op = leading_operator(text);
  if (op.empty()) {
    return not_allowed(text, "expected one of ~= == != <= >= < > === and a version");
  }
  std::string_view rest = trimmed(text.substr(op.size()));
  const bool is_equality = op == "==" || op == "!=";
  if (rest.size() > kPrefixMark.size() && rest.substr(rest.size() - 2) == kPrefixMark) {
    const std::string_view prefix = rest.substr(0, rest.size() - kPrefixMark.size());
    if (!is_equality) return not_allowed(text, "'.*' goes with == and != only");
    if (!is_release_prefix(prefix)) return not_allowed(text, "'.*' follows a release number only");
    return Specifier{std::string(op),
                     Version::parse(prefix)->normalized() + std::string(kPrefixMark)};
  }
  const auto version = Version::parse(rest);
  if (!version) return not_allowed(text, "what follows the operator is not a PEP 440 version");
  if (version->has_local() && !is_equality && op != "===") {
    return not_allowed(text, "a local version ('+…') goes with ==, != and === only");
  }
  if (op == "~=" && version->release_size() < 2) {
    return not_allowed(text, "~= needs at least two release numbers, as in ~=1.4");
  }
  return Specifier{std::string(op), version->normalized()};
}

}  // namespace

Checked<std::vector<Specifier>> parse_specifiers(std::string_view text) {
  std::vector<Specifier> out;
  text = trimmed(text);
  if (text.empty()) return out;
  while (true) {
    const std::size_t comma = text.find(',');
    auto one = parse_one(trimmed(text.substr(0, comma)));
    if (!one) return one.refusal();
    out.push_back(std::move(*one));
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  // Readers of requirements do not agree on whether a comma ends the text after "===".
  const bool has_identity =
      std::any_of(out.begin(), out.end(), [](const Specifier& one) { return one.op == "==="; });
  if (has_identity && out.size() > 1) {
    return Refusal{"version specifier '===': stands alone, nothing can be added to it"};
  }
  return out;
}

}  // namespace toolpost::pep
