// SPDX-License-Identifier: Apache-2.0
// Builds the JSON Schema (2020-12) of typical arguments, results and forms:
//   Schema::object().required("text", Schema::string("What to say"))
// What has no method here goes in with set(), or the whole schema as text into Tool::input_json().
#pragma once

#include <toolpost/json.hpp>

#include <initializer_list>
#include <string>
#include <vector>

namespace toolpost::sdk {

// One value of a choice, and what people see instead of it.
struct Option {
  std::string value;
  std::string title;
};

class Schema {
 public:
  // An object that takes no members but the ones added with required() and optional().
  static Schema object(std::string description = {});
  static Schema string(std::string description = {});
  static Schema integer(std::string description = {});
  static Schema number(std::string description = {});
  static Schema boolean(std::string description = {});
  static Schema array(const Schema& items, std::string description = {});
  // One of these strings.
  static Schema choice(std::initializer_list<const char*> values, std::string description = {});
  // The same for values that are shown to people by another text.
  static Schema titled_choice(const std::vector<Option>& options, std::string description = {});
  // Any number of these strings, as an array.
  static Schema choices(std::initializer_list<const char*> values, std::string description = {});
  static Schema titled_choices(const std::vector<Option>& options, std::string description = {});
  // As titled_choice(), for clients from before 2025-11-25.
  static Schema legacy_choice(const std::vector<Option>& options, std::string description = {});

  // For objects.
  Schema& required(const std::string& name, const Schema& member);
  Schema& optional(const std::string& name, const Schema& member);
  Schema& allow_other_members();

  // For numbers: inclusive bounds.
  Schema& minimum(double bound);
  Schema& maximum(double bound);
  // For strings: characters and a regular expression; for arrays: elements.
  Schema& min_length(unsigned count);
  Schema& max_length(unsigned count);
  Schema& pattern(std::string regular_expression);
  Schema& min_items(unsigned count);
  Schema& max_items(unsigned count);

  // For strings: "email", "uri", "date" or "date-time".
  Schema& format(std::string name);

  // Shown to people instead of the member's name.
  Schema& title(std::string text);
  Schema& default_value(Json value);
  // Lets the audit show this argument in clear, bounded and without what looks like a secret;
  // without it only a digest appears. Counts for members of the input's objects at any depth, not
  // for the elements of arrays by themselves. Never on anything that can be a key or a password.
  Schema& loggable();
  // Any other keyword.
  Schema& set(std::string keyword, Json value);

  const Json& json() const noexcept { return json_; }

 private:
  Schema(const char* type, std::string description);

  Json json_;
};

}  // namespace toolpost::sdk
