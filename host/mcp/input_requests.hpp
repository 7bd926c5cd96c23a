// SPDX-License-Identifier: Apache-2.0
// What a plugin asks of the client before it can go on (multi round-trip requests): in modern
// revisions a result of the type input_required, in older ones requests of the server's own.
#pragma once

#include "base/error.hpp"
#include "json/parser.hpp"
#include "json/value.hpp"
#include "json/writer.hpp"
#include "mcp/version.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace toolpost::mcp {

enum class InputKind { kForm, kUrl, kSampling, kRoots };

struct InputRequest {
  std::string key;  // under which the client answers
  InputKind kind = InputKind::kForm;
  std::string params;      // JSON object on one line; empty: none
  std::string schema;      // JSON: requestedSchema of a form; empty otherwise
  bool has_tools = false;  // a sampling request in which the model may call tools
};

inline constexpr std::size_t kMaxInputRequests = 16;

// For texts that hold schemas of forms, which came within the limits of results.
inline constexpr json::Limits kFormLimits{.depth = 160, .members = 100'000};

// From the inputRequests map of a plugin. Fails on a method that a server may not ask for; the
// message is for the log.
Result<std::vector<InputRequest>> read_input_requests(std::string_view payload,
                                                      const json::Value& map);

// The member inputRequests.
void write_input_requests(json::Writer& writer, const std::vector<InputRequest>& requests);

// The result for a modern client. `state` comes back with the answers.
std::string input_required_result(const std::vector<InputRequest>& requests, std::string_view state,
                                  std::string_view server_info);

// The JSON-RPC request for a legacy client; `id` is text. Null where the revision has no such
// request.
std::optional<std::string> legacy_input_request(const InputRequest& request, std::string_view id,
                                                Version version);

// Whether `answer` is what was asked for: of a form that was filled in, its content is valid
// against the schema. The error says what is wrong, in words for the client.
Result<> check_input(const InputRequest& request, const json::Value& answer);

}  // namespace toolpost::mcp
