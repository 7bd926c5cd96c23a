// SPDX-License-Identifier: Apache-2.0
// What a tool answers, in MCP's words: content for the model, structured content for programs, an
// error that the model reads, a protocol error, or a question back to the client. A plain value.
#pragma once

#include <toolpost/content.hpp>
#include <toolpost/error.hpp>
#include <toolpost/input_required.hpp>
#include <toolpost/json.hpp>
#include <toolpost/outcome.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace toolpost::sdk {

class Result {
 public:
  // A success without content yet.
  Result() = default;

  // Asks the client first.
  Result(const InputRequired& question) : outcome_(question) {}

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

  Result& add_text(std::string text);
  // Raw bytes; the host encodes them.
  Result& add_image(std::string bytes, std::string mime_type);
  Result& add_audio(std::string bytes, std::string mime_type);
  Result& add_resource_link(std::string uri, std::string name, std::string mime_type = {});
  Result& add_resource_text(std::string uri, std::string text, std::string mime_type = {});
  Result& add_resource_bytes(std::string uri, std::string bytes, std::string mime_type = {});
  // A block with annotations, or anything else that has no method here.
  Result& add(Content content);
  Result& set_structured(Json object);
  // A member of the result's _meta.
  Result& set_meta(std::string key, Json value);
  // Names a part of the result by JSON pointer, e.g. "/structuredContent/token": the host keeps it
  // out of its log, its audit and its caches.
  Result& mark_secret(std::string json_pointer);

  bool is_error() const noexcept { return is_error_; }

  // The pieces of a toolpost_outcome, for Call and for tests.
  std::string payload() const;

  const Outcome& outcome() const noexcept { return outcome_; }

  const std::vector<std::string>& blobs() const noexcept { return blobs_; }

 private:
  Outcome outcome_;
  bool is_error_ = false;
  Json content_ = Json::array();
  Json structured_;
  Json meta_;
  std::vector<std::string> blobs_;
};

}  // namespace toolpost::sdk
