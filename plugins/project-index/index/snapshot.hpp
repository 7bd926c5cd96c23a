// SPDX-License-Identifier: Apache-2.0
// What the index knew at one moment: the files of a root in the order of their paths, which of them
// may hold a string, and the symbols they define. Immutable; any thread may ask it; it stays valid
// while it is held, whatever happens to the index meanwhile.
#pragma once

#include "files/file_list.hpp"
#include "index/trigram_query.hpp"
#include "symbols/source_symbol.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::project_index {

class IndexFile;
class Overlay;
struct FileRecord;

// Valid as long as the snapshot.
struct FileView {
  std::string_view path;
  FileStamp stamp;
  bool is_binary = false;        // holds a NUL byte: neither searched nor parsed
  bool is_huge = false;          // above the limit for one file: listed only
  bool is_unread = false;        // could not be read when it was indexed
  std::string_view language;     // "C++", "Python", ...; empty where the name does not tell
  std::uint32_t line_count = 0;  // 0 for what was not read
};

enum class NameMatch { kExact, kPrefix, kSubstring };

struct SymbolQuery {
  std::string name;
  NameMatch match = NameMatch::kExact;
  bool ignore_case = false;  // of ASCII letters
  std::string kind = {};     // empty: all
  std::uint32_t skip = 0;
  std::uint32_t limit = 100;
};

struct SymbolHit {
  std::uint32_t file = 0;
  SourceSymbol symbol;
};

struct SymbolPage {
  std::vector<SymbolHit> hits;  // by name, then path, then line
  bool is_cut = false;          // more follow
};

// What is true of the whole snapshot.
struct SnapshotFacts {
  WalkCounts counts;
  std::string stopped_by;        // which budget ended the walk; empty: the list is whole
  std::uint64_t generation = 0;  // grows with every change that was taken in
  bool is_indexed = true;  // false: only the names of the files are known, see listed_snapshot.hpp
  bool was_rebuilt = false;  // an index on disk was there and was not used
  std::string rebuilt_why;
  std::uint64_t symbol_failures = 0;                      // texts that the parser failed at
  bool has_symbols = false;                               // a parser was there when it was built
  std::uint64_t max_file_bytes = std::uint64_t{2} << 20;  // larger files are listed only
};

class Snapshot {
 public:
  Snapshot(std::shared_ptr<const IndexFile> base, std::shared_ptr<const Overlay> overlay,
           SnapshotFacts facts);
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  const SnapshotFacts& facts() const noexcept { return facts_; }

  // Ids are 0 to file_count() - 1 in the order of the paths' bytes; they mean nothing in another
  // snapshot.
  std::size_t file_count() const noexcept;
  FileView file(std::uint32_t id) const;
  std::string_view path(std::uint32_t id) const noexcept;
  FileStamp stamp(std::uint32_t id) const noexcept;
  std::optional<std::uint32_t> find(std::string_view path) const;

  // Whether a file with this stamp is as it was when it was read, for all that a stamp can tell.
  bool is_current(std::uint32_t id, const FileStamp& now) const noexcept;

  // Whether the file, if this is its stamp, is known to hold nothing that is hidden when it is
  // shown.
  bool is_clean(std::uint32_t id, const FileStamp& now) const noexcept;

  // Whether the file was read with this stamp.
  bool is_known(std::uint32_t id, const FileStamp& now) const noexcept;

  // The files whose path begins so: the ids from `first` to before `last`.
  struct Range {
    std::uint32_t first = 0, last = 0;
  };

  Range below(std::string_view directory) const;

  // Files of text that may hold what the query asks for, ascending.
  std::vector<std::uint32_t> candidates(const TrigramQuery& query) const;

  SymbolPage find_symbols(const SymbolQuery& query) const;
  std::vector<SourceSymbol> symbols_of(std::uint32_t file) const;
  std::uint64_t symbol_count() const noexcept;

  // Bytes of the index on disk (or in its place in memory) and of what changed since it was
  // written.
  std::uint64_t index_bytes() const noexcept;

  const IndexFile& base() const noexcept { return *base_; }

  const Overlay& overlay() const noexcept { return *overlay_; }

  std::shared_ptr<const IndexFile> base_pointer() const { return base_; }

  std::shared_ptr<const Overlay> overlay_pointer() const { return overlay_; }

 private:
  std::uint32_t slot_of(std::uint32_t id) const noexcept;
  FileRecord record(std::uint32_t id) const noexcept;
  std::uint32_t lower_bound(std::string_view path) const noexcept;
  // Base file -> id; UINT32_MAX for what is hidden. Only while the overlay is not empty.
  std::vector<std::uint32_t> ids_by_base_file() const;

  std::shared_ptr<const IndexFile> base_;
  std::shared_ptr<const Overlay> overlay_;
  SnapshotFacts facts_;
  std::vector<std::uint32_t> slots_;  // id -> file of the base, or base count + file of the overlay
                                      // (empty while the overlay is: then each id is its slot)
};

}  // namespace toolpost::project_index
