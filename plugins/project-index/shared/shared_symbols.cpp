// SPDX-License-Identifier: Apache-2.0
#include "shared/shared_symbols.hpp"

#include "files/stop_token.hpp"
#include "shared/content_digest.hpp"
#include "shared/packed_symbols.hpp"

#include <algorithm>

namespace toolpost::project_index {
namespace {

// What a parser takes at least; the fastest that was measured.
constexpr std::chrono::nanoseconds kParsedPerByte{30};

std::chrono::nanoseconds spared_by(std::span<const SourceText> texts) {
  std::size_t bytes = 0;
  for (const auto& text : texts) bytes += text.content.size();
  return kParsedPerByte * bytes;
}

}  // namespace

std::vector<FileSymbols> SharedSymbols::symbols_of_all(std::span<const SourceText> texts,
                                                       const StopToken& stop) {
  const bool may_ask = !texts.empty() && purse_.is_open(settings_.now());
  const auto key = may_ask ? key_of(texts) : std::string();
  if (may_ask) {
    if (auto found = find(key, texts)) {
      if (taken_.fetch_add(texts.size()) == 0 && settings_.tell)
        settings_.tell("symbols of " + settings_.root + " come from the cache of the replicas");
      return std::move(*found);
    }
  }
  auto answers = parser_->symbols_of_all(texts, stop);
  parsed_ += texts.size();
  if (may_ask && !stop.is_stopped()) keep(key, answers);
  return answers;
}

SharedCounts SharedSymbols::counts() const {
  return {taken_.load(), parsed_.load(), rejected_.load()};
}

std::string SharedSymbols::key_of(std::span<const SourceText> texts) const {
  ContentDigest digest;
  digest.add_text(kPackedSymbolsVersion);
  digest.add_text(settings_.root);
  digest.add_text(settings_.parser);
  for (const auto& text : texts) {
    digest.add_text(text.path.substr(text.path.rfind('/') + 1));
    digest.add_text(text.content);
  }
  return "symbols:" + digest.hexadecimal();
}

std::optional<std::vector<FileSymbols>> SharedSymbols::find(const std::string& key,
                                                            std::span<const SourceText> texts) {
  const auto began = settings_.now();
  const auto value = values_.get(key);
  const auto took = settings_.now() - began;
  if (!value) {
    purse_.spend(took, {});
    return std::nullopt;
  }
  auto symbols = unpacked_symbols(*value, texts);
  if (!symbols) ++rejected_;
  purse_.spend(took, symbols ? spared_by(texts) : std::chrono::nanoseconds(0));
  return symbols;
}

// What the parser failed at may go well another time.
void SharedSymbols::keep(const std::string& key, const std::vector<FileSymbols>& answers) {
  if (!std::all_of(answers.begin(), answers.end(), [](const auto& one) { return one.ok(); }))
    return;
  const auto value = packed_symbols(answers);
  if (value.size() > SharedValues::kMaxBytes) return;
  const auto began = settings_.now();
  const bool is_kept = values_.set(key, value);
  const auto ended = settings_.now();
  purse_.spend(ended - began, {});
  if (is_kept)
    purse_.end_rest();
  else
    purse_.rest(ended);
}

}  // namespace toolpost::project_index
