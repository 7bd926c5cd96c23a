// SPDX-License-Identifier: Apache-2.0
#include "policy/pattern_shape.hpp"

#include "policy/shape_parser.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace toolpost::policy {

// Walks the automaton along all normalised names at once: a state is a node and what the name has
// been so far.
class ShapeWalk {
 public:
  explicit ShapeWalk(const PatternShape& shape)
      : shape_(shape),
        reached_(shape.nodes_.size() * kContexts),
        alive_(shape.nodes_.size() * kContexts) {
    visit({shape.start_, kEmpty});
    while (!open_.empty()) {
      const State state = open_.back();
      open_.pop_back();
      for_each_step(state, [&](State next) {
        before_.emplace_back(index(state), index(next));
        visit(next);
      });
    }
    find_alive();
  }

  // Whether some name's match goes through this node.
  bool is_used(int node) const { return has_step(node, alive_); }

  // Whether the beginning of some name gets past this node.
  bool is_passed(int node) const { return has_step(node, reached_); }

  bool matches_something() const { return alive_[index({shape_.start_, kEmpty})]; }

 private:
  // What the name consists of so far; after a '$' nothing may follow.
  enum Context : int { kEmpty, kAlnum, kDash, kEnded, kContexts };

  struct State {
    int node;
    int context;
  };

  static std::size_t index(State state) {
    return static_cast<std::size_t>(state.node) * kContexts +
           static_cast<std::size_t>(state.context);
  }

  bool has_step(int node, const std::vector<bool>& among) const {
    for (int context = 0; context < kContexts; ++context) {
      if (!among[index({node, context})]) continue;
      bool found = false;
      for_each_step({node, context}, [&](State next) { found = found || among[index(next)]; });
      if (found) return true;
    }
    return false;
  }

  void visit(State state) {
    if (reached_[index(state)]) return;
    reached_[index(state)] = true;
    open_.push_back(state);
  }

  template <class Function>
  void for_each_step(State state, Function step) const {
    const PatternShape::Node& node = shape_.nodes_[static_cast<std::size_t>(state.node)];
    const auto go = [&](int to, int context) {
      if (to >= 0) step(State{to, context});
    };
    switch (node.kind) {
      case PatternShape::Kind::kJump:
        go(node.next, state.context);
        go(node.other, state.context);
        break;
      case PatternShape::Kind::kBegin:
        if (state.context == kEmpty) go(node.next, kEmpty);
        break;
      case PatternShape::Kind::kEnd:
        if (state.context == kAlnum || state.context == kEnded) go(node.next, kEnded);
        break;
      case PatternShape::Kind::kCharacter:
        if (state.context == kEnded) break;
        if ((node.characters & ~dash()).any()) go(node.next, kAlnum);
        if (state.context == kAlnum && (node.characters & dash()).any()) go(node.next, kDash);
        break;
    }
  }

  static CharacterSet dash() { return CharacterSet{}.set(kNameCharacters - 1); }

  void find_alive() {
    std::vector<std::vector<std::size_t>> backwards(reached_.size());
    for (const auto& [from, to] : before_) backwards[to].push_back(from);
    std::vector<std::size_t> open;
    const auto mark = [&](std::size_t state) {
      if (!reached_[state] || alive_[state]) return;
      alive_[state] = true;
      open.push_back(state);
    };
    mark(index({shape_.accept_, kAlnum}));
    mark(index({shape_.accept_, kEnded}));
    while (!open.empty()) {
      const std::size_t state = open.back();
      open.pop_back();
      for (const std::size_t from : backwards[state]) mark(from);
    }
  }

  const PatternShape& shape_;
  std::vector<bool> reached_;
  std::vector<bool> alive_;
  std::vector<State> open_;
  std::vector<std::pair<std::size_t, std::size_t>> before_;
};

Result<PatternShape> PatternShape::parse(std::string_view pattern) {
  return ShapeParser{pattern}.run();
}

std::optional<DeadPart> PatternShape::dead_part() const {
  const ShapeWalk walk{*this};
  std::map<std::size_t, PartState> parts;  // by offset: repetitions have the same part twice
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].length == 0) continue;
    PartState& part = parts[nodes_[i].offset];
    part.node = &nodes_[i];
    part.is_used = part.is_used || walk.is_used(static_cast<int>(i));
    part.is_passed = part.is_passed || walk.is_passed(static_cast<int>(i));
  }
  // A part that keeps the whole pattern from matching makes all others dead too: blame the one that
  // is no part of names, else the one where names get stuck, else the end they never reach.
  const PartState* blamed = nullptr;
  int best = 0;
  for (const auto& [offset, part] : parts) {
    if (part.is_used) continue;
    int blame = walk.matches_something() ? 1 : 2;
    if (!part.is_passed) blame = 3;
    if (part.node->characters.none()) blame = 4;
    const bool is_later_end = blame == 2 && best == 2;
    if (blame > best || is_later_end) blamed = &part;
    best = std::max(best, blame);
  }
  if (blamed != nullptr) {
    return DeadPart{blamed->node->offset, std::string{text_of(*blamed->node)},
                    blamed->node->characters.none()};
  }
  if (!walk.matches_something()) return DeadPart{};
  return std::nullopt;
}

bool PatternShape::may_match(std::string_view normalized_name) const {
  // A set of nodes for each position, closed over what consumes nothing.
  std::set<int> here;
  const auto enter = [&](auto&& self, std::set<int>& into, int node, std::size_t at) -> void {
    if (node < 0 || !into.insert(node).second) return;
    const Node& entered = nodes_[static_cast<std::size_t>(node)];
    if (entered.kind == Kind::kBegin && at != 0) return;
    if (entered.kind == Kind::kEnd && at != normalized_name.size()) return;
    if (entered.kind == Kind::kCharacter) return;
    self(self, into, entered.next, at);
    self(self, into, entered.other, at);
  };
  enter(enter, here, start_, 0);
  for (std::size_t at = 0; at < normalized_name.size(); ++at) {
    const char c = normalized_name[at];
    std::size_t symbol = kNameCharacters - 1;
    if (c >= 'a' && c <= 'z') symbol = static_cast<std::size_t>(c - 'a');
    if (c >= '0' && c <= '9') symbol = static_cast<std::size_t>(c - '0') + 26;
    std::set<int> next;
    for (const int node : here) {
      const Node& from = nodes_[static_cast<std::size_t>(node)];
      if (from.kind == Kind::kCharacter && from.characters[symbol]) {
        enter(enter, next, from.next, at + 1);
      }
    }
    here = std::move(next);
  }
  return here.contains(accept_);
}

}  // namespace toolpost::policy
