// SPDX-License-Identifier: Apache-2.0
#include "index/source_reading.hpp"

#include "files/secret_files.hpp"
#include "files/stat_stamp.hpp"
#include "index/trigrams.hpp"
#include "index/whole_text.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <thread>

namespace toolpost::project_index {
namespace {

// The kernel stamps files with a clock that goes in steps, of 10 ms at the longest. Where that
// clock is further behind a stamp than this it was set back, and waiting would not help.
constexpr std::chrono::milliseconds kLongestStep{20};
constexpr std::chrono::milliseconds kBetweenLooks{1};

std::chrono::nanoseconds clock_of_stamps() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return std::chrono::nanoseconds(nanoseconds_of(now.tv_sec, now.tv_nsec));
}

bool may_change_unseen(const FileStamp& stamp) {
  const std::chrono::nanoseconds changed(stamp.ctime_ns);
  const auto now = clock_of_stamps();
  return now <= changed && changed - now < kLongestStep;
}

std::uint32_t lines_of(std::string_view text) {
  const auto ends = std::count(text.begin(), text.end(), '\n');
  const bool has_last = !text.empty() && text.back() != '\n';
  return static_cast<std::uint32_t>(ends) + (has_last ? 1 : 0);
}

}  // namespace

SourceFile read_source(const RootDirectory& root, std::string_view path, const FileStamp& listed,
                       std::uint64_t max_bytes, Settling settling) {
  SourceFile source;
  source.record.stamp = listed;
  source.record.traits.is_huge = listed.size > max_bytes;
  if (source.record.traits.is_huge) return source;
  source.record.traits.is_unread = true;
  const auto file = root.open_file(path);
  if (!file.ok()) return source;
  source.record.stamp = file->stamp();
  source.record.traits.is_huge = file->stamp().size > max_bytes;
  if (source.record.traits.is_huge) return source;
  while (settling == Settling::kWaitedFor && may_change_unseen(file->stamp()))
    std::this_thread::sleep_for(kBetweenLooks);
  source.record.traits.is_unsettled = may_change_unseen(file->stamp());
  std::string buffer;
  const auto text = read_whole(*file, max_bytes, buffer);
  if (!text.ok()) return source;
  source.record.traits.is_unread = false;
  source.record.traits.is_binary = text->find('\0') != std::string_view::npos;
  if (source.record.traits.is_binary) return source;
  buffer.resize(text->size());
  source.text = std::move(buffer);
  source.record.traits.is_clean = !remove_secrets(source.text);
  source.record.traits.line_count = lines_of(source.text);
  source.record.traits.is_always_candidate = has_letters_that_fold_to_ascii(source.text);
  return source;
}

}  // namespace toolpost::project_index
