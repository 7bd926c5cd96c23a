// SPDX-License-Identifier: Apache-2.0
#include "policy/name_index.hpp"

#include "policy/regex_options.hpp"

#include <re2/set.h>

#include <algorithm>

namespace toolpost::policy {
namespace {

constexpr std::int64_t kAutomatonMemory = std::int64_t{64} << 20;

Error out_of_memory() {
  return {Errc::kLimit,
          "the expressions need more than 64 MiB together; write names where names will do"};
}

}  // namespace

struct NameIndex::Automaton {
  RE2::Set set{regex_options(kAutomatonMemory), RE2::ANCHOR_BOTH};
};

NameIndex::NameIndex() : automaton_(std::make_unique<Automaton>()) {}

NameIndex::~NameIndex() = default;
NameIndex::NameIndex(NameIndex&&) noexcept = default;
NameIndex& NameIndex::operator=(NameIndex&&) noexcept = default;

void NameIndex::Texts::add(const std::string& text, Id id) {
  ids_[text].push_back(id);
  lengths_.insert(text.size());
}

void NameIndex::Texts::find(std::string_view piece, std::vector<Id>& out) const {
  const auto found = ids_.find(piece);
  if (found != ids_.end()) out.insert(out.end(), found->second.begin(), found->second.end());
}

void NameIndex::add(const PackagePattern& pattern, Id id) {
  ++size_;
  switch (pattern.kind) {
    case PackagePattern::Kind::kName:
      return names_.add(pattern.text, id);
    case PackagePattern::Kind::kPrefix:
      return prefixes_.add(pattern.text, id);
    case PackagePattern::Kind::kSuffix:
      return suffixes_.add(pattern.text, id);
    case PackagePattern::Kind::kPart:
      return parts_.add(pattern.text, id);
    case PackagePattern::Kind::kExpression:
      automaton_->set.Add(pattern.text, nullptr);
      expressions_.push_back(id);
  }
}

Result<> NameIndex::finish() {
  if (expressions_.empty()) return {};
  if (!automaton_->set.Compile()) return out_of_memory();
  // The automaton's own memory is asked for at the first match.
  if (!find("a")) return out_of_memory();
  return {};
}

std::optional<std::vector<NameIndex::Id>> NameIndex::find(std::string_view normalized_name) const {
  const std::string_view name = normalized_name;
  std::vector<Id> out;
  names_.find(name, out);
  for (const std::size_t length : prefixes_.lengths()) {
    if (length <= name.size()) prefixes_.find(name.substr(0, length), out);
  }
  for (const std::size_t length : suffixes_.lengths()) {
    if (length <= name.size()) suffixes_.find(name.substr(name.size() - length), out);
  }
  for (const std::size_t length : parts_.lengths()) {
    for (std::size_t at = 0; at + length <= name.size(); ++at) {
      parts_.find(name.substr(at, length), out);
    }
  }
  if (!expressions_.empty()) {
    std::vector<int> places;
    RE2::Set::ErrorInfo failure{};
    const re2::StringPiece text{name.data(), name.size()};
    if (!automaton_->set.Match(text, &places, &failure) && failure.kind != RE2::Set::kNoError) {
      return std::nullopt;
    }
    for (const int place : places) out.push_back(expressions_[static_cast<std::size_t>(place)]);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace toolpost::policy
