// SPDX-License-Identifier: Apache-2.0
#include "audit/second_sink.hpp"

#include "audit/checkpoint.hpp"
#include "audit/directory.hpp"
#include "base/pipe_writer.hpp"
#include "base/same_file.hpp"
#include "base/write_all.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace toolpost::audit {
namespace {

constexpr std::chrono::seconds kRetryPause{1};

}  // namespace

Result<std::unique_ptr<SecondSink>> SecondSink::open(std::string path, const VerifyKey& key,
                                                     Log& log) {
  std::unique_ptr<SecondSink> sink{new SecondSink{std::move(path), anchor_key_line(key), log}};
  if (auto begun = sink->append({}); !begun) return begun.error();
  sink->thread_ = std::thread{[raw = sink.get()] { raw->run(); }};
  return sink;
}

SecondSink::~SecondSink() {
  close(std::chrono::milliseconds::zero());
  if (thread_.joinable()) thread_.join();
}

void SecondSink::push(std::string_view checkpoint) {
  const std::lock_guard lock{mutex_};
  if (waiting_.empty()) waits_since_ = Clock::now();
  waiting_.assign(checkpoint).push_back('\n');
  ++pushes_;
  changed_.notify_all();
}

bool SecondSink::is_well(std::chrono::milliseconds patience) const {
  const std::lock_guard lock{mutex_};
  return is_well_ && (waiting_.empty() || Clock::now() - waits_since_ <= patience);
}

bool SecondSink::close(std::chrono::milliseconds patience) {
  std::unique_lock lock{mutex_};
  closing_ = true;
  changed_.notify_all();
  changed_.wait_for(lock, patience, [this] { return has_ended_; });
  const bool has_ended = has_ended_;
  lock.unlock();
  if (has_ended && thread_.joinable()) thread_.join();
  return has_ended;
}

// Opened anew when the file has been moved away, so that it can be rotated like a log.
Result<> SecondSink::open_file() {
  struct stat opened {};

  struct stat named {};

  const bool is_same = file_ && ::fstat(file_.get(), &opened) == 0 &&
                       ::stat(path_.c_str(), &named) == 0 && is_same_file(opened, named);
  if (is_same) return {};
  auto file =
      open_for_writing(path_, O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | O_CLOEXEC, kFileMode);
  if (!file) return file.error();
  file_ = std::move(*file);
  // Each file is an anchor by itself. What stands there may end with a line that was not finished.
  const bool has_text = ::fstat(file_.get(), &opened) == 0 && opened.st_size > 0;
  auto written = write_all(file_.get(), (has_text ? "\n" : "") + key_line_);
  if (!written) file_.reset();
  return written;
}

Result<> SecondSink::append(std::string_view text) {
  if (auto opened = open_file(); !opened) return opened;
  auto written = write_all(file_.get(), text);
  // Not every place can be synced; a pipe to a collector cannot.
  if (written && ::fdatasync(file_.get()) != 0 && errno != EINVAL && errno != ENOSYS) {
    written = errno_error("sync", errno);
  }
  if (written) return {};
  file_.reset();
  return std::move(written).error().in(path_);
}

void SecondSink::tell(const Result<>& result) {
  const bool was_well = std::exchange(is_well_, result.has_value());
  if (was_well && !result) {
    log_.error("the second place of the audit takes no checkpoints",
               {{"reason", result.error().message()}});
  } else if (!was_well && result) {
    log_.warn("the second place of the audit takes checkpoints again");
  }
}

void SecondSink::run() {
  std::unique_lock lock{mutex_};
  while (true) {
    changed_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
    if (waiting_.empty()) break;
    const std::string text = waiting_;
    const std::uint64_t pushes = pushes_;
    const bool is_last = closing_;
    lock.unlock();
    const auto result = append(text);
    lock.lock();
    tell(result);
    if (result && pushes == pushes_) waiting_.clear();
    if (is_last) break;
    if (!result) changed_.wait_for(lock, kRetryPause, [this] { return closing_; });
  }
  has_ended_ = true;
  changed_.notify_all();
}

}  // namespace toolpost::audit
