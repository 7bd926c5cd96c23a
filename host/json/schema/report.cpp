// SPDX-License-Identifier: Apache-2.0
// What a violation says. Only types, lengths, names of properties and what the schema itself allows
// are repeated, never a value.
#include "json/schema/text.hpp"
#include "json/schema/uri.hpp"
#include "json/schema/validator.hpp"

namespace toolpost::json {
namespace {

constexpr std::size_t kKeyBytes = 64;
constexpr std::size_t kDetailBytes = 600;

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
                       const std::string& text) {
  // The text may have come from a trial that reported in more detail, or have used up the budget.
  if (budget_.exhausted()) return;
  std::vector<const Path*> chain;
  for (const Path* at = frame.path; at != nullptr; at = at->parent) chain.push_back(at);
  Violation& violation = violation_.emplace();
  for (auto at = chain.rbegin(); at != chain.rend(); ++at) {
    const Path& step = **at;
    append_token(violation.instance_path,
                 step.is_index ? std::to_string(step.index) : printable(step.key));
  }
  violation.rule = keyword_name(keyword);
  violation.schema_path = location_of(program_.origins, node.origin);
  if (keyword != Keyword::kFalse) append_token(violation.schema_path, violation.rule);
  const std::string& path = violation.instance_path;
  violation.message = (path.empty() ? "(root)" : path) + ": " + text + " (" + violation.rule + ")";
}

std::string Validator::explain_alternatives(const std::vector<NodeId>& nodes, const Frame& frame) {
  // Of the alternatives, the first whose type fits is most likely the one that was meant.
  for (const NodeId id : nodes) {
    const Node& node = program_.nodes[id];
    if (node.accepts_nothing || (type_of(frame.value) & node.types) == 0) continue;
    apply(id, {frame.value, frame.path, frame.scope, nullptr, false});
    if (!violation_) break;
    const std::string detail = std::move(violation_->message);
    violation_.reset();
    return "; the closest says: " + shortened(detail, kDetailBytes);
  }
  return ", matches none of " + std::to_string(nodes.size());
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

std::string Validator::explain_unknown(const ObjectRules& rules, std::string_view name) const {
  std::vector<std::string_view> known;
  for (const PropertyRule& rule : rules.properties) {
    if (rule.schema != kNone) known.push_back(rule.name);
  }
  const std::string text = "must not have the property " + quoted(name);
  return known.empty() ? text : text + "; known are " + listed(known);
}

}  // namespace toolpost::json
