// SPDX-License-Identifier: Apache-2.0
// What a person could mean who has begun to type an argument of a prompt, or a variable of a
// resource template. See Prompt::complete() and ResourceTemplate::complete().
#pragma once

#include <toolpost/call.hpp>
#include <toolpost/item.hpp>
#include <toolpost/json.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace toolpost::sdk {

// A plain value. The client gets at most the first hundred.
class Suggestions {
 public:
  Suggestions() = default;

  Suggestions(std::vector<std::string> values) : values_(std::move(values)) {}

  // Those that begin with what was typed; ASCII letters of either case are alike.
  static Suggestions matching(const std::vector<std::string>& values, std::string_view typed);

  Suggestions& add(std::string value);
  // How many there are, with those that are not listed here.
  Suggestions& total(std::size_t count);
  // There are more, of unknown number.
  Suggestions& has_more();

  const std::vector<std::string>& values() const noexcept { return values_; }

  // The MCP CompleteResult.
  std::string payload() const;

 private:
  std::vector<std::string> values_;
  Json total_;
  bool has_more_ = false;
};

// What was typed so far. Lives as long as the handler runs.
struct Typed {
  std::string argument;  // its name
  std::string value;     // may be empty
  Json others;           // what is known of the other arguments: an object of texts
  const Call& call;
};

using Completer = std::function<Suggestions(const Typed&)>;

namespace detail {

// "prompt:NAME" or "template:URI-TEMPLATE"; empty for what has no completions.
std::string subject_of(toolpost_kind kind, std::string_view key);

// The item of kind COMPLETION for one argument of the subject.
Item completion_item(std::string subject, const std::string& argument, Completer completer);

// The completer of a fixed list.
Completer completer_of(std::vector<std::string> values);

}  // namespace detail
}  // namespace toolpost::sdk
