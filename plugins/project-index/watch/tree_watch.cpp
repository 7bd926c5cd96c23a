// SPDX-License-Identifier: Apache-2.0
#include "watch/tree_watch.hpp"

#include "files/directory_reading.hpp"
#include "files/walk_entry.hpp"
#include "watch/change_batch.hpp"
#include "watch/watched_directories.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <dirent.h>
#include <exception>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace toolpost::project_index {

namespace {

using Clock = std::chrono::steady_clock;

std::string joined(const std::string& directory, std::string_view name) {
  return directory.empty() ? std::string(name) : directory + "/" + std::string(name);
}

// How often who waits looks whether it still has to.
constexpr std::chrono::milliseconds kBetweenLooks{20};

// Decides what is listed. Of the top of a repository, which is all of it if that is inside another
// one, no more than its coming and going is told: what is in it is not watched.
bool is_rule_file(std::string_view name) {
  return name == ".gitignore" || name == ".toolpostignore" || name == ".git";
}

}  // namespace

class TreeWatch::State {
 public:
  State(Functions functions, Limits limits)
      : functions_(std::move(functions)),
        limits_(limits),
        batch_({limits.quiet, limits.longest, limits.max_changes}) {}

  ~State() { stop(); }

  Checked<Passed> start(const RootDirectory& root, const std::vector<std::string>& directories) {
    stop();
    root_ = &root;
    std::unique_lock lock(mutex_);
    wake_ = FileDescriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    watched_ = std::make_unique<WatchedDirectories>(root, limits_.max_directories);
    if (!wake_.valid() || !watched_->open()) {
      const int reason = errno;
      watched_.reset();
      return Refusal{"changes below " + root.path() +
                     " can't be watched: " + std::string(std::strerror(reason)) +
                     (reason == EMFILE ? " (fs.inotify.max_user_instances may be too small)" : "")};
    }
    batch_.take();
    is_partial_ = false;
    is_telling_ = false;
    was_told_ = false;
    lock.unlock();
    for (const std::string& directory : directories) add(directory);
    lock.lock();
    thread_ = std::thread([this] { run(); });
    is_running_ = true;
    return Passed{};
  }

  bool update(const std::vector<std::string>& directories) {
    std::vector<std::string_view> wanted(directories.begin(), directories.end());
    std::sort(wanted.begin(), wanted.end());
    bool is_other = false;
    {
      const std::lock_guard lock(mutex_);
      if (watched_ == nullptr) return false;
      is_other = watched_->keep_only([&](const std::string& path) {
        return std::binary_search(wanted.begin(), wanted.end(), std::string_view(path));
      });
      is_partial_ = false;
    }
    // Each by itself: who catches up meanwhile does not wait for all of them.
    for (const std::string& directory : directories) {
      is_other |= add(directory) == WatchedDirectories::Added::kNew;
    }
    return is_other;
  }

  bool catch_up(const StopToken& stop, std::chrono::milliseconds longest) {
    const auto end = Clock::now() + longest;
    std::unique_lock lock(mutex_);
    if (!is_running_) return false;
    if (!is_telling_ && watched_->waiting_bytes() == 0) return !is_partial_;
    const auto mine = ++asked_;
    wake();
    while (is_running_ && told_ < mine && !stop.is_stopped() && Clock::now() < end) {
      caught_up_.wait_until(lock, std::min(end, Clock::now() + kBetweenLooks));
    }
    return told_ >= mine && !is_partial_;
  }

  void stop() {
    if (!thread_.joinable()) return;
    {
      const std::lock_guard lock(mutex_);
      is_stopping_ = true;
      wake();
    }
    thread_.join();
    const std::lock_guard lock(mutex_);
    is_stopping_ = false;
    watched_.reset();
  }

  std::size_t directories() const {
    const std::lock_guard lock(mutex_);
    return watched_ == nullptr ? 0 : watched_->size();
  }

 private:
  WatchedDirectories::Added add(const std::string& directory) {
    const std::lock_guard lock(mutex_);
    if (watched_ == nullptr) return WatchedDirectories::Added::kGone;
    const auto added = watched_->add(directory);
    is_partial_ |= added == WatchedDirectories::Added::kNoMore;
    return added;
  }

  void wake() const {
    const std::uint64_t one = 1;
    while (::write(wake_.get(), &one, sizeof one) < 0 && errno == EINTR) {
    }
  }

