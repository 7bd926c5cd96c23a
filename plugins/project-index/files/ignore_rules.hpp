// SPDX-License-Identifier: Apache-2.0
// The rules of .gitignore files, with the meaning that git gives them.
#pragma once

#include "files/wildmatch.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace toolpost::project_index {

enum class Verdict : std::uint8_t {
  kNone,     // no rule matches
  kIgnored,  // the last rule that matches ignores
  kKept,     // the last rule that matches begins with "!"
};

// A file or directory that is asked about.
struct Candidate {
  std::string_view path;  // below the root
  std::string_view name;  // its last part
  bool is_directory;
};

// The rules of one file. Immutable once parsed; any thread may ask.
class IgnoreFile {
 public:
  IgnoreFile() = default;

  // `base` is the directory the file is in, below the directory that paths are relative to: "" or
  // "a/b". `above` is what such paths lack in front, for a file above the root: "x/y" when the root
  // is x/y below the file's directory (then `base` is "").
  // `ignores_case` is git's core.ignoreCase.
  static IgnoreFile parse(std::string_view text, std::string base, std::string above = {},
                          bool ignores_case = false);

  Verdict verdict(const Candidate& candidate) const;

  bool empty() const noexcept { return rules_.empty(); }

 private:
  struct Rule {
    Wildmatch glob;
    std::string literal;  // what stands before the first wildcard of a rule with a slash
    bool is_negative = false;
    bool wants_directory = false;
    bool has_path = false;  // compared with the path below the base, else with the name
  };

  // Compared by the pointed-to text, so that looking up a name copies nothing.
  struct NameHash {
    using is_transparent = void;

    std::size_t operator()(std::string_view name) const noexcept {
      return std::hash<std::string_view>()(name);
    }
  };

  using Index =
      std::unordered_map<std::string, std::vector<std::uint32_t>, NameHash, std::equal_to<>>;

  void add(std::string_view line);
  Verdict verdict_as_written(const Candidate& candidate) const;
  bool matches(const Rule& rule, const Candidate& candidate) const;
  int last_of(const std::vector<std::uint32_t>& numbers, const Candidate& candidate,
              int best) const;

  std::string base_;
  std::string above_;
  bool ignores_case_ = false;  // then all of the following has small letters only
  std::vector<Rule> rules_;
  Index by_name_;                        // rules that match one name only
  Index by_suffix_;                      // "*.txt" by ".txt", where there is one dot, in front
  std::vector<std::uint32_t> searched_;  // all others, in order
};

// The rule files of one kind that hold in a directory, from the innermost to the outermost.
// Immutable; directories share what holds above them, and have no level of their own without a
// file.
class IgnoreLevel {
 public:
  IgnoreLevel(std::shared_ptr<const IgnoreLevel> above, IgnoreFile file);

  // What the innermost file says that says anything. Directories on the way are not asked about:
  // the caller has, and did not go into an ignored one.
  Verdict verdict(const Candidate& candidate) const;

 private:
  std::shared_ptr<const IgnoreLevel> above_;
  IgnoreFile file_;
};

}  // namespace toolpost::project_index
