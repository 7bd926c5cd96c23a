// SPDX-License-Identifier: Apache-2.0
// Removes what is older than the ledger is to keep: at the start and then every hour, on a thread
// of its own, because a ledger may be large. Records each removal in the journal first.
#pragma once

#include "audit/journal.hpp"
#include "audit/retention.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>

namespace toolpost::audit {

class Caretaker {
 public:
  // All of them must outlive it.
  Caretaker(const Directory& directory, const VerifyKey& key, Journal& journal,
            std::chrono::days keep, Log& log);
  // Waits for the storage.
  ~Caretaker();
  Caretaker(const Caretaker&) = delete;
  Caretaker& operator=(const Caretaker&) = delete;

  // Ends as soon as it can.
  void stop();
  // Whether it has ended, after at most that time.
  bool wait(std::chrono::milliseconds patience);

 private:
  void run();
  void pass();
  // False when there is nothing more to do now.
  Result<bool> step();
  std::uint64_t record(const std::string& object);
  bool wait_until_proven(std::uint64_t seq);
  bool pause(std::chrono::milliseconds time);
  void tell(const RetentionPlan& plan);

  const Directory& directory_;
  const VerifyKeys keys_;
  Journal& journal_;
  const std::chrono::days keep_;
  Log& log_;
  RetentionWords known_;
  std::set<std::string> told_;  // chains that are left alone

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool has_ended_ = false;
  std::thread thread_;
};

}  // namespace toolpost::audit
