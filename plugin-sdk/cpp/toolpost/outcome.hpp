// SPDX-License-Identifier: Apache-2.0
// What the answers of tools, resources and prompts have in common: each may also be a failure, or a
// question back to the client. Plugins use it through Result, Contents and PromptResult.
#pragma once

#include <toolpost/error.hpp>
#include <toolpost/json.hpp>

#include <cstdint>
#include <string>

namespace toolpost::sdk {

class InputRequired;

// A plain value.
class Outcome {
 public:
  // A result, which is somewhere else.
  Outcome() = default;
  // See Result::failure().
  Outcome(Status status, std::string message, std::int32_t rpc_code, Json data);
  explicit Outcome(const InputRequired& question);

  bool is_result() const noexcept { return status_ == Status::kOk && !needs_input_; }

  Status status() const noexcept { return status_; }

  bool needs_input() const noexcept { return needs_input_; }

  std::int32_t rpc_code() const noexcept { return rpc_code_; }

  const std::string& message() const noexcept { return message_; }

  const std::string& state() const noexcept { return state_; }

  // The error's data or the questions; empty when there are none.
  std::string payload() const { return data_.is_null() ? std::string() : data_.dump(); }

 private:
  Status status_ = Status::kOk;
  bool needs_input_ = false;
  std::int32_t rpc_code_ = 0;
  std::string message_;
  std::string state_;
  Json data_;
};

}  // namespace toolpost::sdk
