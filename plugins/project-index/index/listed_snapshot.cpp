// SPDX-License-Identifier: Apache-2.0
#include "index/listed_snapshot.hpp"

#include "index/index_file.hpp"
#include "index/overlay.hpp"
#include "index/symbol_table_writer.hpp"

namespace toolpost::project_index {
namespace {

std::string& section(Sections& sections, SectionKind kind) {
  return sections[static_cast<std::size_t>(kind)];
}

Sections sections_of(const FileList& list) {
  Sections sections;
  FileTableWriter files;
  for (const auto& listed : list.files)
    files.add(listed.path,
              {listed.stamp, {.is_huge = listed.is_huge, .is_always_candidate = true}});
  auto symbols = SymbolTableWriter(static_cast<std::uint32_t>(list.files.size())).sections();
  section(sections, SectionKind::kInfo) = packed_info({});
  section(sections, SectionKind::kRecords) = std::move(files.records);
  section(sections, SectionKind::kPaths) = std::move(files).paths();
  section(sections, SectionKind::kStrings) = std::move(symbols.strings);
  section(sections, SectionKind::kNames) = std::move(symbols.names);
  section(sections, SectionKind::kSymbols) = std::move(symbols.symbols);
  return sections;
}

}  // namespace

Checked<std::shared_ptr<const Snapshot>> listed_snapshot(const FileList& list,
                                                         SnapshotFacts facts) {
  auto files = IndexFile::hold(index_bytes(sections_of(list)));
  if (!files.ok()) return files.refusal();
  facts.counts = list.counts;
  facts.stopped_by = list.stopped_by;
  facts.generation = 0;
  facts.is_indexed = false;
  return std::make_shared<const Snapshot>(*files, std::make_shared<const Overlay>(),
                                          std::move(facts));
}

}  // namespace toolpost::project_index
