// SPDX-License-Identifier: Apache-2.0
// The answers come in the order of the texts, each is flushed: the first without one is to blame.
#include "symbols/ctags_symbols.hpp"

#include "symbols/ctags_program.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace toolpost::project_index {
namespace {

using std::chrono::milliseconds;

// Written as one request.
constexpr std::size_t kMaxBytesAtOnce = std::size_t{4} << 20U;
constexpr std::size_t kBinaryLook = 8192;
constexpr int kMostSlowness = 200;  // in hundredths of a halving: see patience()
constexpr int kSlowText = 64;       // what one slow text counts, in answered ones
constexpr milliseconds kAskStop(20);

bool is_binary(std::string_view content) {
  return content.substr(0, kBinaryLook).find('\0') != std::string_view::npos;
}

}  // namespace

// The texts that need an answer, and how far they have got.
struct CtagsSymbols::Batch {
  std::vector<NamedText> texts;
  std::vector<std::size_t> places;  // of each in `answers`
  std::vector<std::optional<FileSymbols>>& answers;
  std::size_t next = 0;
  std::size_t again = SIZE_MAX;  // the text that is tried alone, since it has failed once

  void refuse_rest(const std::string& why) {
    for (; next < texts.size(); ++next) answers[places[next]] = FileSymbols(Refusal{why});
  }

  // From `next` on, as many as are written at once.
  std::vector<NamedText> portion() const {
    std::vector<NamedText> out;
    std::size_t bytes = 0;
    for (std::size_t index = next; index < texts.size(); ++index) {
      bytes += texts[index].content.size();
      if (!out.empty() && (bytes > kMaxBytesAtOnce || again == next)) break;
      out.push_back(texts[index]);
    }
    return out;
  }
};

Checked<std::unique_ptr<CtagsSymbols>> CtagsSymbols::open(sdk::Launcher launcher,
                                                          CtagsSettings settings) {
  auto languages = languages_of(launcher, settings.program);
  if (!languages) return languages.refusal();
  return std::unique_ptr<CtagsSymbols>(
      new CtagsSymbols(std::move(launcher), std::move(settings), std::move(*languages)));
}

CtagsSymbols::CtagsSymbols(sdk::Launcher launcher, CtagsSettings settings, CtagsLanguages languages)
    : launcher_(std::move(launcher)),
      settings_(std::move(settings)),
      languages_(std::move(languages)) {}

bool CtagsSymbols::covers(std::string_view path) const {
  return languages_.covers(path);
}

CtagsCounts CtagsSymbols::counts() const {
  return {answered_.load(), failed_.load(), started_.load()};
}

std::vector<FileSymbols> CtagsSymbols::symbols_of_all(std::span<const SourceText> texts,
                                                      const StopToken& stop) {
  std::vector<std::optional<FileSymbols>> answers(texts.size());
  Batch batch{{}, {}, answers};
  for (std::size_t index = 0; index < texts.size(); ++index) {
    std::string name = languages_.name_for(texts[index].path, texts[index].content);
    if (name.empty() || texts[index].content.empty() || is_binary(texts[index].content)) {
      answers[index] = FileSymbols(std::vector<SourceSymbol>());
      continue;
    }
    batch.texts.push_back({std::move(name), texts[index].content});
    batch.places.push_back(index);
  }
  answer(batch, stop);
  std::vector<FileSymbols> out;
  out.reserve(answers.size());
  for (std::optional<FileSymbols>& one : answers) out.push_back(std::move(*one));
  return out;
}

// A turn with a child, given back however it ends.
class CtagsSymbols::Loan {
 public:
  Loan(CtagsSymbols& owner, const StopToken& stop)
      : owner_(owner), has_turn_(owner.wait_for_turn(stop)) {
    if (has_turn_) child_ = owner.idle_child();
  }

  Loan(const Loan&) = delete;
  Loan& operator=(const Loan&) = delete;

  ~Loan() {
    if (child_ != nullptr && !child_->is_fit()) child_.reset();
    if (has_turn_) owner_.end_turn(std::move(child_));
  }

  bool has_turn() const noexcept { return has_turn_; }

  CtagsChild& child() {
    if (child_ == nullptr) child_ = owner_.new_child();
    return *child_;
  }

 private:
  CtagsSymbols& owner_;
  const bool has_turn_;
  std::unique_ptr<CtagsChild> child_;
};

void CtagsSymbols::answer(Batch& batch, const StopToken& stop) {
  while (batch.next < batch.texts.size()) {
    Loan loan(*this, stop);
    if (!loan.has_turn()) return batch.refuse_rest("stopped");
    bool goes_on = true;
    while (goes_on && batch.next < batch.texts.size()) {
      goes_on =
          take(batch, loan.child().ask(batch.portion(), patience(), stop)) && loan.child().is_fit();
    }
  }
}

// False when the child has ended.
bool CtagsSymbols::take(Batch& batch, CtagsAnswers answers) {
  for (std::vector<SourceSymbol>& symbols : answers.symbols) {
    batch.answers[batch.places[batch.next++]] = FileSymbols(std::move(symbols));
  }
  answered_ += answers.symbols.size();
  regain_patience(answers.symbols.size());
  switch (answers.end) {
    case CtagsAnswers::End::kAll:
      return true;
    case CtagsAnswers::End::kStopped:
      batch.refuse_rest("stopped");
      return false;
    case CtagsAnswers::End::kNotStarted:
      batch.refuse_rest(answers.problem);
      return false;
    case CtagsAnswers::End::kSlow:
      lose_patience();
      break;
    case CtagsAnswers::End::kHopeless:
      break;
    case CtagsAnswers::End::kDied:
      if (std::exchange(batch.again, batch.next) != batch.next) return false;
      break;
  }
  ++failed_;
  batch.answers[batch.places[batch.next++]] = FileSymbols(Refusal{answers.problem});
  return false;
}

bool CtagsSymbols::wait_for_turn(const StopToken& stop) {
  std::unique_lock lock(mutex_);
  while (lent_ >= settings_.children && !stop.is_stopped()) is_free_.wait_for(lock, kAskStop);
  if (stop.is_stopped()) return false;
  ++lent_;
  return true;
}

std::unique_ptr<CtagsChild> CtagsSymbols::idle_child() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return nullptr;
  std::unique_ptr<CtagsChild> child = std::move(idle_.back());
  idle_.pop_back();
  return child;
}

std::unique_ptr<CtagsChild> CtagsSymbols::new_child() {
  ++started_;
  return std::make_unique<CtagsChild>(launcher_, settings_.program);
}

void CtagsSymbols::end_turn(std::unique_ptr<CtagsChild> child) {
  {
    const std::lock_guard lock(mutex_);
    --lent_;
    if (child != nullptr) idle_.push_back(std::move(child));
  }
  is_free_.notify_one();
}

milliseconds CtagsSymbols::patience() const {
  const int halvings = slowness_.load() / kSlowText;
  return std::max(settings_.patience / 10, settings_.patience / (1 << std::min(halvings, 4)));
}

void CtagsSymbols::lose_patience() {
  slowness_ = std::min(slowness_.load() + kSlowText, kMostSlowness);
}

void CtagsSymbols::regain_patience(std::size_t answered) {
  slowness_ =
      std::max(slowness_.load() - static_cast<int>(std::min<std::size_t>(answered, 1000)), 0);
}

}  // namespace toolpost::project_index