  void run() noexcept {
    for (bool goes_on = true; goes_on;) {
      try {
        goes_on = wait();
        if (goes_on) step();
      } catch (const std::exception& error) {
        recover(error.what());
      } catch (...) {
        recover("unknown");
      }
    }
    const std::lock_guard lock(mutex_);
    is_running_ = false;
    caught_up_.notify_all();
  }

  void step() {
    const auto asked = begin_telling();
    read_events(watched_->waiting_bytes(), asked.has_value());
    if (needs_sweep()) batch_.add_sweep(Clock::now() - limits_.longest);
    if (const auto due = batch_.due(); due && (asked || *due <= Clock::now())) report();
    end_telling(asked);
  }

  // Before events are read: from then on they are nowhere but here. The number of the last one who
  // waits, if somebody does.
  std::optional<std::uint64_t> begin_telling() {
    const std::lock_guard lock(mutex_);
    is_telling_ = true;
    return asked_ > told_ ? std::optional(asked_) : std::nullopt;
  }

  void end_telling(std::optional<std::uint64_t> asked) {
    const std::lock_guard lock(mutex_);
    is_telling_ = batch_.due().has_value();
    if (!asked) return;
    told_ = *asked;
    caught_up_.notify_all();
  }

  // Whatever was going on, changes may have been lost.
  void recover(const char* why) noexcept {
    batch_.add_sweep(Clock::now());
    if (std::exchange(has_failed_, true) || !functions_.complain) return;
    try {
      functions_.complain("watching " + root_->path() + " met an error and goes on: " + why);
    } catch (...) {  // then it is not said
    }
  }

  bool is_partial() const {
    const std::lock_guard lock(mutex_);
    return is_partial_;
  }

  bool needs_sweep() const {
    return is_partial() && Clock::now() - last_sweep_ >= limits_.sweep_every;
  }

