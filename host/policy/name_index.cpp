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

void NameIndex::add(const PackagePattern& pattern, Id id) {
  if (pattern.is_name) {
    names_[pattern.text].push_back(id);
  } else {
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
  std::vector<Id> out;
  if (const auto named = names_.find(std::string{normalized_name}); named != names_.end()) {
    out = named->second;
  }
  if (!expressions_.empty()) {
    std::vector<int> places;
    RE2::Set::ErrorInfo failure{};
    const re2::StringPiece text{normalized_name.data(), normalized_name.size()};
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
