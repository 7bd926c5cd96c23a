// SPDX-License-Identifier: Apache-2.0
// The loop that writes a request while it reads the answers.
#include "answer_lines.hpp"
#include "bounded_output.hpp"
#include "launch_report.hpp"
#include "launched_child.hpp"
#include "pipe_write.hpp"

#include <toolpost/conversation.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>
#include <utility>

namespace toolpost::sdk {
namespace {

using Clock = std::chrono::steady_clock;
using End = ExchangeResult::End;
using State = detail::AnswerLines::State;
using std::chrono::milliseconds;

constexpr std::size_t kReadSize = std::size_t{64} << 10U;
// What a program that has ended may have left in its pipe.
constexpr int kMaxLastReads = 32;

int milliseconds_until(Clock::time_point time) {
  const auto left = std::chrono::ceil<milliseconds>(time - Clock::now()).count();
  return static_cast<int>(std::clamp<decltype(left)>(left, 0, INT_MAX));
}

enum class Taken { kSome, kNothingNow, kNoMore };

// One read from a pipe that does not block; closes it at its end.
template <class Consumer>
Taken read_once(detail::UniqueFd& pipe, const Consumer& consumer) {
  std::array<char, kReadSize> buffer;
  const ssize_t size = pipe ? read(pipe.get(), buffer.data(), buffer.size()) : 0;
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return Taken::kNothingNow;
  if (size <= 0) {
    pipe.reset();
    return Taken::kNoMore;
  }
  consumer(std::string_view(buffer.data(), static_cast<std::size_t>(size)));
  return Taken::kSome;
}

}  // namespace

class Conversation::Talk {
 public:
  Talk(const Launcher& launcher, Command command, std::size_t max_answer)
      : command_(std::move(command)), errors_(command_.max_output), lines_(max_answer) {
    start_problem_ = child_.start(launcher.path(), command_, detail::LaunchedChild::Input::kPipe);
  }

  ExchangeResult exchange(std::string_view request, const OnLine& on_line, milliseconds deadline,
                          const Cancellation& cancellation) {
    result_ = ExchangeResult();
    if (!is_open_) return result_;
    if (!start_problem_.empty()) {
      is_open_ = false;
      result_.end = End::kNotStarted;
      result_.problem = start_problem_;
      return result_;
    }
    request_ = request;
    on_line_ = &on_line;
    is_last_heard_ = false;
    answer_time_ = deadline;
    deadline_ = Clock::now() + deadline;
    try {
      hear();
      while (is_open_ && !(is_last_heard_ && request_.empty())) step(cancellation);
    } catch (...) {
      close();
      throw;
    }
    if (is_open_) result_.end = End::kAnswered;
    return result_;
  }

  bool is_open() const noexcept { return is_open_; }

  void close() { end_because(End::kOver); }

  CapturedOutput take_errors() { return errors_.take(); }

 private:
  enum Source : std::size_t { kControl, kIn, kOut, kErr, kCancel, kSourceCount };

  void step(const Cancellation& cancellation) {
    std::array<pollfd, kSourceCount> sources{};
    sources[kControl] = {child_.control(), POLLIN, 0};
    sources[kIn] = {request_.empty() ? -1 : child_.in().get(), POLLOUT, 0};
    sources[kOut] = {is_last_heard_ ? -1 : child_.out().get(), POLLIN, 0};
    sources[kErr] = {child_.err().get(), POLLIN, 0};
    sources[kCancel] = {cancellation.descriptor(), POLLIN, 0};
    const int ready = poll(sources.data(), sources.size(), milliseconds_until(deadline_));
    if (ready < 0 && errno != EINTR) {
      lose("poll failed: " + std::generic_category().message(errno));
      return;
    }
    if (ready > 0) serve(sources);
    if (is_open_ && Clock::now() >= deadline_) end_because(End::kDeadline);
  }

  void serve(const std::array<pollfd, kSourceCount>& sources) {
    if (sources[kCancel].revents != 0) return end_because(End::kCancelled);
    if (sources[kErr].revents != 0) read_errors();
    if (sources[kOut].revents != 0) read_answers();
    if (is_open_ && sources[kIn].revents != 0) write_some();
    if (is_open_ && sources[kControl].revents != 0) hear_out();
  }

  // A program that closes its input may answer all the same; what it did not take is forgotten.
  void write_some() {
    const ssize_t size = detail::write_to_pipe(child_.in().get(), request_);
    if (size >= 0) {
      request_.remove_prefix(static_cast<std::size_t>(size));
    } else if (errno != EAGAIN && errno != EINTR) {
      child_.in().reset();
      request_ = {};
    }
  }

  Taken read_errors() {
    return read_once(child_.err(), [this](std::string_view bytes) { errors_.append(bytes); });
  }

