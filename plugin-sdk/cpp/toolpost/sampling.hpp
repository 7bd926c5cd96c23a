// SPDX-License-Identifier: Apache-2.0
// A question to the client's model, for InputRequired::sample(). A plain value.
#pragma once

#include <toolpost/content.hpp>
#include <toolpost/json.hpp>

#include <string>

namespace toolpost::sdk {

//   Sampling(100).user("What is the capital of France?").temperature(0)
class Sampling {
 public:
  // The client stops after so many tokens, or before.
  explicit Sampling(unsigned max_tokens);

  // The conversation so far, in order.
  Sampling& user(std::string text);
  Sampling& user(const Content& content);
  Sampling& assistant(std::string text);
  Sampling& assistant(const Content& content);

  // The client may change or ignore all of these.
  Sampling& system_prompt(std::string text);
  Sampling& temperature(double value);
  Sampling& stop_sequence(std::string text);
  // A part of a model's name; the earlier of several counts more.
  Sampling& model_hint(std::string name);
  // From 0 to 1.
  Sampling& cost_priority(double weight);
  Sampling& speed_priority(double weight);
  Sampling& intelligence_priority(double weight);
  // Any other parameter of sampling/createMessage.
  Sampling& set(std::string key, Json value);

  // The parameters of sampling/createMessage.
  const Json& json() const noexcept { return json_; }

 private:
  Sampling& message(const char* role, const Content& content);
  Sampling& prefer(const char* key, Json value);

  Json json_;
};

}  // namespace toolpost::sdk
