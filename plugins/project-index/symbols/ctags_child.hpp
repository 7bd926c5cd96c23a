// SPDX-License-Identifier: Apache-2.0
// One running ctags.
#pragma once

#include "files/stop_token.hpp"
#include "symbols/source_symbol.hpp"
#include "symbols/symbol_line.hpp"

#include <toolpost/conversation.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::project_index {

// A text under the name that decides about its language.
struct NamedText {
  std::string name;
  std::string_view content;
};

struct CtagsAnswers {
  enum class End {
    kAll,
    kStopped,
    kSlow,      // no answer in time
    kHopeless,  // no memory, or more symbols than anybody reads: again would be the same
    kDied,
    kNotStarted
  };

  std::vector<std::vector<SourceSymbol>> symbols;  // of the texts from the first on
  End end = End::kAll;
  std::string problem;  // about the text behind the last one answered; empty for kAll
};

// Of one thread at a time. Everything but kAll ends the program: take another.
class CtagsChild {
 public:
  CtagsChild(const sdk::Launcher& launcher, const std::string& program);

  // All texts are written while the answers are read. `patience` is for each text.
  CtagsAnswers ask(const std::vector<NamedText>& texts, std::chrono::milliseconds patience,
                   const StopToken& stop);

  // False when it has ended, or has grown so much that a new one is better.
  bool is_fit() const noexcept { return conversation_.is_open() && !is_grown_; }

 private:
  sdk::Conversation conversation_;
  SymbolLineReader reader_;
  std::string request_;  // keeps its memory between batches
  bool is_grown_ = false;
};

}  // namespace toolpost::project_index
