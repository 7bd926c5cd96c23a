// SPDX-License-Identifier: Apache-2.0
// A call that has become a task: what outlives the request, its connection and the process.
#pragma once

#include "base/error.hpp"
#include "mcp/task.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace toolpost::call {

class Call;

// From its creation a task is kept so long; one that still runs then is ended.
inline constexpr std::chrono::hours kTaskLife{24};

// I/O thread only.
struct Task {
  mcp::TaskView view;
  std::string owner;           // who may ask about it
  std::string tool;            // for people
  std::weak_ptr<Call> call{};  // its present round; none once it has ended
  bool is_kept = false;        // on the disk, so that its handle may be given
  bool is_ending = false;      // how it ended is on its way to the disk, and nobody hears of it yet
};

// As it stands on the disk.
std::string to_json(const Task& task);
Result<Task> read_task(std::string_view text);

}  // namespace toolpost::call
