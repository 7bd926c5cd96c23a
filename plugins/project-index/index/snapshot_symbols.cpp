// SPDX-License-Identifier: Apache-2.0
// Symbols by name: those of the base in the order of its names, joined by those of changed files.
#include "files/small_letters.hpp"
#include "index/index_file.hpp"
#include "index/overlay.hpp"
#include "index/snapshot.hpp"

#include <algorithm>
#include <tuple>

namespace toolpost::project_index {
namespace {

std::string folded(std::string_view text, bool ignore_case) {
  std::string folded(text);
  if (ignore_case) std::transform(folded.begin(), folded.end(), folded.begin(), small_letter);
  return folded;
}

// The query's name, folded once.
class NameTest {
 public:
  explicit NameTest(const SymbolQuery& query)
      : query_(query), wanted_(folded(query.name, query.ignore_case)) {}

  bool fits(std::string_view name) const {
    if (query_.ignore_case) return fits_as_it_is(folded(name, true));
    return fits_as_it_is(name);
  }

  // Names that fit stand together, from the first that is not before the wanted one.
  bool is_ordered() const { return !query_.ignore_case && query_.match != NameMatch::kSubstring; }

  bool is_past(std::string_view name) const {
    return is_ordered() && name.substr(0, wanted_.size()) > wanted_;
  }

  const std::string& wanted() const { return wanted_; }

 private:
  bool fits_as_it_is(std::string_view name) const {
    switch (query_.match) {
      case NameMatch::kExact:
        return name == wanted_;
      case NameMatch::kPrefix:
        return name.starts_with(wanted_);
      case NameMatch::kSubstring:
        return name.find(wanted_) != std::string_view::npos;
    }
    return false;
  }

  const SymbolQuery& query_;
  std::string wanted_;
};

bool is_of_kind(const SymbolQuery& query, const SourceSymbol& symbol) {
  return query.kind.empty() || symbol.kind == query.kind;
}

void add_fitting(std::vector<SymbolHit>& hits, std::uint32_t id,
                 const std::vector<SourceSymbol>& symbols, const SymbolQuery& query,
                 const NameTest& test) {
  for (const SourceSymbol& symbol : symbols) {
    if (test.fits(symbol.name) && is_of_kind(query, symbol)) hits.push_back({id, symbol});
  }
}

bool comes_before(const SymbolHit& left, const SymbolHit& right) {
  return std::tie(left.symbol.name, left.file, left.symbol.line) <
         std::tie(right.symbol.name, right.file, right.symbol.line);
}

}  // namespace

std::vector<std::uint32_t> Snapshot::ids_by_base_file() const {
  std::vector<std::uint32_t> ids(base_->files().count(), UINT32_MAX);
  for (std::uint32_t id = 0; id < slots_.size(); ++id)
    if (slots_[id] < ids.size()) ids[slots_[id]] = id;
  return ids;
}

SymbolPage Snapshot::find_symbols(const SymbolQuery& query) const {
  const NameTest test(query);
  std::vector<SymbolHit> hits;
  for (std::uint32_t id = 0; id < slots_.size(); ++id) {
    if (slots_[id] < base_->files().count()) continue;
    add_fitting(hits, id, overlay_->files()[slots_[id] - base_->files().count()]->symbols, query,
                test);
  }
  // All of the changed files' hits and as many of the base's as a page can need: the first of both
  // together are among them.
  const std::size_t enough = hits.size() + query.skip + query.limit + 1;
  const auto ids = overlay_->is_empty() ? std::vector<std::uint32_t>() : ids_by_base_file();
  const auto& table = base_->symbols();
  NameWalk walk(table, test.is_ordered() ? table.block_before(test.wanted()) : 0);
  while (hits.size() < enough && walk.next()) {
    if (test.is_past(walk.name())) break;
    if (!test.fits(walk.name())) continue;
    for (const auto& place : walk.places()) {
      const auto id = overlay_->is_empty() ? place.file : ids[place.file];
      if (id == UINT32_MAX) continue;
      auto symbol = table.symbol(place.file, place.ordinal, walk.name());
      if (!symbol || !is_of_kind(query, *symbol)) continue;
      hits.push_back({id, std::move(*symbol)});
      if (hits.size() == enough) break;
    }
  }
  std::stable_sort(hits.begin(), hits.end(), comes_before);
  SymbolPage page;
  const auto first = std::min<std::size_t>(query.skip, hits.size());
  const auto last = std::min<std::size_t>(first + query.limit, hits.size());
  page.is_cut = last < hits.size();
  page.hits.assign(std::make_move_iterator(hits.begin() + static_cast<std::ptrdiff_t>(first)),
                   std::make_move_iterator(hits.begin() + static_cast<std::ptrdiff_t>(last)));
  return page;
}

std::vector<SourceSymbol> Snapshot::symbols_of(std::uint32_t file) const {
  const auto slot = slot_of(file);
  if (slot < base_->files().count()) return base_->symbols().symbols_of(slot);
  return overlay_->files()[slot - base_->files().count()]->symbols;
}

std::uint64_t Snapshot::symbol_count() const noexcept {
  // What the hidden files had is known only to their bytes; they are few.
  std::uint64_t hidden = 0;
  for (const auto file : overlay_->hidden()) hidden += base_->symbols().count_of(file);
  return base_->info().symbol_count - std::min(hidden, base_->info().symbol_count) +
         overlay_->symbol_count();
}

}  // namespace toolpost::project_index
