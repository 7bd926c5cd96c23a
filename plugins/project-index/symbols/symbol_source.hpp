// SPDX-License-Identifier: Apache-2.0
// Who finds the symbols of source text. The index builder hands over texts it has read anyway, a
// batch at a time, so that the parser is never idle between two small files.
#pragma once

#include "checked.hpp"
#include "symbols/source_symbol.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::project_index {

class StopToken;

// Borrowed for the length of a call.
struct SourceText {
  std::string_view path;  // relative; only its name decides about the language
  std::string_view content;
};

using FileSymbols = Checked<std::vector<SourceSymbol>>;

class SymbolSource {
 public:
  virtual ~SymbolSource() = default;

  // False for names that no parser is responsible for: their text need not be handed over.
  virtual bool covers(std::string_view path) const = 0;

  // An answer for each text, in their order; symbols by line. A text that the parser fails at costs
  // its own answer only: a Refusal that says why. So does every text left when `stop` is stopped.
  // Any thread; blocks. 64 files or 1 MiB at a time are a good batch.
  virtual std::vector<FileSymbols> symbols_of_all(std::span<const SourceText> texts,
                                                  const StopToken& stop) = 0;

  // A batch of one.
  FileSymbols symbols_of(std::string_view path, std::string_view content, const StopToken& stop) {
    const SourceText text{path, content};
    return std::move(symbols_of_all({&text, 1}, stop).front());
  }
};

}  // namespace toolpost::project_index
