// SPDX-License-Identifier: Apache-2.0
// A program that is started once and asked many times through pipes to its stdin and from its
// stdout, on Linux. It is started and ended like those of process.hpp.
#pragma once

#include <toolpost/process.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace toolpost::sdk {

// How an exchange ended. Everything but kAnswered ends the conversation and its program.
struct ExchangeResult {
  enum class End {
    kAnswered,    // the last answer was heard
    kExited,      // the program ended by itself, see exit_code
    kSignalled,   // by a signal that was not ours, see signal
    kCancelled,   // because of the Cancellation
    kDeadline,    // an answer did not come in time
    kTooLong,     // an answer was longer than max_answer
    kNotStarted,  // see problem
    kLost,        // the launcher ended or hung; see problem
    kOver         // an earlier exchange, or close(), had ended the conversation
  };

  End end = End::kOver;
  int exit_code = -1;
  int signal = 0;
  std::string problem;  // one line, for kNotStarted and kLost
  // False when a process could not be ended, e.g. one that hangs in the kernel.
  bool are_descendants_gone = true;

  bool is_answered() const noexcept { return end == End::kAnswered; }

  // One line, e.g. "was ended by signal 11 (Segmentation fault)".
  std::string describe() const;
};

// What a line of the program is to the one who asked.
enum class Heard {
  kMore,    // part of an answer
  kAnswer,  // the end of an answer, and others are to come: the deadline begins anew
  kLast     // the end of the last answer
};

// One running program. Its owner keeps it as long as he likes; the destructor ends it and all its
// descendants, as Launcher::run() does at a cancellation, and waits for that. One exchange at a
// time, from any thread.
class Conversation {
 public:
  static constexpr std::size_t kDefaultMaxAnswer = std::size_t{16} << 20U;
  using OnLine = std::function<Heard(std::string_view line)>;

  // Of the command, `deadline` and `on_line` are not used: each exchange has its own, and a program
  // at rest may live on. `max_output` is what is kept of its stderr. A program that cannot be
  // started is told by the first exchange. `max_answer` is in bytes, ends of lines included.
  Conversation(const Launcher& launcher, Command command,
               std::size_t max_answer = kDefaultMaxAnswer);
  Conversation(Conversation&&) noexcept;
  Conversation& operator=(Conversation&&) noexcept;
  ~Conversation();

  // Writes `request`, which may hold many questions, and hands every line of the answers to
  // `on_line`, without its end and on this thread, while it is still writing: neither side ever
  // waits for the other's full pipe. Returns after kLast, or when the conversation ends; `deadline`
  // is for each answer, 2.5 s later it has returned in any case. Lines that come after kLast are
  // kept for the next exchange. An empty request listens only. What on_line throws ends the
  // conversation and passes through.
  ExchangeResult exchange(std::string_view request, const OnLine& on_line,
                          std::chrono::milliseconds deadline,
                          const Cancellation& cancellation = Cancellation());

  // False once it has ended. A program that died at rest is noticed by the next exchange.
  bool is_open() const noexcept;

  // Ends the program now. May be repeated.
  void close();

  // What has been kept of stderr. Only when the conversation is over.
  CapturedOutput take_errors();

 private:
  class Talk;
  std::unique_ptr<Talk> talk_;
};

}  // namespace toolpost::sdk
