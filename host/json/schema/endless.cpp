// SPDX-License-Identifier: Apache-2.0
#include "json/schema/compiler.hpp"

#include <cstdint>
#include <utility>

namespace toolpost::json {
namespace {

enum class Mark : std::uint8_t { kNew, kOpen, kDone };

// The nodes that are applied to the same value, whatever it is.
std::vector<NodeId> successors(const Node& node) {
  if (!node.in_place) return {};
  const InPlaceRules& rules = *node.in_place;
  std::vector<NodeId> next = rules.all_of;
  if (rules.reference != kNone) next.push_back(rules.reference);
  const bool is_static = rules.dynamic.name == kNone;
  if (is_static && rules.dynamic.target != kNone) next.push_back(rules.dynamic.target);
  return next;
}

struct Visit {
  NodeId node;
  std::vector<NodeId> next;
};

}  // namespace

Result<> refuse_endless_references(const Program& program) {
  std::vector<Mark> marks(program.nodes.size(), Mark::kNew);
  std::vector<Visit> open;
  const auto enter = [&](NodeId node) {
    marks[node] = Mark::kOpen;
    open.push_back({node, successors(program.nodes[node])});
  };
  for (NodeId start = 0; start < program.nodes.size(); ++start) {
    if (marks[start] == Mark::kNew) enter(start);
    while (!open.empty()) {
      Visit& visit = open.back();
      if (visit.next.empty()) {
        marks[visit.node] = Mark::kDone;
        open.pop_back();
        continue;
      }
      const NodeId next = visit.next.back();
      visit.next.pop_back();
      if (marks[next] == Mark::kOpen) {
        return invalid(location_of(program.origins, program.nodes[next].origin) +
                       ": refers to itself without end");
      }
      if (marks[next] == Mark::kNew) enter(next);
    }
  }
  return {};
}

}  // namespace toolpost::json
