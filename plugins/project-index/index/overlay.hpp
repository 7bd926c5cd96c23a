// SPDX-License-Identifier: Apache-2.0
// What changed since the index on disk was written: files that replace or join those of the base,
// and files of the base that count no more. Immutable; made anew from the one before, which costs
// as much as there are changes, not files.
#pragma once

#include "index/file_table.hpp"
#include "symbols/source_symbol.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::project_index {

struct OverlayFile {
  std::string path;
  FileRecord record;
  std::vector<SourceSymbol> symbols;
};

class Overlay {
 public:
  using File = std::shared_ptr<const OverlayFile>;

  Overlay() = default;

  // `files` and `gone` (paths) have been looked at; both ascend. `base` is what lies below.
  std::shared_ptr<const Overlay> with(const FileTable& base, std::vector<File> files,
                                      const std::vector<std::string>& gone) const;

  bool is_empty() const noexcept { return files_.empty() && hidden_.empty(); }

  // Ascending by path.
  const std::vector<File>& files() const noexcept { return files_; }

  // Files of the base that were replaced or went, ascending.
  const std::vector<std::uint32_t>& hidden() const noexcept { return hidden_; }

  std::uint64_t symbol_count() const noexcept { return symbol_count_; }

 private:
  std::vector<File> files_;
  std::vector<std::uint32_t> hidden_;
  std::uint64_t symbol_count_ = 0;
};

}  // namespace toolpost::project_index
