// SPDX-License-Identifier: Apache-2.0
// What the client answered to one question of InputRequired. A plain value, from Call::answer().
#pragma once

#include <toolpost/json.hpp>

#include <string>
#include <utility>
#include <vector>

namespace toolpost::sdk {

struct Root {
  std::string uri;   // usually file:///...
  std::string name;  // may be empty
};

// Which functions say something depends on what was asked. Never trust an answer more than an
// argument: the client wrote it.
class Answer {
 public:
  explicit Answer(Json json) : json_(std::move(json)) {}

  // elicit() and elicit_url(): the person agreed, said no, or closed the question.
  bool is_accepted() const { return action() == "accept"; }

  bool is_declined() const { return action() == "decline"; }

  bool is_cancelled() const { return action() == "cancel"; }

  // elicit(), accepted: the form as it was filled, an object that is valid against the schema.
  // sample(): the content block or blocks.
  const Json& content() const noexcept { return json_["content"]; }

  // sample(): the text of all text blocks, and which model wrote it.
  std::string text() const;

  std::string model() const { return json_.value_or("model", ""); }

  std::string stop_reason() const { return json_.value_or("stopReason", ""); }

  // list_roots(). Throws Error(kInvalid) when the client did not answer with roots.
  std::vector<Root> roots() const;

  // The ElicitResult, CreateMessageResult or ListRootsResult.
  const Json& json() const noexcept { return json_; }

 private:
  std::string action() const { return json_.value_or("action", ""); }

  Json json_;
};

}  // namespace toolpost::sdk
