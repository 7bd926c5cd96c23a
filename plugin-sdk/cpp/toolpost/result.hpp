// SPDX-License-Identifier: Apache-2.0
// What a tool answers, in MCP's words: content for the model, structured content for programs, an
// error that the model reads, a protocol error, or a question back to the client. A plain value.
#pragma once

#include <toolpost/error.hpp>
#include <toolpost/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace toolpost::sdk {

class Result {
 public:
  // A success without content yet.
  Result() = default;
  static Result text(std::string text);
  // A JSON object for programs. Without other content the host also gets it as a text block, for
  // clients that know text only.
  static Result structured(Json object);
  // The tool ran and failed (isError): the model sees the message and may try again.
  static Result error(std::string message);
  // The call itself was wrong or could not be served: a JSON-RPC error, which the model may not
  // see. rpc_code 0 lets the host choose the code; kOk counts as kInternal.
  static Result failure(Status status, std::string message, std::int32_t rpc_code = 0,
                        Json data = nullptr);
  // Asks the client and ends this round: `requests` maps names of your choice to
  // elicitation/create, sampling/createMessage or roots/list objects. The handler then runs again
  // with Call::input_responses(), Call::round() > 0 and `state` in Call::resume_state(). Check
  // Call::can_elicit_form() and its like first.
  static Result input_required(Json requests, std::string state);

  Result& add_text(std::string text);
  // Raw bytes; the host encodes them.
  Result& add_image(std::string bytes, std::string mime_type);
  Result& add_audio(std::string bytes, std::string mime_type);
  Result& add_resource_link(std::string uri, std::string name, std::string mime_type = {});
  Result& add_resource_text(std::string uri, std::string text, std::string mime_type = {});
  Result& add_resource_bytes(std::string uri, std::string bytes, std::string mime_type = {});
  // Any other content block, e.g. one with annotations.
  Result& add_content(Json block);
  Result& set_structured(Json object);
  // A member of the result's _meta.
  Result& set_meta(std::string key, Json value);
  // Names a part of the result by JSON pointer, e.g. "/structuredContent/token": the host keeps it
  // out of its log, its audit and its caches.
  Result& mark_secret(std::string json_pointer);

  bool is_error() const noexcept { return is_error_; }

  Status status() const noexcept { return status_; }

  bool needs_input() const noexcept { return needs_input_; }

  // The pieces of a toolpost_outcome, for Call and for tests.
  std::string payload() const;

  const std::string& message() const noexcept { return message_; }

  const std::string& resume_state() const noexcept { return state_; }

  std::int32_t rpc_code() const noexcept { return rpc_code_; }

  const std::vector<std::string>& blobs() const noexcept { return blobs_; }

 private:
  Json blob_reference(std::string bytes);

  Status status_ = Status::kOk;
  bool is_error_ = false;
  bool needs_input_ = false;
  std::int32_t rpc_code_ = 0;
  std::string message_;
  std::string state_;
  Json content_ = Json::array();
  Json structured_;
  Json meta_;
  Json data_;  // error data or input requests
  std::vector<std::string> blobs_;
};

// The input request that asks a person to fill a form: `requested` is a flat Schema::object().
class Schema;
Json elicit_form(std::string message, const Schema& requested);

}  // namespace toolpost::sdk
