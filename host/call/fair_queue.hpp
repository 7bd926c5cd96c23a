// SPDX-License-Identifier: Apache-2.0
// Calls that wait, in turns by principal: whoever has one waiting gets it next but for one call of
// each other principal, however many those have.
#pragma once

#include "call/call.hpp"

#include <cstddef>
#include <deque>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace toolpost::call {

// Belongs to the I/O thread.
class FairQueue {
 public:
  void push(const std::shared_ptr<Call>& call);
  // The queue is not empty.
  std::shared_ptr<Call> pop();
  // False when it does not wait here.
  bool erase(const std::shared_ptr<Call>& call);

  bool empty() const noexcept { return size_ == 0; }

  std::size_t size() const noexcept { return size_; }

  std::size_t size_of(std::string_view principal) const;

 private:
  // What one principal has waiting; never empty.
  struct Turn {
    std::string principal;
    std::deque<std::shared_ptr<Call>> calls;
  };

  using Place = std::list<Turn>::iterator;

  void remove(Place turn);

  std::list<Turn> turns_;                               // the next one is in front
  std::unordered_map<std::string_view, Place> places_;  // the names are those of the turns
  std::size_t size_ = 0;
};

}  // namespace toolpost::call
