// SPDX-License-Identifier: Apache-2.0
#include "index/snapshot.hpp"

#include "index/index_file.hpp"
#include "index/language.hpp"
#include "index/overlay.hpp"

#include <algorithm>
#include <numeric>

namespace toolpost::project_index {
namespace {

FileView view_of(std::string_view path, const FileRecord& record) {
  return {.path = path,
          .stamp = record.stamp,
          .is_binary = record.traits.is_binary,
          .is_huge = record.traits.is_huge,
          .is_unread = record.traits.is_unread,
          .language = language_of(path),
          .line_count = record.traits.line_count};
}

bool is_as_read(const FileRecord& record, const FileStamp& now) {
  return record.stamp == now && !record.traits.is_unsettled;
}

// The merged order of what the base still has and what lies over it.
std::vector<std::uint32_t> merged(const FileTable& base, const Overlay& overlay) {
  std::vector<std::uint32_t> slots;
  slots.reserve(base.count() - overlay.hidden().size() + overlay.files().size());
  auto hidden = overlay.hidden().begin();
  std::uint32_t from = 0;
  // Takes the base's files up to `to`, without the hidden ones.
  const auto take_base = [&](std::uint32_t to) {
    while (from < to) {
      while (hidden != overlay.hidden().end() && *hidden < from) ++hidden;
      const bool hides = hidden != overlay.hidden().end() && *hidden < to;
      const auto end = hides ? *hidden : to;
      const auto old_size = slots.size();
      slots.resize(old_size + (end - from));
      std::iota(slots.begin() + static_cast<std::ptrdiff_t>(old_size), slots.end(), from);
      from = hides ? end + 1 : end;
    }
  };
  for (std::uint32_t number = 0; number < overlay.files().size(); ++number) {
    take_base(base.lower_bound(overlay.files()[number]->path));
    slots.push_back(base.count() + number);
  }
  take_base(base.count());
  return slots;
}

}  // namespace

Snapshot::Snapshot(std::shared_ptr<const IndexFile> base, std::shared_ptr<const Overlay> overlay,
                   SnapshotFacts facts)
    : base_(std::move(base)), overlay_(std::move(overlay)), facts_(std::move(facts)) {
  if (!overlay_->is_empty()) slots_ = merged(base_->files(), *overlay_);
}

Snapshot::~Snapshot() = default;

std::size_t Snapshot::file_count() const noexcept {
  return overlay_->is_empty() ? base_->files().count() : slots_.size();
}

std::uint32_t Snapshot::slot_of(std::uint32_t id) const noexcept {
  return overlay_->is_empty() ? id : slots_[id];
}

FileView Snapshot::file(std::uint32_t id) const {
  return view_of(path(id), record(id));
}

std::string_view Snapshot::path(std::uint32_t id) const noexcept {
  const auto slot = slot_of(id);
  const auto& files = base_->files();
  return slot < files.count() ? files.path(slot)
                              : std::string_view(overlay_->files()[slot - files.count()]->path);
}

FileRecord Snapshot::record(std::uint32_t id) const noexcept {
  const auto slot = slot_of(id);
  const auto& files = base_->files();
  return slot < files.count() ? files.record(slot)
                              : overlay_->files()[slot - files.count()]->record;
}

FileStamp Snapshot::stamp(std::uint32_t id) const noexcept {
  return record(id).stamp;
}

bool Snapshot::is_current(std::uint32_t id, const FileStamp& now) const noexcept {
  return is_as_read(record(id), now);
}

bool Snapshot::is_clean(std::uint32_t id, const FileStamp& now) const noexcept {
  const auto known = record(id);
  return known.traits.is_clean && is_as_read(known, now);
}

bool Snapshot::is_known(std::uint32_t id, const FileStamp& now) const noexcept {
  return facts_.is_indexed && is_current(id, now);
}

std::uint32_t Snapshot::lower_bound(std::string_view path) const noexcept {
  std::uint32_t low = 0;
  auto high = static_cast<std::uint32_t>(file_count());
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    if (this->path(middle) < path)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

std::optional<std::uint32_t> Snapshot::find(std::string_view path) const {
  const auto id = lower_bound(path);
  if (id == file_count() || this->path(id) != path) return std::nullopt;
  return id;
}

Snapshot::Range Snapshot::below(std::string_view directory) const {
  if (directory.empty()) return {0, static_cast<std::uint32_t>(file_count())};
  std::string prefix(directory);
  if (prefix.back() != '/') prefix += '/';
  Range range;
  range.first = lower_bound(prefix);
  prefix.back() = '/' + 1;
  range.last = lower_bound(prefix);
  return range;
}

std::uint64_t Snapshot::index_bytes() const noexcept {
  return base_->size();
}

}  // namespace toolpost::project_index
