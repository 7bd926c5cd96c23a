// SPDX-License-Identifier: Apache-2.0
#include "index/listed_snapshot.hpp"

#include "index/overlay.hpp"
#include "index/section_writing.hpp"

namespace toolpost::project_index {
namespace {

Sections sections_of(const FileList& list) {
  Sections sections;
  FileTableWriter files;
  for (const auto& listed : list.files)
    files.add(listed.path,
              {listed.stamp, {.is_huge = listed.is_huge, .is_always_candidate = true}});
  section(sections, SectionKind::kInfo) = packed_info({});
  put_files(sections, std::move(files));
  put_symbols(sections, SymbolTableWriter(static_cast<std::uint32_t>(list.files.size())));
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
