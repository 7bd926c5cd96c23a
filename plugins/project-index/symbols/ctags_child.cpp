// SPDX-License-Identifier: Apache-2.0
// A request is a line of JSON and as many bytes of text as it says: no text can look like one.
#include "symbols/ctags_child.hpp"

#include "symbols/ctags_program.hpp"

#include <algorithm>
#include <utility>

namespace toolpost::project_index {
namespace {

using End = sdk::ExchangeResult::End;

// Of the answer for one text.
constexpr std::size_t kMaxAnswer = std::size_t{8} << 20U;
constexpr std::size_t kMaxSymbols = 80'000;
// More, and it has taken memory that it does not give back.
constexpr std::size_t kManySymbols = 20'000;
constexpr std::size_t kMaxRequestKept = std::size_t{4} << 20U;

void add_request(std::string& request, const NamedText& text) {
  request += R"({"command":"generate-tags","filename":")" + text.name + R"(","size":)" +
             std::to_string(text.content.size()) + "}\n";
  request += text.content;
}

void sort_by_line(std::vector<SourceSymbol>& symbols) {
  const auto is_before = [](const SourceSymbol& left, const SourceSymbol& right) {
    return left.line < right.line;
  };
  if (!std::is_sorted(symbols.begin(), symbols.end(), is_before)) {
    std::stable_sort(symbols.begin(), symbols.end(), is_before);
  }
}

// Thrown while lines are heard, which ends the program.
struct Hopeless {
  const char* why;
};

CtagsAnswers::End meaning_of(End end) {
  switch (end) {
    case End::kAnswered:
      return CtagsAnswers::End::kAll;
    case End::kCancelled:
      return CtagsAnswers::End::kStopped;
    case End::kDeadline:
      return CtagsAnswers::End::kSlow;
    case End::kTooLong:
      return CtagsAnswers::End::kHopeless;
    case End::kNotStarted:
      return CtagsAnswers::End::kNotStarted;
    default:
      return CtagsAnswers::End::kDied;
  }
}

}  // namespace

CtagsChild::CtagsChild(const sdk::Launcher& launcher, const std::string& program)
    : conversation_(launcher, ctags_in_sandbox(program), kMaxAnswer) {}

CtagsAnswers CtagsChild::ask(const std::vector<NamedText>& texts,
                             std::chrono::milliseconds patience, const StopToken& stop) {
  CtagsAnswers answers;
  if (texts.empty()) return answers;
  request_.clear();
  for (const NamedText& text : texts) add_request(request_, text);
  answers.symbols.reserve(texts.size());
  std::vector<SourceSymbol> symbols;
  SourceSymbol symbol;
  const auto hear = [&](std::string_view line) {
    const LineKind kind = reader_.read(line, symbol);
    if (kind == LineKind::kSymbol) symbols.push_back(std::move(symbol));
    if (kind == LineKind::kFatal) throw Hopeless{"ctags ran out of memory"};
    if (symbols.size() > kMaxSymbols) throw Hopeless{"ctags gave an answer that is too long"};
    if (kind != LineKind::kCompleted) return sdk::Heard::kMore;
    if (symbols.size() > kManySymbols) is_grown_ = true;
    sort_by_line(symbols);
    answers.symbols.push_back(std::exchange(symbols, {}));
    return answers.symbols.size() == texts.size() ? sdk::Heard::kLast : sdk::Heard::kAnswer;
  };
  try {
    const sdk::ExchangeResult result =
        conversation_.exchange(request_, hear, patience, stop.cancellation());
    answers.end = meaning_of(result.end);
    if (!result.is_answered()) {
      answers.problem = (result.problem.empty() ? "ctags " : "ctags: ") + result.describe();
    }
  } catch (const Hopeless& hopeless) {
    answers.end = CtagsAnswers::End::kHopeless;
    answers.problem = hopeless.why;
  }
  if (request_.capacity() > kMaxRequestKept) std::string().swap(request_);
  return answers;
}

}  // namespace toolpost::project_index
