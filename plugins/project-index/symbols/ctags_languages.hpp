// SPDX-License-Identifier: Apache-2.0
// Which names ctags has a parser for, by its own list.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace toolpost::project_index {

// Immutable once read: any thread.
class CtagsLanguages {
 public:
  // Data, not source: thousands of keys that are nobody's definition.
  static constexpr std::string_view kLeftOut = "DBusIntrospect,Diff,JSON,Passwd,PlistXML,SVG";

  // Of `ctags --list-maps`: a language and its patterns on each line. Languages left out count as
  // unknown.
  static CtagsLanguages read(std::string_view maps);

  // The last part of the path decides.
  bool covers(std::string_view path) const;

  // What ctags is told the file is called: nothing but harmless characters, and with the ending of
  // its language when only the first line tells that. Empty = no parser is responsible.
  std::string name_for(std::string_view path, std::string_view content) const;

  std::size_t size() const noexcept { return count_; }

 private:
  void add(std::string_view pattern);
  bool is_known(std::string_view name) const;

  std::unordered_set<std::string> endings_;  // of "*.cpp": behind the last dot
  std::unordered_set<std::string> names_;    // "CMakeLists.txt"
  std::vector<std::string> long_endings_;    // of "*.build.xml": ".build.xml"
  std::vector<std::string> beginnings_;      // of "Kconfig*": "Kconfig"
  std::size_t count_ = 0;                    // of languages
};

}  // namespace toolpost::project_index
