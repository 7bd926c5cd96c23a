// SPDX-License-Identifier: Apache-2.0
// An index of a scratch tree, without a file on disk.
#pragma once

#include "index/index_builder.hpp"
#include "index/overlay.hpp"
#include "index/snapshot.hpp"
#include "scratch_tree.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace toolpost::project_index {

// Each line "def NAME" defines NAME, in files that end in ".src"; a file with "broken" fails.
class LineSymbols final : public SymbolSource {
 public:
  bool covers(std::string_view path) const override { return path.ends_with(".src"); }

  std::vector<FileSymbols> symbols_of_all(std::span<const SourceText> texts,
                                          const StopToken&) override {
    std::vector<FileSymbols> answers;
    for (const auto& text : texts) answers.push_back(symbols_in(text.content));
    return answers;
  }

  static FileSymbols symbols_in(std::string_view text) {
    if (text.find("broken") != std::string_view::npos) return Refusal{"it is broken"};
    std::vector<SourceSymbol> symbols;
    std::uint32_t line = 1;
    while (!text.empty()) {
      const auto end = std::min(text.find('\n'), text.size());
      if (text.starts_with("def "))
        symbols.push_back({std::string(text.substr(4, end - 4)), "function", "scope",
                           "(int " + std::to_string(line) + ")", line,
                           line % 2 == 0 ? 0 : line + 3});
      text.remove_prefix(std::min(end + 1, text.size()));
      ++line;
    }
    return symbols;
  }
};

inline IndexIdentity test_identity(const ScratchTree& tree) {
  return {.root = tree.path(), .device = 1, .inode = 2, .rules = "rules", .symbols = "lines"};
}

inline Sections built_sections(const ScratchTree& tree, const IndexFile* earlier = nullptr,
                               unsigned threads = 2) {
  const auto root = tree.root();
  const auto list = tree.list();
  const auto identity = test_identity(tree);
  LineSymbols symbols;
  auto sections = build_index({.root = root,
                               .list = list,
                               .identity = identity,
                               .max_file_bytes = std::uint64_t{2} << 20,
                               .symbols = &symbols,
                               .threads = threads,
                               .earlier = earlier},
                              StopToken(), {});
  REQUIRE(sections.ok());
  return std::move(*sections);
}

inline std::shared_ptr<const IndexFile> held(const Sections& sections) {
  auto index = IndexFile::hold(index_bytes(sections));
  REQUIRE_MESSAGE(index.ok(), (index.ok() ? "" : index.refusal().text));
  return *index;
}

inline std::shared_ptr<const Snapshot> snapshot_of(
    std::shared_ptr<const IndexFile> index,
    std::shared_ptr<const Overlay> overlay = std::make_shared<Overlay>()) {
  return std::make_shared<Snapshot>(std::move(index), std::move(overlay), SnapshotFacts{});
}

inline std::shared_ptr<const Snapshot> built_snapshot(const ScratchTree& tree) {
  return snapshot_of(held(built_sections(tree)));
}

}  // namespace toolpost::project_index
