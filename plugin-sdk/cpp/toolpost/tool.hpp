// SPDX-License-Identifier: Apache-2.0
// The description of one tool and the function behind it. A plain value, given to Plugin::add().
#pragma once

#include <toolpost/item.hpp>
#include <toolpost/result.hpp>
#include <toolpost/schema.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace toolpost::sdk {

class Tool : public ItemBuilder<Tool> {
 public:
  using Handler = std::function<Result(const Call&)>;
  using AsyncHandler = sdk::AsyncHandler;

  explicit Tool(std::string name);

  // Without an input schema the tool takes no arguments.
  Tool& input(const Schema& schema);
  Tool& input_json(std::string_view schema);
  // What structured content looks like; the host checks every result against it.
  Tool& output(const Schema& schema);
  Tool& output_json(std::string_view schema);

  // Without any of these, and without open_world(): changes things, but does not destroy, and stays
  // on this machine.
  Tool& read_only();
  Tool& destructive();
  Tool& idempotent();
  // Of long calls the host makes tasks, which the client asks for later; the handler need not know.
  // A client that knows tasks gets one at once, and questions are asked in it; others wait.
  Tool& task_allowed();
  // Only clients that know tasks can call it. Its questions come first, a task is made of the work
  // after them.
  Tool& task_required();

  // Exactly one of the two.
  Tool& run(Handler handler);
  Tool& run_async(AsyncHandler handler);

  const std::string& name() const noexcept { return item().key; }
};

}  // namespace toolpost::sdk
