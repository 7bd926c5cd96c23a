// SPDX-License-Identifier: Apache-2.0
// One line of what ctags answers.
#pragma once

#include "symbols/source_symbol.hpp"

#include <boost/json/parser.hpp>

#include <string_view>

namespace toolpost::project_index {

enum class LineKind {
  kSymbol,
  kNothing,    // a greeting, a warning, or a symbol that has no name of its own
  kCompleted,  // the end of a file's symbols
  kFatal       // ctags cannot go on, and will not end by itself: it has no memory left
};

// Tags come as fields, all else as JSON. Keeps its buffers between lines. Of one thread.
class SymbolLineReader {
 public:
  // Another one where the same text may give other symbols than before.
  static constexpr std::string_view kVersion = "2";

  // What ctags is told to make of a tag. The mark in front tells it from the JSON, whatever a
  // source file names its symbols.
  static constexpr std::string_view kTagFormat = "+%N\t%n\t%{end}\t%K\t%S\t%s";

  // Longer names are no names; a longer signature or scope is left out.
  static constexpr std::size_t kMaxName = 512;
  static constexpr std::size_t kMaxDetail = 1024;

  // Fills `symbol` when the line is one. A line that is neither is kNothing: the end of the answer
  // is what counts, and nothing but ctags itself can forge that.
  LineKind read(std::string_view line, SourceSymbol& symbol);

 private:
  LineKind read_notice(std::string_view line);

  boost::json::parser parser_;
};

// Without the names that ctags makes up for what has none: "a::__anon1234::B" gives "a::B".
std::string without_anonymous(std::string_view scope);

}  // namespace toolpost::project_index
