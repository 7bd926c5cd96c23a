// SPDX-License-Identifier: Apache-2.0
// The uv processes of one call: one deadline and one cancellation for all of them, their lines as
// progress, their output kept for the result. Used by the call's own thread only.
#pragma once

#include "services.hpp"

#include <toolpost/call.hpp>
#include <toolpost/process.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace toolpost::uv_package {

// Whether there is a uv that can be used. Starts a process only when that is not known yet.
bool is_uv_available(Services& services);

class UvRun {
 public:
  UvRun(Services& services, const sdk::Call& call);
  UvRun(const UvRun&) = delete;
  UvRun& operator=(const UvRun&) = delete;

  ~UvRun() { settle(); }

  // The uv to use; a refusal says what is wrong with it, or that it is not tried now.
  Checked<Passed> find_uv();

  const Uv& uv() const noexcept { return uv_; }

  // Where the steps run, and the environment they act on.
  void work_in(std::string directory, std::string environment);

  // Another directory, and another cache unless `cache` is empty, until this goes.
  class Place {
   public:
    Place(UvRun& run, const std::string& directory, const std::string& cache);
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place();

   private:
    UvRun& run_;
    std::string directory_;
    std::string cache_;
  };

  // What runs now is the project's own code: how it ends says nothing of uv or an index.
  class OwnCode {
   public:
    explicit OwnCode(UvRun& run) : run_(run) { run_.is_own_code_ = true; }

    OwnCode(const OwnCode&) = delete;
    OwnCode& operator=(const OwnCode&) = delete;

    ~OwnCode() { run_.is_own_code_ = false; }

   private:
    UvRun& run_;
  };

  // What uv says of paths that begin with `prefix` is told without it.
  void leave_out(std::string prefix) { left_out_ = std::move(prefix); }

  std::string without_prefix(std::string_view text) const;

  // Runs one uv. A refusal holds the command, how it ended, and what uv said.
  Checked<Passed> step(const Arguments& arguments);

  // After the last step, before the call completes: the circuit learns what the steps came to.
  void settle();

  bool is_cancelled() const noexcept { return cancellation_.is_requested(); }

  const std::vector<std::string>& commands() const noexcept { return commands_; }

  std::string output() const;

 private:
  sdk::ProcessResult run(const std::string& program, const Arguments& arguments);
  Checked<std::string> ask(const std::string& program, const Arguments& arguments);
  void tell_circuit(const sdk::ProcessResult& result);
  std::chrono::milliseconds time_left() const;
  std::vector<std::string> environment_of_child() const;

  Services& services_;
  const sdk::Call& call_;
  sdk::Cancellation cancellation_;
  RunningCalls::Entry running_;
  std::chrono::steady_clock::time_point deadline_;
  std::string directory_;
  std::string environment_;
  std::string cache_;  // empty: the plugin's
  std::string left_out_;
  Uv uv_;
  std::optional<UvCircuit::Pass> pass_;
  bool is_own_code_ = false;
  std::vector<std::string> commands_;
  std::string output_;
  int lines_ = 0;
};

}  // namespace toolpost::uv_package
