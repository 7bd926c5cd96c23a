// SPDX-License-Identifier: Apache-2.0
// One plugin's share: so many calls at once, so many waiting, and no effect on anybody else.
#pragma once

#include "call/backend.hpp"
#include "call/circuit.hpp"
#include "call/fair_queue.hpp"

#include <memory>
#include <string>

namespace toolpost::call {

struct LaneLimits {
  std::size_t concurrency = 16;
  std::size_t queue = 64;
  CircuitLimits circuit{};

  bool operator==(const LaneLimits&) const = default;
};

// Belongs to the I/O thread.
class Lane {
 public:
  Lane(std::string plugin_id, Backend& backend, LaneLimits limits)
      : plugin_id_(std::move(plugin_id)),
        backend_(backend),
        limits_(limits),
        circuit_(limits.circuit) {}

  const std::string& plugin_id() const noexcept { return plugin_id_; }

  Backend& backend() noexcept { return backend_; }

  // Starts the call, lets it wait, or refuses it (false) when the queue is full too. Whoever has
  // as many calls waiting as there are free places counts as one for whom it is full, so that the
  // next one finds room; the caller `local` is alone on its machine.
  bool admit(const std::shared_ptr<Call>& call);
  // The intent of a call that was admitted is on the disk: it may begin.
  void intent_recorded(const std::shared_ptr<Call>& call);
  // A slot is free again.
  void release();
  // Takes a call that has not begun out of the queue, or its slot back.
  void forget(const std::shared_ptr<Call>& call);

  Circuit& circuit() noexcept { return circuit_; }

  const Circuit& circuit() const noexcept { return circuit_; }

  std::size_t running() const noexcept { return running_; }

  std::size_t waiting() const noexcept { return waiting_.size(); }

  const LaneLimits& limits() const noexcept { return limits_; }

 private:
  void give_slot(const std::shared_ptr<Call>& call);
  void begin(const std::shared_ptr<Call>& call);

  std::string plugin_id_;
  Backend& backend_;
  LaneLimits limits_;
  Circuit circuit_;
  std::size_t running_ = 0;
  FairQueue waiting_;
};

}  // namespace toolpost::call
