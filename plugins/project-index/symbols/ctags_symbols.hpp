// SPDX-License-Identifier: Apache-2.0
// Symbols by Universal Ctags in its sandbox: at most two of them run, and live as long as this.
#pragma once

#include "files/stop_token.hpp"
#include "symbols/ctags_child.hpp"
#include "symbols/ctags_languages.hpp"
#include "symbols/symbol_source.hpp"

#include <toolpost/process.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace toolpost::project_index {

struct CtagsSettings {
  static constexpr std::chrono::milliseconds kPatience{5000};

  std::string program = "/usr/bin/ctags";
  std::chrono::milliseconds patience = kPatience;  // for one text
  unsigned children = 2;
};

// Since the start. Texts that cost their symbols are `failed`.
struct CtagsCounts {
  std::uint64_t answered = 0;
  std::uint64_t failed = 0;
  std::uint64_t started = 0;  // children
};

// Any thread. A text that ctags dies of is tried once more, alone and by a new child, before it is
// given up; one that it is slow with is given up at once, and halves the patience with what follows
// down to a tenth, until others are answered again.
class CtagsSymbols final : public SymbolSource {
 public:
  // Without a fit ctags a Refusal that says what is missing.
  static Checked<std::unique_ptr<CtagsSymbols>> open(sdk::Launcher launcher,
                                                     CtagsSettings settings);

  bool covers(std::string_view path) const override;
  std::vector<FileSymbols> symbols_of_all(std::span<const SourceText> texts,
                                          const StopToken& stop) override;

  CtagsCounts counts() const;

 private:
  class Loan;
  struct Batch;

  CtagsSymbols(sdk::Launcher launcher, CtagsSettings settings, CtagsLanguages languages);
  bool wait_for_turn(const StopToken& stop);  // false when stopped
  std::unique_ptr<CtagsChild> idle_child();   // null when there is none
  std::unique_ptr<CtagsChild> new_child();
  void end_turn(std::unique_ptr<CtagsChild> child);
  void answer(Batch& batch, const StopToken& stop);
  bool take(Batch& batch, CtagsAnswers answers);
  std::chrono::milliseconds patience() const;
  void lose_patience();
  void regain_patience(std::size_t answered);

  const sdk::Launcher launcher_;
  const CtagsSettings settings_;
  const CtagsLanguages languages_;
  std::mutex mutex_;
  std::condition_variable is_free_;
  std::vector<std::unique_ptr<CtagsChild>> idle_;
  unsigned lent_ = 0;             // turns
  std::atomic<int> slowness_{0};  // how many texts were too slow, less what was answered since
  std::atomic<std::uint64_t> answered_{0};
  std::atomic<std::uint64_t> failed_{0};
  std::atomic<std::uint64_t> started_{0};
};

}  // namespace toolpost::project_index
