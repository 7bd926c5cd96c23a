// SPDX-License-Identifier: Apache-2.0
// The description of one prompt and the function behind it. A plain value, given to Plugin::add().
#pragma once

#include <toolpost/item.hpp>
#include <toolpost/prompt_result.hpp>
#include <toolpost/suggestions.hpp>

#include <functional>
#include <string>
#include <vector>

namespace toolpost::sdk {

// Changes nothing and stays on this machine, unless open_world() says otherwise. The handler finds
// the arguments with Call::argument(); all are texts, and the required ones are there.
//
//   add(Prompt("review")
//           .description("Reviews a file.")
//           .required("path", "The file to review")
//           .run([](const Call& call) {
//             return PromptResult().user("Review " + call.argument("path") + ".");
//           }));
class Prompt : public ItemBuilder<Prompt> {
 public:
  using Handler = std::function<PromptResult(const Call&)>;

  explicit Prompt(std::string name);

  // Arguments, in the order in which people see them.
  Prompt& required(std::string name, std::string description = {}, std::string title = {});
  Prompt& optional(std::string name, std::string description = {}, std::string title = {});

  // What an argument could be, while a person is typing it.
  Prompt& complete(const std::string& argument, Completer completer);
  Prompt& complete(const std::string& argument, std::vector<std::string> values);

  // Exactly one of the two.
  Prompt& run(Handler handler);
  Prompt& run_async(AsyncHandler handler);

  const std::string& name() const noexcept { return item().key; }

  const std::vector<Item>& completions() const noexcept { return completions_; }

 private:
  Prompt& argument(Json described, std::string description, std::string title);

  std::vector<Item> completions_;
};

}  // namespace toolpost::sdk
