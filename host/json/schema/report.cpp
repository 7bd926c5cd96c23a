// SPDX-License-Identifier: Apache-2.0
// What a violation says. Only types, lengths, names of properties and what the schema itself allows
// are repeated, never a value.
#include "base/nearest.hpp"
#include "json/schema/text.hpp"
#include "json/schema/uri.hpp"
#include "json/schema/validator.hpp"

namespace toolpost::json {
namespace {

constexpr std::size_t kKeyBytes = 64;
constexpr std::size_t kDetailBytes = 600;
// Comparing with more names than a person keeps apart would only cost time.
constexpr std::size_t kMaxCandidates = 256;

// Control characters would let a name break out of its line in a log.
std::string printable(std::string_view key) {
  std::string out = shortened(key, kKeyBytes);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return out;
}

}  // namespace

void Validator::report(const Node& node, const Frame& frame, Keyword keyword,
                       const Reason& reason) {
  // The text may have come from a trial that reported in more detail, or have used up the budget.
  if (budget_.exhausted()) return;
  std::vector<const Path*> chain;
  for (const Path* at = frame.path; at != nullptr; at = at->parent) chain.push_back(at);
  Violation& violation = violations_.emplace_back();
  for (auto at = chain.rbegin(); at != chain.rend(); ++at) {
    const Path& step = **at;
    append_token(violation.instance_path,
                 step.is_index ? std::to_string(step.index) : printable(step.key));
  }
  violation.rule = keyword_name(keyword);
  violation.schema_path = location_of(program_.origins, node.origin);
  if (keyword != Keyword::kFalse) append_token(violation.schema_path, violation.rule);
  const std::string& path = violation.instance_path;
  violation.reason = reason.text;
  violation.message =
      (path.empty() ? "(root)" : path) + ": " + reason.text + " (" + violation.rule + ")";
  violation.property = reason.property;
  violation.suggestion = reason.suggestion;
}

std::string Validator::explain_alternatives(const std::vector<NodeId>& nodes, const Frame& frame) {
  std::vector<Violation> before;
  before.swap(violations_);
  const std::size_t wanted = std::exchange(wanted_, 1);
  std::string text = ", matches none of " + std::to_string(nodes.size());
  // Of the alternatives, the first whose type fits is most likely the one that was meant.
  for (const NodeId id : nodes) {
    const Node& node = program_.nodes[id];
    if (node.accepts_nothing || (type_of(frame.value) & node.types) == 0) continue;
    apply(id, {frame.value, frame.path, frame.scope, nullptr, false});
    if (!violations_.empty()) {
      text = "; the closest says: " + shortened(violations_.front().message, kDetailBytes);
    }
    break;
  }
  violations_.swap(before);
  wanted_ = wanted;
  return text;
}

std::string Validator::explain_missing(const ObjectRules& rules, const IndexSet& seen) const {
  std::vector<std::string_view> missing;
  for (std::size_t i = 0; i < rules.properties.size(); ++i) {
    const PropertyRule& rule = rules.properties[i];
    if (rule.is_required && !seen.contains(i)) missing.push_back(rule.name);
  }
  const char* const noun = missing.size() == 1 ? "property " : "properties ";
  return std::string{"must have the "} + noun + listed(missing);
}

Validator::Reason Validator::explain_unknown(const ObjectRules& rules, std::string_view name) {
  std::vector<std::string_view> known;
  for (const PropertyRule& rule : rules.properties) {
    if (rule.schema != kNone) known.push_back(rule.name);
  }
  Reason reason{"must not have the property " + quoted(name), name};
  if (known.empty()) return reason;
  if (known.size() <= kMaxCandidates) reason.suggestion = nearest(name, known).value_or("");
  if (reason.suggestion.empty()) {
    reason.text += "; known are " + listed(known);
  } else {
    reason.text += "; did you mean " + quoted(reason.suggestion) + "? Known are " + listed(known);
  }
  return reason;
}

}  // namespace toolpost::json
