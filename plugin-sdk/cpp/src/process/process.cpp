// SPDX-License-Identifier: Apache-2.0
// The loop that waits for output, reports, cancellation and deadline of one run.
#include "bounded_output.hpp"
#include "launch_report.hpp"
#include "launched_child.hpp"
#include "line_splitter.hpp"

#include <toolpost/process.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>

namespace toolpost::sdk {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kReadSize = std::size_t{64} << 10U;
// What a survivor's full pipe may hold after everything else has ended.
constexpr int kMaxLastReads = 32;

// One output pipe with what is kept of it.
class Capture {
 public:
  Capture(detail::UniqueFd& pipe, const Command& command, Stream stream)
      : pipe_(pipe), output_(command.max_output), lines_(command.on_line, stream) {}

  // One read; false when there is nothing now. Closes the pipe at its end.
  bool read_some() {
    std::array<char, kReadSize> buffer;
    const ssize_t size = pipe_ ? read(pipe_.get(), buffer.data(), buffer.size()) : -1;
    if (size < 0) return pipe_ && errno == EINTR;
    if (size == 0) {
      pipe_.reset();
      return false;
    }
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(size));
    output_.append(bytes);
    lines_.append(bytes);
    return true;
  }

  CapturedOutput finish() {
    for (int count = 0; count < kMaxLastReads && read_some(); ++count) {
    }
    lines_.finish();
    return output_.take();
  }

  int descriptor() const noexcept { return pipe_.get(); }

 private:
  detail::UniqueFd& pipe_;
  detail::BoundedOutput output_;
  detail::LineSplitter lines_;
};

class Run {
 public:
  Run(const Command& command, const Cancellation& cancellation)
      : command_(command),
        cancellation_(cancellation),
        out_(child_.out(), command, Stream::kOut),
        err_(child_.err(), command, Stream::kErr) {}

  ProcessResult run(const std::string& launcher) {
    if (cancellation_.is_requested()) {
      result_.end = ProcessResult::End::kCancelled;
      return std::move(result_);
    }
    result_.problem = child_.start(launcher, command_);
    if (!result_.problem.empty()) return std::move(result_);
    result_.end = ProcessResult::End::kLost;  // until a report says otherwise
    if (command_.deadline) deadline_ = Clock::now() + *command_.deadline;
    while (!is_over_) step();
    result_.out = out_.finish();
    result_.err = err_.finish();
    conclude();
    return std::move(result_);
  }

 private:
  enum Source : std::size_t { kControl, kOut, kErr, kCancel, kSourceCount };

  void step() {
    std::array<pollfd, kSourceCount> sources{};
    sources[kControl] = {child_.control(), POLLIN, 0};
    sources[kOut] = {out_.descriptor(), POLLIN, 0};
    sources[kErr] = {err_.descriptor(), POLLIN, 0};
    sources[kCancel] = {is_ending_ ? -1 : cancellation_.descriptor(), POLLIN, 0};
    const int ready = poll(sources.data(), sources.size(), wait_ms());
    if (ready < 0 && errno != EINTR) {
      lose("poll failed: " + std::generic_category().message(errno));
      return;
    }
    if (ready > 0) {
      if (sources[kOut].revents != 0) out_.read_some();
      if (sources[kErr].revents != 0) err_.read_some();
      if (sources[kControl].revents != 0) take_report();
      if (sources[kCancel].revents != 0) end_because(ProcessResult::End::kCancelled);
    }
    check_clock();
  }

  int wait_ms() const {
    if (!deadline_) return -1;
    const auto left = std::chrono::ceil<milliseconds>(*deadline_ - Clock::now()).count();
    return static_cast<int>(std::clamp<decltype(left)>(left, 0, INT_MAX));
  }

  void check_clock() {
    if (is_over_ || !deadline_ || Clock::now() < *deadline_) return;
    if (is_ending_) {
      lose("toolpost-launch did not end in time");
    } else {
      end_because(ProcessResult::End::kDeadline);
    }
  }

  // The first reason counts: cancelling what has exited changes nothing.
  void end_because(ProcessResult::End reason) {
    if (is_ending_) return;
    is_ending_ = true;
    result_.end = reason;
    deadline_ = Clock::now() + detail::kLauncherLimit;
    child_.request_end();
  }

  void take_report() {
    toolpost_launch_report report{};
    const ssize_t size = recv(child_.control(), &report, sizeof(report), 0);
    if (size < 0 && errno == EINTR) return;
    if (size != static_cast<ssize_t>(sizeof(report))) {
      lose("toolpost-launch ended unexpectedly");
      return;
    }
    switch (report.kind) {
      case TOOLPOST_LAUNCH_NOT_STARTED:
        end_because(ProcessResult::End::kNotStarted);
        result_.problem = detail::start_problem(report, command_);
        return;
      case TOOLPOST_LAUNCH_EXITED:
        result_.exit_code = report.value;
        end_because(ProcessResult::End::kExited);
        return;
      case TOOLPOST_LAUNCH_SIGNALLED:
        result_.signal = report.value;
        end_because(ProcessResult::End::kSignalled);
        return;
      case TOOLPOST_LAUNCH_GONE:
        result_.are_descendants_gone = report.value == 0;
        is_over_ = true;
        return;
      default:
        lose("toolpost-launch sent an unknown report");
    }
  }

  void lose(std::string problem) {
    result_.end = ProcessResult::End::kLost;
    result_.problem = std::move(problem);
    result_.are_descendants_gone = false;
    is_over_ = true;
    child_.kill_launcher();
  }

  // GONE without a reason: somebody else has sent the launcher a signal.
  void conclude() {
    child_.reap();
    if (result_.end == ProcessResult::End::kLost && result_.problem.empty()) {
      result_.problem = "toolpost-launch was told to end by a signal";
    }
  }

  const Command& command_;
  const Cancellation& cancellation_;
  detail::LaunchedChild child_;
  Capture out_;
  Capture err_;
  ProcessResult result_;
  std::optional<Clock::time_point> deadline_;  // of the child; of the launcher once it is ending
  bool is_ending_ = false;
  bool is_over_ = false;
};

}  // namespace

ProcessResult Launcher::run(const Command& command, const Cancellation& cancellation) const {
  return Run(command, cancellation).run(path_);
}

std::string ProcessResult::describe() const {
  switch (end) {
    case End::kExited:
      return "exited with code " + std::to_string(exit_code);
    case End::kSignalled:
      return detail::signal_text(signal);
    case End::kCancelled:
      return "was cancelled";
    case End::kDeadline:
      return "was ended at its deadline";
    case End::kNotStarted:
    case End::kLost:
      return problem;
  }
  return problem;
}

}  // namespace toolpost::sdk
