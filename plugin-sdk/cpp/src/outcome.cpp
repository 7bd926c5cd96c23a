// SPDX-License-Identifier: Apache-2.0
#include <toolpost/input_required.hpp>
#include <toolpost/outcome.hpp>

#include <utility>

namespace toolpost::sdk {
namespace {

// The ABI wants one line, and a log line is one event.
std::string one_line(std::string text) {
  for (char& character : text) {
    if (static_cast<unsigned char>(character) < 0x20) character = ' ';
  }
  return text;
}

}  // namespace

Outcome::Outcome(Status status, std::string message, std::int32_t rpc_code, Json data)
    : status_(status == Status::kOk ? Status::kInternal : status),
      rpc_code_(rpc_code),
      message_(one_line(std::move(message))),
      data_(std::move(data)) {}

Outcome::Outcome(const InputRequired& question)
    : needs_input_(true), state_(question.state()), data_(question.requests()) {}

}  // namespace toolpost::sdk
