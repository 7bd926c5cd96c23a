// SPDX-License-Identifier: Apache-2.0
// A second place for checkpoints, on storage that whoever can change the ledger cannot change. Has
// a thread of its own, so that a place that does not answer holds up nobody.
#pragma once

#include "audit/seal_key.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/unique_fd.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace toolpost::audit {

class SecondSink {
 public:
  // Appends to the file, which is made with mode 0600 where there is none; first the key, then
  // checkpoints, as read_anchors() reads them. The error is that of the first attempt. The log must
  // outlive it.
  static Result<std::unique_ptr<SecondSink>> open(std::string path, const VerifyKey& key, Log& log);
  // Waits for the storage.
  ~SecondSink();
  SecondSink(const SecondSink&) = delete;
  SecondSink& operator=(const SecondSink&) = delete;

  // [any thread] Takes a checkpoint's line. One that still waits is replaced: the newer one covers
  // it.
  void push(std::string_view checkpoint);

  // [any thread] The last attempt has succeeded, and nothing has been waiting for longer.
  bool is_well(std::chrono::milliseconds patience) const;

  // Tries once more what is waiting, and ends. False when it has not ended in that time.
  bool close(std::chrono::milliseconds patience);

 private:
  using Clock = std::chrono::steady_clock;

  SecondSink(std::string path, std::string key_line, Log& log)
      : path_(std::move(path)), key_line_(std::move(key_line)), log_(log) {}

  Result<> append(std::string_view text);
  Result<> open_file();
  void run();
  void tell(const Result<>& result);

  const std::string path_;
  const std::string key_line_;
  Log& log_;
  UniqueFd file_;  // of the thread

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string waiting_;  // empty: nothing
  std::uint64_t pushes_ = 0;
  Clock::time_point waits_since_{};
  bool is_well_ = true;
  bool closing_ = false;
  bool has_ended_ = false;
  std::thread thread_;
};

}  // namespace toolpost::audit