  // False when it is time to stop.
  bool wait() {
    tell_when_partial();
    auto until = batch_.due();
    if (is_partial()) {
      const auto sweep = last_sweep_ + limits_.sweep_every;
      until = until ? std::min(*until, sweep) : sweep;
    }
    int timeout = -1;
    if (until) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until - Clock::now());
      timeout = static_cast<int>(std::max<std::int64_t>(0, left.count()));
    }
    std::array<pollfd, 2> waited{{{wake_.get(), POLLIN, 0}, {watched_->get(), POLLIN, 0}}};
    if (::poll(waited.data(), waited.size(), timeout) < 0 && errno != EINTR) return false;
    std::uint64_t wakes = 0;
    if (waited[0].revents != 0) (void)!::read(wake_.get(), &wakes, sizeof wakes);
    const std::lock_guard lock(mutex_);
    return !is_stopping_;
  }

  void tell_when_partial() {
    if (was_told_ || !is_partial()) return;
    was_told_ = true;
    last_sweep_ = Clock::now();
    if (functions_.complain) {
      functions_.complain(
          "only " + std::to_string(directories()) + " directories below " + root_->path() +
          " are watched (fs.inotify.max_user_watches may be too small); everything is looked at "
          "every " +
          std::to_string(limits_.sweep_every.count()) + " ms instead");
    }
  }

  void read_events(std::size_t bytes_at_least, bool has_to_hurry) {
    alignas(inotify_event) std::array<char, 65536> buffer;
    for (std::size_t taken = 0;;) {
      const ssize_t got = ::read(watched_->get(), buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return;
      for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
        inotify_event event{};
        std::memcpy(&event, buffer.data() + at, sizeof event);
        const char* name = buffer.data() + at + sizeof event;
        take(event, event.len > 0 ? std::string_view(name) : std::string_view());
        at += sizeof event + event.len;
      }
      taken += static_cast<std::size_t>(got);
      // Who writes without an end must not keep the report from going out.
      if (taken < bytes_at_least) continue;
      const auto due = batch_.due();
      if (has_to_hurry || (due && *due <= Clock::now())) return;
    }
  }

  void take(const inotify_event& event, std::string_view name) {
    if ((event.mask & IN_Q_OVERFLOW) != 0) {
      batch_.add_sweep(Clock::now());
      return;
    }
    std::string path;
    {
      const std::lock_guard lock(mutex_);
      const std::string* directory = watched_->path_of(event.wd);
      if (directory == nullptr) return;
      path = name.empty() ? *directory : joined(*directory, name);
      if ((event.mask & IN_IGNORED) != 0) {
        watched_->forget(event.wd);
        return;
      }
      if ((event.mask & IN_ISDIR) != 0 && (event.mask & (IN_MOVED_FROM | IN_DELETE)) != 0) {
        watched_->remove(path);
      }
    }
    if (path.empty() || is_rule_file(name)) {  // the root itself is gone, or the rules are others
      if ((event.mask & IN_ATTRIB) == 0 || !path.empty()) batch_.add_sweep(Clock::now());
      return;
    }
    // Whether it may be entered decides about all that is below it.
    if ((event.mask & IN_ISDIR) != 0 && (event.mask & IN_ATTRIB) != 0) {
      batch_.add_sweep(Clock::now());
      return;
    }
    batch_.add(path, Clock::now());
    if ((event.mask & IN_ISDIR) != 0 && (event.mask & (IN_CREATE | IN_MOVED_TO)) != 0) {
      take_in(std::move(path));
    }
  }

  // A directory that has appeared, and all below it. It is watched before it is read, so that
  // nothing comes in between.
  void take_in(std::string top) {
    std::vector<std::string> open{std::move(top)};
    while (!open.empty() && !batch_.is_sweep()) {
      const std::string directory = std::move(open.back());
      open.pop_back();
      if (functions_.is_wanted && !functions_.is_wanted(directory)) continue;
      if (add(directory) != WatchedDirectories::Added::kGone) read(directory, open);
    }
  }

  void read(const std::string& directory, std::vector<std::string>& open) {
    const auto fd = root_->open_directory(directory, O_RDONLY);
    if (!fd) return;
    auto filled = DirectoryReading::Filled::kPart;
    while (filled == DirectoryReading::Filled::kPart && !batch_.is_sweep()) {
      filled = reading_.fill(fd->get());
      reading_.each([&](const DirectoryEntry& entry) {
        if (entry.text == "." || entry.text == "..") return;
        if (is_rule_file(entry.text)) batch_.add_sweep(Clock::now());
        batch_.add(joined(directory, entry.text), Clock::now());
        if (type_of(fd->get(), entry) == DT_DIR) open.push_back(joined(directory, entry.text));
      });
    }
  }

  void report() {
    const bool is_sweep = batch_.is_sweep();
    std::vector<std::string> changes = batch_.take();
    if (!is_sweep) {
      if (functions_.on_change) functions_.on_change(std::move(changes));
      return;
    }
    if (functions_.on_sweep) functions_.on_sweep();
    last_sweep_ = Clock::now();
  }

  Functions functions_;
  Limits limits_;
  const RootDirectory* root_ = nullptr;
  FileDescriptor wake_;
  std::thread thread_;

  // The thread's own.
  ChangeBatch batch_;
  DirectoryReading reading_;
  Clock::time_point last_sweep_;
  bool was_told_ = false;
  bool has_failed_ = false;

  mutable std::mutex mutex_;  // guards what follows; not held during a call
  std::condition_variable caught_up_;
  std::unique_ptr<WatchedDirectories> watched_;
  bool is_partial_ = false;
  bool is_running_ = false;
  bool is_stopping_ = false;
  bool is_telling_ = false;  // events were read, and what they say is not told yet
  std::uint64_t asked_ = 0;  // callers of catch_up(), numbered
  std::uint64_t told_ = 0;   // the last of them that has what it waits for
};

TreeWatch::TreeWatch(Functions functions) : TreeWatch(std::move(functions), Limits{}) {}

TreeWatch::TreeWatch(Functions functions, Limits limits)
    : state_(std::make_unique<State>(std::move(functions), limits)) {}

TreeWatch::~TreeWatch() = default;

Checked<Passed> TreeWatch::start(const RootDirectory& root,
                                 const std::vector<std::string>& directories) {
  return state_->start(root, directories);
}

bool TreeWatch::update(const std::vector<std::string>& directories) {
  return state_->update(directories);
}

bool TreeWatch::catch_up(const StopToken& stop, std::chrono::milliseconds longest) {
  return state_->catch_up(stop, longest);
}

void TreeWatch::stop() {
  state_->stop();
}

std::size_t TreeWatch::directories() const {
  return state_->directories();
}

}  // namespace toolpost::project_index
