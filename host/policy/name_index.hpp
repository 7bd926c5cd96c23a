// SPDX-License-Identifier: Apache-2.0
// Which of many patterns a package's name matches: names and their parts by hash, expressions by
// one automaton for all of them, so that the time hardly depends on how many there are.
#pragma once

#include "base/error.hpp"
#include "policy/package_pattern.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace re2 {
class RE2;
}

namespace toolpost::policy {

// Filled by one thread, then finish(); after that immutable and callable from any thread.
class NameIndex {
 public:
  using Id = std::uint32_t;

  NameIndex();
  ~NameIndex();
  NameIndex(NameIndex&&) noexcept;
  NameIndex& operator=(NameIndex&&) noexcept;

  // Several patterns may have the same id.
  void add(const PackagePattern& pattern, Id id);
  Result<> finish();

  bool empty() const noexcept { return size_ == 0; }

  // The ids of all that match, ascending, each once. Nothing when the automaton ran out of memory:
  // then the answer is not known.
  std::optional<std::vector<Id>> find(std::string_view normalized_name) const;

 private:
  struct Automaton;

  struct Hash {
    using is_transparent = void;

    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  // Texts, to be asked for pieces of a name that have the length of one of them.
  class Texts {
   public:
    void add(const std::string& text, Id id);
    void find(std::string_view piece, std::vector<Id>& out) const;

    const std::set<std::size_t>& lengths() const noexcept { return lengths_; }

   private:
    std::unordered_map<std::string, std::vector<Id>, Hash, std::equal_to<>> ids_;
    std::set<std::size_t> lengths_;
  };

  Texts names_;
  Texts prefixes_;
  Texts suffixes_;
  Texts parts_;
  std::size_t size_ = 0;
  std::vector<Id> expressions_;  // by place in the automaton
  std::unique_ptr<Automaton> automaton_;
};

}  // namespace toolpost::policy
