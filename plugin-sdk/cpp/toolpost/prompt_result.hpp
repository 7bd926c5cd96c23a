// SPDX-License-Identifier: Apache-2.0
// What a prompt answers: the messages of a conversation that is about to begin. A plain value.
#pragma once

#include <toolpost/content.hpp>
#include <toolpost/input_required.hpp>
#include <toolpost/json.hpp>
#include <toolpost/outcome.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace toolpost::sdk {

class PromptResult {
 public:
  // No message yet.
  PromptResult() = default;

  // Asks the client first.
  PromptResult(const InputRequired& question) : outcome_(question) {}

  // As Result::failure().
  static PromptResult failure(Status status, std::string message, std::int32_t rpc_code = 0,
                              Json data = nullptr);

  // Messages, in order.
  PromptResult& user(std::string text);
  PromptResult& user(Content content);
  PromptResult& assistant(std::string text);
  PromptResult& assistant(Content content);

  PromptResult& description(std::string text);
  // A member of the result's _meta.
  PromptResult& meta(std::string key, Json value);

  // The pieces of a toolpost_outcome, for Call and for tests.
  std::string payload() const;

  const Outcome& outcome() const noexcept { return outcome_; }

  const std::vector<std::string>& blobs() const noexcept { return blobs_; }

 private:
  PromptResult& message(Role role, Content content);

  Outcome outcome_;
  Json description_;
  Json messages_ = Json::array();
  Json meta_;
  std::vector<std::string> blobs_;
};

}  // namespace toolpost::sdk
