// SPDX-License-Identifier: Apache-2.0
// What a read of a resource answers: one or several texts or pieces of bytes. A plain value.
#pragma once

#include <toolpost/input_required.hpp>
#include <toolpost/json.hpp>
#include <toolpost/outcome.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::sdk {

class Contents {
 public:
  // None yet; an answer has at least one. A resource that does not exist is no answer without
  // contents: throw Error(Status::kNotFound, ...).
  Contents() = default;

  // Asks the client first.
  Contents(const InputRequired& question) : outcome_(question) {}

  // Without a type: the one that the resource or its template was declared with.
  static Contents text(std::string text, std::string mime_type = {});
  // Raw bytes; the host encodes them.
  static Contents bytes(std::string bytes, std::string mime_type = {});
  // As Result::failure().
  static Contents failure(Status status, std::string message, std::int32_t rpc_code = 0,
                          Json data = nullptr);

  // Without a URI: the one that was asked for.
  Contents& add_text(std::string text, std::string mime_type = {}, std::string uri = {});
  Contents& add_bytes(std::string bytes, std::string mime_type = {}, std::string uri = {});
  // A member of the _meta of what was added last; throws Error(kInternal) when nothing was.
  Contents& meta(std::string key, Json value);

  // How long a client may use this answer without asking again, and whether it may serve other
  // users with it. Without them the host's configuration counts.
  Contents& fresh_for(std::chrono::milliseconds time);
  Contents& same_for_everybody(bool is_public = true);

  // The pieces of a toolpost_outcome, for Call and for tests. `uri` and `mime_type` are for entries
  // without.
  std::string payload(std::string_view uri, std::string_view mime_type) const;

  const Outcome& outcome() const noexcept { return outcome_; }

  const std::vector<std::string>& blobs() const noexcept { return blobs_; }

 private:
  Contents& add(const char* member, Json value, std::string mime_type, std::string uri);

  Outcome outcome_;
  std::vector<Json> entries_;
  std::vector<std::string> blobs_;
  Json hints_ = Json::object();
};

}  // namespace toolpost::sdk