  Taken read_answers() {
    const Taken taken =
        read_once(child_.out(), [this](std::string_view bytes) { lines_.append(bytes); });
    if (taken == Taken::kSome) hear();
    return taken;
  }

  void hear() {
    switch (lines_.hand_out(*on_line_)) {
      case State::kTooLong:
        end_because(End::kTooLong);
        return;
      case State::kLast:
        is_last_heard_ = true;
        return;
      case State::kAnswered:
        deadline_ = Clock::now() + answer_time_;
        return;
      case State::kWantsMore:
        return;
    }
  }

  // The launcher has something to say. What the program said before its end counts first.
  void hear_out() {
    for (int count = 0; count < kMaxLastReads && is_open_ && !is_last_heard_; ++count) {
      if (read_answers() != Taken::kSome) break;
    }
    if (!is_open_ || is_last_heard_) {
      request_ = {};
      return;
    }
    take_report();
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
        result_.problem = detail::start_problem(report, command_);
        end_because(End::kNotStarted);
        return;
      case TOOLPOST_LAUNCH_EXITED:
        result_.exit_code = report.value;
        end_because(End::kExited);
        return;
      case TOOLPOST_LAUNCH_SIGNALLED:
        result_.signal = report.value;
        end_because(End::kSignalled);
        return;
      default:
        lose("toolpost-launch was told to end by a signal");
    }
  }

  void end_because(End end) {
    if (!is_open_) return;
    is_open_ = false;
    result_.end = end;
    child_.in().reset();
    child_.out().reset();
    if (!start_problem_.empty()) return;
    child_.request_end();
    wait_for_launcher();
    child_.reap();
  }

  // Stderr is drained meanwhile: a program may complain on its way out.
  void wait_for_launcher() {
    const Clock::time_point until = Clock::now() + detail::kLauncherLimit;
    while (true) {
      std::array<pollfd, 2> sources{
          {{child_.control(), POLLIN, 0}, {child_.err().get(), POLLIN, 0}}};
      const int ready = poll(sources.data(), sources.size(), milliseconds_until(until));
      if (ready == 0 && Clock::now() >= until) break;
      if (ready > 0 && sources[1].revents != 0) read_errors();
      if (ready <= 0 || sources[0].revents == 0) continue;
      toolpost_launch_report report{};
      const ssize_t size = recv(child_.control(), &report, sizeof(report), 0);
      if (size < 0 && errno == EINTR) continue;
      if (size != static_cast<ssize_t>(sizeof(report))) break;
      if (report.kind != TOOLPOST_LAUNCH_GONE) continue;
      result_.are_descendants_gone = report.value == 0;
      for (int count = 0; count < kMaxLastReads && read_errors() == Taken::kSome; ++count) {
      }
      return;
    }
    result_.are_descendants_gone = false;
    child_.kill_launcher();
  }

  void lose(std::string problem) {
    is_open_ = false;
    result_.end = End::kLost;
    result_.problem = std::move(problem);
    result_.are_descendants_gone = false;
    child_.kill_launcher();
    child_.reap();
  }

  Command command_;
  detail::LaunchedChild child_;
  detail::BoundedOutput errors_;
  detail::AnswerLines lines_;
  std::string start_problem_;
  bool is_open_ = true;

  // Of the exchange.
  std::string_view request_;  // what is not written yet
  const OnLine* on_line_ = nullptr;
  bool is_last_heard_ = false;
  milliseconds answer_time_{0};
  Clock::time_point deadline_;
  ExchangeResult result_;
};

Conversation::Conversation(const Launcher& launcher, Command command, std::size_t max_answer)
    : talk_(std::make_unique<Talk>(launcher, std::move(command), max_answer)) {}

Conversation::Conversation(Conversation&&) noexcept = default;
Conversation& Conversation::operator=(Conversation&&) noexcept = default;
Conversation::~Conversation() = default;

ExchangeResult Conversation::exchange(std::string_view request, const OnLine& on_line,
                                      milliseconds deadline, const Cancellation& cancellation) {
  return talk_->exchange(request, on_line, deadline, cancellation);
}

bool Conversation::is_open() const noexcept {
  return talk_->is_open();
}

void Conversation::close() {
  talk_->close();
}

CapturedOutput Conversation::take_errors() {
  return talk_->take_errors();
}

std::string ExchangeResult::describe() const {
  switch (end) {
    case End::kAnswered:
      return "answered";
    case End::kExited:
      return "exited with code " + std::to_string(exit_code);
    case End::kSignalled:
      return detail::signal_text(signal);
    case End::kCancelled:
      return "was cancelled";
    case End::kDeadline:
      return "did not answer in time";
    case End::kTooLong:
      return "gave an answer that is too long";
    case End::kOver:
      return "has ended before";
    case End::kNotStarted:
    case End::kLost:
      return problem;
  }
  return problem;
}

}  // namespace toolpost::sdk
