// SPDX-License-Identifier: Apache-2.0
// Symbols that another replica has found already: the same texts below the same root, by the same
// parser, are parsed once. What is shared is never needed, and what comes out is what the parser
// would say.
#pragma once

#include "shared/time_purse.hpp"
#include "symbols/symbol_source.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace toolpost::project_index {

// The store that replicas share. Both block for a short time; any thread.
struct SharedValues {
  static constexpr std::size_t kMaxBytes = std::size_t{4} << 20;

  // Nothing: there is no such value, or no answer.
  std::function<std::optional<std::string>(std::string_view key)> get;
  // Whether it was kept; false: no answer.
  std::function<bool(std::string_view key, std::string_view value)> set;
};

struct SharedCounts {
  std::uint64_t taken = 0;     // texts whose symbols came from the store
  std::uint64_t parsed = 0;    // and those that were parsed here
  std::uint64_t rejected = 0;  // values that were not what they should be
};

// Keyed by the root, the parser and the names and texts of a batch: a value that is found was made
// from the same. Any thread.
class SharedSymbols final : public SymbolSource {
 public:
  struct Settings {
    std::string root;                              // of the project; absolute
    std::string parser;                            // tells one parser from another
    std::function<void(const std::string&)> tell;  // of the first value that is used; may be empty
    std::function<TimePurse::Clock::time_point()> now = &TimePurse::Clock::now;
  };

  SharedSymbols(std::shared_ptr<SymbolSource> parser, SharedValues values, Settings settings)
      : parser_(std::move(parser)), values_(std::move(values)), settings_(std::move(settings)) {}

  bool covers(std::string_view path) const override { return parser_->covers(path); }

  std::vector<FileSymbols> symbols_of_all(std::span<const SourceText> texts,
                                          const StopToken& stop) override;

  SharedCounts counts() const;

 private:
  std::string key_of(std::span<const SourceText> texts) const;
  std::optional<std::vector<FileSymbols>> find(const std::string& key,
                                               std::span<const SourceText> texts);
  void keep(const std::string& key, const std::vector<FileSymbols>& answers);

  const std::shared_ptr<SymbolSource> parser_;
  const SharedValues values_;
  const Settings settings_;
  TimePurse purse_;
  std::atomic<std::uint64_t> taken_ = 0, parsed_ = 0, rejected_ = 0;
};

}  // namespace toolpost::project_index
